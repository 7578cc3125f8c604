import { compileRanges } from './address-ranges.ts';
import { isComparableNumber } from './comparable-number.ts';
import { compileIgnoreCase } from './ignore-case.ts';
import type { CidrTest, Leaf, LeafTest, NumericBound, PlainTest } from './leaf-test.ts';
import { compileWildcard } from './wildcard.ts';

/** Whether a value is as asked. */
export type LeafMatcher = (value: Leaf) => boolean;

/** One matcher for all tests of a field that a value can pass: `exists: false` is none of these. */
export function compileLeafTests(tests: readonly LeafTest[]): LeafMatcher {
  const literals = new Set<Leaf>();
  const ranges: CidrTest[] = [];
  const others: LeafMatcher[] = [];
  for (const test of tests) {
    if (test.kind === 'equals') literals.add(test.value);
    else if (test.kind === 'cidr') ranges.push(test);
    else if (test.kind !== 'exists') others.push(compileTest(test));
    else if (test.exists) return () => true;
  }
  if (ranges.length > 0) others.push(ofText(compileRanges(ranges)));
  if (others.length === 0) {
    const [only] = literals;
    return literals.size === 1 ? value => value === only : value => literals.has(value);
  }
  const [first = never] = others;
  const other: LeafMatcher = others.length === 1 ? first : value => others.some(holds => holds(value));
  return literals.size === 0 ? other : value => literals.has(value) || other(value);
}

const never: LeafMatcher = () => false;

function ofText(holds: (text: string) => boolean): LeafMatcher {
  return value => typeof value === 'string' && holds(value);
}

function compileTest(test: Exclude<LeafTest, { kind: 'equals' | 'cidr' | 'exists' }>): LeafMatcher {
  switch (test.kind) {
    case 'numeric':
      return compileRange(test.lower, test.upper);
    case 'anything-but': {
      const excluded = compileLeafTests(test.tests);
      return value => !excluded(value);
    }
    default:
      return ofText(compileText(test));
  }
}

function compileRange(lower: NumericBound | undefined, upper: NumericBound | undefined): LeafMatcher {
  return value => {
    if (typeof value !== 'number' || !isComparableNumber(value)) return false;
    const isAbove = lower === undefined || value > lower.value || (lower.isIncluded && value === lower.value);
    return (
      isAbove && (upper === undefined || value < upper.value || (upper.isIncluded && value === upper.value))
    );
  };
}

/** event-ruler compares texts with their quotes: a prefix may also end with the closing one, a suffix begin with the first. */
function compileText(test: Exclude<PlainTest, { kind: 'equals' }>): (text: string) => boolean {
  switch (test.kind) {
    case 'wildcard':
      return compileWildcard(test.pieces);
    case 'equals-ignore-case':
      return compileIgnoreCase(test.text, 'whole');
    case 'prefix': {
      const holds = compilePrefix(test.text, test.ignoreCase);
      return test.text.endsWith('"') ? text => holds(`${text}"`) : holds;
    }
    case 'suffix': {
      const holds = compileSuffix(test.text, test.ignoreCase);
      return test.text.startsWith('"') ? text => holds(`"${text}`) : holds;
    }
  }
}

function compilePrefix(prefix: string, ignoreCase: boolean): (text: string) => boolean {
  return ignoreCase ? compileIgnoreCase(prefix, 'start') : text => text.startsWith(prefix);
}

function compileSuffix(suffix: string, ignoreCase: boolean): (text: string) => boolean {
  return ignoreCase ? compileIgnoreCase(suffix, 'end') : text => text.endsWith(suffix);
}
