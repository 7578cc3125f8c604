import { createHash } from 'node:crypto';
import type { Alert } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ObjectRef } from '../../ports/object-store.ts';
import { laterBy } from '../kernel/canonical-time.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { TrailRule } from './trail-rules.ts';

/** An event as an alert lists it. */
export interface AlertedEvent {
  readonly eventId: string;
  readonly eventTime: Timestamp;
  readonly eventName: string;
  readonly eventSource: string;
  readonly region: string;
  readonly sourceIPAddress?: string;
  /** `succeeded`, or the error that the request ended with. */
  readonly outcome: string;
}

/** Events of one rule, account, principal and window, read in one log. */
export interface MatchGroup {
  readonly rule: TrailRule;
  readonly account: string;
  readonly principal: string;
  readonly windowStart: Timestamp;
  readonly windowMinutes: number;
  readonly events: readonly AlertedEvent[];
  readonly log: ObjectRef;
}

/** Events that one alert lists; the others are counted. */
const mostListed = 50;

/** Below the 256 KB of SNS for all variants of a message, whose JSON variant is a text within JSON. */
const mostBytes = 240_000;

/** UTF-16 units shown of a text from outside. */
const longestText = 256;

/**
 * Tells people, and machines, who did what, from where, when, and how it ended. Lists the first events by time, at
 * most {@link mostListed}, and fewer where they would outgrow the channel; says how many there are and where.
 *
 * The same events give the same `id`; all alerts of one group and window share their `correlationId`.
 */
export function matchAlert(group: MatchGroup): Alert {
  const inOrder = group.events.toSorted(
    (a, b) => compare(a.eventTime, b.eventTime) || compare(a.eventId, b.eventId),
  );
  const { rule, account, principal, windowStart } = group;
  const correlationId = hash([rule.id, account, principal, windowStart]);
  const id = hash([correlationId, ...inOrder.map(({ eventId }) => eventId)]);
  for (let listed = Math.min(mostListed, inOrder.length); ; listed = Math.floor(listed / 2)) {
    const alert = { ...alertOf(group, inOrder, listed), id, correlationId };
    if (listed === 0 || bytesOf(alert) <= mostBytes) return alert;
  }
}

function alertOf(
  group: MatchGroup,
  events: readonly AlertedEvent[],
  listedCount: number,
): Omit<Alert, 'id' | 'correlationId'> {
  const { rule, account, principal, windowStart, windowMinutes, log } = group;
  const listed = events.slice(0, listedCount);
  const rest = events.length - listed.length;
  const windowEnd = laterBy(windowStart, windowMinutes * 60_000);
  const place = `s3://${log.bucket}/${log.key}`;
  return {
    schemaVersion: 1,
    kind: 'trail.match',
    severity: rule.severity,
    account,
    title: `${rule.title}: ${count(events.length)} by ${shown(shortName(principal))} in ${shown(account)}`,
    text: [
      `${rule.title} (rule ${rule.id}).`,
      ``,
      `Who:     ${shown(principal)}`,
      `Account: ${shown(account)}`,
      `When:    ${windowStart} to ${windowEnd}`,
      `What:    ${count(events.length)}`,
      ``,
      ...listed.map(lineOf),
      ...(rest === 0 ? [] : [`… and ${rest} more.`]),
      ``,
      `All of them are stored, by event id, by event name and day, and by principal and day.`,
      `Log: ${printableText(place, 1400)}`,
    ].join('\n'),
    occurredAt: events[0]?.eventTime ?? windowStart,
    details: {
      rule: rule.id,
      principal: cut(principal, 2048),
      window: { start: windowStart, end: windowEnd },
      count: events.length,
      events: listed.map(detailsOf),
      log: { bucket: cut(log.bucket), key: cut(log.key, 1024), versionId: cut(log.versionId, 1024) },
    },
  };
}

function lineOf(event: AlertedEvent): string {
  const { eventTime, eventName, eventSource, region, sourceIPAddress, outcome } = event;
  const from = sourceIPAddress === undefined ? '' : ` from ${shown(sourceIPAddress)}`;
  return `- ${eventTime} ${shown(eventName)} (${shown(eventSource)}, ${shown(region)})${from}: ${shown(outcome)}`;
}

function detailsOf(event: AlertedEvent): JsonObject {
  const { sourceIPAddress, ...facts } = event;
  return {
    ...Object.fromEntries(Object.entries(facts).map(([name, text]) => [name, cut(text)])),
    sourceIPAddress: sourceIPAddress === undefined ? null : cut(sourceIPAddress),
  };
}

/** What people call a principal: the ARN without its service and account. */
function shortName(principal: string): string {
  return principal.startsWith('arn:') ? principal.split(':').slice(5).join(':') || principal : principal;
}

function shown(text: string): string {
  return printableText(text, longestText);
}

function cut(text: string, limit = longestText): string {
  return text.slice(0, limit);
}

function count(events: number): string {
  return events === 1 ? '1 event' : `${events} events`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Bytes of the alert in a message whose variants are the alert as JSON, within JSON, and its text. */
function bytesOf(alert: Alert): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(alert)) + JSON.stringify(alert.title + alert.text));
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts), 'utf8').digest('hex');
}
