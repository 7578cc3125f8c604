/** A decimal number apart from how it was written: 0.significant × 10^(magnitude + 1). */
export interface Decimal {
  readonly isNegative: boolean;
  /** Without zeros before and behind them; empty for zero. */
  readonly significant: string;
  /** Power of ten of the first significant digit; 0 for zero. */
  readonly magnitude: number;
}

const notation = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** What number the digits, written as JSON writes them, stand for. */
export function decimalOf(digits: string): Decimal {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = notation.exec(digits) ?? [];
  const all = whole + fraction;
  let first = 0;
  while (all.charCodeAt(first) === zero) first += 1;
  if (first === all.length) return { isNegative: false, significant: '', magnitude: 0 };
  let end = all.length;
  while (all.charCodeAt(end - 1) === zero) end -= 1;
  return {
    isNegative: sign !== '',
    significant: all.slice(first, end),
    magnitude: Number(exponent) + whole.length - 1 - first,
  };
}

const zero = 0x30;

/** Digits and a sign, a point, an exponent: as much as a number that the table keeps can need, and as much again. */
const longestWriting = 100;

/**
 * The digits as they are, where they are few; else the same number in few. A zero is `0` or `-0`: behind it any exponent
 * stands for nothing.
 */
export function shortDigits(digits: string): string {
  const { isNegative, significant, magnitude } = decimalOf(digits);
  if (significant === '') return digits.startsWith('-') ? '-0' : '0';
  if (digits.length <= longestWriting || !Number.isSafeInteger(magnitude)) return digits;
  return `${isNegative ? '-' : ''}${significant}e${magnitude - significant.length + 1}`;
}

/** The one way to write a number, whatever its digits were: `1.50` and `15e-1` are the same. */
export function canonicalDecimal(digits: string): string {
  const { isNegative, significant, magnitude } = decimalOf(digits);
  return `${isNegative ? '-' : ''}${significant}e${magnitude}`;
}
