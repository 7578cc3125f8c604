import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LocalPipeline } from '../local-pipeline.ts';
import { alertsOf } from './alerts-of.ts';
import { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation, sumOf } from './expectation.ts';
import { fireSchedule } from './fire-schedule.ts';
import { lookAgain } from './look-again.ts';
import { type SampleLog, sampleLogs } from './sample-logs.ts';

/** Delivers CloudTrail logs of every kind to a running pipeline and finds out what became of each. */
export async function playTrail(
  pipeline: LocalPipeline,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { accountId, region, outputs } = pipeline;
  const { TrailLogBucketName: bucket = '', TrailQueueUrl: queue = '', TrailKeyArn: keyArn } = outputs;
  const clients = new DemoClients(pipeline);
  const logs = sampleLogs(accountId, region);
  const deliver = ({ key, body }: SampleLog) =>
    clients.upload(bucket, key, body, { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
  try {
    progress('delivering CloudTrail logs: with matches, without, a digest, and an object of AWS Config');
    for (const log of [logs.eventful, logs.uneventful, logs.digest, logs.foreign]) await deliver(log);
    await pipeline.idle(180_000);

    progress(
      'delivering a later match, a log that breaks off, and the announcement of a log that is not there',
    );
    await deliver(logs.later);
    await deliver(logs.corrupt);
    await clients.send(queue, announcementOf(bucket, logs.late.key));

    progress('announcing the first log again, from S3 and from CloudTrail itself, with a test message each');
    await clients.send(queue, announcementOf(bucket, logs.eventful.key));
    await clients.send(
      queue,
      JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: bucket }),
    );
    const notification = JSON.stringify({
      s3Bucket: bucket,
      s3ObjectKey: [logs.eventful.key, logs.uneventful.key],
    });
    for (const Message of [notification, 'CloudTrail validation message.']) {
      await clients.send(queue, JSON.stringify({ Type: 'Notification', Message }));
    }
    progress('waiting for retries and dead letters');
    await pipeline.idle(180_000);

    const letters = await clients.rows(outputs['TrailDeadLettersTableName'] ?? '');
    progress('delivering the missing log, and sending its dead letter back: sallyport trail redrive');
    await deliver(logs.late);
    const missing = letters.find(({ cause }) => cause?.includes('"missing"'));
    const redriven = await redrive(pipeline, missing?.['id'] ?? '');
    await pipeline.idle(180_000);

    progress('an event that CloudTrail tells at once; and minutes later, the log that has it too');
    await clients.putEvent('aws.iam', 'AWS API Call via CloudTrail', logs.live.detail);
    await pipeline.idle(180_000);
    const atOnce = alertsBy(pipeline, 'frank');
    await deliver(logs.live.log);
    await pipeline.idle(180_000);

    progress('letting the windows come to their end, and telling what has come together in each');
    await clients.endWindows(outputs['TrailAlertWindowsTableName'] ?? '');
    await fireSchedule(pipeline, clients, 'sallyport-trail-summary-dev');
    await pipeline.idle(180_000);
    const found = await findings(pipeline, clients, letters, { redriven, atOnce });

    progress('analyzing all logs again, by a backfill; and verifying what no trail has signed here');
    return [...found, ...(await lookAgain(pipeline, clients, 11, { readable: 5, unreadable: 1 }))];
  } finally {
    clients.close();
  }
}

type Row = Readonly<Record<string, string | undefined>>;

async function findings(
  pipeline: LocalPipeline,
  clients: DemoClients,
  letters: readonly Row[],
  { redriven, atOnce }: { readonly redriven: string; readonly atOnce: number },
): Promise<readonly Expectation[]> {
  const { TrailEventsTableName: table = '', TrailDeadLetterQueueUrl: deadLetterQueue = '' } =
    pipeline.outputs;
  const events = await clients.rows(table);
  const ofTrail = (name: string) => sumOf(pipeline, name, 'trail-analyzer-dev');
  const alerts = alertsOf(pipeline, 'trail.match');
  const summaries = alertsOf(pipeline, 'trail.summary');
  const windows = await windowsIn(clients, pipeline.outputs['TrailAlertWindowsTableName'] ?? '');
  return [
    // 7 in the eventful log, 1 later, 1 before the fault of the corrupt log, 1 in the log that came late, 1 told at once.
    expectation(
      'matched events stored, each once',
      11,
      events.length,
      events.map(({ eventName = '' }) => eventName).toSorted(),
    ),
    expectation(
      'alerts: the first event of each rule, account and principal in 15 minutes',
      windows.length,
      alerts.length,
      alerts.map(({ subject = '' }) => subject).toSorted(),
    ),
    expectation('alerts on the event that was told at once, before its log came', 1, atOnce),
    expectation('alerts on it in all', 1, alertsBy(pipeline, 'frank')),
    expectation(
      'summaries of what followed the first events',
      windows.filter(entries => entries > 1).length,
      summaries.length,
      summaries.map(({ subject = '' }) => subject).toSorted(),
    ),
    expectation(
      'events told of, in alerts and summaries',
      11,
      alerts.length + summaries.reduce((sum, { message }) => sum + followersIn(message), 0),
    ),
    expectation('objects skipped: the digest, the object of AWS Config', 2, ofTrail('TrailObjectsSkipped')),
    // The bucket's own test event came when the pipeline started.
    expectation('test and validation messages skipped', 3, ofTrail('NotificationsSkipped')),
    expectation(
      'dead letters kept, with their causes: the log that breaks off, the one that was not there',
      2,
      letters.length,
      letters.map(({ cause = '{}' }) => String(JSON.parse(cause).code)).toSorted(),
    ),
    expectation('dead letters announced', 2, alertsOf(pipeline, 'dead-letter.kept').length),
    expectation('dead letters sent back', 1, redriven.startsWith('redriven') ? 1 : 0, [redriven]),
    expectation(
      'messages left in the dead-letter queue',
      0,
      await pipeline.queueDepth(deadLetterQueue.split('/').at(-1) ?? ''),
    ),
  ];
}

/** How many events each window of alerts has. */
async function windowsIn(clients: DemoClients, table: string): Promise<readonly number[]> {
  const rows = await clients.rows(table);
  const states = rows.filter(({ entry }) => entry === '#').map(({ window = '' }) => window);
  return states.map(
    id => rows.filter(({ window = '', entry }) => entry !== '#' && window.startsWith(`${id}#`)).length,
  );
}

/** Alerts on what somebody has done. */
function alertsBy(pipeline: LocalPipeline, user: string): number {
  return alertsOf(pipeline, 'trail.match').filter(({ message }) => message.includes(`user/${user}`)).length;
}

/** Events of a summary beside the first, of which an alert has told. */
function followersIn(message: string): number {
  const { details } = JSON.parse(message) as { readonly details: { readonly alerted: number } };
  return details.alerted - 1;
}

function announcementOf(bucket: string, key: string): string {
  const record = { eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key } } };
  return JSON.stringify({ Records: [record] });
}

/** Runs the command line as an operator would, against the endpoint of the pipeline. */
async function redrive({ endpoint, region, outputs }: LocalPipeline, id: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      fileURLToPath(new URL('../../../dist/handlers/cli/main.js', import.meta.url)),
      ...['trail', 'redrive', '--table', outputs['TrailDeadLettersTableName'] ?? '', '--id', id],
    ],
    {
      env: {
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    },
  );
  return stdout.trim();
}
