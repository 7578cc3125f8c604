import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { startLocalPipeline } from '../../../infra/local/local-pipeline.ts';
import { SallyportApp } from '../../../infra/stacks/sallyport-app.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

const account = '111122223333';
const log = `AWSLogs/${account}/CloudTrail/eu-central-1/2026/11/21/${account}_CloudTrail_eu-central-1_20261121T0800Z_0123456789abcdef.json.gz`;

const record = (eventID: string, eventName: string) => ({
  eventVersion: '1.11',
  eventID,
  eventName,
  eventTime: '2026-11-21T08:00:00Z',
  eventSource: 'guard.example.com',
  awsRegion: 'eu-central-1',
  recipientAccountId: account,
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/somebody` },
});

test('C2: the analyzer, as it is built and synthesized, goes by the rules of the file that it was given', async () => {
  const folder = temporaryFolder('local-rules');
  const trailRules = join(folder, 'monitored_events.json');
  writeFileSync(trailRules, JSON.stringify({ monitoredEvents: ['OpenSally'] }));
  const outdir = join(folder, 'cdk.out');
  new SallyportApp({ bundles: 'dist/lambda', outdir, context: { trailRules } }).synth();
  const pipeline = await startLocalPipeline({ assembly: outdir, retryDelay: 5, logFolder: false });
  const s3 = new S3Client(pipeline.client);
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: pipeline.outputs['TrailLogBucketName'],
        Key: log,
        Body: JSON.stringify({ Records: [record('1', 'OpenSally'), record('2', 'StopLogging')] }),
      }),
    );
    await pipeline.idle();
    const told = pipeline.announcements.all.map(({ message }) => JSON.parse(message) as { title: string });
    expect(told.map(({ title }) => title)).toEqual([expect.stringContaining('OpenSally by user/somebody')]);
  } finally {
    s3.destroy();
    await pipeline.stop();
  }
});
