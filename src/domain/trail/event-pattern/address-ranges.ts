import { ipDigits } from './ip-address.ts';
import type { CidrTest } from './leaf-test.ts';

/** Both ends belong to it; digits are compared as texts of one length. */
type Range = Pick<CidrTest, 'from' | 'to'>;

/** Hexadecimal digits of an IPv4 address, and of as much of an IPv6 one as is compared with it. */
const shortDigits = 8;

/**
 * Whether a text is an address of any of the ranges, at the cost of a binary search however many they are. event-ruler
 * compares digit by digit and stops where it is decided, also when one is IPv4 and the other IPv6: `2001:db8::1` is
 * within `0.0.0.0/0`.
 */
export function compileRanges(tests: readonly CidrTest[]): (text: string) => boolean {
  const short = tests.filter(({ from }) => from.length === shortDigits);
  const long = tests.filter(({ from }) => from.length > shortDigits);
  const ofShort = compileSearch(short);
  const ofLong = compileSearch(long);
  const betweenLong = compileSearch(long.flatMap(between));
  return text => {
    const digits = ipDigits(text);
    if (digits === undefined) return false;
    if (digits.length === shortDigits) return ofShort(digits) || betweenLong(digits);
    return ofShort(digits.slice(0, shortDigits)) || ofLong(digits);
  };
}

/** What an IPv4 address is decided by: it is within where it lies between the beginnings of both ends. */
function between({ from, to }: CidrTest): readonly Range[] {
  const [first, last] = [from, to].map(end => Number.parseInt(end.slice(0, shortDigits), 16));
  if (first === undefined || last === undefined || last - first < 2) return [];
  const [lowest, highest] = [first + 1, last - 1].map(end =>
    end.toString(16).toUpperCase().padStart(shortDigits, '0'),
  );
  return [{ from: lowest ?? '', to: highest ?? '' }];
}

function compileSearch(ranges: readonly Range[]): (digits: string) => boolean {
  const merged: { from: string; to: string }[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)))) {
    const before = merged.at(-1);
    if (before === undefined || before.to < from) merged.push({ from, to });
    else if (before.to < to) before.to = to;
  }
  return digits => {
    let [low, high] = [0, merged.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((merged[middle]?.to ?? '') < digits) low = middle + 1;
      else high = middle;
    }
    const found = merged[low];
    return found !== undefined && found.from <= digits;
  };
}
