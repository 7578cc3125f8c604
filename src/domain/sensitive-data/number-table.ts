import { passesLuhn } from '../kernel/payment-card-number.ts';

/**
 * Whether a number in groups is the row of a table: it has its line to itself, and the line above or below holds
 * groups of digits too, which are no card.
 */
export function isTableOfNumbers(before: string, after: string): boolean {
  const above = before.split('\n');
  const below = after.split('\n');
  if (/[^\s\u200b]/.test(above.at(-1) ?? '') || /[^\s\u200b]/.test(below[0] ?? '')) return false;
  return isRowOfNumbers(above.at(-2)) || isRowOfNumbers(below[1]);
}

function isRowOfNumbers(line: string | undefined): boolean {
  if (
    line === undefined ||
    !/^[\s\u200b]*[0-9]{1,6}(?:[\s\u200b]{1,8}[0-9]{1,6}){2,24}[\s\u200b]*$/.test(line)
  )
    return false;
  return !passesLuhn(line.replaceAll(/[^0-9]/g, ''));
}
