import { expect, test } from '@jest/globals';
import { maskNumbers } from '../../../src/domain/kernel/mask-numbers.ts';
import fc from '../../seeded-properties.ts';

const masked = '411111******1111';

test.each([
  ['a whole card', 'card_4111111111111111.pdf', `card_${masked}.pdf`],
  ['hyphens', '4111-1111-1111-1111.txt', `${masked}.txt`],
  ['underscores', '4111_1111_1111_1111_2222', `${masked}_2222`],
  ['blanks', 'x 4111 1111 1111 1111', `x ${masked}`],
  ['no-break spaces', '4111\u00a01111\u00a01111\u00a01111', masked],
  ['escaped blanks', 'a/4111%201111%201111%201111.pdf', `a/${masked}.pdf`],
  ['escaped no-break spaces', '4111%C2%A01111%C2%A01111%C2%A01111', masked],
  ['an escape before', 'x%204111111111111111', `x%20${masked}`],
  ['letters around', 'a4111111111111111b', `a${masked}b`],
  ['two cards', '4111111111111111 378282246310005', `${masked} 378282*****0005`],
  ['a card of twelve digits in groups', '5018 0000 0009', '5018****0009'],
  ['a number before', '12 4111 1111 1111 1111', `12 ${masked}`],
  ['a date before', '2026-11-21-4111111111111111', `2026-11-21-${masked}`],
  [
    'a UUID and a card',
    '7b5e4111-1111-4111-8111-411111111111/4111111111111111',
    `7b5e4111-1111-4111-8111-411111111111/${masked}`,
  ],
  ['a social security number', 'ssn/123-45-6789.pdf', 'ssn/***-**-6789.pdf'],
  ['one with escaped blanks', '123%2045%206789', '***-**-6789'],
  ['an access key id', 'x/AKIAIOSFODNN7EXAMPLE', 'x/****************MPLE'],
])('masks %s', (_, text, shown) => {
  expect(maskNumbers(text)).toBe(shown);
});

test.each([
  '',
  'invoices/offer (final).pdf',
  '2026-11-21T08:00:00.000Z',
  '20261121080000',
  '1763712000000',
  '7b5e4111-1111-4111-8111-411111111111',
  '4111111111111111a111111111111111',
  '4111111111111112',
  '000-45-6789, 666-45-6789, 912-45-6789, 123-00-6789, 123-45-0000',
  '0123-45-6789 123-45-67890',
  'AKIAIOSFODNN7EXAMPLE1',
  '1'.repeat(40),
  'arn:aws:iam::501800000009:user/ann',
])('leaves %p as it is', text => {
  expect(maskNumbers(text)).toBe(text);
});

test('leaves no card whole, wherever it stands, and masks nothing twice', () => {
  const around = fc.string({ unit: fc.constantFrom('a', 'z', ' ', '/', '.', '_', '%20', '-', 'é') });
  fc.assert(
    fc.property(around, around, (before, after) => {
      const shown = maskNumbers(`${before}4111111111111111${after}`);
      expect(shown).not.toContain('4111111111111111');
      expect(maskNumbers(shown)).toBe(shown);
    }),
  );
});
