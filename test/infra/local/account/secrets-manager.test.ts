import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  createSecretsManagerService,
  LocalSecrets,
} from '../../../../infra/local/account/secrets-manager.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../../emulators/local-services.ts';

const region = 'eu-central-1';

let secrets: LocalSecrets;
let served: LocalServicesEndpoint;
let client: SecretsManagerClient;

beforeEach(async () => {
  secrets = new LocalSecrets('111122223333');
  served = await startLocalServices({ secretsmanager: createSecretsManagerService(secrets) });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SecretsManagerClient({ region, endpoint: served.endpoint, credentials, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await served.close();
});

test('a secret is described by ARN and name', async () => {
  const arn = secrets.add({ region, name: 'db', kmsKeyId: 'alias/mine', policy: '{}', tags: { a: '1' } });

  expect(arn).toMatch(/^arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-\w{6}$/);
  for (const SecretId of [arn, 'db']) {
    expect(await client.send(new DescribeSecretCommand({ SecretId }))).toMatchObject({
      ARN: arn,
      Name: 'db',
      KmsKeyId: 'alias/mine',
      Tags: [{ Key: 'a', Value: '1' }],
    });
    expect(await client.send(new GetResourcePolicyCommand({ SecretId }))).toMatchObject({
      ARN: arn,
      ResourcePolicy: '{}',
    });
  }
});

test('what a secret does not have is left out', async () => {
  secrets.add({ region, name: 'db' });

  const described = await client.send(new DescribeSecretCommand({ SecretId: 'db' }));
  const { ResourcePolicy } = await client.send(new GetResourcePolicyCommand({ SecretId: 'db' }));

  expect([described.KmsKeyId, described.DeletedDate, ResourcePolicy]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('secrets of the region are listed page by page, without those to be deleted unless asked for', async () => {
  for (const name of ['c', 'a', 'b']) secrets.add({ region, name });
  secrets.add({ region, name: 'd', deletedAt: new Date('2026-11-21T08:00:00.000Z') });
  secrets.add({ region: 'us-east-1', name: 'e' });
  const names = async (input: object) => {
    const { SecretList = [], NextToken } = await client.send(new ListSecretsCommand(input));
    return { names: SecretList.map(({ Name }) => Name), NextToken };
  };

  const first = await names({ MaxResults: 2 });

  expect(first.names).toEqual(['a', 'b']);
  expect(await names({ MaxResults: 2, NextToken: first.NextToken })).toEqual({
    names: ['c'],
    NextToken: undefined,
  });
  expect((await names({ IncludePlannedDeletion: true })).names).toEqual(['a', 'b', 'c', 'd']);
});

test('what is not there, asked wrongly, or not emulated, is said to be', async () => {
  await expect(client.send(new DescribeSecretCommand({ SecretId: 'absent' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(client.send(new ListSecretsCommand({ MaxResults: 101 }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'a' }))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
});
