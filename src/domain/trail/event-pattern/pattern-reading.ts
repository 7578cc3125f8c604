import { EventPatternError } from './event-pattern-error.ts';

/** UTF-16 units of all names and texts of a pattern, and bytes of one that is JSON text. */
export const largestPattern = 1024 * 1024;

/** Literals and ranges of addresses, which are looked up; and operators. */
const mostTests = 50_000;

/** Operators on texts and numbers, each of which is asked of each value. */
const mostOperators = 1000;

/** One reading of a pattern: how `$or` is taken, and how much has been read. */
export class PatternReading {
  /** Whether a `$or` stands for alternatives; otherwise it is the name of a field. */
  readonly readsOr: boolean;
  #texts = 0;
  #tests = 0;
  #operators = 0;

  constructor(readsOr: boolean) {
    this.readsOr = readsOr;
  }

  countText(text: string, at: string): void {
    this.#texts += text.length;
    if (this.#texts > largestPattern) {
      throw new EventPatternError(at, `a pattern is of ${largestPattern} characters at most`);
    }
  }

  countTests(tests: number, at: string): void {
    this.#tests += tests;
    if (this.#tests > mostTests) {
      throw new EventPatternError(at, `a pattern holds ${mostTests} values at most`);
    }
  }

  countOperator(at: string): void {
    this.#operators += 1;
    if (this.#operators > mostOperators) {
      throw new EventPatternError(at, `a pattern holds ${mostOperators} operators at most`);
    }
  }
}
