import { describe, expect, test } from '@jest/globals';
import { cardIssuer, maskCardNumber, passesLuhn } from '../../../src/domain/kernel/payment-card-number.ts';
import fc from '../../seeded-properties.ts';

/** A number of this prefix and length, whatever its check digit. */
const of = (prefix: string, length: number) => prefix.padEnd(length, '0');

describe('cardIssuer', () => {
  test.each([
    ['4', 13, 'Visa'],
    ['4', 16, 'Visa'],
    ['4', 19, 'Visa'],
    ['4', 15, undefined],
    ['51', 16, 'Mastercard'],
    ['55', 16, 'Mastercard'],
    ['2221', 16, 'Mastercard'],
    ['2720', 16, 'Mastercard'],
    ['2220', 16, undefined],
    ['2721', 16, undefined],
    ['51', 15, undefined],
    ['34', 15, 'American Express'],
    ['37', 15, 'American Express'],
    ['35', 15, undefined],
    ['34', 16, undefined],
    ['6011', 16, 'Discover'],
    ['644', 16, 'Discover'],
    ['649', 19, 'Discover'],
    ['65', 16, 'Discover'],
    ['643', 16, undefined],
    ['3528', 16, 'JCB'],
    ['3589', 16, 'JCB'],
    ['3527', 16, undefined],
    ['3590', 16, undefined],
    ['2131', 15, 'JCB'],
    ['1800', 15, 'JCB'],
    ['1800', 16, undefined],
    ['300', 14, 'Diners Club'],
    ['305', 14, 'Diners Club'],
    ['306', 14, undefined],
    ['36', 14, 'Diners Club'],
    ['38', 14, 'Diners Club'],
    ['62', 16, 'UnionPay'],
    ['62', 19, 'UnionPay'],
    ['8171', 16, 'UnionPay'],
    ['818', 16, undefined],
    ['5018', 12, 'Maestro'],
    ['6759', 19, 'Maestro'],
    ['6304', 13, 'Maestro'],
    ['56', 16, 'Maestro'],
    ['9', 16, undefined],
    ['0', 16, undefined],
  ])('%s with %d digits: %s', (prefix, length, name) => {
    expect(cardIssuer(of(prefix, length))?.name).toBe(name);
  });

  test('a rarer Maestro prefix claims little at unusual lengths', () => {
    expect(cardIssuer(of('5612', 16))?.claim).toBe('strong');
    expect(cardIssuer(of('5612', 13))?.claim).toBe('weak');
    expect(cardIssuer(of('5018', 13))?.claim).toBe('strong');
  });
});

test.each([
  ['4111111111111111', true],
  ['4111111111111112', false],
  ['378282246310005', true],
  ['', false],
  ['0', true],
])('Luhn of %p: %p', (digits, passes) => {
  expect(passesLuhn(digits)).toBe(passes);
});

test('a changed digit is noticed', () => {
  fc.assert(
    fc.property(fc.nat({ max: 15 }), fc.integer({ min: 1, max: 9 }), (place, by) => {
      const digits = [...'4111111111111111'];
      digits[place] = String((Number(digits[place]) + by) % 10);
      expect(passesLuhn(digits.join(''))).toBe(false);
    }),
  );
});

test.each([
  ['4111111111111111', '411111******1111'],
  ['378282246310005', '378282*****0005'],
  ['30569309025904', '305693****5904'],
  ['4222222222222', '42222****2222'],
  ['501800000009', '5018****0009'],
  ['6200000000000000003', '620000*********0003'],
])('%s is shown as %s', (digits, masked) => {
  expect(maskCardNumber(digits)).toBe(masked);
});
