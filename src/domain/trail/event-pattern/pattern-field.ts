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
  /** By the index of a step: the keys that an event may have from there on. One takes that step, the next one two, joined. */
  readonly namesFrom: (step: number) => readonly string[];
}

/** Paths of at most so many steps have their names made beforehand. */
const fewSteps = 6;

export function compileField(path: string, tests: readonly LeafTest[]): PatternField {
  const steps = path.split('.');
  const names = steps.length > fewSteps ? [] : steps.map((_, step) => joinedFrom(steps, step));
  return {
    path,
    tests,
    mayBeAbsent: tests.some(test => test.kind === 'exists' && !test.exists),
    holds: compileLeafTests(tests),
    depth: steps.length,
    namesFrom: step => names[step] ?? joinedFrom(steps, step),
  };
}

function joinedFrom(steps: readonly string[], step: number): readonly string[] {
  return steps.slice(step).map((_, index) => steps.slice(step, step + index + 1).join('.'));
}
