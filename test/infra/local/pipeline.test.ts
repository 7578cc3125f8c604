import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DemoClients } from '../../../infra/local/demo/demo-clients.ts';
import type { Expectation } from '../../../infra/local/demo/expectation.ts';
import { playUploads } from '../../../infra/local/demo/play-uploads.ts';
import { hostileKeys } from '../../../infra/local/demo/sample-uploads.ts';
import {
  type Happening,
  type LocalPipeline,
  startLocalPipeline,
} from '../../../infra/local/local-pipeline.ts';

/** The synthesized template and the bundles as `npm run build` and `npm run synth` leave them. */
const start = (happenings: Happening[]) =>
  startLocalPipeline({ logFolder: false, onHappening: happening => happenings.push(happening) });

const faultsIn = (happenings: readonly Happening[]) => happenings.filter(({ kind }) => kind === 'fault');

describe('the demo', () => {
  const happenings: Happening[] = [];
  const steps: string[] = [];
  let pipeline: LocalPipeline;
  let results: readonly Expectation[];

  beforeAll(async () => {
    pipeline = await start(happenings);
    results = await playUploads(pipeline, happenings, step => steps.push(step));
  }, 120_000);
  afterAll(() => pipeline.stop());

  test('ends with every expectation met, A1 to A4', () => {
    expect(results.length).toBeGreaterThan(8);
    for (const { what, expected, found } of results)
      expect({ what, found }).toEqual({ what, found: expected });
    expect(faultsIn(happenings)).toEqual([]);
  });

  test('shows its progress', () => expect(steps.length).toBeGreaterThan(5));

  test('starts no execution for a hostile key, A2', () => {
    const started = pipeline.executions().map(({ input }) => JSON.parse(input).key as string);
    expect(started.filter(key => hostileKeys.includes(key))).toEqual([]);
  });

  test('announces each refusal once, readable and with its correlation id, A2', () => {
    const refusals = pipeline.announcements.all
      .filter(({ attributes }) => attributes['kind'] === 'upload.refused')
      .map(({ message }) => JSON.parse(message));
    expect(refusals.map(({ details }) => details.key).toSorted()).toEqual([...hostileKeys].toSorted());
    expect(new Set(refusals.map(({ id }) => id)).size).toBe(hostileKeys.length);
    for (const { correlationId } of refusals) expect(correlationId).toMatch(/^[0-9a-f]{64}$/);
  });

  test('announces the failed execution with object, state and cause, A4', () => {
    const [notice] = pipeline.announcements.all.filter(
      ({ attributes }) => attributes['kind'] === 'upload.failed',
    );
    expect(JSON.parse(notice?.message ?? '')).toMatchObject({
      schemaVersion: 1,
      severity: 'high',
      details: {
        key: 'gone.pdf',
        versionId: 'no-such-version',
        state: 'RecordUpload',
        error: 'Sallyport.UploadMissing',
      },
    });
    expect(notice?.email).toContain('gone.pdf');
  });

  test('writes no fault of a function into its logs but those provoked', () => {
    const errors = Object.values(pipeline.resources)
      .flatMap(name => pipeline.logs(name))
      .filter(line => line.includes('"level":"ERROR"'))
      .map(line => JSON.parse(line) as { message: string });
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors.map(({ message }) => message))).toEqual(
      new Set(['Invocation failed', 'Notification malformed', 'Upload not recorded']),
    );
  });
});

describe('200 concurrent uploads', () => {
  const happenings: Happening[] = [];
  let pipeline: LocalPipeline;
  let clients: DemoClients;

  beforeAll(async () => {
    pipeline = await start(happenings);
    clients = new DemoClients(pipeline);
    const { UploadsBucketName: bucket = '' } = pipeline.outputs;
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        clients.upload(bucket, `burst/${index}.txt`, `File ${index}`),
      ),
    );
    await pipeline.idle(150_000);
  }, 180_000);
  afterAll(async () => {
    clients.close();
    await pipeline.stop();
  });

  test('give 200 executions and 200 rows, without an error, A11', async () => {
    const rows = await clients.rows(pipeline.outputs['UploadsTableName'] ?? '');
    expect(new Set(rows.map(({ Filename }) => Filename)).size).toBe(200);
    expect(rows).toHaveLength(200);
    expect(pipeline.executions().map(({ status }) => status)).toEqual(Array(200).fill('SUCCEEDED'));
    expect(faultsIn(happenings)).toEqual([]);
    expect(pipeline.announcements.all).toEqual([]);
    for (const queue of pipeline.deadLetterQueues) expect(await pipeline.queueDepth(queue)).toBe(0);
  });

  test('are all judged, and delivered, E2, E3', async () => {
    const delivered = await clients.keys(pipeline.outputs['DeliveryBucketName'] ?? '');
    expect(delivered).toHaveLength(200);
  });
});
