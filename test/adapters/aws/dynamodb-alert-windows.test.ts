import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  DynamoDbAlertWindows,
  type DynamoDbAlertWindowsOptions,
} from '../../../src/adapters/aws/dynamodb-alert-windows.ts';
import { alertWindowsContract } from '../../../src/adapters/contracts/alert-windows-contract.ts';
import type { AlertWindow, AlertWindowEntry } from '../../../src/ports/alert-windows.ts';
import { type CannedAnswer, jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { startTables, type TablesEndpoint, tablesClient } from '../../emulators/tables.ts';

let tables: TablesEndpoint;
let tableName: string;

beforeAll(async () => {
  tables = await startTables();
  tableName = await tables.createTable('alert-windows', 'window', 'entry', [
    { name: 'ByDue', partitionKey: 'dueShard', sortKey: 'dueAt' },
  ]);
});
afterAll(() => tables.close());

function alertWindows(options: Partial<DynamoDbAlertWindowsOptions> = {}): DynamoDbAlertWindows {
  return new DynamoDbAlertWindows({ client: tables.client, tableName, ...options });
}

describe(`the contract of ${alertWindowsContract.port}`, () => {
  test.each(alertWindowsContract.cases)('$name', ({ run }) => run({ windows: alertWindows() }));
});

describe(`the contract of ${alertWindowsContract.port}, one item a page`, () => {
  test.each(alertWindowsContract.cases)('$name', ({ run }) =>
    run({ windows: alertWindows({ pageSize: 1 }) }),
  );
});

const dueAt = '2026-11-21T08:16:00.001Z';

function windowOf(fields: Partial<AlertWindow> = {}): AlertWindow {
  return {
    schemaVersion: 1,
    id: crypto.randomUUID(),
    kind: 'suppressed',
    rule: 'cis-4.5',
    title: 'A trail changed',
    severity: 'high',
    account: '111122223333',
    group: {},
    start: '2026-11-21T08:00:00.000Z',
    end: '2026-11-21T08:15:00.000Z',
    ...fields,
  };
}

const entryOf = (id: string): AlertWindowEntry => ({
  id,
  count: 1,
  firstAt: '2026-11-21T08:01:00.000Z',
  lastAt: '2026-11-21T08:01:00.000Z',
  facts: { Event: 'DeleteTrail' },
});

async function itemOf(window: string, entry: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await tables.client.send(new GetCommand({ TableName: tableName, Key: { window, entry } }));
  return Item;
}

const listed = async <Item>(items: AsyncIterable<Item>) => {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
};

describe('items', () => {
  test('of a window and of an entry hold every fact, and expire so many days after it was due', async () => {
    const window = windowOf({ id: 'a-window' });
    await alertWindows({ retentionDays: 2 }).add({ window, entries: [entryOf('e-1')], first: 'e-1', dueAt });

    const expiresAt = Date.UTC(2026, 10, 23, 8, 16, 1) / 1000;
    const { id: _, ...facts } = window;
    expect(await itemOf('a-window', '#')).toEqual({
      ...facts,
      window: 'a-window',
      entry: '#',
      first: 'e-1',
      dueAt,
      dueShard: expect.stringMatching(/^due#[0-3]$/),
      revision: 1,
      expiresAt,
    });
    const items = await Promise.all([0, 1, 2, 3].map(share => itemOf(`a-window#${share}`, 'e-1')));
    const { id, ...entry } = entryOf('e-1');
    expect(items.filter(item => item !== undefined)).toEqual([
      { ...entry, schemaVersion: 1, window: expect.any(String), entry: id, expiresAt },
    ]);
  });

  test('are kept for 30 days by default', async () => {
    const window = windowOf();
    await alertWindows().add({ window, entries: [], dueAt });
    expect(await itemOf(window.id, '#')).toMatchObject({
      expiresAt: Date.UTC(2026, 11, 21, 8, 16, 1) / 1000,
    });
  });

  test('spread over all partitions of their window', async () => {
    const window = windowOf();
    const entries = Array.from({ length: 100 }, (_, index) => entryOf(`e-${index}`));
    await alertWindows().add({ window, entries, dueAt });

    const counts = await Promise.all(
      [0, 1, 2, 3].map(async share => {
        const { Count } = await tables.client.send(
          new QueryCommand({
            TableName: tableName,
            KeyConditionExpression: '#window = :window',
            ExpressionAttributeNames: { '#window': 'window' },
            ExpressionAttributeValues: { ':window': `${window.id}#${share}` },
          }),
        );
        return Count ?? 0;
      }),
    );
    expect(counts.every(count => count >= 10)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count)).toBe(100);
  });

  test('without a schema version are of the first; of another one they are refused for good', async () => {
    const { id, schemaVersion: _, ...facts } = windowOf();
    const put = (item: Record<string, unknown>) =>
      tables.client.send(new PutCommand({ TableName: tableName, Item: { ...facts, revision: 1, ...item } }));
    await put({ window: id, entry: '#' });
    expect(await alertWindows().find(id)).toMatchObject({ id, schemaVersion: 1, announced: false });
    await put({ window: id, entry: '#', schemaVersion: 2 });
    await put({ window: `${id}#0`, entry: 'e' });
    const refusal = { kind: 'permanent', code: 'UnreadableItem' };
    await expect(alertWindows().find(id)).rejects.toMatchObject(refusal);
    await expect(listed(alertWindows().entries(id))).rejects.toMatchObject(refusal);
  });
});

async function withAnswers<Result>(
  answers: readonly CannedAnswer[],
  use: (windows: DynamoDbAlertWindows, requests: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const canned = await startCannedAnswers(...answers);
  const client = tablesClient(canned.endpoint);
  try {
    return await use(alertWindows({ client }), canned.requests);
  } finally {
    client.destroy();
    await canned.close();
  }
}

const putOf = (id: string) => ({ PutRequest: { Item: { entry: { S: id } } } });

describe('requests', () => {
  test('send again what DynamoDB left of a batch, before the window is touched', async () => {
    const answers = [
      jsonAnswer(200, { UnprocessedItems: { [tableName]: [putOf('e-2')] } }),
      jsonAnswer(200, { UnprocessedItems: {} }),
      jsonAnswer(400, { __type: 'x#ThrottlingException', message: 'x' }),
    ];
    await withAnswers(answers, async (windows, requests) => {
      const addition = { window: windowOf(), entries: [entryOf('e-1'), entryOf('e-2')], dueAt };
      await expect(windows.add(addition)).rejects.toMatchObject({ kind: 'throttled' });
      expect(JSON.parse(String(requests[1])).RequestItems[tableName]).toEqual([putOf('e-2')]);
      expect(JSON.parse(String(requests[2]))).toHaveProperty('UpdateExpression');
    });
  });

  test('that leave something again and again are throttled, and the window is not touched', async () => {
    const left = jsonAnswer(200, { UnprocessedItems: { [tableName]: [putOf('e-1')] } });
    await withAnswers([left], async (windows, requests) => {
      const addition = { window: windowOf(), entries: [entryOf('e-1')], dueAt };
      await expect(windows.add(addition)).rejects.toMatchObject({
        kind: 'throttled',
        operation: 'AlertWindows.add',
        code: 'UnprocessedItems',
      });
      expect(requests.length).toBeGreaterThan(3);
      expect(requests.filter(body => body.includes('UpdateExpression'))).toEqual([]);
    });
  });

  test('for a window and its entries see what was put last', async () => {
    await withAnswers([jsonAnswer(200, {})], async (windows, requests) => {
      await windows.find('a');
      await listed(windows.entries('a'));
      expect(requests).toHaveLength(5);
      for (const body of requests) expect(JSON.parse(body)).toMatchObject({ ConsistentRead: true });
    });
  });
});

describe('failures', () => {
  const addition = () => ({ window: windowOf(), entries: [entryOf('e')], dueAt });
  const calls: readonly [string, (windows: DynamoDbAlertWindows) => Promise<unknown>][] = [
    ['add', windows => windows.add(addition())],
    ['markAnnounced', windows => windows.markAnnounced('a')],
    ['find', windows => windows.find('a')],
    ['entries', windows => listed(windows.entries('a'))],
    ['due', windows => listed(windows.due(dueAt))],
    ['conclude', windows => windows.conclude('a', 1, { alerted: 1, suppressed: 0 })],
  ];

  test.each(calls)('an absent table is not-found, on %s', async (method, call) => {
    await expect(call(alertWindows({ tableName: 'absent-table' }))).rejects.toMatchObject({
      kind: 'not-found',
      operation: `AlertWindows.${method}`,
      code: 'ResourceNotFoundException',
    });
  });

  test.each(calls)('a throttled call is throttled, on %s', async (method, call) => {
    const answer = jsonAnswer(400, { __type: 'x#ProvisionedThroughputExceededException', message: 'x' });
    await withAnswers([answer], async windows => {
      await expect(call(windows)).rejects.toMatchObject({
        kind: 'throttled',
        operation: `AlertWindows.${method}`,
      });
    });
  });
});
