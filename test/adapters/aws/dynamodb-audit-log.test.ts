import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  DynamoDbAuditLog,
  type DynamoDbAuditLogOptions,
} from '../../../src/adapters/aws/dynamodb-audit-log.ts';
import { auditLogContract } from '../../../src/adapters/contracts/audit-log-contract.ts';
import type { AuditEntry } from '../../../src/ports/audit-log.ts';
import { jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { startTables, type TablesEndpoint, tablesClient } from '../../emulators/tables.ts';

let tables: TablesEndpoint;
let tableName: string;

beforeAll(async () => {
  tables = await startTables();
  tableName = await tables.createTable('audit', 'requestId', 'timestamp');
});
afterAll(() => tables.close());

function auditLog(options: Partial<DynamoDbAuditLogOptions> = {}): DynamoDbAuditLog {
  return new DynamoDbAuditLog({ client: tables.client, tableName, ...options });
}

describe(`the contract of ${auditLogContract.port}`, () => {
  test.each(auditLogContract.cases)('$name', ({ run }) => run({ audit: auditLog() }));
});

describe(`the contract of ${auditLogContract.port}, one entry a page`, () => {
  test.each(auditLogContract.cases)('$name', ({ run }) => run({ audit: auditLog({ pageSize: 1 }) }));
});

function entryOf(fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    schemaVersion: 1,
    id: 'entry',
    requestId: crypto.randomUUID(),
    timestamp: '2026-11-21T08:00:00.000Z',
    action: 'upload.refuse',
    outcome: 'refused',
    details: { reason: 'traversal' },
    ...fields,
  };
}

async function itemsOf({ requestId }: AuditEntry) {
  const { Items } = await tables.client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'requestId = :requestId',
      ExpressionAttributeValues: { ':requestId': requestId },
    }),
  );
  return Items;
}

async function read(audit: DynamoDbAuditLog, { requestId }: AuditEntry): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of audit.entriesOf(requestId)) found.push(entry);
  return found;
}

describe('items', () => {
  test('stand under the time with a sequence of six digits', async () => {
    const entry = entryOf({ object: { bucket: 'uploads', key: 'a', versionId: 'v1' }, correlationId: 'c' });
    const audit = auditLog();
    await audit.append(entry);
    await audit.append({ ...entry, id: 'second' });

    expect(await itemsOf(entry)).toEqual([
      { ...entry, timestamp: '2026-11-21T08:00:00.000Z#000000', details: '{"reason":"traversal"}' },
      {
        ...entry,
        id: 'second',
        timestamp: '2026-11-21T08:00:00.000Z#000001',
        details: '{"reason":"traversal"}',
      },
    ]);
  });

  test('expire so many days after their time, rounded up to the second', async () => {
    const entry = entryOf({ timestamp: '2026-11-21T08:00:00.001Z' });
    await auditLog({ retentionDays: 2 }).append(entry);

    expect(await itemsOf(entry)).toMatchObject([{ expiresAt: Date.UTC(2026, 10, 23, 8, 0, 1) / 1000 }]);
    expect(await read(auditLog(), entry)).toEqual([entry]);
  });

  test('keep what UTF-8 can carry of a lone surrogate in the names of an object', async () => {
    const entry = entryOf({ object: { bucket: 'uploads', key: 'a\ud800b' } });
    const audit = auditLog();
    await audit.append(entry);

    expect(await read(audit, entry)).toEqual([{ ...entry, object: { bucket: 'uploads', key: 'a\ufffdb' } }]);
    expect(await audit.append(entry)).toEqual({ outcome: 'duplicate' });
  });

  test.each<[string, object]>([
    ['of an unknown schema version', { schemaVersion: 2 }],
    ['without an action', { action: undefined }],
    ['with details that are no JSON', { details: '{' }],
  ])('%s are refused for good', async (_, attributes) => {
    const entry = entryOf();
    const Item = { ...entry, details: '{}', timestamp: `${entry.timestamp}#000000`, ...attributes };
    await tables.client.send(
      new PutCommand({
        TableName: tableName,
        Item: Object.fromEntries(Object.entries(Item).filter(([, value]) => value !== undefined)),
      }),
    );

    await expect(read(auditLog(), entry)).rejects.toMatchObject({
      kind: 'permanent',
      operation: 'AuditLog.entriesOf',
      code: 'UnreadableItem',
    });
  });
});

describe('failures', () => {
  test('an entry above 400 KB is refused for good', async () => {
    const appended = auditLog().append(entryOf({ details: { text: 'x'.repeat(410_000) } }));

    await expect(appended).rejects.toMatchObject({ kind: 'permanent', code: 'ItemTooLarge' });
  });

  test('an absent table is not-found, for each call', async () => {
    const absent = auditLog({ tableName: 'absent-table' });
    const expected = { kind: 'not-found', code: 'ResourceNotFoundException' };

    await expect(absent.append(entryOf())).rejects.toMatchObject(expected);
    await expect(read(absent, entryOf())).rejects.toMatchObject(expected);
  });

  test('a request and time with no sequence left is a conflict', async () => {
    const Item = { id: { S: 'another' } };
    const canned = await startCannedAnswers(
      jsonAnswer(400, { __type: 'x#ConditionalCheckFailedException', message: 'x', Item }),
    );
    const client = tablesClient(canned.endpoint);

    const appended = auditLog({ client }).append(entryOf());

    await expect(appended).rejects.toMatchObject({ kind: 'conflict', code: 'SequencesExhausted' });
    expect(canned.requests).toHaveLength(1000);
    expect(canned.requests.at(-1)).toContain('08:00:00.000Z#000999');
    client.destroy();
    await canned.close();
  });
});
