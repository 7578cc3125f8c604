import { gzipSync } from 'node:zlib';
import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DemoClients } from '../../../infra/local/demo/demo-clients.ts';
import type { Expectation } from '../../../infra/local/demo/expectation.ts';
import { playTrail } from '../../../infra/local/demo/play-trail.ts';
import { proveLogs } from '../../../infra/local/demo/prove-logs.ts';
import { rulesFromBucket, swapRules } from '../../../infra/local/demo/swap-rules.ts';
import {
  type Happening,
  type LocalPipeline,
  startLocalPipeline,
} from '../../../infra/local/local-pipeline.ts';
import { synthesizeLocally } from '../../../infra/local/synthesize-locally.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

/** The synthesized template and the bundles as `npm run build` and `npm run synth` leave them, unless another is named. */
const start = (happenings: Happening[], assembly?: string) =>
  startLocalPipeline({
    ...(assembly === undefined ? {} : { assembly }),
    logFolder: false,
    onHappening: happening => happenings.push(happening),
  });

const faultsIn = (happenings: readonly Happening[]) => happenings.filter(({ kind }) => kind === 'fault');

const alertsOf = (pipeline: LocalPipeline, kind: string) =>
  pipeline.announcements.all.filter(({ attributes }) => attributes['kind'] === kind);

describe('the demo of the trail', () => {
  const happenings: Happening[] = [];
  let pipeline: LocalPipeline;
  const results: Expectation[] = [];

  beforeAll(async () => {
    const assembly = temporaryFolder('trail-demo');
    await synthesizeLocally(assembly, rulesFromBucket);
    pipeline = await start(happenings, assembly);
    for (const play of [playTrail, swapRules, proveLogs]) {
      results.push(...(await play(pipeline, () => undefined)));
    }
  }, 300_000);
  afterAll(() => pipeline.stop());

  test('ends with every expectation met, C1 to C5', () => {
    expect(results.length).toBeGreaterThan(25);
    for (const { what, expected, found } of results)
      expect({ what, found }).toEqual({ what, found: expected });
    expect(faultsIn(happenings)).toEqual([]);
  });

  test('alerts name severity and account for filter policies, and read well as e-mail, C3', () => {
    const stopped = alertsOf(pipeline, 'trail.match').find(({ message }) => message.includes('StopLogging'));
    expect(stopped?.attributes).toEqual({
      kind: 'trail.match',
      severity: 'high',
      account: pipeline.accountId,
    });
    expect(stopped?.email).toContain('StopLogging (cloudtrail.amazonaws.com) from 203.0.113.7: succeeded');
    expect(JSON.parse(stopped?.message ?? '')).toMatchObject({
      details: { rule: 'trail-changes', event: { eventName: 'StopLogging' } },
    });
  });

  test('what follows the first event of a window is told in a summary, under the correlation id of the first', () => {
    const summary = alertsOf(pipeline, 'trail.summary').find(({ message }) =>
      message.includes('trail-changes'),
    );
    const { correlationId, details } = JSON.parse(summary?.message ?? '{}');
    const first = alertsOf(pipeline, 'trail.match').find(({ message }) => message.includes('StopLogging'));
    expect(details).toMatchObject({ rule: 'trail-changes', alerted: 2 });
    expect(JSON.parse(first?.message ?? '{}').correlationId).toBe(correlationId);
  });

  test('the functions write no error into their logs but those provoked', () => {
    const messages = Object.values(pipeline.resources)
      .flatMap(name => pipeline.logs(name))
      .filter(line => line.includes('"level":"ERROR"'))
      .map(line => (JSON.parse(line) as { message: string }).message);
    expect(new Set(messages)).toEqual(
      new Set([
        'Invocation failed',
        'Log unreadable',
        'Log missing',
        'Log not analyzed',
        'Backfill step failed',
        'Rules refused',
      ]),
    );
  });
});

