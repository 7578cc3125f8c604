import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createStsService } from '../../../../infra/local/account/sts.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../../emulators/local-services.ts';

const RoleArn = 'arn:aws:iam::444455556666:role/audit/reader';

let served: LocalServicesEndpoint;
let client: STSClient;

beforeEach(async () => {
  served = await startLocalServices({
    sts: createStsService({
      accountId: '111122223333',
      mayAssume: (roleArn, externalId) => roleArn === RoleArn && externalId !== 'wrong',
      clock: () => new Date('2026-11-21T08:00:00.000Z'),
    }),
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new STSClient({ region: 'eu-central-1', endpoint: served.endpoint, credentials, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await served.close();
});

test.each([
  [undefined, '2026-11-21T09:00:00.000Z'],
  [900, '2026-11-21T08:15:00.000Z'],
])('a session of %s seconds ends in time', async (DurationSeconds, end) => {
  const input = { RoleArn, RoleSessionName: 'night', DurationSeconds };
  const { Credentials, AssumedRoleUser } = await client.send(new AssumeRoleCommand(input));

  expect(Credentials?.AccessKeyId).toMatch(/^ASIA[0-9A-F]{16}$/);
  expect(Credentials?.SessionToken).toBeTruthy();
  expect(Credentials?.Expiration?.toISOString()).toBe(end);
  expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::444455556666:assumed-role/reader/night');
});

test.each([
  ['AccessDenied', { RoleArn: 'arn:aws:iam::444455556666:role/other', RoleSessionName: 'night' }],
  ['AccessDenied', { RoleArn, RoleSessionName: 'night', ExternalId: 'wrong' }],
  ['ValidationError', { RoleArn: 'reader', RoleSessionName: 'night' }],
  ['ValidationError', { RoleArn, RoleSessionName: 'by night' }],
  ['ValidationError', { RoleArn, RoleSessionName: 'night', DurationSeconds: 60 }],
])('%s answers %j', async (name, input) => {
  await expect(client.send(new AssumeRoleCommand(input))).rejects.toMatchObject({ name });
});

test('it tells who calls, and what it does not emulate', async () => {
  expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe('111122223333');
  await expect(client.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: 'NotImplemented' });
});
