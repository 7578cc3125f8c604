import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalPipeline, startLocalPipeline } from '../../../infra/local/local-pipeline.ts';

const run = promisify(execFile);
let pipeline: LocalPipeline;

beforeAll(async () => {
  pipeline = await startLocalPipeline({ logFolder: false });
});
afterAll(() => pipeline.stop());

/** The whole local run behind one endpoint stands in for any other AWS-compatible one. */
test('the contracts hold on whatever endpoint SALLYPORT_AWS_ENDPOINT names', async () => {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const suites = [
    's3-object-store',
    's3-upload-signer',
    'dynamodb',
    'sns-alert-channel',
    'sqs-message-queue',
    'step-functions-workflow-engine',
  ];
  const { stderr } = await run(
    process.execPath,
    [
      ...jest,
      '--runInBand',
      '--testNamePattern',
      'contract of',
      ...suites.map(suite => `test/adapters/aws/${suite}`),
    ],
    {
      env: {
        ...process.env,
        SALLYPORT_AWS_ENDPOINT: pipeline.endpoint,
        AWS_SECRET_ACCESS_KEY: pipeline.client.credentials.secretAccessKey,
      },
    },
  );
  const passed = Number(/Tests: .* (\d+) passed/.exec(stderr)?.[1]);
  expect(passed).toBeGreaterThan(290);
  // The suites left their tables, buckets, topics and machines here, and nowhere else.
  const dynamodb = new DynamoDBClient(pipeline.client);
  const s3 = new S3Client(pipeline.client);
  const sns = new SNSClient(pipeline.client);
  expect((await dynamodb.send(new ListTablesCommand())).TableNames?.length).toBeGreaterThan(2);
  expect((await s3.send(new ListBucketsCommand())).Buckets?.length).toBeGreaterThan(2);
  expect((await sns.send(new ListTopicsCommand())).Topics?.length).toBeGreaterThan(1);
  expect(pipeline.executions().length).toBeGreaterThan(0);
  for (const client of [dynamodb, s3, sns]) client.destroy();
});