describe('300 logs, one in twenty of them corrupt', () => {
  const happenings: Happening[] = [];
  /** More than all environments of the analyzer take at one time, many times over; 15 dead letters are more than one batch. */
  const logs = 300;
  const isCorrupt = (log: number) => log % 20 === 7;
  const healthy = Array.from({ length: logs }, (_, log) => log).filter(log => !isCorrupt(log));
  const idOf = (log: number, match: number) =>
    `20000000-0000-4000-800${match}-${String(log).padStart(12, '0')}`;
  const keyOf = (log: number) =>
    `AWSLogs/000000000000/CloudTrail/eu-central-1/2026/11/21/000000000000_CloudTrail_eu-central-1_20261121T0800Z_${String(log).padStart(16, '0')}.json.gz`;
  let pipeline: LocalPipeline;
  let clients: DemoClients;

  /** Two matches among twenty records. A corrupt log has a byte changed in the middle of its compressed stream. */
  function bodyOf(log: number): Uint8Array {
    const record = (index: number, fields: object) => ({
      eventVersion: '1.11',
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::000000000000:user/user-${log % 10}` },
      eventTime: '2026-11-21T08:01:02Z',
      eventSource: 's3.amazonaws.com',
      eventName: 'GetBucketLocation',
      awsRegion: 'eu-central-1',
      sourceIPAddress: '203.0.113.7',
      requestID: `${log}-${index}`,
      eventID: `10000000-0000-4000-8000-${String(log * 100 + index).padStart(12, '0')}`,
      ...fields,
    });
    const records = Array.from({ length: 20 }, (_, index) =>
      record(
        index,
        index < 2 ? { eventName: index === 0 ? 'DeleteTrail' : 'CreateUser', eventID: idOf(log, index) } : {},
      ),
    );
    const bytes = gzipSync(JSON.stringify({ Records: records }));
    return isCorrupt(log) ? bytes.subarray(0, bytes.length - 30) : bytes;
  }

  beforeAll(async () => {
    pipeline = await start(happenings);
    clients = new DemoClients(pipeline);
    const { TrailLogBucketName: bucket = '', TrailKeyArn: keyArn } = pipeline.outputs;
    const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn } as const;
    for (let first = 0; first < logs; first += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          clients.upload(bucket, keyOf(first + index), bodyOf(first + index), encryption),
        ),
      );
    }
    await pipeline.idle(270_000);
  }, 300_000);
  afterAll(async () => {
    clients.close();
    await pipeline.stop();
  });

  test('give every match once, C2, C3', async () => {
    const rows = await clients.rows(pipeline.outputs['TrailEventsTableName'] ?? '');
    const stored = rows.map(({ eventId = '' }) => eventId);
    expect(new Set(stored).size).toBe(stored.length);
    const expected = healthy.flatMap(log => [idOf(log, 0), idOf(log, 1)]);
    // What a corrupt log gave before its fault is stored too.
    const ofCorrupt = new Set(
      Array.from({ length: logs }, (_, log) => log)
        .filter(isCorrupt)
        .flatMap(log => [idOf(log, 0), idOf(log, 1)]),
    );
    expect(faultsIn(happenings)).toEqual([]);
    expect(stored.filter(id => !ofCorrupt.has(id)).toSorted()).toEqual(expected.toSorted());
  });

  test('announce the first match of each window, under one id, and count every other one', async () => {
    const rows = await clients.rows(pipeline.outputs['TrailAlertWindowsTableName'] ?? '');
    const windows = rows.filter(({ entry }) => entry === '#');
    // A busy machine lets calls time out that have been done: what is repeated then has the id of the first.
    const told = new Map(
      alertsOf(pipeline, 'trail.match').map(({ message }) => {
        const { id, correlationId } = JSON.parse(message) as { id: string; correlationId: string };
        return [id, correlationId];
      }),
    );
    expect([...told.values()].toSorted()).toEqual(windows.map(({ window }) => window).toSorted());
    expect(rows.length - windows.length).toBeGreaterThanOrEqual(healthy.length * 2);
  });

  test('leave a dead letter for every corrupt log, with its cause, and nothing in the queue, C5', async () => {
    const letters = await clients.rows(pipeline.outputs['TrailDeadLettersTableName'] ?? '');
    const named = letters.map(letter => {
      const { Records } = JSON.parse(letter['body'] ?? '{}') as {
        Records: readonly { s3: { object: { key: string } } }[];
      };
      return Records[0]?.s3.object.key;
    });
    expect(named.toSorted()).toEqual(
      Array.from({ length: logs }, (_, log) => log)
        .filter(isCorrupt)
        .map(keyOf)
        .toSorted(),
    );
    for (const { cause } of letters) expect(cause).toContain('truncated');
    expect(alertsOf(pipeline, 'dead-letter.kept')).toHaveLength(letters.length);
    for (const queue of pipeline.deadLetterQueues) expect(await pipeline.queueDepth(queue)).toBe(0);
  });

  test('are found by event name and day, over all shards', async () => {
    const dynamodb = new DynamoDBClient(pipeline.client);
    const shards = Array.from(
      { length: 8 },
      (_, shard) => `DeleteTrail#2026-11-21#${String(shard).padStart(2, '0')}`,
    );
    const sizes: number[] = [];
    for (const shard of shards) {
      let size = 0;
      const query = {
        TableName: pipeline.outputs['TrailEventsTableName'],
        IndexName: 'ByEventName',
        KeyConditionExpression: 'eventNameShard = :shard',
        ExpressionAttributeValues: { ':shard': { S: shard } },
      };
      for await (const { Count = 0 } of paginateQuery({ client: dynamodb }, query)) size += Count;
      sizes.push(size);
    }
    dynamodb.destroy();
    expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThanOrEqual(healthy.length);
    // No shard holds twice its eighth.
    for (const size of sizes) expect(size).toBeLessThan(logs / 4);
  });
});
