import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbBackfillLedger } from '../../../src/adapters/aws/dynamodb-backfill-ledger.ts';
import { backfillLedgerContract } from '../../../src/adapters/contracts/backfill-ledger-contract.ts';
import type { BackfillEntry } from '../../../src/ports/backfill-ledger.ts';
import { jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { startTables, type TablesEndpoint, tablesClient } from '../../emulators/tables.ts';

let tables: TablesEndpoint;
let tableName: string;

beforeAll(async () => {
  tables = await startTables();
  tableName = await tables.createTable('backfills', 'backfill', 'object');
});
afterAll(() => tables.close());

describe.each([
  ['pages of DynamoDB’s size', undefined],
  ['pages of one entry', 1],
])(`the contract of ${backfillLedgerContract.port}, with %s`, (_, pageSize) => {
  test.each(backfillLedgerContract.cases)('$name', ({ run }) =>
    run({
      ledger: new DynamoDbBackfillLedger({
        ...{ client: tables.client, tableName },
        ...(pageSize === undefined ? {} : { pageSize }),
      }),
    }),
  );
});

const entry: BackfillEntry = {
  ...{ schemaVersion: 1, backfill: 'b-1', bucket: 'logs', key: 'AWSLogs/a', etag: 'e', work: 'w' },
  ...{ outcome: 'unreadable', fault: { code: 'truncated', message: 'ends too early' } },
  tally: { bytes: 1, records: 2, matches: 3, stored: 4, alerts: 5 },
  at: '2026-11-21T08:00:00.000Z',
};

test('an item has the keys of the table, expires, and is spread over the partitions of its backfill', async () => {
  const own = await tables.createTable('spread', 'backfill', 'object');
  const ledger = new DynamoDbBackfillLedger({ client: tables.client, tableName: own, retentionDays: 2 });
  await ledger.note(entry);

  const first = await tables.client.send(new ScanCommand({ TableName: own }));
  const { backfill, bucket, key, ...facts } = entry;
  expect(first.Items).toEqual([
    {
      ...facts,
      backfill: expect.stringMatching(/^b-1\/logs\/\d\d$/),
      object: key,
      expiresAt: Date.parse('2026-11-23T08:00:00.000Z') / 1000,
    },
  ]);

  for (let index = 0; index < 100; index += 1) await ledger.note({ ...entry, key: `AWSLogs/${index}` });
  const { Items = [] } = await tables.client.send(new ScanCommand({ TableName: own }));
  expect(new Set(Items.map(each => each['backfill'])).size).toBe(16);
});

test('an item that cannot be read is refused for good, not passed over', async () => {
  const own = await tables.createTable('unreadable', 'backfill', 'object');
  const ledger = new DynamoDbBackfillLedger({ client: tables.client, tableName: own });
  const partition = 'b-1/logs/00';
  await tables.client.send(
    new PutCommand({ TableName: own, Item: { backfill: partition, object: 'k', outcome: 'done' } }),
  );

  const entries = ledger.entries(entry)[Symbol.asyncIterator]();

  await expect(entries.next()).rejects.toMatchObject({ kind: 'permanent', code: 'UnreadableItem' });
});

test.each([
  ['find', (ledger: DynamoDbBackfillLedger) => ledger.find(entry)],
  ['note', (ledger: DynamoDbBackfillLedger) => ledger.note(entry)],
  ['entries', (ledger: DynamoDbBackfillLedger) => ledger.entries(entry).next()],
])('%s fails as the table does', async (operation, call) => {
  const absent = new DynamoDbBackfillLedger({ client: tables.client, tableName: 'absent-table' });
  await expect(call(absent)).rejects.toMatchObject({
    kind: 'not-found',
    operation: `BackfillLedger.${operation}`,
  });

  const canned = await startCannedAnswers(jsonAnswer(400, { __type: 'x#ThrottlingException', message: 'x' }));
  const client = tablesClient(canned.endpoint);
  await expect(call(new DynamoDbBackfillLedger({ client, tableName }))).rejects.toMatchObject({
    kind: 'throttled',
  });
  client.destroy();
  await canned.close();
});
