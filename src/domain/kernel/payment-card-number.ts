/** The network of a payment card, told from its number. */
export interface CardIssuer {
  readonly name: string;
  /**
   * `strong`: prefix and length are this network's alone. `weak`: a long or short Maestro number of a
   * rarer prefix, which many other numbers share: it needs a sign in the text around it.
   */
  readonly claim: 'strong' | 'weak';
}

interface IssuerRange {
  readonly name: string;
  /** Inclusive, compared over as many digits as `from` has. */
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
  /** Lengths at which the prefix alone says little. */
  readonly weakLengths?: readonly number[];
}

const maestroLengths = [12, 13, 14, 15, 16, 17, 18, 19];
const oddMaestroLengths = [12, 13, 14, 15, 17, 18, 19];

/** First match wins: the narrower ranges of a prefix stand before the wider. */
const ranges: readonly IssuerRange[] = [
  { name: 'Visa', from: 4, to: 4, lengths: [13, 16, 19] },
  { name: 'Mastercard', from: 51, to: 55, lengths: [16] },
  { name: 'Mastercard', from: 2221, to: 2720, lengths: [16] },
  { name: 'American Express', from: 34, to: 34, lengths: [15] },
  { name: 'American Express', from: 37, to: 37, lengths: [15] },
  { name: 'Discover', from: 6011, to: 6011, lengths: [16, 19] },
  { name: 'Discover', from: 644, to: 649, lengths: [16, 19] },
  { name: 'Discover', from: 65, to: 65, lengths: [16, 19] },
  { name: 'JCB', from: 3528, to: 3589, lengths: [16, 17, 18, 19] },
  { name: 'JCB', from: 2131, to: 2131, lengths: [15] },
  { name: 'JCB', from: 1800, to: 1800, lengths: [15] },
  { name: 'Diners Club', from: 300, to: 305, lengths: [14, 16, 17, 18, 19] },
  { name: 'Diners Club', from: 3095, to: 3095, lengths: [14, 16, 17, 18, 19] },
  { name: 'Diners Club', from: 36, to: 36, lengths: [14, 15, 16, 17, 18, 19] },
  { name: 'Diners Club', from: 38, to: 39, lengths: [14, 16, 17, 18, 19] },
  { name: 'UnionPay', from: 62, to: 62, lengths: [16, 17, 18, 19] },
  { name: 'UnionPay', from: 810, to: 817, lengths: [16, 17, 18, 19] },
  { name: 'Maestro', from: 5018, to: 5018, lengths: maestroLengths },
  { name: 'Maestro', from: 5020, to: 5020, lengths: maestroLengths },
  { name: 'Maestro', from: 5038, to: 5038, lengths: maestroLengths },
  { name: 'Maestro', from: 5893, to: 5893, lengths: maestroLengths },
  { name: 'Maestro', from: 6304, to: 6304, lengths: maestroLengths },
  { name: 'Maestro', from: 6390, to: 6390, lengths: maestroLengths },
  { name: 'Maestro', from: 6759, to: 6759, lengths: maestroLengths },
  { name: 'Maestro', from: 6761, to: 6763, lengths: maestroLengths },
  { name: 'Maestro', from: 50, to: 50, lengths: maestroLengths, weakLengths: oddMaestroLengths },
  { name: 'Maestro', from: 56, to: 58, lengths: maestroLengths, weakLengths: oddMaestroLengths },
  { name: 'Maestro', from: 67, to: 67, lengths: maestroLengths, weakLengths: oddMaestroLengths },
];

/** The shortest and the longest payment card number in digits (ISO/IEC 7812-1). */
export const shortestCardNumber = 12;
export const longestCardNumber = 19;

const byFirstDigit = new Map(
  ['1', '2', '3', '4', '5', '6', '8'].map(digit => [
    digit,
    ranges.filter(range => String(range.from).startsWith(digit)),
  ]),
);

/** The network that issues numbers of this prefix and length; `digits` are ASCII digits only. */
export function cardIssuer(digits: string): CardIssuer | undefined {
  for (const { name, from, to, lengths, weakLengths } of byFirstDigit.get(digits.charAt(0)) ?? []) {
    const prefix = Number(digits.slice(0, String(from).length));
    if (prefix < from || prefix > to || !lengths.includes(digits.length)) continue;
    return { name, claim: weakLengths?.includes(digits.length) === true ? 'weak' : 'strong' };
  }
  return undefined;
}

/** Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B); ASCII digits only. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = digits.length - 1, doubled = false; index >= 0; index -= 1, doubled = !doubled) {
    const digit = digits.charCodeAt(index) - 48;
    sum += doubled ? digit * 2 - (digit > 4 ? 9 : 0) : digit;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** First 6 and last 4 digits, as PCI DSS 3.4.1 lets a number be shown; of a shorter one 4 digits at least are hidden. */
export function maskCardNumber(digits: string): string {
  const shownFirst = Math.max(0, Math.min(6, digits.length - 8));
  return `${digits.slice(0, shownFirst)}${'*'.repeat(digits.length - shownFirst - 4)}${digits.slice(-4)}`;
}
