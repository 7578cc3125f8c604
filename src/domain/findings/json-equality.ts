import type { JsonValue } from '../../ports/json.ts';

/** Whether two JSON values are the same, in whatever order the members of objects stand. */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/**
 * A policy in one form: IAM and S3 may answer with one element where a list of one was put, and lists of texts (actions,
 * resources, values) have no order.
 */
export function canonicalPolicy(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value.map(canonicalPolicy);
    const [only] = items;
    if (items.length === 1 && only !== undefined) return only;
    return items.every(item => typeof item === 'string') ? items.toSorted() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, canonicalPolicy(member)]));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}
