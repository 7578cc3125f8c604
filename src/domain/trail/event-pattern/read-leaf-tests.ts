import { printableText } from '../../kernel/printable-text.ts';
import { isComparableNumber } from './comparable-number.ts';
import { EventPatternError } from './event-pattern-error.ts';
import { ipDigits, readCidr } from './ip-address.ts';
import type { LeafTest, NumericBound, PlainTest } from './leaf-test.ts';
import type { PatternReading } from './pattern-reading.ts';
import { readWildcard } from './wildcard.ts';

/** Reads what a list at the end of a path asks for: literals, and objects of one operator each. */
export function readLeafTests(
  values: readonly unknown[],
  at: string,
  reading: PatternReading,
): readonly LeafTest[] {
  if (values.length === 0) throw new EventPatternError(at, 'an empty list matches nothing');
  reading.countTests(values.length, at);
  return values.map((value, index) => readTest(value, `${at}[${index}]`, reading));
}

/** Operators that cost the same however many there are. */
const lookedUp: ReadonlySet<string> = new Set(['exactly', 'exists', 'cidr']);

function readTest(value: unknown, at: string, reading: PatternReading): LeafTest {
  if (typeof value === 'string') return readLiteral(value, at, reading);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return { kind: 'equals', value };
  }
  if (!isObject(value)) {
    throw new EventPatternError(at, 'a value is a text, a number, true, false, null or an operator');
  }
  const { operator, operand } = readOperator(value, at);
  if (!lookedUp.has(operator)) reading.countOperator(at);
  return readExpression(operator, operand, `${at}.${operator}`, reading);
}

/** An address stands for all of its spellings. */
function readLiteral(text: string, at: string, reading: PatternReading): LeafTest {
  reading.countText(text, at);
  const digits = ipDigits(text);
  return digits === undefined ? { kind: 'equals', value: text } : { kind: 'cidr', from: digits, to: digits };
}

function readExpression(operator: string, operand: unknown, at: string, reading: PatternReading): LeafTest {
  switch (operator) {
    case 'exactly':
      return { kind: 'equals', value: readText(operand, at, reading) };
    case 'equals-ignore-case':
    case 'wildcard':
      return readTextTest(operator, operand, at, reading);
    case 'prefix':
    case 'suffix':
      return readAffix(operator, operand, at, reading);
    case 'numeric':
      return readNumeric(operand, at);
    case 'cidr': {
      const range = readCidr(readText(operand, at, reading));
      if (typeof range === 'string') throw new EventPatternError(at, range);
      return range;
    }
    case 'exists':
      if (typeof operand !== 'boolean') throw new EventPatternError(at, 'must be true or false');
      return { kind: 'exists', exists: operand };
    case 'anything-but':
      return { kind: 'anything-but', tests: readAnythingBut(operand, at, reading) };
    default:
      throw new EventPatternError(at, 'no operator has this name');
  }
}

function readAffix(
  kind: 'prefix' | 'suffix',
  operand: unknown,
  at: string,
  reading: PatternReading,
): PlainTest {
  if (!isObject(operand)) return { kind, text: readText(operand, at, reading), ignoreCase: false };
  const { operator, operand: inner } = readOperator(operand, at);
  if (operator !== 'equals-ignore-case') {
    throw new EventPatternError(`${at}.${operator}`, `a ${kind} is a text, or one with equals-ignore-case`);
  }
  return { kind, text: readText(inner, `${at}.${operator}`, reading), ignoreCase: true };
}

function readTextTest(
  kind: 'equals-ignore-case' | 'wildcard',
  operand: unknown,
  at: string,
  reading: PatternReading,
): PlainTest {
  const text = readText(operand, at, reading);
  if (kind === 'equals-ignore-case') return { kind, text };
  const pieces = readWildcard(text);
  if ('fault' in pieces) throw new EventPatternError(at, pieces.fault);
  return { kind, pieces };
}

