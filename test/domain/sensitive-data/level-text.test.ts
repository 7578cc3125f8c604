import { expect, test } from '@jest/globals';
import { filler, levelText } from '../../../src/domain/sensitive-data/level-text.ts';
import fc from '../../seeded-properties.ts';

test.each([
  ['plain text', 'Zoë – a1\n', 'Zoë - a1\n'],
  ['blanks', '\u00a0\u1680\u2009\u202f\u205f\u3000', '      '],
  ['dashes', '\u2010\u2011\u2013\u2014\u2212\ufe58\uff0d', '-------'],
  ['line ends', '\v\f\u0085\u2028\u2029', '\n\n\n\n\n'],
  ['nothing to see', '\u00ad\u200b\u200e\u2060\ufeff\u180e', filler.repeat(6)],
  ['full-width', '（４１：Ａ）', '(41:A)'],
  ['Arabic, Persian and Devanagari digits', '٠٩۰۹०९', '090909'],
  ['a percent escape', '%20%2D%3d', ` ${filler.repeat(2)}-${filler.repeat(2)}=${filler.repeat(2)}`],
  ['an HTML reference', '&nbsp;&#45;&#xA0;', ` ${filler.repeat(5)}-${filler.repeat(4)} ${filler.repeat(5)}`],
  ['a reference to a letter', '&#228;', `\ufffd${filler.repeat(5)}`],
  [
    'backslash escapes',
    '\\n\\t\\u2013\\u0000',
    `\n${filler}\t${filler}-${filler.repeat(5)}${filler.repeat(6)}`,
  ],
  ['what is no escape', '100% &co; \\x %zz', '100% &co; \\x %zz'],
])('%s', (_, text, levelled) => {
  expect(levelText(text)).toBe(levelled);
});

test('keeps every offset', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('%20', '&nbsp;', '&#8209;', '\\u00a0', '%', '&#'),
  );
  fc.assert(
    fc.property(fc.array(part), parts => {
      expect(levelText(parts.join(''))).toHaveLength(parts.join('').length);
    }),
  );
});
