import { randomUUID } from 'node:crypto';

/** An intrinsic function call of the Amazon States Language, or one of its arguments. */
export type IntrinsicExpression =
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly IntrinsicExpression[] }
  | { readonly kind: 'path'; readonly path: string }
  /** A quoted text with its escapes still in it: `States.Format` reads them itself. */
  | { readonly kind: 'text'; readonly raw: string }
  | { readonly kind: 'constant'; readonly value: number | boolean | null };

/**
 * The functions that run here. The interpreter's own ones are not used: it removes every backslash from a
 * text result, which breaks any JSON text (`aws-local-stepfunctions` 3.0.0).
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
const functions: Readonly<Record<string, (values: readonly unknown[]) => unknown>> = {
  'States.Array': values => [...values],
  'States.ArrayLength': ([array]) => arrayOf('States.ArrayLength', array).length,
  'States.Format': ([template, ...values]) => format(textOf('States.Format', template), values),
  'States.JsonToString': ([value]) => JSON.stringify(value),
  'States.MathAdd': numbers => mathAdd(numbers),
  'States.StringToJson': ([text]) => parsed(textOf('States.StringToJson', text)),
  'States.UUID': () => randomUUID(),
};

/** Fails as AWS does where a function cannot be applied to its arguments. */
export class IntrinsicFailure extends Error {
  override readonly name = 'States.IntrinsicFailure';
}

/** Whether the value of a `….$` field is a function call, and not a path. */
export function isIntrinsicCall(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('States.');
}

/** Reads `States.Format('{} of {}', $.name, $$.Execution.Id)`; throws where it is malformed or not known here. */
export function parseIntrinsicCall(source: string): IntrinsicExpression {
  const tokens = [
    ...source.matchAll(/\s*('(?:[^'\\]|\\.)*'|[(),]|(?:\[[^\]]*\]|[^\s(),'[\]])+|.)\s*/gsu),
  ].map(match => match[1] ?? '');
  const expression = readExpression(tokens, source);
  if (tokens.length > 0) throw malformed(source);
  return expression;
}

/** The paths of an expression in the order in which {@link evaluateIntrinsicCall} wants their values. */
export function pathsOf(expression: IntrinsicExpression): readonly string[] {
  if (expression.kind === 'path') return [expression.path];
  return expression.kind === 'call' ? expression.arguments.flatMap(pathsOf) : [];
}

/** @param values What stands at each of {@link pathsOf}. */
export function evaluateIntrinsicCall(expression: IntrinsicExpression, values: readonly unknown[]): unknown {
  const queue = [...values];
  const evaluate = (part: IntrinsicExpression, parent: string): unknown => {
    if (part.kind === 'path') return queue.shift();
    if (part.kind === 'constant') return part.value;
    if (part.kind === 'text') return parent === 'States.Format' ? part.raw : unescaped(part.raw);
    return functions[part.name]?.(part.arguments.map(argument => evaluate(argument, part.name)));
  };
  return evaluate(expression, '');
}

function readExpression(tokens: string[], source: string): IntrinsicExpression {
  const token = tokens.shift();
  if (token === undefined) throw malformed(source);
  if (token.startsWith('$')) return { kind: 'path', path: token };
  if (/^'.*'$/su.test(token)) return { kind: 'text', raw: token.slice(1, -1) };
  if (/^(?:true|false|null|-?\d+(?:\.\d+)?)$/u.test(token))
    return { kind: 'constant', value: JSON.parse(token) };
  if (tokens.shift() !== '(' || !token.startsWith('States.')) throw malformed(source);
  if (!Object.hasOwn(functions, token)) {
    throw new Error(`${token} is not run here; known are ${Object.keys(functions).join(', ')}`);
  }
  return { kind: 'call', name: token, arguments: readArguments(tokens, source) };
}

function readArguments(tokens: string[], source: string): readonly IntrinsicExpression[] {
  const found: IntrinsicExpression[] = [];
  if (tokens[0] === ')') {
    tokens.shift();
    return found;
  }
  for (;;) {
    found.push(readExpression(tokens, source));
    const separator = tokens.shift();
    if (separator === ')') return found;
    if (separator !== ',') throw malformed(source);
  }
}

function malformed(source: string): Error {
  return new Error(`Not an intrinsic function call: ${source}`);
}

function format(template: string, values: readonly unknown[]): string {
  let used = 0;
  const text = template.replace(/\\(.)|\{\}/gsu, (match, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = values[used++];
    if (value === undefined || (typeof value === 'object' && value !== null)) {
      throw new IntrinsicFailure(`States.Format takes texts, numbers, booleans and null for ${match}`);
    }
    return String(value);
  });
  if (used !== values.length) {
    throw new IntrinsicFailure(`States.Format was given ${values.length} values for ${used} places`);
  }
  return text;
}

function unescaped(raw: string): string {
  return raw.replace(/\\(.)/gsu, '$1');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IntrinsicFailure('States.StringToJson was given a text that is no JSON', { cause: error });
  }
}

/** Rounds what is no whole number; both arguments, and the sum, are of 32 bits. */
function mathAdd(numbers: readonly unknown[]): number {
  const [left, right] = numbers;
  if (numbers.length !== 2 || typeof left !== 'number' || typeof right !== 'number') {
    throw new IntrinsicFailure('States.MathAdd takes two numbers');
  }
  const sum = Math.round(left) + Math.round(right);
  if (sum !== (sum | 0))
    throw new IntrinsicFailure(`States.MathAdd cannot make ${sum}: it has more than 32 bits`);
  return sum;
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new IntrinsicFailure(`${name} takes a text`);
  return value;
}

function arrayOf(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new IntrinsicFailure(`${name} takes an array`);
  return value;
}
