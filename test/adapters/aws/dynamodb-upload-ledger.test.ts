import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbUploadLedger } from '../../../src/adapters/aws/dynamodb-upload-ledger.ts';
import { uploadLedgerContract } from '../../../src/adapters/contracts/upload-ledger-contract.ts';
import type { UploadRecord } from '../../../src/ports/upload-ledger.ts';
import { type CannedAnswer, jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { startTables, type TablesEndpoint, tablesClient } from '../../emulators/tables.ts';

let tables: TablesEndpoint;
let tableName: string;
let ledger: DynamoDbUploadLedger;

beforeAll(async () => {
  tables = await startTables();
  tableName = await tables.createTable('uploads', 'Filename', 'UploadTimestamp');
  ledger = new DynamoDbUploadLedger({ client: tables.client, tableName });
});
afterAll(() => tables.close());

describe(`the contract of ${uploadLedgerContract.port}`, () => {
  test.each(uploadLedgerContract.cases)('$name', ({ run }) => run({ ledger }));
});

const upload: UploadRecord = {
  schemaVersion: 1,
  filename: 'a.pdf',
  uploadTimestamp: '2026-11-21T08:00:00.000Z',
  bucket: 'uploads',
  versionId: 'v1',
  size: 1024,
  etag: 'etag',
  contentType: 'application/pdf',
  correlationId: 'correlation',
};

function uniqueUpload(): UploadRecord {
  return { ...upload, filename: crypto.randomUUID() };
}

describe('rows', () => {
  test('hold the keys of the reference table and every other fact', async () => {
    const unique = uniqueUpload();
    await ledger.record(unique);

    const { Item } = await tables.client.send(
      new GetCommand({
        TableName: tableName,
        Key: { Filename: unique.filename, UploadTimestamp: unique.uploadTimestamp },
      }),
    );

    expect(Item).toEqual({
      SchemaVersion: 1,
      Filename: unique.filename,
      UploadTimestamp: '2026-11-21T08:00:00.000Z',
      Bucket: 'uploads',
      VersionId: 'v1',
      Size: 1024,
      ETag: 'etag',
      ContentType: 'application/pdf',
      CorrelationId: 'correlation',
    });
  });

  test('of the reference system, with the keys alone, are taken by no version', async () => {
    const { filename, uploadTimestamp } = uniqueUpload();
    await put({ Filename: filename, UploadTimestamp: uploadTimestamp });

    expect(await ledger.record({ ...upload, filename })).toEqual({
      outcome: 'taken',
      by: {
        schemaVersion: 1,
        filename,
        uploadTimestamp,
        bucket: '',
        versionId: '',
        size: 0,
        etag: '',
        correlationId: '',
      },
    });
  });

  test.each<[string, object]>([
    ['of an unknown schema version', { SchemaVersion: 2 }],
    ['with a size that is no number', { Size: 'large' }],
    ['with a version that is no text', { VersionId: 7 }],
  ])('%s are refused for good', async (_, attributes) => {
    const { filename, uploadTimestamp } = uniqueUpload();
    await put({ Filename: filename, UploadTimestamp: uploadTimestamp, ...attributes });

    await expect(ledger.record({ ...upload, filename })).rejects.toMatchObject({
      kind: 'permanent',
      operation: 'UploadLedger.record',
      code: 'UnreadableRow',
    });
  });

  const put = (Item: Record<string, unknown>) =>
    tables.client.send(new PutCommand({ TableName: tableName, Item }));
});

describe('failures', () => {
  test('an absent table is not-found', async () => {
    const absent = new DynamoDbUploadLedger({ client: tables.client, tableName: 'absent-table' });

    await expect(absent.record(upload)).rejects.toMatchObject({
      kind: 'not-found',
      operation: 'UploadLedger.record',
      code: 'ResourceNotFoundException',
    });
  });

  test.each([
    ['a filename above the limit of a key', { filename: 'x'.repeat(2049) }, 'ValidationException'],
    ['an empty filename', { filename: '' }, 'ValidationException'],
    ['a record above 400 KB', { etag: 'x'.repeat(410_000) }, 'ItemTooLarge'],
  ])('%s is refused for good', async (_, fields, code) => {
    await expect(ledger.record({ ...uniqueUpload(), ...fields })).rejects.toMatchObject({
      kind: 'permanent',
      code,
    });
  });

  test.each([
    ['ProvisionedThroughputExceededException', 400, 'throttled'],
    ['ThrottlingException', 400, 'throttled'],
    ['AccessDeniedException', 400, 'denied'],
    ['InternalServerError', 500, 'retryable'],
  ])('%s is %s', async (code, status, kind) => {
    const canned = await startCannedAnswers(
      jsonAnswer(status, { __type: `com.amazonaws#${code}`, message: 'x' }),
    );
    const client = tablesClient(canned.endpoint);

    const recorded = new DynamoDbUploadLedger({ client, tableName }).record(upload);

    await expect(recorded).rejects.toMatchObject({ kind, code });
    client.destroy();
    await canned.close();
  });
});

describe('a failed condition', () => {
  const refusal = {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: 'x',
  };

  async function recordAgainst(...answers: readonly CannedAnswer[]) {
    const canned = await startCannedAnswers(...answers);
    const client = tablesClient(canned.endpoint);
    try {
      const outcome = await new DynamoDbUploadLedger({ client, tableName }).record(upload);
      return { outcome, requests: canned.requests.length };
    } finally {
      client.destroy();
      await canned.close();
    }
  }

  test('that answers with the item needs no second call', async () => {
    const Item = {
      Filename: { S: 'a.pdf' },
      UploadTimestamp: { S: upload.uploadTimestamp },
      SchemaVersion: { N: '1' },
      Bucket: { S: 'uploads' },
      VersionId: { S: 'v0' },
      Size: { N: '5497558138880' },
      ETag: { S: 'other' },
      CorrelationId: { S: 'other' },
      Tags: { L: [{ M: { a: { BOOL: false } } }, { NULL: true }] },
    };

    const { outcome, requests } = await recordAgainst(jsonAnswer(400, { ...refusal, Item }));

    const { contentType: _, ...rest } = upload;
    const by = { ...rest, versionId: 'v0', size: 5_497_558_138_880, etag: 'other', correlationId: 'other' };
    expect(outcome).toEqual({ outcome: 'taken', by });
    expect(requests).toBe(1);
  });

  test('whose item is gone when it is read is retryable', async () => {
    const recorded = recordAgainst(jsonAnswer(400, refusal), jsonAnswer(200, {}));

    await expect(recorded).rejects.toMatchObject({ kind: 'retryable', code: 'HolderVanished' });
  });

  test('whose item cannot be read fails as reading failed', async () => {
    const denied = jsonAnswer(400, { __type: 'x#AccessDeniedException', message: 'x' });

    const recorded = recordAgainst(jsonAnswer(400, refusal), denied);

    await expect(recorded).rejects.toMatchObject({ kind: 'denied', code: 'AccessDeniedException' });
  });
});
