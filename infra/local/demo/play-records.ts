import { gzipSync } from 'node:zlib';
import type { LocalPipeline } from '../local-pipeline.ts';
import { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation } from './expectation.ts';

const record = (device: string, minute: number, more: object = {}) =>
  JSON.stringify({
    device_id: device,
    timestamp: `2026-11-21T08:${String(minute).padStart(2, '0')}:00Z`,
    value: 20.5 + minute,
    ...more,
  });

/** Files of records: an array, lines under gzip, and one that breaks off; good records and bad ones among each other. */
const files = [
  {
    key: 'sensors/array.json',
    body: `[${[record('sensor-1', 1), record('sensor-1', 2), record('sensor-1', 2), record('sensor-2', 1)].join(',\n')}]`,
    valid: 3,
    rejected: 0,
  },
  {
    key: 'sensors/lines.jsonl.gz',
    body: gzipSync(
      [
        record('sensor-3', 1, { unit: '°C' }),
        '{"device_id":"sensor-3","timestamp":"yesterday","value":1}',
        '{"device_id":"sensor-3","timestamp":"2026-11-21T08:02:00Z","value":"warm"}',
        'this is not JSON',
        record('sensor-3', 3),
        record('sensor-3', 3, { value: 99 }),
      ].join('\n'),
    ),
    valid: 2,
    rejected: 4,
  },
  {
    key: 'sensors/cut.json',
    body: `[${record('sensor-4', 1)},${record('sensor-4', 2)},{"device_id":"sens`,
    valid: 2,
    rejected: 1,
  },
];

/** Puts files of JSON records into a running pipeline and finds out what became of each record. */
export async function playRecords(
  pipeline: LocalPipeline,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const {
    RecordsBucketName: bucket = '',
    RecordsKeyArn: keyArn,
    ProcessedRecordsTableName: table = '',
  } = pipeline.outputs;
  const clients = new DemoClients(pipeline);
  const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn } as const;
  try {
    progress(`putting ${files.length} files of records, good and bad ones, each file twice`);
    for (const { key, body } of [...files, ...files]) {
      await clients.upload(bucket, key, body, encryption, 'application/json');
    }
    await pipeline.idle(180_000);
    const rows = await clients.rows(table);
    const logs = pipeline.outputs['ComplianceLogBucketName'] ?? '';
    const reports = (await clients.keys(logs, 'record-rejects/')).filter(key => /part-\d+/.test(key));
    const texts = await Promise.all(reports.map(key => clients.text(logs, key)));
    const rejects = texts
      .flatMap(text => text.trim().split('\n'))
      .map(line => JSON.parse(line) as { reasons?: unknown });
    const valid = files.reduce((sum, file) => sum + file.valid, 0);
    const rejected = files.reduce((sum, file) => sum + file.rejected, 0);
    return [
      expectation(
        'rows of valid records, each once',
        valid,
        rows.length,
        rows.map(({ device_id, timestamp }) => `${device_id} ${timestamp?.slice(11, 16)}`).toSorted(),
      ),
      expectation('rejected records reported, for each version of their files', 2 * rejected, rejects.length),
    ];
  } finally {
    clients.close();
  }
}
