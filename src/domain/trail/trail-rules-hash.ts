import { createHash } from 'node:crypto';
import type { TrailRule } from './trail-rule.ts';

/** SHA-256 (hex) over all that decides, in one spelling: neither the order of rules, keys or names counts, nor examples. */
export function trailRulesHash(rules: readonly TrailRule[]): string {
  const inOrder = rules
    .map(({ monitoredEvents, ...rule }) =>
      monitoredEvents === undefined ? rule : { ...rule, monitoredEvents: monitoredEvents.toSorted() },
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return createHash('sha256').update(spelled(inOrder), 'utf8').digest('hex');
}

/** JSON with the keys of each object in one order. */
function spelled(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${spelled(member)}`).join(',')}}`;
}
