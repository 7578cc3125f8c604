import { printableText } from './printable-text.ts';

/** An issue of zod, as far as it is told. */
interface SchemaIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly input?: unknown;
  /** Of `unrecognized_keys`. */
  readonly keys?: readonly string[];
  /** Of `invalid_type`. */
  readonly expected?: string;
  /** Of `invalid_value`. */
  readonly values?: readonly unknown[];
}

/** Faults that are named one by one. */
const mostNamed = 50;

/**
 * One line for each thing that is wrong, with its place and without what stands there: `encryption.floor: must be …`. Parse
 * with `reportInput: true`, so that what is missing can be told from what is of another type.
 */
export function schemaFaults({ issues }: { readonly issues: readonly SchemaIssue[] }): readonly string[] {
  const named = issues.slice(0, mostNamed).map(faultOf);
  const more = issues.length - named.length;
  return more === 0 ? named : [...named, `… and ${more} more`];
}

function faultOf(issue: SchemaIssue): string {
  const path = issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const place = path === '' ? '' : `${printableText(path.replace(/^\./, ''))}: `;
  return `${place}${printableText(reasonOf(issue))}`;
}

function reasonOf(issue: SchemaIssue): string {
  const { code, input, keys, expected, values, message } = issue;
  if (code === 'unrecognized_keys' && keys !== undefined) {
    const named = keys.slice(0, 5).map(key => `"${key.slice(0, 100)}"`);
    return `unknown key${keys.length === 1 ? '' : 's'} ${named.join(', ')}`;
  }
  if (code === 'invalid_type') {
    return input === undefined ? 'is missing' : `must be of type ${expected}, not ${typeOf(input)}`;
  }
  if (code === 'invalid_value' && values !== undefined) {
    return `must be ${values.map(value => JSON.stringify(value)).join(' or ')}`;
  }
  return message;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
