import { expect, test } from '@jest/globals';
import { printableText } from '../../../src/domain/kernel/printable-text.ts';
import fc from '../../seeded-properties.ts';

test.each([
  ['plain', 'Zoë – 報告書 (1).pdf', 'Zoë – 報告書 (1).pdf'],
  ['a line break', 'a\r\nb', 'a\\u{d}\\u{a}b'],
  ['an escape sequence', '\u001b[31mred', '\\u{1b}[31mred'],
  ['a right-to-left override', 'a\u202Eb', 'a\\u{202e}b'],
  ['a zero-width space', 'a\u200Bb', 'a\\u{200b}b'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['a lone surrogate', 'a\uD800b', 'a\\u{d800}b'],
  ['a tag character beyond the basic plane', 'a\u{E0041}b', 'a\\u{e0041}b'],
  ['a letter that shows nothing', 'a\u3164b', 'a\\u{3164}b'],
  ['a blank pattern', 'a\u2800b', 'a\\u{2800}b'],
  ['a variation selector', 'a\ufe00b', 'a\\u{fe00}b'],
  ['text that looks escaped', 'a\\u{d}b', 'a\\\\u{d}b'],
])('%s', (_, text, shown) => {
  expect(printableText(text)).toBe(shown);
});

test('cuts what is longer than the limit and says so', () => {
  expect(printableText('abcdef', 3)).toBe('abc…');
  expect(printableText('abc', 3)).toBe('abc');
});

test('leaves nothing unprintable, and different texts different', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(printableText(a)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      expect(printableText(a) === printableText(b)).toBe(a === b);
    }),
  );
});
