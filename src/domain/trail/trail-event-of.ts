import type { Timestamp } from '../../ports/clock.ts';
import type { ObjectRef } from '../../ports/object-store.ts';
import type { TrailEvent } from '../../ports/trail-event-store.ts';
import type { TrailMatch } from './filter-trail-log.ts';
import { accountInKey } from './trail-object-kind.ts';
import {
  accountOf,
  cutText,
  eventIdOf,
  eventTimeOf,
  fingerprintOf,
  principalOf,
  textIn,
} from './trail-record.ts';

/** Where a match was read, and by what it was judged. */
export interface MatchCircumstances {
  readonly log: ObjectRef;
  /** Stands for the time of an event that bears none. */
  readonly logTime: Timestamp;
  /** Hash of the rule set. */
  readonly ruleSet: string;
  readonly storedAt: Timestamp;
  /** Above so many bytes of UTF-8 the record stays in its log. */
  readonly maxRecordBytes: number;
}

/** UTF-16 units kept of a text: no name or ARN that AWS gives is longer. */
const longestText = 2048;

const unknown = 'unknown';

/** What is stored of a match. */
export function trailEventOf(match: TrailMatch, circumstances: MatchCircumstances): TrailEvent {
  const { record, text, rules, index } = match;
  const { log, logTime, ruleSet, storedAt, maxRecordBytes } = circumstances;
  const shortened = (fact: string | undefined) => fact && cutText(fact, longestText);
  const fact = (name: string) => shortened(textIn(record[name]));
  const sourceIPAddress = fact('sourceIPAddress');
  const errorCode = fact('errorCode');
  return {
    schemaVersion: 1,
    eventId: eventIdOf(record, text),
    fingerprint: fingerprintOf(record, text),
    eventTime: eventTimeOf(record) ?? logTime,
    eventName: fact('eventName') ?? unknown,
    eventSource: fact('eventSource') ?? unknown,
    account: accountOf(record) ?? accountInKey(log.key) ?? unknown,
    region: fact('awsRegion') ?? unknown,
    principal: shortened(principalOf(record)) ?? unknown,
    ...(sourceIPAddress === undefined ? {} : { sourceIPAddress }),
    ...(errorCode === undefined ? {} : { errorCode }),
    rules,
    ruleSet,
    source: { ...log, index },
    storedAt,
    ...(Buffer.byteLength(text) > maxRecordBytes ? {} : { record: text }),
  };
}
