import { createHash } from 'node:crypto';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';
import type { TrailEventSummary } from '../../ports/trail-event-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';

/*
 * What is asked of a CloudTrail record. Every field may be missing, null or of another type: records of many services
 * and versions come in one log ("CloudTrail record contents", AWS CloudTrail User Guide).
 */

/**
 * Who acted: the ARN of the identity, else the service that acted, else the type of the identity. Insights events name
 * nobody: CloudTrail found out.
 */
export function principalOf(record: JsonObject): string | undefined {
  const identity = objectIn(record['userIdentity']);
  const principal = textIn(identity['arn']) ?? textIn(identity['invokedBy']) ?? textIn(identity['type']);
  return principal ?? (insightOf(record) === undefined ? undefined : 'CloudTrail Insights');
}

/** The call that was made, or, of an Insights event, the call that is made unusually often. */
export function eventNameOf(record: JsonObject): string | undefined {
  return textIn(record['eventName']) ?? textIn(insightOf(record)?.['eventName']);
}

/** The service that was called, for example `iam.amazonaws.com`. */
export function eventSourceOf(record: JsonObject): string | undefined {
  return textIn(record['eventSource']) ?? textIn(insightOf(record)?.['eventSource']);
}

/**
 * The account that the record was delivered to: what it says itself, else what its way tells, else the account of who
 * acted, which may be another. 12 digits.
 *
 * @param delivered The account in the key of its log, or of its bus. EventBridge may leave `recipientAccountId` out.
 */
export function accountOf(record: JsonObject, delivered?: string): string | undefined {
  return [
    textIn(record['recipientAccountId']),
    delivered,
    textIn(objectIn(record['userIdentity'])['accountId']),
  ].find(account => account !== undefined && /^\d{12}$/.test(account));
}

export function eventTimeOf(record: JsonObject): Timestamp | undefined {
  const text = textIn(record['eventTime']);
  // `Date` would take "1" and "March"; CloudTrail writes UTC to the second.
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text)) return undefined;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime())) return undefined;
  const time = canonicalTime(instant);
  // `Date` takes 30 February for 2 March.
  return time.slice(0, 19) === text.slice(0, 19) ? time : undefined;
}

/**
 * How the request ended. A sign-in that failed bears no error code, but says so in its response. An Insights event tells
 * what is unusual instead.
 */
export function outcomeOf(record: JsonObject): string {
  const insight = insightOf(record);
  if (insight !== undefined) return unusualIn(insight);
  const errorCode = textIn(record['errorCode']);
  if (errorCode !== undefined) return errorCode;
  const signIn = textIn(objectIn(record['responseElements'])['ConsoleLogin']);
  if (signIn !== undefined && signIn !== 'Success') return textIn(record['errorMessage']) ?? signIn;
  return textIn(record['errorMessage']) ?? 'succeeded';
}

/**
 * The id of an event: its `eventID`, or, where that is none that a store could hold, `sha256-` and the hash of the
 * record's text. What looks like an id of our own making is none.
 */
export function eventIdOf(record: JsonObject, text: string): string {
  const eventId = textIn(record['eventID']);
  const usable = eventId !== undefined && /^(?!sha256-)[\x21-\x22\x24-\x7e]{1,128}$/.test(eventId);
  return usable ? eventId : `sha256-${sha256(text)}`;
}

/**
 * SHA-256 (hex) over the whole record, in whatever order and spelling its text has it: every delivery of one event has
 * the same, and no other event that bears its id.
 */
export function fingerprintOf(record: JsonObject, text: string): string {
  // Of numbers that JavaScript rounds, the digits tell.
  const longNumbers = text.match(/\d{16,}/g) ?? [];
  return sha256(JSON.stringify([sorted(record), longNumbers.toSorted()]));
}

/**
 * SHA-256 (hex) over facts that an event has on every way it takes. CloudTrail's record on the event bus may lack what
 * the log says, and a large one is cut there; who, what, where, when and how it ended are the same.
 */
export function identityOf(
  facts: Pick<
    TrailEventSummary,
    | 'eventId'
    | 'eventTime'
    | 'eventName'
    | 'eventSource'
    | 'account'
    | 'region'
    | 'principal'
    | 'sourceIPAddress'
    | 'errorCode'
  >,
  record: JsonObject,
): string {
  const { eventId, eventTime, eventName, eventSource, account, region, principal } = facts;
  const { sourceIPAddress = null, errorCode = null } = facts;
  const requestId = textIn(record['requestID']) ?? null;
  const who = [account, region, principal, sourceIPAddress];
  return sha256(JSON.stringify([eventId, eventTime, eventName, eventSource, ...who, errorCode, requestId]));
}

/**
 * What stands in the record at a path of names with dots between them: all texts, numbers and switches, through lists,
 * each once; empty where there is none.
 */
export function textAt(record: JsonObject, path: string): string {
  let found: readonly JsonValue[] = [record];
  for (const name of path.split('.')) {
    found = found.flatMap(flat).flatMap(value => {
      const member = objectIn(value);
      return Object.hasOwn(member, name) ? [member[name] ?? null] : [];
    });
  }
  const leaves = found.flatMap(flat).filter(value => value !== null && typeof value !== 'object');
  return [...new Set(leaves.map(String))].join(', ');
}

function flat(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value.flatMap(flat) : [value];
}

/** What an Insights event says ("CloudTrail record contents for Insights events for trails", AWS CloudTrail User Guide). */
function insightOf(record: JsonObject): JsonObject | undefined {
  const isInsight = record['eventType'] === 'AwsCloudTrailInsight' || record['eventCategory'] === 'Insight';
  return isInsight ? objectIn(record['insightDetails']) : undefined;
}

function unusualIn(insight: JsonObject): string {
  const type = textIn(insight['insightType']) ?? 'Insight';
  const statistics = objectIn(objectIn(insight['insightContext'])['statistics']);
  const average = (name: string) => objectIn(statistics[name])['average'];
  const errorCode = textIn(insight['errorCode']);
  const rates = [average('insight'), average('baseline')].map(rate =>
    typeof rate === 'number' ? String(Number(rate.toPrecision(3))) : 'an unknown number',
  );
  const state = textIn(insight['state']) ?? 'unknown state';
  return [
    `${type}, ${state}: ${rates[0]} a minute, where ${rates[1]} are usual`,
    ...(errorCode === undefined ? [] : [`of the error ${errorCode}`]),
  ].join(', ');
}

/**
 * At most so many UTF-16 units of a text. What is cut is copied: JavaScript would otherwise keep the whole text for the
 * sake of its beginning.
 */
export function cutText(text: string, limit: number): string {
  return text.length <= limit ? text : Buffer.from(text.slice(0, limit), 'utf16le').toString('utf16le');
}

/** The value, where it is text that says anything. */
export function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function objectIn(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The value with the names of each object in one order. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([name, member]) => [name, sorted(member)]);
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
