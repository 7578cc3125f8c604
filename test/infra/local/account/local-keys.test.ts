import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createKmsService } from '../../../../infra/local/account/kms.ts';
import { LocalKeys } from '../../../../infra/local/account/local-keys.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../../emulators/local-services.ts';

const region = 'eu-central-1';

let keys: LocalKeys;
let served: LocalServicesEndpoint;
let client: KMSClient;

beforeEach(async () => {
  keys = new LocalKeys('111122223333');
  served = await startLocalServices({ kms: createKmsService(keys) });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new KMSClient({ region, endpoint: served.endpoint, credentials, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await served.close();
});

const describeKey = async (KeyId: string) =>
  (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
const rotation = async (KeyId: string) => {
  const answer = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
  return [answer.KeyRotationEnabled, answer.RotationPeriodInDays];
};

test('a key is described by ARN, id, alias and ARN of its alias', async () => {
  const { arn, keyId } = keys.add({ region, state: 'Disabled', spec: 'RSA_2048', origin: 'EXTERNAL' });
  const key = keys.find(region, arn);
  if (key !== undefined) keys.addAlias('alias/mine', key);
  const aliasArn = 'arn:aws:kms:eu-central-1:111122223333:alias/mine';

  for (const name of [arn, keyId, 'alias/mine', aliasArn]) {
    expect(await describeKey(name)).toMatchObject({
      Arn: arn,
      KeyId: keyId,
      AWSAccountId: '111122223333',
      KeyManager: 'CUSTOMER',
      KeyState: 'Disabled',
      Enabled: false,
      KeySpec: 'RSA_2048',
      Origin: 'EXTERNAL',
      CreationDate: expect.any(Date),
    });
  }
});

test.each([
  'alias/absent',
  'absent',
  'arn:aws:kms:eu-central-1:111122223333:key/absent',
  'arn:aws:kms:us-east-1:111122223333:alias/aws/s3',
  'arn:aws:kms:eu-central-1:444455556666:alias/aws/s3',
])('%s is not found', async name => {
  keys.add({ region: 'us-east-1', keyId: 'absent' });

  await expect(describeKey(name)).rejects.toMatchObject({ name: 'NotFoundException' });
});

test('a key of AWS’s own is made when it is first named, and is always rotated', async () => {
  const first = await describeKey('alias/aws/s3');

  expect(first).toMatchObject({ KeyManager: 'AWS', KeyState: 'Enabled' });
  expect((await describeKey('alias/aws/s3'))?.Arn).toBe(first?.Arn);
  expect((await describeKey('alias/aws/sns'))?.Arn).not.toBe(first?.Arn);
  expect(await rotation(String(first?.Arn))).toEqual([true, 365]);
});

test('a key of another account is described by its ARN, and stands in no list', async () => {
  const theirs = keys.add({ region, account: '444455556666' });

  expect(await describeKey(theirs.arn)).toMatchObject({ AWSAccountId: '444455556666' });
  await expect(describeKey(theirs.keyId)).rejects.toMatchObject({ name: 'NotFoundException' });
  expect((await client.send(new ListKeysCommand({}))).Keys).toEqual([]);
});

test('keys of the region are listed page by page', async () => {
  for (const keyId of ['c', 'a', 'b']) keys.add({ region, keyId });
  keys.add({ region: 'us-east-1', keyId: 'd' });

  const first = await client.send(new ListKeysCommand({ Limit: 2 }));
  const last = await client.send(new ListKeysCommand({ Limit: 2, Marker: first.NextMarker }));

  expect(first.Keys?.map(({ KeyId }) => KeyId)).toEqual(['a', 'b']);
  expect(first.Truncated).toBe(true);
  expect(last.Keys?.map(({ KeyArn }) => KeyArn)).toEqual(['arn:aws:kms:eu-central-1:111122223333:key/c']);
  expect([last.Truncated, last.NextMarker]).toEqual([false, undefined]);
});

test('rotation is as it was set, and stands still while a key waits for its deletion', async () => {
  const rotated = keys.add({ region, rotationPeriodDays: 180 });

  expect(await rotation(rotated.arn)).toEqual([true, 180]);
  expect(await rotation(keys.add({ region }).arn)).toEqual([false, undefined]);
  rotated.state = 'PendingDeletion';
  expect(await rotation(rotated.arn)).toEqual([false, undefined]);
});

test('policy and tags are told; without a policy of its own all is the account’s', async () => {
  const { arn } = keys.add({ region, tags: { b: '2', a: '1' } });

  const { Policy = '' } = await client.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' }));
  expect(JSON.parse(Policy).Statement[0].Principal).toEqual({ AWS: 'arn:aws:iam::111122223333:root' });
  const first = await client.send(new ListResourceTagsCommand({ KeyId: arn, Limit: 1 }));
  expect(first).toMatchObject({ Tags: [{ TagKey: 'a', TagValue: '1' }], Truncated: true });
  const last = await client.send(new ListResourceTagsCommand({ KeyId: arn, Marker: first.NextMarker }));
  expect(last).toMatchObject({ Tags: [{ TagKey: 'b', TagValue: '2' }], Truncated: false });
});

test('two keys of one id are refused when they are added', () => {
  keys.add({ region, keyId: 'a' });

  expect(() => keys.add({ region, keyId: 'a' })).toThrow('already');
});

test('what is asked wrongly, or not emulated, is said to be', async () => {
  await expect(client.send(new ListKeysCommand({ Limit: 0 }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(client.send(new ListAliasesCommand({}))).rejects.toMatchObject({ name: 'NotImplemented' });
  const garbled = await createKmsService(keys)({
    method: 'POST',
    url: '/',
    headers: { 'x-amz-target': 'TrentService.ListKeys' },
    body: '{',
    region,
  });
  expect([garbled.status, JSON.parse(garbled.body).__type]).toEqual([400, 'SerializationException']);
});
