import { type AttributeValue, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbRecordStore } from '../../../src/adapters/aws/dynamodb-record-store.ts';
import { recordStoreContract } from '../../../src/adapters/contracts/record-store-contract.ts';
import type { DeviceRecord, LosslessJson } from '../../../src/ports/record-store.ts';
import { type CannedAnswer, jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { startTables, type TablesEndpoint, tablesClient } from '../../emulators/tables.ts';

let tables: TablesEndpoint;
let tableName: string;
let store: DynamoDbRecordStore;

beforeAll(async () => {
  tables = await startTables();
  tableName = await tables.createTable('records', 'device_id', 'timestamp');
  store = new DynamoDbRecordStore({ client: tables.client, tableName });
});
afterAll(() => tables.close());

async function itemUnder(deviceId: string, timestamp: string) {
  const Key = { device_id: { S: deviceId }, timestamp: { S: timestamp } };
  return (await tables.client.send(new GetItemCommand({ TableName: tableName, Key }))).Item;
}

async function find(deviceId: string, timestamp: string): Promise<DeviceRecord | undefined> {
  const item = await itemUnder(deviceId, timestamp);
  if (item === undefined) return undefined;
  const { device_id: _, timestamp: __, schemaVersion: ___, value, ...rest } = item;
  return { deviceId, timestamp, value: { digits: value?.N ?? '' }, attributes: mapOf(rest) };
}

function mapOf(members: Readonly<Record<string, AttributeValue>>): ReadonlyMap<string, LosslessJson> {
  return new Map(Object.entries(members).map(([name, value]) => [name, losslessOf(value)]));
}

function losslessOf(value: AttributeValue): LosslessJson {
  if (value.N !== undefined) return { digits: value.N };
  if (value.M !== undefined) return mapOf(value.M);
  if (value.L !== undefined) return value.L.map(losslessOf);
  return value.NULL === true ? null : (value.S ?? value.BOOL ?? 'of another kind');
}

describe(`the contract of ${recordStoreContract.port}`, () => {
  test.each(recordStoreContract.cases)('$name', ({ run }) => run({ store, find }));
});

const record: DeviceRecord = {
  deviceId: 'd1',
  timestamp: '2026-11-21T08:00:00.000Z',
  value: { digits: '12345678901234567890.12345' },
  attributes: new Map<string, LosslessJson>([
    ['unit', 'C'],
    ['site', new Map([['floor', { digits: '3' }]])],
  ]),
};

test('an item holds the keys of the reference table, the attributes beside them, and its schema version', async () => {
  const unique = { ...record, deviceId: crypto.randomUUID() };
  await store.write([unique]);

  expect(await itemUnder(unique.deviceId, unique.timestamp)).toEqual({
    device_id: { S: unique.deviceId },
    timestamp: { S: '2026-11-21T08:00:00.000Z' },
    value: { N: '12345678901234567890.12345' },
    unit: { S: 'C' },
    site: { M: { floor: { N: '3' } } },
    schemaVersion: { N: '1' },
  });
});

async function writeAgainst(records: readonly DeviceRecord[], ...answers: readonly CannedAnswer[]) {
  const canned = await startCannedAnswers(...answers);
  const client = tablesClient(canned.endpoint);
  try {
    const outcome = await new DynamoDbRecordStore({ client, tableName: 'records' }).write(records);
    return { outcome, requests: canned.requests };
  } finally {
    client.destroy();
    await canned.close();
  }
}

test('what DynamoDB leaves unprocessed is told, record by record', async () => {
  const records = ['d1', 'd2', 'd3'].map(deviceId => ({ ...record, deviceId }));
  const left = ['d3', 'd1'].map(id => ({
    PutRequest: { Item: { device_id: { S: id }, timestamp: { S: record.timestamp }, value: { N: '1' } } },
  }));

  const { outcome } = await writeAgainst(records, jsonAnswer(200, { UnprocessedItems: { records: left } }));

  expect(outcome.unprocessed.map(({ deviceId }) => deviceId)).toEqual(['d1', 'd3']);
});

test('of two records of one device, the one that is left unprocessed is told', async () => {
  const later = { ...record, timestamp: '2026-11-21T08:00:00.001Z' };
  const Item = { device_id: { S: later.deviceId }, timestamp: { S: later.timestamp }, value: { N: '1' } };
  const left = { UnprocessedItems: { records: [{ PutRequest: { Item } }] } };

  const { outcome } = await writeAgainst([record, later], jsonAnswer(200, left));

  expect(outcome.unprocessed).toEqual([later]);
});

test('an attribute called __proto__ is one like any other', async () => {
  const attributes = new Map<string, LosslessJson>([['__proto__', new Map([['__proto__', 'x']])]]);

  const { requests } = await writeAgainst([{ ...record, attributes }], jsonAnswer(200, {}));

  expect(requests[0]).toContain('"__proto__":{"M":{"__proto__":{"S":"x"}}}');
});

describe('failures', () => {
  test('an absent table is not-found', async () => {
    const absent = new DynamoDbRecordStore({ client: tables.client, tableName: 'absent-table' });

    await expect(absent.write([record])).rejects.toMatchObject({
      kind: 'not-found',
      operation: 'RecordStore.write',
      code: 'ResourceNotFoundException',
    });
  });

  test.each<[string, Partial<DeviceRecord>]>([
    ['a device above the limit of a key', { deviceId: 'x'.repeat(2049) }],
    ['a number beyond 38 digits', { value: { digits: '1'.repeat(39) } }],
    ['a number beyond 9.99E+125', { value: { digits: '1E126' } }],
    ['a number below 1E-130', { value: { digits: '1E-131' } }],
    ['a record above 400 KB', { attributes: new Map([['a', 'x'.repeat(410_000)]]) }],
  ])('%s is refused for good', async (_, fields) => {
    await expect(store.write([{ ...record, ...fields }])).rejects.toMatchObject({
      kind: 'permanent',
      code: 'RecordRefused',
    });
  });

  test.each([
    ['ProvisionedThroughputExceededException', 400, 'throttled'],
    ['ThrottlingException', 400, 'throttled'],
    ['AccessDeniedException', 400, 'denied'],
    ['InvalidSignatureException', 400, 'denied'],
    ['ResourceInUseException', 400, 'conflict'],
    ['UnheardOfException', 400, 'permanent'],
    ['InternalServerError', 500, 'retryable'],
  ])('%s is %s', async (code, status, kind) => {
    const answer = jsonAnswer(status, { __type: `com.amazonaws#${code}`, message: 'x' });

    await expect(writeAgainst([record], answer)).rejects.toMatchObject({ kind, code });
  });
});
