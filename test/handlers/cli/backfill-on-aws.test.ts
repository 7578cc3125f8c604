import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keyOf, logOf } from '../../domain/trail/backfill/backfill-fixtures.ts';
import { type S3Endpoint, startS3 } from '../../emulators/local-s3.ts';
import { startTables, type TablesEndpoint } from '../../emulators/tables.ts';
import { run } from './streams.ts';

let s3: S3Endpoint;
let s3Client: S3Client;
let tables: TablesEndpoint;
let folder: string;
const before = { ...process.env };

beforeAll(async () => {
  s3 = await startS3();
  s3Client = s3.client();
  tables = await startTables();
  folder = await mkdtemp(join(tmpdir(), 'sallyport-backfill-'));
  Object.assign(process.env, {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: await urlOf(tables.client),
  });
});

afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  s3Client?.destroy();
  await s3?.close();
  await tables?.close();
  await rm(folder, { recursive: true });
});

async function urlOf({ config }: DynamoDBDocumentClient): Promise<string> {
  const { protocol, hostname, port } = (await config.endpoint?.()) ?? {};
  return `${protocol}//${hostname}:${port}`;
}

const itemsOf = async (TableName: string) =>
  (await tables.client.send(new ScanCommand({ TableName }))).Items ?? [];

test('on S3 and DynamoDB, each log is analyzed once, by a ledger in a file or in a table', async () => {
  const bucket = await s3.createBucket('trail');
  const events = await tables.createTable('events', 'eventId');
  const backfills = await tables.createTable('backfills', 'backfill', 'object');
  for (let number = 0; number < 5; number += 1) {
    const Key = keyOf(`2026-11-0${number + 1}`, number);
    await s3Client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: logOf(number) }));
  }
  const file = join(folder, 'ledger.jsonl');
  const backfill = (...more: string[]) =>
    run([
      ...['trail', 'backfill', `s3://${bucket}/AWSLogs/`, '--from', '2026-11-01', '--to', '2026-11-04'],
      ...['--events-table', events, '--yes', ...more],
    ]);

  const first = await backfill('--ledger', file);
  expect(first).toMatchObject({ code: 0, stdout: '' });
  expect(first.stderr).toContain('4 logs: 4 analyzed');
  expect(await itemsOf(events)).toHaveLength(4);
  expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(5);

  const again = await backfill('--ledger', file);
  expect(again.stderr).toContain(
    '4 logs: 4 analyzed, 0 skipped, 0 unreadable, 0 missing, 0 failed; 4 of them',
  );

  const inTable = await backfill('--ledger-table', backfills);
  expect(inTable).toMatchObject({ code: 0 });
  expect(inTable.stderr).toContain('0 events were not stored before');
  expect(await itemsOf(backfills)).toHaveLength(4);

  const others = await tables.createTable('other-events', 'eventId');
  const elsewhere = await backfill('--ledger', file, '--events-table', others);
  expect(elsewhere.stderr).toContain('4 events were not stored before');
  expect(await itemsOf(others)).toHaveLength(4);
});

test('without a region, it says what is missing', async () => {
  const region = process.env['AWS_REGION'];
  delete process.env['AWS_REGION'];
  Object.assign(process.env, {
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  });
  try {
    const days = ['--from', '2026-11-01', '--to', '2026-11-04'];
    const { code, stderr } = await run(['trail', 'backfill', 's3://trail-logs', ...days, '--estimate']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('name a region: AWS_REGION')]);
  } finally {
    process.env['AWS_REGION'] = region;
  }
});
