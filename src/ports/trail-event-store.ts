import type { Timestamp } from './clock.ts';

/** Where a record was read: the very version of the log object, and the record's place in it. */
export interface TrailEventSource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** From 0, counted over all records of the log. */
  readonly index: number;
}

/** What tells one event from another, and what an index gives of it. */
export interface TrailEventSummary {
  /** CloudTrail's `eventID`; of an event without a usable one, or under one that another event holds, a derived one. */
  readonly eventId: string;
  readonly eventTime: Timestamp;
  readonly eventName: string;
  /** For example `iam.amazonaws.com`. */
  readonly eventSource: string;
  /** The account that the record was delivered to, 12 digits. */
  readonly account: string;
  readonly region: string;
  /** ARN of who acted, else the service that acted, else the type of the identity. */
  readonly principal: string;
  readonly sourceIPAddress?: string;
  /** The error that the request ended with; absent where it succeeded. */
  readonly errorCode?: string;
  /** Ids of the rules that the record matches; never empty, without repetitions. */
  readonly rules: readonly string[];
}

/** A match of a stored event that nobody was told of at once, and who answers for that. */
export interface SuppressedMatch {
  readonly rule: string;
  readonly owner: string;
  readonly reason: string;
}

/** A CloudTrail record that matches a rule, as it is stored. */
export interface TrailEvent extends TrailEventSummary {
  readonly schemaVersion: 1;
  /** SHA-256 (hex) over the whole record, however it is spelled: two records of logs are one event only if they agree in it. */
  readonly fingerprint: string;
  /**
   * SHA-256 (hex) over the facts that an event has on every way it takes: a record of the event bus and one of a log, which
   * may be spelled otherwise and say more, are one event if they agree in it.
   */
  readonly identity: string;
  /** Which way it came: `log` in a log, which is complete; `event-bus` by itself, within seconds. */
  readonly via: 'log' | 'event-bus';
  /** Hash of the rule set that matched. */
  readonly ruleSet: string;
  /** Of an event that came in a log. */
  readonly source?: TrailEventSource;
  readonly storedAt: Timestamp;
  /** Its suppressed matches, as of when it was stored; absent where there is none. */
  readonly suppressed?: readonly SuppressedMatch[];
  /** The record as it came, JSON text; absent where it is too large to be stored: `source` says where it is. */
  readonly record?: string;
}

/** A stored event, with the rules under which it has been announced. */
export interface StoredTrailEvent extends TrailEvent {
  readonly announced: readonly string[];
}

export type StoreTrailEventOutcome =
  | { readonly outcome: 'stored' }
  /**
   * The event was there, stored first at that time. Rules that it did not yet have are added. Where it had come by the
   * event bus and comes in a log now, what the log says stands in place of all else but its marks and that time;
   * otherwise everything else stays as it was.
   */
  | { readonly outcome: 'present'; readonly announced: readonly string[]; readonly storedAt: Timestamp }
  /** The id is held by another event, which is left as it was. */
  | { readonly outcome: 'taken' };

/** A day in UTC, `2026-11-21`. */
export type Day = string;

/** Matched CloudTrail events, each once. */
export interface TrailEventStore {
  /**
   * Stores the event under its id, or finds it there; atomic. Of two that came in logs, the fingerprint tells whether they
   * are the same; of two of which one came by the event bus, the identity. Above the store's size limit: `PortError`, `permanent`,
   * `ItemTooLarge`.
   */
  store(event: TrailEvent): Promise<StoreTrailEventOutcome>;
  /**
   * Notes that the event has been announced under these rules, beside those noted before. An event that is not there
   * (any more) is none to note anything of: nothing happens.
   */
  markAnnounced(eventId: string, rules: readonly string[]): Promise<void>;
  find(eventId: string): Promise<StoredTrailEvent | undefined>;
  /** The events of that name and day (of `eventTime`), in order of time. A new event may take a moment to appear. */
  ofEventName(eventName: string, day: Day): AsyncIterable<TrailEventSummary>;
  /** The events of that principal and day (of `eventTime`), in order of time. A new event may take a moment to appear. */
  ofPrincipal(principal: string, day: Day): AsyncIterable<TrailEventSummary>;
}
