import { cardIssuer, longestCardNumber, passesLuhn } from '../kernel/payment-card-number.ts';

/**
 * Whether a number in groups is the row of a table: its line holds nothing but groups of digits, and one of the two lines above or below holds
 * groups of digits too, which are no card.
 */
export function isTableOfNumbers(before: string, after: string): boolean {
  const above = before.split('\n');
  const below = after.split('\n');
  if (/[^0-9\s\u200b]/.test(above.at(-1) ?? '') || /[^0-9\s\u200b]/.test(below[0] ?? '')) return false;
  return [...above.slice(-3, -1), ...below.slice(1, 3)].some(isRowOfNumbers);
}

function isRowOfNumbers(line: string): boolean {
  if (!/^[\s\u200b]*[0-9]{1,6}(?:[\s\u200b]{1,8}[0-9]{1,6}){2,24}[\s\u200b]*$/.test(line)) return false;
  const digits = line.replaceAll(/[^0-9]/g, '');
  // A card may have its expiry and code behind it, and nothing more.
  if (digits.length > longestCardNumber + 4) return true;
  return ![digits, digits.slice(0, 16), digits.slice(0, 15)].some(
    number => passesLuhn(number) && cardIssuer(number) !== undefined,
  );
}
