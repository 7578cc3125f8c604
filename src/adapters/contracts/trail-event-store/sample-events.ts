import assert from 'node:assert/strict';
import type { TrailEvent, TrailEventStore, TrailEventSummary } from '../../../ports/trail-event-store.ts';
import { assertSameJson } from '../assert-same-json.ts';
import type { ContractCase } from '../contract.ts';
import { eventually } from '../eventually.ts';

export interface TrailEventStoreSubject {
  readonly store: TrailEventStore;
  /** A record of so many bytes makes an event too large for the store; one of half as many does not. */
  readonly tooManyBytes: number;
}

export type TrailEventStoreCase = ContractCase<TrailEventStoreSubject>;

/** The day of every event that says no other. */
export const day = '2026-11-21';

/** An event under an id, a name and a principal that no other case uses. */
export function eventOf(fields: Partial<TrailEvent> = {}): TrailEvent {
  const unique = crypto.randomUUID();
  return {
    schemaVersion: 1,
    eventId: unique,
    eventTime: `${day}T08:00:00.000Z`,
    eventName: `StopLogging-${unique}`,
    eventSource: 'cloudtrail.amazonaws.com',
    account: '111122223333',
    region: 'eu-central-1',
    principal: `arn:aws:iam::111122223333:user/${unique}`,
    sourceIPAddress: '198.51.100.7',
    errorCode: 'AccessDenied',
    rules: ['trail-stopped'],
    fingerprint: 'f'.repeat(64),
    identity: `identity of ${unique}`,
    via: 'log',
    ruleSet: '5'.repeat(64),
    source: { bucket: 'logs', key: 'AWSLogs/a b+c%20.json.gz', versionId: 'v1', index: 3 },
    storedAt: '2026-11-21T08:05:00.000Z',
    record: '{"eventVersion":"1.11"}',
    ...fields,
  };
}

/** What an index gives of an event. */
export function summaryOf(event: TrailEvent): TrailEventSummary {
  const {
    schemaVersion,
    fingerprint,
    identity,
    via,
    ruleSet,
    source,
    storedAt,
    suppressed,
    record,
    ...summary
  } = event;
  return summary;
}

/** Asserts that the event is stored so, under these rules announced; rules are sets. */
export async function assertStored(
  store: TrailEventStore,
  event: TrailEvent,
  announced: readonly string[] = [],
): Promise<void> {
  const found = await store.find(event.eventId);
  assert.ok(found !== undefined, 'the event is there');
  assertSameJson(
    { ...found, rules: found.rules.toSorted(), announced: found.announced.toSorted() },
    { ...event, rules: event.rules.toSorted(), announced: announced.toSorted() },
  );
}

/** Asserts that a listing comes to show these events in this order, and no other one. */
export async function assertListed(
  list: () => AsyncIterable<TrailEventSummary>,
  expected: readonly TrailEvent[],
): Promise<void> {
  await eventually(async () => {
    const listed = await listOf(list());
    assertSameJson(listed.map(withSortedRules), expected.map(summaryOf).map(withSortedRules));
  });
}

export async function listOf(list: AsyncIterable<TrailEventSummary>): Promise<TrailEventSummary[]> {
  const listed: TrailEventSummary[] = [];
  for await (const summary of list) listed.push(summary);
  return listed;
}

function withSortedRules(summary: TrailEventSummary): TrailEventSummary {
  return { ...summary, rules: summary.rules.toSorted() };
}
