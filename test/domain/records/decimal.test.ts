import { describe, expect, test } from '@jest/globals';
import { canonicalDecimal, decimalOf, shortDigits } from '../../../src/domain/records/decimal.ts';
import fc from '../../seeded-properties.ts';

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

describe('shortDigits', () => {
  test.each([
    ['12.50', '12.50'],
    ['1E+2', '1E+2'],
    ['0e999999999999', '0'],
    ['-0.0e-9', '-0'],
    ['0E00000120', '0'],
    [`0.${'0'.repeat(5000)}`, '0'],
    [`1.${'0'.repeat(5000)}`, '1e0'],
    [`-${'0'.repeat(200)}12.5${'0'.repeat(200)}`, '-125e-1'],
    [`1e-${'0'.repeat(200)}7`, '1e-7'],
    [`12${'0'.repeat(200)}e-200`, '12e0'],
  ])('of %s are %s', (digits, short) => {
    expect(shortDigits(digits)).toBe(short);
    expect(canonicalDecimal(short)).toBe(canonicalDecimal(digits));
  });

  test('of a number beyond all bounds are what they were', () => {
    const digits = `1e${'9'.repeat(400)}`;
    expect(shortDigits(digits)).toBe(digits);
  });
});
