import { createHash } from 'node:crypto';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';

/*
 * What is asked of a CloudTrail record. Every field may be missing, null or of another type: records of many services
 * and versions come in one log ("CloudTrail record contents", AWS CloudTrail User Guide).
 */

/** Who acted: the ARN of the identity, else the service that acted, else the type of the identity. */
export function principalOf(record: JsonObject): string | undefined {
  const identity = objectIn(record['userIdentity']);
  return textIn(identity['arn']) ?? textIn(identity['invokedBy']) ?? textIn(identity['type']);
}

/** Account of the log that the record stands in, else the account of who acted; 12 digits. */
export function accountOf(record: JsonObject): string | undefined {
  return [record['recipientAccountId'], objectIn(record['userIdentity'])['accountId']]
    .map(textIn)
    .find(account => account !== undefined && /^\d{12}$/.test(account));
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

/** How the request ended. A sign-in that failed bears no error code, but says so in its response. */
export function outcomeOf(record: JsonObject): string {
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
