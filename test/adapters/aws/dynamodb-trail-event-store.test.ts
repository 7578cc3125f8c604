import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  DynamoDbTrailEventStore,
  type DynamoDbTrailEventStoreOptions,
} from '../../../src/adapters/aws/dynamodb-trail-event-store.ts';
import { trailEventStoreContract } from '../../../src/adapters/contracts/trail-event-store-contract.ts';
import type { TrailEvent, TrailEventSummary } from '../../../src/ports/trail-event-store.ts';
import { type CannedAnswer, jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { startTables, type TablesEndpoint, tablesClient } from '../../emulators/tables.ts';

const summaryAttributes = [
  'eventTime',
  'eventName',
  'eventSource',
  'account',
  'region',
  'principal',
  'sourceIPAddress',
  'errorCode',
  'rules',
];

let tables: TablesEndpoint;
let tableName: string;

beforeAll(async () => {
  tables = await startTables();
  const index = { sortKey: 'timeAndId', attributes: summaryAttributes };
  tableName = await tables.createTable('trail-events', 'eventId', undefined, [
    { ...index, name: 'ByEventName', partitionKey: 'eventNameShard' },
    { ...index, name: 'ByPrincipal', partitionKey: 'principalShard' },
  ]);
});
afterAll(() => tables.close());

function eventStore(options: Partial<DynamoDbTrailEventStoreOptions> = {}): DynamoDbTrailEventStore {
  return new DynamoDbTrailEventStore({ client: tables.client, tableName, ...options });
}

describe(`the contract of ${trailEventStoreContract.port}`, () => {
  test.each(trailEventStoreContract.cases)('$name', ({ run }) =>
    run({ store: eventStore(), tooManyBytes: 409_600 }),
  );
});

describe(`the contract of ${trailEventStoreContract.port}, in two shards, one event a page`, () => {
  const listings = trailEventStoreContract.cases.filter(({ name }) => name.startsWith('by '));
  test.each(listings)('$name', ({ run }) =>
    run({ store: eventStore({ shards: 2, pageSize: 1 }), tooManyBytes: 409_600 }),
  );
});

function eventOf(fields: Partial<TrailEvent> = {}): TrailEvent {
  return {
    schemaVersion: 1,
    eventId: crypto.randomUUID(),
    eventTime: '2026-11-21T08:00:00.000Z',
    eventName: 'StopLogging',
    eventSource: 'cloudtrail.amazonaws.com',
    account: '111122223333',
    region: 'eu-central-1',
    principal: 'arn:aws:iam::111122223333:user/eve',
    rules: ['trail-stopped'],
    fingerprint: 'f',
    identity: 'i',
    via: 'log',
    ruleSet: '5',
    source: { bucket: 'logs', key: 'k', versionId: 'v1', index: 0 },
    storedAt: '2026-11-21T08:05:00.001Z',
    ...fields,
  };
}

async function itemOf(eventId: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await tables.client.send(new GetCommand({ TableName: tableName, Key: { eventId } }));
  return Item;
}

async function listOf(list: AsyncIterable<TrailEventSummary>): Promise<TrailEventSummary[]> {
  const listed: TrailEventSummary[] = [];
  for await (const summary of list) listed.push(summary);
  return listed;
}

const put = (Item: Record<string, unknown>) =>
  tables.client.send(new PutCommand({ TableName: tableName, Item }));

describe('items', () => {
  test('hold every fact, null for what an event does not have, and the keys of both indexes', async () => {
    const event = eventOf({ eventId: 'an-event' });
    await eventStore().store(event);

    expect(await itemOf('an-event')).toEqual({
      ...event,
      rules: new Set(['trail-stopped']),
      sourceIPAddress: null,
      errorCode: null,
      suppressed: null,
      record: null,
      eventNameShard: 'StopLogging#2026-11-21#07',
      principalShard: 'arn:aws:iam::111122223333:user/eve#2026-11-21#07',
      timeAndId: '2026-11-21T08:00:00.000Z#an-event',
    });
  });

  test('expire so many days after they were stored, rounded up to the second; a repetition is no reprieve', async () => {
    const event = eventOf();
    const store = eventStore({ retentionDays: 2 });
    await store.store(event);
    await store.store({ ...event, storedAt: '2026-11-30T08:00:00.000Z' });

    expect(await itemOf(event.eventId)).toMatchObject({ expiresAt: Date.UTC(2026, 10, 23, 8, 5, 1) / 1000 });
    expect(await store.find(event.eventId)).toEqual({ ...event, announced: [] });
  });

  test('that came by the event bus are not kept for longer when their log comes', async () => {
    const { source: _, ...byBus } = eventOf({ via: 'event-bus' });
    const store = eventStore({ retentionDays: 2 });
    await store.store(byBus);
    const fromLog = eventOf({ eventId: byBus.eventId, storedAt: '2026-11-22T08:00:00.000Z' });
    await store.store(fromLog);
    expect(await itemOf(byBus.eventId)).toMatchObject({
      ...{ via: 'log', storedAt: byBus.storedAt, expiresAt: Date.UTC(2026, 10, 23, 8, 5, 1) / 1000 },
    });
  });

  test('spread over all shards of their name and day', async () => {
    const eventName = crypto.randomUUID();
    const store = eventStore({ shards: 4 });
    const events = Array.from({ length: 64 }, () => eventOf({ eventName }));
    for (const event of events) await store.store(event);

    const counts = await Promise.all(
      ['00', '01', '02', '03', '04'].map(async shard => {
        const { Count } = await tables.client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: 'ByEventName',
            KeyConditionExpression: 'eventNameShard = :shard',
            ExpressionAttributeValues: { ':shard': `${eventName}#2026-11-21#${shard}` },
          }),
        );
        return Count ?? 0;
      }),
    );

    expect(counts.slice(0, 4).every(count => count >= 4)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count)).toBe(64);
    expect(counts[4]).toBe(0);
  });

  test('of fewer shards than are looked into now are listed', async () => {
    const eventName = crypto.randomUUID();
    const events = ['08', '09', '10', '11'].map(hour =>
      eventOf({ eventName, eventTime: `2026-11-21T${hour}:00:00.000Z` }),
    );
    for (const event of events) await eventStore({ shards: 1 }).store(event);

    const listed = await listOf(eventStore({ shards: 100 }).ofEventName(eventName, '2026-11-21'));

    expect(listed.map(({ eventId }) => eventId)).toEqual(events.map(({ eventId }) => eventId));
  });

  test('of a long name stand under its digest, which is no other name’s key', async () => {
    const long = eventOf({ eventName: 'n'.repeat(513) });
    await eventStore().store(long);
    const digest = String((await itemOf(long.eventId))?.['eventNameShard']).replace(/#.*/, '');
    const forged = eventOf({ eventName: digest });
    await eventStore().store(forged);

    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await listOf(eventStore().ofEventName(long.eventName, '2026-11-21'))).toHaveLength(1);
    expect(await listOf(eventStore().ofEventName(digest, '2026-11-21'))).toMatchObject([
      { eventId: forged.eventId },
    ]);
  });

  test('of the longest id that DynamoDB takes are stored and listed', async () => {
    const event = eventOf({ eventId: crypto.randomUUID().padEnd(2048, 'x'), eventName: crypto.randomUUID() });
    await eventStore().store(event);

    expect(await listOf(eventStore().ofEventName(event.eventName, '2026-11-21'))).toMatchObject([
      { eventId: event.eventId },
    ]);
    // What an index takes of a sort key; the emulator takes more.
    expect(String((await itemOf(event.eventId))?.['timeAndId']).length).toBeLessThanOrEqual(1024);
  });

  test.each<[string, Record<string, unknown>]>([
    ['of an unknown schema version', { schemaVersion: 2 }],
    ['with a time that is no text', { eventTime: 7 }],
    ['with rules that are no set', { rules: ['a'] }],
    ['without a fingerprint', { fingerprint: null }],
    ['with a source without an index', { source: { bucket: 'b', key: 'k', versionId: 'v' } }],
  ])('%s are refused for good', async (_, attributes) => {
    const event = eventOf();
    await put({ ...event, rules: new Set(['a']), ...attributes });

    await expect(eventStore().find(event.eventId)).rejects.toMatchObject({
      kind: 'permanent',
      operation: 'TrailEventStore.find',
      code: 'UnreadableItem',
    });
  });

  test('without a schema version are of the first', async () => {
    const { schemaVersion: _, ...event } = eventOf();
    await put({ ...event, rules: new Set(event.rules) });

    expect(await eventStore().find(event.eventId)).toEqual({ ...event, schemaVersion: 1, announced: [] });
  });

  test('of an index that cannot be read are refused for good', async () => {
    const eventName = crypto.randomUUID();
    await put({
      eventId: crypto.randomUUID(),
      eventName,
      eventNameShard: `${eventName}#2026-11-21#00`,
      timeAndId: 'x',
    });

    await expect(listOf(eventStore().ofEventName(eventName, '2026-11-21'))).rejects.toMatchObject({
      kind: 'permanent',
      operation: 'TrailEventStore.ofEventName',
      code: 'UnreadableItem',
    });
  });

  test('with marks that cannot be read are refused when they are stored again', async () => {
    const event = eventOf();
    const { fingerprint, storedAt } = event;
    await put({ eventId: event.eventId, fingerprint, storedAt, announced: 'all' });

    await expect(eventStore().store(event)).rejects.toMatchObject({
      kind: 'permanent',
      operation: 'TrailEventStore.store',
      code: 'UnreadableItem',
    });
  });
});

