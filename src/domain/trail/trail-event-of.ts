import type { Timestamp } from '../../ports/clock.ts';
import type { ObjectRef } from '../../ports/object-store.ts';
import type { SuppressedMatch, TrailEvent } from '../../ports/trail-event-store.ts';
import type { TrailMatch } from './filter-trail-log.ts';
import { accountInKey } from './trail-object-kind.ts';
import {
  accountOf,
  cutText,
  eventIdOf,
  eventNameOf,
  eventSourceOf,
  eventTimeOf,
  fingerprintOf,
  identityOf,
  principalOf,
  textIn,
} from './trail-record.ts';

/** The way that a match came, and what that tells of an event which does not say so itself. */
export type MatchOrigin =
  | { readonly via: 'log'; readonly log: ObjectRef; readonly time: Timestamp }
  | {
      readonly via: 'event-bus';
      readonly account: string;
      readonly region: string;
      readonly time: Timestamp;
    };

/** Where a match was read, and by what it was judged. */
export interface MatchCircumstances {
  readonly origin: MatchOrigin;
  /** Hash of the rule set. */
  readonly ruleSet: string;
  readonly suppressed: readonly SuppressedMatch[];
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
  const { origin, ruleSet, suppressed, storedAt, maxRecordBytes } = circumstances;
  const shortened = (fact: string | undefined) => fact && cutText(fact, longestText);
  const fact = (name: string) => shortened(textIn(record[name]));
  const sourceIPAddress = fact('sourceIPAddress');
  const errorCode = fact('errorCode');
  const account = origin.via === 'log' ? accountInKey(origin.log.key) : origin.account;
  const region = origin.via === 'log' ? undefined : origin.region;
  const facts = {
    eventId: eventIdOf(record, text),
    eventTime: eventTimeOf(record) ?? origin.time,
    eventName: shortened(eventNameOf(record)) ?? unknown,
    eventSource: shortened(eventSourceOf(record)) ?? unknown,
    account: accountOf(record, account) ?? unknown,
    region: fact('awsRegion') ?? region ?? unknown,
    principal: shortened(principalOf(record)) ?? unknown,
    ...(sourceIPAddress === undefined ? {} : { sourceIPAddress }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
  return {
    schemaVersion: 1,
    ...facts,
    fingerprint: fingerprintOf(record, text),
    identity: identityOf(facts, record),
    via: origin.via,
    rules,
    ruleSet,
    ...(origin.via === 'log' ? { source: { ...origin.log, index } } : {}),
    storedAt,
    ...(suppressed.length === 0 ? {} : { suppressed }),
    ...(Buffer.byteLength(text) > maxRecordBytes ? {} : { record: text }),
  };
}
