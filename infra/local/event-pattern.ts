/** Whether an event is one that a rule asks for. */
export type EventMatcher = (event: unknown) => boolean;

type ValueMatcher = (candidates: readonly unknown[]) => boolean;

/**
 * Compiles an EventBridge event pattern, as far as the templates use them: exact values, `prefix`, `anything-but`,
 * `exists`, `numeric` and `$or` (EventBridge User Guide, "Comparison operators for use in event patterns").
 * Throws an `Error` naming `where` and the operator at one it does not know.
 */
export function compilePattern(pattern: unknown, where: string): EventMatcher {
  if (!isRecord(pattern)) throw new Error(`${where}: an event pattern is an object.`);
  const tests = Object.entries(pattern).map(([key, wanted]): EventMatcher => {
    const path = `${where}.${key}`;
    if (key === '$or') {
      if (!Array.isArray(wanted)) throw new Error(`${path}: needs a list of patterns.`);
      const branches = wanted.map((branch, index) => compilePattern(branch, `${path}[${index}]`));
      return event => branches.some(matches => matches(event));
    }
    if (Array.isArray(wanted)) {
      const matchers = wanted.map((one, index) => compileValue(one, `${path}[${index}]`));
      return event => {
        const candidates = valuesOf(event, key);
        return matchers.some(matches => matches(candidates));
      };
    }
    const nested = compilePattern(wanted, path);
    // A field that is not there is matched as an empty object: `exists: false` may ask for its members' absence.
    return event => {
      const found = valuesOf(event, key);
      return (found.length === 0 ? [{}] : found).some(nested);
    };
  });
  return event => tests.every(matches => matches(event));
}

/** The values under a key; a list stands for each of its elements. */
function valuesOf(event: unknown, key: string): readonly unknown[] {
  if (!isRecord(event) || !Object.hasOwn(event, key)) return [];
  const value = event[key];
  return Array.isArray(value) ? value : [value];
}

function compileValue(wanted: unknown, where: string): ValueMatcher {
  if (!isRecord(wanted)) return candidates => candidates.includes(wanted);
  const [[operator, operand] = ['', undefined], ...more] = Object.entries(wanted);
  if (more.length > 0) throw new Error(`${where}: one operator at a time.`);
  switch (operator) {
    case 'exists':
      return candidates => candidates.length > 0 === operand;
    case 'prefix':
      return withPrefix(operand, where);
    case 'anything-but':
      return anythingBut(operand, where);
    case 'numeric':
      return numeric(operand, where);
    default:
      throw new Error(
        `${where}: the local run does not know the operator "${operator}"; teach it in infra/local/event-pattern.ts.`,
      );
  }
}

function withPrefix(prefix: unknown, where: string): ValueMatcher {
  if (typeof prefix !== 'string') throw new Error(`${where}: a prefix is a text.`);
  return candidates => candidates.some(value => typeof value === 'string' && value.startsWith(prefix));
}

function anythingBut(operand: unknown, where: string): ValueMatcher {
  if (!isRecord(operand)) {
    const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
    return candidates => candidates.some(value => !excluded.includes(value));
  }
  const { prefix, ...unknown } = operand;
  const [other] = Object.keys(unknown);
  if (other !== undefined) {
    throw new Error(`${where}: the local run does not know "anything-but" with "${other}".`);
  }
  const excluded = withPrefix(prefix, where);
  return candidates => candidates.some(value => !excluded([value]));
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numeric(operand: unknown, where: string): ValueMatcher {
  const parts: readonly unknown[] = Array.isArray(operand) ? operand : [];
  if (parts.length === 0 || parts.length % 2 !== 0) {
    throw new Error(`${where}: "numeric" needs pairs of comparison and number.`);
  }
  const bounds = Array.from({ length: parts.length / 2 }, (_, index) => {
    const comparison = String(parts[2 * index]);
    const holds = Object.hasOwn(comparisons, comparison) ? comparisons[comparison] : undefined;
    const bound = parts[2 * index + 1];
    if (holds === undefined || typeof bound !== 'number') {
      throw new Error(`${where}: "numeric" knows ${Object.keys(comparisons).join(' ')} with a number.`);
    }
    return (value: number): boolean => holds(value, bound);
  });
  return candidates =>
    candidates.some(value => typeof value === 'number' && bounds.every(inBound => inBound(value)));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
