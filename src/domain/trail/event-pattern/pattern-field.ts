import { compileLeafTests, type LeafMatcher } from './compile-leaf-tests.ts';
import type { LeafTest } from './leaf-test.ts';

/** A path of a pattern, and what is asked there, made ready for many events. */
export interface PatternField {
  readonly path: string;
  readonly tests: readonly LeafTest[];
  /** Whether it may be absent. */
  readonly mayBeAbsent: boolean;
  readonly holds: LeafMatcher;
  /** Steps of the path. */
  readonly depth: number;
  /** The name that a key of an event has which takes the steps from one index to before another. */
  readonly nameOf: (from: number, to: number) => string;
}

/** Paths of at most so many steps have their names made beforehand. */
const fewSteps = 6;

export function compileField(path: string, tests: readonly LeafTest[]): PatternField {
  const steps = path.split('.');
  const names = steps.length > fewSteps ? [] : steps.map((_, from) => namesFrom(steps, from));
  return {
    path,
    tests,
    mayBeAbsent: tests.some(test => test.kind === 'exists' && !test.exists),
    holds: compileLeafTests(tests),
    depth: steps.length,
    nameOf: (from, to) => names[from]?.[to - from - 1] ?? steps.slice(from, to).join('.'),
  };
}

/** Of the one step, of it and the next one joined, and so on. */
function namesFrom(steps: readonly string[], from: number): readonly string[] {
  return steps.slice(from).map((_, index) => steps.slice(from, from + index + 1).join('.'));
}