/** Texts, numbers, or texts under one operator: one of them or a list. */
function readAnythingBut(operand: unknown, at: string, reading: PatternReading): readonly PlainTest[] {
  if (!isObject(operand)) return readExcluded(operand, at, reading);
  const { operator, operand: inner } = readOperator(operand, at);
  const place = `${at}.${operator}`;
  const isList = Array.isArray(inner);
  // The reading that takes `$or` for a field is the older one of event-ruler, which knows less.
  const isKnown =
    operator === 'equals-ignore-case' ||
    ((operator === 'prefix' || operator === 'suffix') && (reading.readsOr || !isList)) ||
    (operator === 'wildcard' && reading.readsOr);
  if (!isKnown) throw new EventPatternError(place, 'anything-but has no such operator');
  return readList(inner, place, reading).map(([text, where]) => {
    reading.countOperator(where);
    if (operator !== 'prefix' && operator !== 'suffix') return readTextTest(operator, text, where, reading);
    const affix = readText(text, where, reading);
    if (affix === '') throw new EventPatternError(where, `an empty ${operator} excludes every text`);
    return { kind: operator, text: affix, ignoreCase: false };
  });
}

function readExcluded(operand: unknown, at: string, reading: PatternReading): readonly PlainTest[] {
  const values = readList(operand, at, reading);
  const isNumeric = typeof values[0]?.[0] === 'number';
  return values.map(([value, where]) => {
    if (isNumeric && typeof value === 'number') return { kind: 'equals', value: readNumber(value, where) };
    if (isNumeric || typeof value !== 'string') {
      throw new EventPatternError(where, 'must be a text or a number, or a list of the one or the other');
    }
    return { kind: 'equals', value: readText(value, where, reading) };
  });
}

/** The values of a list, or the only one, each with its place. */
function readList(operand: unknown, at: string, reading: PatternReading): readonly [unknown, string][] {
  if (!Array.isArray(operand)) return [[operand, at]];
  if (operand.length === 0) throw new EventPatternError(at, 'an empty list excludes nothing');
  reading.countTests(operand.length, at);
  return operand.map((value: unknown, index) => [value, `${at}[${index}]`]);
}

/** `["=", 1]`, `["<", 1]` and the like, or a range: `[">", 1, "<=", 2]`, its lower end first. */
function readNumeric(operand: unknown, at: string): LeafTest {
  if (!Array.isArray(operand)) throw new EventPatternError(at, 'must be a list of comparisons and numbers');
  const parts: readonly unknown[] = operand;
  const [first, value, second, limit] = parts;
  if (parts.length !== 2 && parts.length !== 4) {
    throw new EventPatternError(at, 'must be one comparison with its number, or a lower and an upper one');
  }
  const known: readonly unknown[] = parts.length === 2 ? ['=', '<', '<=', '>', '>='] : ['>', '>='];
  if (!known.includes(first)) throw new EventPatternError(`${at}[0]`, `must be one of ${known.join(' ')}`);
  const bound = readBound(first, value, `${at}[1]`);
  if (first === '=') return { kind: 'equals', value: bound.value };
  if (parts.length === 2) {
    return first === '<' || first === '<='
      ? { kind: 'numeric', upper: bound }
      : { kind: 'numeric', lower: bound };
  }
  if (second !== '<' && second !== '<=') throw new EventPatternError(`${at}[2]`, 'must be one of < <=');
  const upper = readBound(second, limit, `${at}[3]`);
  if (bound.value >= upper.value)
    throw new EventPatternError(at, 'the lower number must be below the upper one');
  return { kind: 'numeric', lower: bound, upper };
}

function readBound(comparison: unknown, value: unknown, at: string): NumericBound {
  return { value: readNumber(value, at), isIncluded: comparison === '<=' || comparison === '>=' };
}

function readNumber(value: unknown, at: string): number {
  if (typeof value !== 'number') throw new EventPatternError(at, 'must be a number');
  if (!isComparableNumber(value)) {
    throw new EventPatternError(at, 'has more digits than can be compared');
  }
  return value;
}

function readText(value: unknown, at: string, reading: PatternReading): string {
  if (typeof value !== 'string') throw new EventPatternError(at, 'must be a text');
  reading.countText(value, at);
  return value;
}

function readOperator(value: Readonly<Record<string, unknown>>, at: string) {
  const [operator, ...more] = Object.keys(value);
  if (operator === undefined) throw new EventPatternError(at, 'an operator is missing');
  if (more.length > 0) {
    const names = [operator, ...more].slice(0, 3).map(name => printableText(name, 40));
    throw new EventPatternError(at, `one operator at a time, not ${names.join(' and ')}`);
  }
  return { operator, operand: value[operator] };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
