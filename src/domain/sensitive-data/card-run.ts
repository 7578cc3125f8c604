import { longestCardNumber, shortestCardNumber } from '../kernel/payment-card-number.ts';

/** How the groups of a number are held together; `mixed` where they differ. */
export type Joint = 'none' | 'blank' | 'dash' | 'dot' | 'line' | 'mixed';

/** The first groups of a run of digits, read as one number. */
export interface DigitSpan {
  readonly digits: string;
  /** Units from the start of the run, joints included. */
  readonly length: number;
  readonly sizes: readonly number[];
  readonly joint: Joint;
  /** Whether one of its joints is a line break. */
  readonly wrapped: boolean;
}

/** The longest separator within a number, in UTF-16 units. */
const longestSeparator = 14;

/** What a separator is; `undefined` where it parts two numbers. */
export function jointOf(separator: string): Exclude<Joint, 'mixed'> | undefined {
  // Nearly all of them are one unit.
  if (separator === ' ') return 'blank';
  if (separator === '-') return 'dash';
  const bare = separator.replaceAll(/[\u200b\r]/g, '');
  if (bare === '') return 'none';
  if (/^ {1,2}$/.test(bare)) return 'blank';
  if (/^(?: ?- ?|_)$/.test(bare)) return 'dash';
  if (bare === '.') return 'dot';
  return /^ {0,2}-?\n {0,8}$/.test(bare) ? 'line' : undefined;
}

/** Every reading of the beginning of a run as a number of a card's length, the shortest first. */
export function digitSpans(run: string): DigitSpan[] {
  const spans: DigitSpan[] = [];
  const sizes: number[] = [];
  let digits = '';
  let joint: Joint = 'none';
  let wraps = 0;
  let next: Joint | undefined = 'line';
  for (let at = 0; ; ) {
    const end = endOf(run, at, isDigit, longestCardNumber + 1);
    digits += run.slice(at, end);
    if (digits.length > longestCardNumber) return spans;
    // Invisible characters part no groups.
    if (next === 'none') sizes.push((sizes.pop() ?? 0) + end - at);
    else sizes.push(end - at);
    if (digits.length >= shortestCardNumber) {
      spans.push({ digits, length: end, sizes: [...sizes], joint: heldBy(joint, wraps), wrapped: wraps > 0 });
    }
    at = endOf(run, end, isSeparator, longestSeparator);
    next = isDigit(run.charCodeAt(at)) ? jointOf(run.slice(end, at)) : undefined;
    if (next === undefined || at === end) return spans;
    if (next === 'line') wraps += 1;
    else if (next !== 'none') joint = joint === 'none' || joint === next ? next : 'mixed';
  }
}

/** Groups as on a card, parted by one sign or run of signs that `digitSpans` takes for a border. */
export function spanOfOneSeparator(run: string): DigitSpan | undefined {
  const found =
    /^([0-9]{4})([^0-9\p{L}]{1,8})(?:([0-9]{4})\2([0-9]{4})\2([0-9]{4})|([0-9]{6})\2([0-9]{4,5}))(?!\2?[0-9])/u.exec(
      run,
    );
  if (found === null) return undefined;
  const [written, first = '', , ...rest] = found;
  const groups = [first, ...rest.filter(group => group !== undefined)];
  return {
    digits: groups.join(''),
    length: written.length,
    sizes: groups.map(group => group.length),
    joint: 'mixed',
    wrapped: false,
  };
}

/** What holds a number together, line breaks included: one may stand for any joint, two are no wrapped line. */
function heldBy(joint: Joint, wraps: number): Joint {
  if (wraps > 1) return 'mixed';
  return joint === 'none' && wraps === 1 ? 'line' : joint;
}

/** Where a stretch of units of one sort ends, at most `most` units on. */
function endOf(text: string, from: number, isOfSort: (code: number) => boolean, most: number): number {
  let end = from;
  while (end - from < most && isOfSort(text.charCodeAt(end))) end += 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Blank, full stop, hyphen, underscore, line break or filler. */
function isSeparator(code: number): boolean {
  return (
    code === 32 || code === 45 || code === 46 || code === 95 || code === 10 || code === 13 || code === 0x200b
  );
}

/** Whether people write card numbers in groups of these sizes. */
export function isCardLayout(sizes: readonly number[]): boolean {
  const last = sizes.at(-1) ?? 0;
  const written = sizes.join('-');
  if (
    /^(?:4-6-[345]|4-3-3-3|8-8|5-5-5|4-4-8|6-13|6-10|4-12|4-4-4-7|4-7-4|6-6-[4-7]|4-5-6|8-11)$/.test(written)
  )
    return true;
  return sizes.length >= 3 && last <= 5 && sizes.slice(0, -1).every(size => size === 4);
}
