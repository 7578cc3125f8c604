import { createPublicKey, verify } from 'node:crypto';
import { CloudTrailClient, ListPublicKeysCommand } from '@aws-sdk/client-cloudtrail';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalPipeline, startLocalPipeline } from '../../../../infra/local/local-pipeline.ts';
import { writeAssembly } from '../fixtures/write-assembly.ts';

let pipeline: LocalPipeline;

beforeAll(async () => {
  const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } } } };
  pipeline = await startLocalPipeline({
    assembly: writeAssembly({ stacks: { one: { template } } }),
    logFolder: false,
  });
});

afterAll(() => pipeline.stop());

const listed = async (region: string, times: { StartTime?: Date; EndTime?: Date } = {}) => {
  const client = new CloudTrailClient({ ...pipeline.client, region });
  const { PublicKeyList = [] } = await client.send(new ListPublicKeysCommand(times));
  return PublicKeyList;
};

test('a region has a key, by which what is signed there is verified, and which no other region has', async () => {
  const text = '2026-11-21T08:00:00Z\nbucket/key\n00\nnull';
  const signature = Buffer.from(pipeline.account.trailKeys.sign('eu-west-1', text), 'hex');
  const [found] = await listed('eu-west-1');
  const key = createPublicKey({ key: Buffer.from(found?.Value ?? []), format: 'der', type: 'pkcs1' });

  expect(found?.Fingerprint).toBe(pipeline.account.trailKeys.of('eu-west-1').fingerprint);
  expect(verify('sha256', Buffer.from(text), key, signature)).toBe(true);
  expect(verify('sha256', Buffer.from(`${text}x`), key, signature)).toBe(false);
  expect((await listed('us-east-1'))[0]?.Fingerprint).not.toBe(found?.Fingerprint);
});

test('a key is listed for times at which it was valid, and for no others', async () => {
  const { validFrom, validTo } = pipeline.account.trailKeys.of('eu-west-1');
  const before = new Date(validFrom.getTime() - 1000);
  const after = new Date(validTo.getTime() + 1000);

  expect(await listed('eu-west-1', { StartTime: before, EndTime: after })).toHaveLength(1);
  expect(await listed('eu-west-1', { StartTime: after, EndTime: after })).toEqual([]);
  expect(await listed('eu-west-1', { StartTime: before, EndTime: before })).toEqual([]);
});
