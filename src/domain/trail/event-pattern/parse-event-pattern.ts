import { parseJson } from '../../kernel/parse-json.ts';
import { EventPatternError } from './event-pattern-error.ts';
import type { LeafTest } from './leaf-test.ts';
import { largestPattern, PatternReading } from './pattern-reading.ts';
import { readLeafTests } from './read-leaf-tests.ts';

export type { CidrTest, EqualsTest, Leaf, LeafTest, NumericBound, PlainTest } from './leaf-test.ts';

/** Paths, their steps joined by dots, and what is asked there. All of them must hold, of each any one. */
export type PatternAlternative = ReadonlyMap<string, readonly LeafTest[]>;

/** A pattern with its `$or` written out: any alternative suffices. */
export interface ParsedEventPattern {
  readonly alternatives: readonly PatternAlternative[];
}

/** As EventBridge has it (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html). */
const mostAlternatives = 1000;

/** As event-ruler has it. */
const mostFields = 256;

const deepest = 100;

/** Names that make event-ruler take the `$or` around them for a field. */
export const reservedNames: ReadonlySet<string> = new Set([
  ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard', 'numeric'],
  ...['cidr', '=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case', 'date-after'],
  ...['date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range', 'ip-address-in-range'],
  'ip-address-not-in-range',
]);

/** Alternatives while they are read. The tests are shared. */
type Alternatives = Map<string, readonly LeafTest[]>[];

/**
 * Reads an EventBridge event pattern as AWS's event-ruler does: of two conditions on one path the later one counts, and
 * a `$or` that is no list of two or more patterns is a field of that name.
 *
 * @param pattern A value, or JSON: text or its bytes in UTF-8. A mebibyte at most, a hundred levels, 1000 alternatives,
 * 256 fields in each, 50 000 values, 1000 operators but for `cidr`.
 * @throws {EventPatternError}
 */
export function parseEventPattern(pattern: unknown): ParsedEventPattern {
  const value = readJson(pattern);
  try {
    return { alternatives: readPattern(value, new PatternReading(true)) };
  } catch (error) {
    if (!(error instanceof EventPatternError)) throw error;
    try {
      return { alternatives: readPattern(value, new PatternReading(false)) };
    } catch (second) {
      // What is wrong with the `$or` as such says more.
      throw second instanceof EventPatternError ? error : second;
    }
  }
}

function readJson(pattern: unknown): unknown {
  const isBytes = pattern instanceof Uint8Array;
  if (!isBytes && typeof pattern !== 'string') return pattern;
  if (pattern.length > largestPattern) {
    throw new EventPatternError('', `a pattern is of ${largestPattern} characters at most`);
  }
  const value = parseJson(isBytes ? new TextDecoder().decode(pattern) : pattern);
  if (value === undefined) throw new EventPatternError('', 'the text is no JSON');
  return value;
}

function readPattern(pattern: unknown, reading: PatternReading): Alternatives {
  const alternatives: Alternatives = [];
  readObject(pattern, { at: '', steps: [], level: 0, isWithinOr: false }, alternatives, reading);
  return alternatives;
}

/** Where an object stands. */
interface Place {
  /** For people, as in an `EventPatternError`. */
  readonly at: string;
  /** Of the path that it stands for. */
  readonly steps: readonly string[];
  readonly level: number;
  readonly isWithinOr: boolean;
}

function readObject(
  pattern: unknown,
  place: Place,
  alternatives: Alternatives,
  reading: PatternReading,
): void {
  const { at, steps, level } = place;
  if (!isObject(pattern)) throw new EventPatternError(at, 'must be an object of fields');
  if (level > deepest) throw tooDeep(at);
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new EventPatternError(at, 'an empty object asks for nothing');
  for (const [name, value] of fields) {
    const where = at === '' ? name : `${at}.${name}`;
    reading.countText(name, at);
    if (name === '$or' && reading.readsOr) readOr(value, { ...place, at: where }, alternatives, reading);
    else if (place.isWithinOr && reservedNames.has(name)) {
      throw new EventPatternError(where, 'is the name of an operator, and no field within $or');
    } else if (Array.isArray(value)) {
      write(pathOf(steps, name), readLeafTests(value, where, reading), alternatives, where);
    } else if (isObject(value)) {
      readObject(
        value,
        { ...place, at: where, steps: [...steps, name], level: level + 1 },
        alternatives,
        reading,
      );
    } else throw new EventPatternError(where, 'must be a list of values, or an object of fields');
  }
}

/** Each branch goes on from what was read before it. */
function readOr(branches: unknown, place: Place, alternatives: Alternatives, reading: PatternReading): void {
  const { at, level } = place;
  if (!Array.isArray(branches) || branches.length < 2) {
    throw new EventPatternError(at, 'must be a list of two patterns or more');
  }
  const before = alternatives.splice(0);
  branches.forEach((branch: unknown, index) => {
    const forked = before.length === 0 ? [new Map()] : before.map(one => new Map(one));
    checkCount(alternatives.length + forked.length, at);
    const within = { ...place, at: `${at}[${index}]`, level: level + 1, isWithinOr: true };
    readObject(branch, within, forked, reading);
    checkCount(alternatives.length + forked.length, at);
    alternatives.push(...forked);
  });
}

function checkCount(alternatives: number, at: string): void {
  if (alternatives > mostAlternatives) {
    throw new EventPatternError(at, `a pattern has ${mostAlternatives} alternatives at most`);
  }
}

function write(path: string, tests: readonly LeafTest[], alternatives: Alternatives, at: string): void {
  if (path.split('.', deepest + 1).length > deepest) throw tooDeep(at);
  if (alternatives.length === 0) alternatives.push(new Map());
  for (const alternative of alternatives) {
    alternative.set(path, tests);
    if (alternative.size > mostFields) {
      throw new EventPatternError(at, `a pattern asks for ${mostFields} fields at most`);
    }
  }
}

/** Levels may also be written as dots. */
function tooDeep(at: string): EventPatternError {
  return new EventPatternError(at, `a pattern is ${deepest} levels deep at most`);
}

/** event-ruler has no dot after nothing: an empty first name leaves no trace. */
function pathOf(steps: readonly string[], name: string): string {
  const before = steps.join('.');
  return before === '' ? name : `${before}.${name}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
