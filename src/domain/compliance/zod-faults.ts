import type * as z from 'zod';
import { printableText } from '../kernel/printable-text.ts';

/** Faults that are named one by one. */
const mostNamed = 50;

/**
 * One line for each thing that is wrong, with its place and without what stands there: `encryption.floor: must be …`. Parse
 * with `reportInput: true`, so that what is missing can be told from what is of another type.
 */
export function faultsOf({ issues }: z.core.$ZodError): readonly string[] {
  const named = issues.slice(0, mostNamed).map(faultOf);
  const more = issues.length - named.length;
  return more === 0 ? named : [...named, `… and ${more} more`];
}

function faultOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const place = path === '' ? '' : `${printableText(path.replace(/^\./, ''))}: `;
  return `${place}${printableText(reasonOf(issue))}`;
}

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.slice(0, 5).map(key => `"${key.slice(0, 100)}"`);
    return `unknown key${issue.keys.length === 1 ? '' : 's'} ${keys.join(', ')}`;
  }
  if (issue.code === 'invalid_type') {
    return issue.input === undefined
      ? 'is missing'
      : `must be of type ${issue.expected}, not ${typeOf(issue.input)}`;
  }
  if (issue.code === 'invalid_value') {
    return `must be ${issue.values.map(value => JSON.stringify(value)).join(' or ')}`;
  }
  return issue.message;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
