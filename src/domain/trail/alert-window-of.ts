import { createHash } from 'node:crypto';
import type { AlertWindow } from '../../ports/alert-windows.ts';
import type { Timestamp } from '../../ports/clock.ts';
import { canonicalTime, laterBy } from '../kernel/canonical-time.ts';
import type { TrailRule } from './trail-rule.ts';

/** What the matches of one window have in common. */
export interface MatchGrouping {
  readonly rule: TrailRule;
  readonly account: string;
  /** What else, by the names of the facts. */
  readonly group: Readonly<Record<string, string>>;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * The window that an event falls into by the time at which it was first stored. Windows of a length begin at multiples of
 * it since 1970, so that everyone finds the same.
 */
export function alertWindowOf(grouping: MatchGrouping, storedAt: Timestamp, minutes: number): AlertWindow {
  const { rule, account, group } = grouping;
  const start = startOf(storedAt, minutes * minute);
  return named({
    schemaVersion: 1,
    kind: 'matches',
    rule: rule.id,
    title: rule.title,
    severity: rule.severity,
    account,
    group,
    start,
    end: laterBy(start, minutes * minute),
  });
}

/** The day, in UTC, in which matches that are suppressed are told of together. */
export function suppressionDayOf({ schemaVersion, rule, title, account, start }: AlertWindow): AlertWindow {
  const dayStart = startOf(start, day);
  return named({
    schemaVersion,
    kind: 'suppressed',
    rule,
    title,
    severity: 'info',
    account,
    group: {},
    start: dayStart,
    end: laterBy(dayStart, day),
  });
}

function startOf(time: Timestamp, length: number): Timestamp {
  return canonicalTime(new Date(Math.floor(Date.parse(time) / length) * length));
}

function named(window: Omit<AlertWindow, 'id'>): AlertWindow {
  const { kind, rule, account, group, start, end } = window;
  const parts = [kind, rule, account, Object.entries(group).toSorted(), start, end];
  const id = createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex');
  return { ...window, id };
}
