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

const group = /[0-9]+/y;
const between = /[ .\-_\r\n\u200b]{1,14}(?=[0-9])/y;

/** What a separator is; `undefined` where it parts two numbers. */
export function jointOf(separator: string): Exclude<Joint, 'mixed'> | undefined {
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
  const joints = new Set<Joint>();
  let digits = '';
  let at = 0;
  let joint: Joint | undefined = 'line';
  for (;;) {
    group.lastIndex = at;
    const found = group.exec(run)?.[0] ?? '';
    digits += found;
    if (digits.length > longestCardNumber) return spans;
    // Invisible characters part no groups.
    if (joint === 'none') sizes.push((sizes.pop() ?? 0) + found.length);
    else sizes.push(found.length);
    at += found.length;
    if (digits.length >= shortestCardNumber) spans.push(spanOf(digits, at, sizes, joints));
    between.lastIndex = at;
    const separator = between.exec(run)?.[0];
    joint = separator === undefined ? undefined : jointOf(separator);
    if (separator === undefined || joint === undefined) return spans;
    if (joint !== 'none') joints.add(joint);
    at += separator.length;
  }
}

function spanOf(
  digits: string,
  length: number,
  sizes: readonly number[],
  joints: ReadonlySet<Joint>,
): DigitSpan {
  const wrapped = joints.has('line');
  const [only = wrapped ? 'line' : 'none', ...others] = [...joints].filter(joint => joint !== 'line');
  return { digits, length, sizes: [...sizes], joint: others.length > 0 ? 'mixed' : only, wrapped };
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
