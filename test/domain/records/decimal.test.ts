import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalDecimal, decimalOf } from '../../../src/domain/records/decimal.ts';

describe('decimalOf', () => {
  test.each([
    ['0', false, '', 0],
    ['-0.00e7', false, '', 0],
    ['1', false, '1', 0],
    ['-12.50', true, '125', 1],
    ['0.001', false, '1', -3],
    ['1e125', false, '1', 125],
    ['100E-132', false, '1', -130],
    ['12345678901234567890.12345', false, '1234567890123456789012345', 19],
    ['1e99999999999999999999999', false, '1', 1e23],
  ])('reads %s', (digits, isNegative, significant, magnitude) => {
    expect(decimalOf(digits)).toEqual({ isNegative, significant, magnitude });
  });
});

describe('canonicalDecimal', () => {
  test.each([
    ['1.50', '15e-1'],
    ['-0', '0e9'],
    ['100', '1E+2'],
    ['0.10', '1e-1'],
  ])('%s is %s', (one, other) => {
    expect(canonicalDecimal(one)).toBe(canonicalDecimal(other));
  });

  test('tells numbers apart', () => {
    const integers = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
    fc.assert(
      fc.property(integers, integers, fc.nat(30), (one, other, zeros) => {
        const written = `${other}${'0'.repeat(zeros)}e-${zeros}`;
        expect(canonicalDecimal(String(one)) === canonicalDecimal(written)).toBe(one === other);
        expect(canonicalDecimal(String(other))).toBe(canonicalDecimal(written));
      }),
    );
  });
});
