import type { Happening, LocalPipeline } from '../local-pipeline.ts';
import { eventBridgeObjectCreated, type ObjectEvent, s3Notification } from '../s3/object-events.ts';
import { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation, sumOf } from './expectation.ts';
import { burst, documents, hostileKeys, rewritten } from './sample-uploads.ts';

/** Plays every kind of upload on a running pipeline and finds out what became of each. */
export async function playUploads(
  pipeline: LocalPipeline,
  happenings: readonly Happening[],
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { UploadsBucketName: bucket = '', IntakeQueueUrl: queue = '' } = pipeline.outputs;
  const clients = new DemoClients(pipeline);
  try {
    progress(`uploading ${documents.length} documents`);
    for (const key of documents) await clients.upload(bucket, key, `The content of ${key}`);

    progress(
      `uploading ${burst.length} files at once, and ${rewritten.versions} versions of one file at once`,
    );
    await Promise.all([
      ...burst.map(key => clients.upload(bucket, key, `The content of ${key}`)),
      ...Array.from({ length: rewritten.versions }, (_, version) =>
        clients.upload(bucket, rewritten.key, `Version ${version + 1}`),
      ),
    ]);

    progress(`uploading ${hostileKeys.length} files under hostile keys`);
    for (const key of hostileKeys) await clients.upload(bucket, key, 'hostile');

    progress("uploading without encryption, and under a key that is not the bucket's");
    const foreignKey = pipeline.outputs['UploadsKeyArn']?.replace(/[^/]+$/, 'another');
    const refused = [
      await refusalOf(clients.upload(bucket, 'plain.txt', 'plain', {})),
      await refusalOf(
        clients.upload(bucket, 'foreign.txt', 'foreign', {
          ServerSideEncryption: 'aws:kms',
          SSEKMSKeyId: foreignKey,
        }),
      ),
    ];

    progress('waiting until every upload has found its end');
    await pipeline.idle(180_000);

    progress('delivering three notifications again: from S3, from EventBridge, through SNS');
    const first = happenings.find(happening => happening.kind === 'uploaded');
    if (first === undefined) throw new Error('No upload reached the bucket.');
    for (const body of repetitions(first.event)) await clients.send(queue, body);

    progress('announcing a version that does not exist, and sending a message that is none');
    const gone = { ...first.event, key: 'gone.pdf', versionId: 'no-such-version' };
    await clients.send(queue, JSON.stringify(s3Notification(gone)));
    await clients.send(queue, 'This is not a notification.');

    progress('waiting for retries, notices and the dead-letter queue');
    await pipeline.idle(180_000);
    return await findings(pipeline, clients, refused);
  } finally {
    clients.close();
  }
}

async function findings(
  pipeline: LocalPipeline,
  clients: DemoClients,
  refusedPuts: readonly (string | undefined)[],
): Promise<readonly Expectation[]> {
  const { UploadsTableName: uploads = '', AuditTableName: audit = '' } = pipeline.outputs;
  const rows = await clients.rows(uploads);
  const entries = await clients.rows(audit);
  const executions = pipeline.executions();
  const succeeded = executions.filter(({ status }) => status === 'SUCCEEDED');
  const failed = executions.filter(({ status }) => status === 'FAILED');
  const announced = (kind: string) =>
    pipeline.announcements.all.filter(({ attributes }) => attributes['kind'] === kind);
  const deadLetters = await Promise.all(
    pipeline.deadLetterQueues.map(async name => ({ name, depth: await pipeline.queueDepth(name) })),
  );
  const total = documents.length + burst.length + rewritten.versions;
  const refusalCodes = pipeline
    .metrics()
    .filter(({ name }) => name === 'UploadsRefusedByCode')
    .map(({ dimensions, sum }) => `${sum} × ${dimensions['Code']}`);
  const versions = rows.filter(({ Filename }) => Filename === rewritten.key);
  return [
    expectation('uploads admitted and recorded by an execution', total, succeeded.length),
    expectation('rows in the uploads table', total, rows.length, documents),
    expectation(
      'rows for the file written five times within a second',
      rewritten.versions,
      new Set(versions.map(({ VersionId }) => VersionId)).size,
      versions.map(({ UploadTimestamp = '' }) => UploadTimestamp).toSorted(),
    ),
    expectation(
      'uploads refused for their key',
      hostileKeys.length,
      sumOf(pipeline, 'UploadsRefused'),
      refusalCodes,
    ),
    expectation('refusals in the audit table', hostileKeys.length, countOf(entries, 'upload.refuse')),
    expectation('refusals announced', hostileKeys.length, announced('upload.refused').length),
    expectation(
      'uploads refused by the bucket policy: not encrypted, another key',
      2,
      refusedPuts.filter(code => code === 'AccessDenied').length,
      refusedPuts.map(String),
    ),
    expectation('repeated notifications recognized', 3, sumOf(pipeline, 'UploadsAlreadyStarted')),
    expectation(
      'executions that failed, after retries',
      1,
      failed.length,
      failed.map(({ error }) => String(error)),
    ),
    expectation(
      'failures announced',
      1,
      announced('upload.failed').length,
      announced('upload.failed').map(({ subject }) => String(subject)),
    ),
    expectation(
      'messages in dead-letter queues',
      1,
      deadLetters.reduce((sum, { depth }) => sum + depth, 0),
      deadLetters.filter(({ depth }) => depth > 0).map(({ name }) => name),
    ),
  ];
}

/** One event in the three forms that may bring it again. */
function repetitions(event: ObjectEvent): readonly string[] {
  const notification = JSON.stringify(s3Notification(event));
  return [
    notification,
    JSON.stringify(eventBridgeObjectCreated(event)),
    JSON.stringify({ Type: 'Notification', MessageId: event.requestId, Message: notification }),
  ];
}

function countOf(entries: readonly Readonly<Record<string, string | undefined>>[], action: string): number {
  return entries.filter(entry => entry['action'] === action).length;
}

/** The code with which a request is refused; `undefined` where it is not. */
async function refusalOf(request: Promise<void>): Promise<string | undefined> {
  try {
    await request;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}
