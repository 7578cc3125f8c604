import type { TrailRule } from './trail-rule.ts';

/**
 * What a record must have to match any rule of a set: its `eventName` is one of `eventNames`, or its text contains one
 * of `literals`; `any` where no such thing is known. A record that meets it need not match.
 *
 * `eventNames` speaks of the value of `eventName` in the record itself, no deeper. A value that is no string (a list of
 * names) is not excluded by it. `literals` are three or more ASCII letters and digits: where a text has no `\u` escape,
 * JSON can write them in one way only.
 */
export type RecordConditions =
  | 'any'
  | { readonly eventNames: ReadonlySet<string>; readonly literals: readonly string[] };

/** What a record must have to match any of the rules. */
export function recordConditionsOf(rules: readonly TrailRule[]): RecordConditions {
  if (rules.some(({ pattern }) => pattern !== undefined)) return 'any';
  return { eventNames: new Set(rules.flatMap(({ monitoredEvents = [] }) => monitoredEvents)), literals: [] };
}
