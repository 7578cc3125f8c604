import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  ListJobsCommand,
  PutPublicAccessBlockCommand,
  type S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createS3ControlService, LocalBucketsOfAccount } from '../../../../infra/local/account/s3-control.ts';
import { s3ControlClient } from '../../../../src/adapters/aws/inventory/s3-control-client.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../../emulators/local-services.ts';

const AccountId = '111122223333';

let served: LocalServicesEndpoint;
let client: S3ControlClient;
let buckets: LocalBucketsOfAccount;

beforeEach(async () => {
  buckets = new LocalBucketsOfAccount(AccountId);
  served = await startLocalServices({ 's3-control': createS3ControlService(buckets) });
  client = s3ControlClient({
    region: 'eu-central-1',
    endpoint: served.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await served.close();
});

const block = async () =>
  (await client.send(new GetPublicAccessBlockCommand({ AccountId }))).PublicAccessBlockConfiguration;

test('a new account has no block of public access; one that is put is told until it is deleted', async () => {
  await expect(block()).rejects.toMatchObject({ name: 'NoSuchPublicAccessBlockConfiguration' });
  const PublicAccessBlockConfiguration = { BlockPublicAcls: true, RestrictPublicBuckets: true };
  await client.send(new PutPublicAccessBlockCommand({ AccountId, PublicAccessBlockConfiguration }));
  expect(await block()).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: false,
    BlockPublicPolicy: false,
    RestrictPublicBuckets: true,
  });

  await client.send(new DeletePublicAccessBlockCommand({ AccountId }));

  await expect(block()).rejects.toMatchObject({ name: 'NoSuchPublicAccessBlockConfiguration' });
});

test('another account is denied, and what is not emulated is said to be', async () => {
  const elsewhere = new GetPublicAccessBlockCommand({ AccountId: '444455556666' });
  await expect(client.send(elsewhere)).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(client.send(new ListJobsCommand({ AccountId }))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
});

test('a body that is no block is refused', async () => {
  const answer = await createS3ControlService(buckets)({
    method: 'PUT',
    url: '/v20180820/configuration/publicAccessBlock',
    headers: { 'x-amz-account-id': AccountId },
    body: '<Other/>',
    region: 'eu-central-1',
  });

  expect(answer.status).toBe(400);
  expect(buckets.publicAccessBlock).toBeUndefined();
});
