import { hasConsistentChoice } from './consistent-choice.ts';
import { sight, valuesOf } from './field-values.ts';
import { parseEventPattern } from './parse-event-pattern.ts';
import { compileField, type PatternField } from './pattern-field.ts';

/** An event pattern, made ready for many events. */
export interface EventPattern {
  /** @param event As `JSON.parse` gives it; what is no object matches nothing. */
  readonly matches: (event: unknown) => boolean;
}

/**
 * Compiles an EventBridge event pattern. Matches what AWS's event-ruler matches, on JSON that has been parsed: numbers
 * are compared as `JSON.parse` gives them. Compile once, match often.
 *
 * @param pattern A value, or JSON: text or its bytes in UTF-8. A mebibyte at most, a hundred levels, 1000 alternatives,
 * 256 fields in each, 50 000 values, 1000 operators but for `cidr`.
 * @throws {EventPatternError} with the place in the pattern and the reason.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @example
 * const rootUse = compileEventPattern({
 *   userIdentity: { type: ['Root'], invokedBy: [{ exists: false }] },
 *   eventType: [{ 'anything-but': 'AwsServiceEvent' }],
 * });
 * rootUse.matches({ userIdentity: { type: 'Root' }, eventType: 'AwsApiCall' }); // true
 */
export function compileEventPattern(pattern: unknown): EventPattern {
  return new CompiledEventPattern(pattern);
}

/** For `explainMatch`, which also asks for the parts. */
export class CompiledEventPattern implements EventPattern {
  readonly alternatives: readonly CompiledAlternative[];

  constructor(pattern: unknown) {
    // The fields of one path and list are shared by the alternatives of a `$or`.
    const compiled = new Map<unknown, Map<string, PatternField>>();
    this.alternatives = parseEventPattern(pattern).alternatives.map(alternative => {
      const fields = [...alternative].map(([path, tests]) => {
        const ofTests = compiled.get(tests) ?? new Map<string, PatternField>();
        const field = ofTests.get(path) ?? compileField(path, tests);
        compiled.set(tests, ofTests.set(path, field));
        return field;
      });
      return new CompiledAlternative(fields);
    });
  }

  /** Bound, so that it may be handed on alone. */
  readonly matches = (event: unknown): boolean => {
    if (!isObject(event)) return false;
    for (const alternative of this.alternatives) if (alternative.matches(event)) return true;
    return false;
  };
}

/** Fields that must hold together. */
export class CompiledAlternative {
  /** By their paths, in the order of UTF-16 units, as event-ruler takes them. */
  readonly fields: readonly PatternField[];
  /** Those first that decide most at least cost. */
  readonly #byCost: readonly PatternField[];

  constructor(fields: readonly PatternField[]) {
    this.fields = fields.toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
    this.#byCost = this.fields.toSorted((a, b) => costOf(a) - costOf(b));
  }

  matches(event: object): boolean {
    let isWithinLists = false;
    for (const field of this.#byCost) {
      const seen = sight(event, field);
      if (seen === 'within-lists') isWithinLists = true;
      else if (seen === 'otherwise' || (seen === 'nothing' && !field.mayBeAbsent)) return false;
    }
    return !isWithinLists || this.isConsistent(event);
  }

  /** Whether the fields hold in elements of lists that agree with each other. */
  isConsistent(event: object): boolean {
    return hasConsistentChoice(
      this.fields.map(field => ({ mayBeAbsent: field.mayBeAbsent, values: valuesOf(event, field) })),
    );
  }
}

function costOf({ depth, tests }: PatternField): number {
  return depth + (tests.every(({ kind }) => kind === 'equals') ? 0 : 2);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