async function withAnswers<Result>(
  answers: readonly CannedAnswer[],
  use: (store: DynamoDbTrailEventStore, requests: readonly string[]) => Promise<Result>,
  options: Partial<DynamoDbTrailEventStoreOptions> = {},
): Promise<Result> {
  const canned = await startCannedAnswers(...answers);
  const client = tablesClient(canned.endpoint);
  try {
    return await use(eventStore({ client, ...options }), canned.requests);
  } finally {
    client.destroy();
    await canned.close();
  }
}

describe('requests', () => {
  test('one stores an event, one marks it, and no rules to mark are none', async () => {
    await withAnswers([jsonAnswer(200, {})], async (store, requests) => {
      await store.store(eventOf());
      expect(requests).toHaveLength(1);
      await store.markAnnounced('an-event', []);
      expect(requests).toHaveLength(1);
      await store.markAnnounced('an-event', ['a']);
      expect(requests).toHaveLength(2);
    });
  });

  test('hold whole characters alone: JSON with a lone surrogate is none that DynamoDB reads', async () => {
    const event = eventOf({
      eventId: 'a\ud800',
      eventName: 'b\ud800',
      eventSource: 'c\ud800',
      principal: 'd\ud800',
      sourceIPAddress: 'e\ud800',
      errorCode: 'f\ud800',
      rules: ['g\ud800', 'g\udfff'],
      source: { bucket: 'h\ud800', key: 'i\ud800', versionId: 'j\ud800', index: 0 },
      record: 'k\ud800',
    });
    await withAnswers([jsonAnswer(200, {})], async (store, requests) => {
      await store.store(event);
      await store.markAnnounced(event.eventId, event.rules);
      await store.find(event.eventId);
      await listOf(store.ofEventName(event.eventName, '2026-11-21'));
      await listOf(store.ofPrincipal(event.principal, '2026-11-21'));

      expect(requests.filter(body => /\\ud[89a-f]/i.test(body))).toEqual([]);
      expect(requests.slice(0, 3).map(body => JSON.parse(body).Key)).toEqual(
        Array.from({ length: 3 }, () => ({ eventId: { S: 'a\ufffd' } })),
      );
      expect(JSON.parse(String(requests[0])).ExpressionAttributeValues[':rules']).toEqual({
        SS: ['g\ufffd'],
      });
    });
  });

  test('a look for an event sees what was stored last', async () => {
    await withAnswers([jsonAnswer(200, {})], async (store, requests) => {
      expect(await store.find('an-event')).toBeUndefined();
      expect(JSON.parse(String(requests[0]))).toMatchObject({ ConsistentRead: true });
    });
  });

  test('a listing asks each shard once, and a reader who leaves asks no more', async () => {
    const key = { eventId: { S: 'e' } };
    const texts = ['eventId', 'eventTime', 'eventName', 'eventSource', 'account', 'region', 'principal'];
    const Item = {
      ...Object.fromEntries(texts.map(name => [name, { S: 'x' }])),
      rules: { SS: ['a'] },
      timeAndId: { S: '2026' },
    };
    const page = jsonAnswer(200, { Items: [Item], LastEvaluatedKey: key });
    await withAnswers(
      [page],
      async (store, requests) => {
        for await (const summary of store.ofPrincipal('eve', '2026-11-21')) {
          expect(summary.rules).toEqual(['a']);
          break;
        }
        expect(requests).toHaveLength(3);
        expect(
          requests.map(body => JSON.parse(body).ExpressionAttributeValues[':partition'].S).sort(),
        ).toEqual(['eve#2026-11-21#00', 'eve#2026-11-21#01', 'eve#2026-11-21#02']);
        expect(JSON.parse(String(requests[0]))).toMatchObject({ IndexName: 'ByPrincipal' });
      },
      { shards: 3 },
    );
  });
});

