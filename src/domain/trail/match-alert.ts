import { createHash } from 'node:crypto';
import type { Alert } from '../../ports/alert-channel.ts';
import type { AlertWindow } from '../../ports/alert-windows.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { TrailEventSource } from '../../ports/trail-event-store.ts';
import { groupLines, shortName, shown } from './alert-text.ts';
import { cutText } from './trail-record.ts';

/** An event as an alert tells of it. */
export interface AlertedEvent {
  readonly eventId: string;
  readonly eventTime: Timestamp;
  readonly eventName: string;
  readonly eventSource: string;
  readonly region: string;
  readonly principal: string;
  readonly sourceIPAddress?: string;
  /** `succeeded`, or the error that the request ended with. */
  readonly outcome: string;
  /** Of an event that came in a log. */
  readonly source?: TrailEventSource;
}

/** UTF-16 units kept of a text from outside in what machines get. */
const longestText = 256;

/** Pages named of those that a rule refers to. */
const mostReferences = 5;

/**
 * Tells people, and machines, of the first match of a window: who did what, from where, when, and how it ended. All
 * alerts of one window share their `correlationId`.
 *
 * @param references Where it says why this matters, as the rule has it.
 */
export function matchAlert(window: AlertWindow, event: AlertedEvent, references: readonly string[]): Alert {
  const { rule, title, severity, account, group, start, end } = window;
  const { eventId, eventTime, eventName, eventSource, region, principal, sourceIPAddress, outcome } = event;
  const from = sourceIPAddress === undefined ? '' : ` from ${shown(sourceIPAddress)}`;
  const named = references.slice(0, mostReferences);
  return {
    schemaVersion: 1,
    id: createHash('sha256')
      .update(JSON.stringify([window.id, 'first', eventId]), 'utf8')
      .digest('hex'),
    kind: 'trail.match',
    severity,
    account,
    title: `${title}: ${shown(eventName)} by ${shown(shortName(principal))} in ${shown(account)}, ${shown(region)}`,
    text: [
      `${title} (rule ${rule}).`,
      ``,
      `Who:     ${shown(principal)}`,
      `Account: ${shown(account)}`,
      `Region:  ${shown(region)}`,
      `When:    ${eventTime}`,
      `What:    ${shown(eventName)} (${shown(eventSource)})${from}: ${shown(outcome)}`,
      ...groupLines(group, [principal]),
      ``,
      `What else the rule finds of this kind in the window of ${start} to ${end} is told in one summary.`,
      `The event is stored under its id, ${shown(eventId)}.`,
      event.source === undefined
        ? `It came by the event bus; its log has it whole.`
        : `Log: ${shown(`s3://${event.source.bucket}/${event.source.key}`, 1400)}`,
      ...named.map(reference => `See ${shown(reference)}`),
    ].join('\n'),
    occurredAt: eventTime,
    correlationId: window.id,
    details: {
      rule,
      region: cutText(region, longestText),
      principal: cutText(principal, 512),
      group: { ...group },
      window: { start, end },
      event: detailsOf(event),
      references: named,
    },
  };
}

function detailsOf({ source, sourceIPAddress, principal: _, ...facts }: AlertedEvent): JsonObject {
  const texts = Object.entries(facts).map(([name, text]): [string, string] => [
    name,
    cutText(text, longestText),
  ]);
  return {
    ...Object.fromEntries(texts),
    sourceIPAddress: sourceIPAddress === undefined ? null : cutText(sourceIPAddress, longestText),
    log:
      source === undefined
        ? null
        : {
            bucket: cutText(source.bucket, longestText),
            key: cutText(source.key, 1024),
            versionId: cutText(source.versionId, 1024),
            index: source.index,
          },
  };
}
