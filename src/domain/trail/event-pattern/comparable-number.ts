/** Decimal digits that a double keeps, whatever they are. */
const surelyKept = 15;

/**
 * Whether a number can be told from its neighbours. event-ruler refuses to compare one that its text has more digits for
 * than a double keeps; `JSON.parse` has dropped them without a word, so a whole number beyond 2^53 is one of these unless
 * it has few digits, as 1e20 does.
 */
export function isComparableNumber(value: number): boolean {
  if (!Number.isFinite(value)) return false;
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return true;
  const [digits = ''] = Math.abs(value).toExponential().split('e');
  return digits.replace('.', '').length <= surelyKept;
}