describe('failures', () => {
  const calls: readonly [string, (store: DynamoDbTrailEventStore) => Promise<unknown>][] = [
    ['store', store => store.store(eventOf())],
    ['markAnnounced', store => store.markAnnounced('an-event', ['a'])],
    ['find', store => store.find('an-event')],
    ['ofEventName', store => listOf(store.ofEventName('StopLogging', '2026-11-21'))],
    ['ofPrincipal', store => listOf(store.ofPrincipal('eve', '2026-11-21'))],
  ];

  test.each(calls)('an absent table is not-found, on %s', async (method, call) => {
    await expect(call(eventStore({ tableName: 'absent-table' }))).rejects.toMatchObject({
      kind: 'not-found',
      operation: `TrailEventStore.${method}`,
      code: 'ResourceNotFoundException',
    });
  });

  test.each(calls)('a throttled call is throttled, on %s', async (method, call) => {
    const answer = jsonAnswer(400, { __type: 'x#ProvisionedThroughputExceededException', message: 'x' });
    await withAnswers([answer], async store => {
      await expect(call(store)).rejects.toMatchObject({
        kind: 'throttled',
        operation: `TrailEventStore.${method}`,
      });
    });
  });

  test.each([0, 101, 1.5, Number.NaN])('%d shards are a mistake', shards => {
    expect(() => eventStore({ shards })).toThrow(RangeError);
  });
});
