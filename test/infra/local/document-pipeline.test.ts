import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DemoClients } from '../../../infra/local/demo/demo-clients.ts';
import type { Expectation } from '../../../infra/local/demo/expectation.ts';
import { playCredentials } from '../../../infra/local/demo/play-credentials.ts';
import { playDocuments } from '../../../infra/local/demo/play-documents.ts';
import { playRecords } from '../../../infra/local/demo/play-records.ts';
import {
  type Happening,
  type LocalPipeline,
  startLocalPipeline,
} from '../../../infra/local/local-pipeline.ts';

/** What the sample documents hold and no sink may show, whole or with its separators. */
const secrets = [/4111[ -]?1111[ -]?1111[ -]?1111/, /(?<!\d)123[ -]?45[ -]?6789(?!\d)/];

describe('documents, records and rotations of the demo', () => {
  const happenings: Happening[] = [];
  let pipeline: LocalPipeline;
  let clients: DemoClients;
  let results: readonly Expectation[];

  /** The synthesized template and the bundles as `npm run build` and `npm run synth` leave them. */
  beforeAll(async () => {
    pipeline = await startLocalPipeline({
      logFolder: false,
      onHappening: happening => happenings.push(happening),
    });
    clients = new DemoClients(pipeline);
    results = [
      ...(await playDocuments(pipeline, () => undefined)),
      ...(await playRecords(pipeline, () => undefined)),
      ...(await playCredentials(pipeline, () => undefined)),
    ];
  }, 180_000);
  afterAll(async () => {
    clients.close();
    await pipeline.stop();
  });

  const output = (name: string): string => pipeline.outputs[name] ?? '';
  const namesOf = (ending: string) => Object.keys(pipeline.outputs).filter(name => name.endsWith(ending));
  const logLines = () => Object.values(pipeline.resources).flatMap(name => pipeline.logs(name));

  test('end with every expectation met, B1 to B3, D1 to D5, E1 to E3', () => {
    expect(results.length).toBeGreaterThan(15);
    for (const { what, expected, found } of results)
      expect({ what, found }).toEqual({ what, found: expected });
    expect(happenings.filter(({ kind }) => kind === 'fault')).toEqual([]);
  });

  test('are let in by two keys at the end, which stand in no log, D9', () => {
    const keys = pipeline.apis[0]?.apiKeys ?? [];
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(logLines().filter(line => line.includes(key))).toEqual([]);
  });

  test('leave nothing in a queue', async () => {
    for (const queue of pipeline.deadLetterQueues) expect(await pipeline.queueDepth(queue)).toBe(0);
  });

  test('are delivered as replicas under the key of the delivery bucket, E2', async () => {
    const bucket = output('DeliveryBucketName');
    const keys = await clients.keys(bucket);
    expect(keys).toContain('letters/meeting.pdf');
    for (const key of keys) expect(await clients.encryptionKeyOf(bucket, key)).toBe(output('DeliveryKeyArn'));
  });

  test('show no number of a finding in any log, message, row, verdict or report', async () => {
    const tables = await Promise.all(namesOf('TableName').map(name => clients.rows(output(name))));
    const bucket = output('ComplianceLogBucketName');
    const files = await Promise.all((await clients.keys(bucket)).map(key => clients.text(bucket, key)));
    const sinks = {
      logs: logLines(),
      messages: pipeline.announcements.all.map(message => JSON.stringify(message)),
      happenings: happenings.map(happening => JSON.stringify(happening)),
      rows: tables.flat().map(row => JSON.stringify(row)),
      files,
    };
    for (const [sink, texts] of Object.entries(sinks)) {
      expect({ sink, empty: texts.length === 0 }).toEqual({ sink, empty: false });
      expect({ sink, shown: texts.filter(text => secrets.some(secret => secret.test(text))) }).toEqual({
        sink,
        shown: [],
      });
    }
    // They are there to be found, masked: the sinks are not merely silent.
    expect(files.join('\n')).toContain('411111******1111');
  });

  test('write no error of a function into the logs', () => {
    expect(logLines().filter(line => line.includes('"level":"ERROR"'))).toEqual([]);
  });
});
