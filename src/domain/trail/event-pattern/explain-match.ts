import { printableText } from '../../kernel/printable-text.ts';
import {
  type CompiledAlternative,
  CompiledEventPattern,
  type EventPattern,
  isObject,
} from './compile-event-pattern.ts';
import { type FieldValue, valueAt, valuesOf } from './field-values.ts';
import type { LeafTest, PlainTest } from './leaf-test.ts';
import type { PatternField } from './pattern-field.ts';

/** What a pattern asked of one field, and what stood there. All texts are printable, and cut. */
export interface FieldExplanation {
  /** Its steps joined by dots. */
  readonly path: string;
  readonly matched: boolean;
  /** As `"Root" or prefix "Assumed"`. */
  readonly asked: string;
  /** Of what kind the values are, never the values: as `text`, `number and null`, `nothing`. */
  readonly found: string;
}

/** What became of one alternative: the pattern itself, or one way through its `$or`. */
export interface AlternativeExplanation {
  readonly matched: boolean;
  /** In the order in which they are decided. */
  readonly fields: readonly FieldExplanation[];
  /**
   * The path of the first field that does not match. Absent where all fields do: then the alternative matches, or what they
   * ask stands in different elements of one list.
   */
  readonly decidedBy?: string;
  readonly reason: string;
}

export interface MatchExplanation {
  readonly matched: boolean;
  /** As many as are shown: {@link mostExplained} at most. */
  readonly alternatives: readonly AlternativeExplanation[];
  /** Of the whole pattern. */
  readonly alternativeCount: number;
}

/** Alternatives that an explanation shows. */
export const mostExplained = 100;

const mostTests = 10;
const longestName = 300;
const longestText = 60;

/**
 * Says which field decided whether an event matches a pattern. For people: it takes longer than `matches`, and says the
 * same.
 *
 * @param pattern Compiled, or what `compileEventPattern` takes.
 * @throws {EventPatternError}
 *
 * @example
 * const { alternatives } = explainMatch({ detail: { size: [{ numeric: ['>', 5] }] } }, { detail: { size: '9' } });
 * alternatives[0]?.reason; // 'detail.size: asked for a number > 5, found text'
 */
export function explainMatch(pattern: EventPattern | unknown, event: unknown): MatchExplanation {
  const compiled = pattern instanceof CompiledEventPattern ? pattern : new CompiledEventPattern(pattern);
  return {
    matched: compiled.matches(event),
    alternatives: compiled.alternatives.slice(0, mostExplained).map(one => explainAlternative(one, event)),
    alternativeCount: compiled.alternatives.length,
  };
}

function explainAlternative(alternative: CompiledAlternative, event: unknown): AlternativeExplanation {
  const fields = alternative.fields.map(field => explainField(field, event));
  if (!isObject(event)) return { matched: false, fields, reason: 'the event is no object' };
  const failed = fields.find(({ matched }) => !matched);
  if (failed !== undefined) {
    const { path, asked, found } = failed;
    return {
      ...{ matched: false, fields, decidedBy: path },
      reason: `${path}: asked for ${asked}, found ${found}`,
    };
  }
  return alternative.isConsistent(event)
    ? { matched: true, fields, reason: 'all fields match' }
    : { matched: false, fields, reason: 'what the fields ask stands in different elements of one list' };
}

function explainField(field: PatternField, event: unknown): FieldExplanation {
  const values = isObject(event) ? valuesOf(event, field) : [];
  return {
    path: printableText(field.path, longestName),
    matched: holdsAlone(field, values),
    asked: listOf(field.tests.map(describe), ' or '),
    found: isObject(event) ? describeFound(event, field, values) : 'nothing',
  };
}

/** Whether there is a value as asked; or where absence is asked for, an element of a list that has none. */
function holdsAlone(field: PatternField, values: readonly FieldValue[]): boolean {
  if (values.some(({ isAsAsked }) => isAsAsked)) return true;
  return field.mayBeAbsent && (values.length === 0 || values.every(({ within }) => within.length > 0));
}

function describeFound(event: object, field: PatternField, values: readonly FieldValue[]): string {
  if (values.length > 0) return listOf([...new Set(values.map(({ kind }) => kind))], ' and ');
  const steps = field.path.split('.');
  let node: unknown = event;
  for (const step of steps) node = isObject(node) ? valueAt(node, step) : undefined;
  if (Array.isArray(node)) return 'a list with no values';
  return isObject(node) ? 'an object' : 'nothing';
}

function describe(test: LeafTest): string {
  switch (test.kind) {
    case 'exists':
      return test.exists ? 'any value' : 'no value';
    case 'cidr':
      return test.from === test.to ? 'one address' : 'an address of a range';
    case 'numeric':
      return `a number ${[
        ...(test.lower === undefined ? [] : [`>${test.lower.isIncluded ? '=' : ''} ${test.lower.value}`]),
        ...(test.upper === undefined ? [] : [`<${test.upper.isIncluded ? '=' : ''} ${test.upper.value}`]),
      ].join(' and ')}`;
    case 'anything-but': {
      const excluded = listOf(test.tests.map(describePlain), ' or ');
      // What is asked beside it must not read as excluded, too.
      return test.tests.length === 1 ? `anything but ${excluded}` : `anything but (${excluded})`;
    }
    default:
      return describePlain(test);
  }
}

function describePlain(test: PlainTest): string {
  switch (test.kind) {
    case 'equals':
      return typeof test.value === 'string' ? quoted(test.value) : String(test.value);
    case 'wildcard':
      return `wildcard ${quoted(test.pieces.join('*'))}`;
    case 'equals-ignore-case':
      return `${quoted(test.text)} in any case`;
    default:
      return `${test.kind} ${quoted(test.text)}${test.ignoreCase ? ' in any case' : ''}`;
  }
}

function quoted(text: string): string {
  return `"${printableText(text, longestText)}"`;
}

function listOf(parts: readonly string[], joint: string): string {
  const rest = parts.length - mostTests;
  return [...parts.slice(0, mostTests), ...(rest > 0 ? [`${rest} more`] : [])].join(joint);
}
