import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type LocalSecret,
  LocalSecrets,
  type RotationEvent,
} from '../../../../infra/local/account/local-secrets.ts';
import { createSecretsManagerService } from '../../../../infra/local/account/secrets-manager.ts';
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
  await expect(client.send(new RestoreSecretCommand({ SecretId: 'a' }))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
});

const version = (digit: number) => `${digit}`.repeat(32);

/** The one secret, with a first version. */
function addSecret(value = 'first'): LocalSecret {
  const secret = secrets.find(region, secrets.add({ region, name: 'key', value }));
  if (secret === undefined) throw new Error('There is no secret');
  return secret;
}

const readValue = async (input: object = {}) =>
  (await client.send(new GetSecretValueCommand({ SecretId: 'key', ...input }))).SecretString;

const put = (digit: number, SecretString: string, VersionStages?: string[]) =>
  client.send(
    new PutSecretValueCommand({
      SecretId: 'key',
      ClientRequestToken: version(digit),
      SecretString,
      ...(VersionStages === undefined ? {} : { VersionStages }),
    }),
  );

test('a value is read by version, by label, and the current one by neither', async () => {
  addSecret();
  await put(1, 'second', ['AWSPENDING']);

  expect(await readValue()).toBe('first');
  expect(await readValue({ VersionStage: 'AWSPENDING' })).toBe('second');
  expect(await readValue({ VersionId: version(1) })).toBe('second');
  expect(await readValue({ VersionId: version(1), VersionStage: 'AWSPENDING' })).toBe('second');
});

test.each([
  { VersionId: version(9) },
  { VersionStage: 'AWSPREVIOUS' },
  { VersionId: version(1), VersionStage: 'AWSCURRENT' },
])('there is no value for %j', async input => {
  addSecret();
  await put(1, 'second', ['AWSPENDING']);

  await expect(readValue(input)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a put moves the current label, and what was current is previous', async () => {
  addSecret();
  await put(1, 'second');

  expect([await readValue(), await readValue({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['second', 'first']);
});

test('a put that is repeated changes nothing, and one with another value is refused', async () => {
  addSecret();
  await put(1, 'second', ['AWSPENDING']);
  await put(1, 'second');

  expect(await readValue()).toBe('first');
  await expect(put(1, 'another')).rejects.toMatchObject({ name: 'ResourceExistsException' });
});

test('the first value of a secret is current whatever it is to be', async () => {
  secrets.add({ region, name: 'key' });
  await put(1, 'first', ['AWSPENDING']);

  expect([await readValue(), await readValue({ VersionStage: 'AWSPENDING' })]).toEqual(['first', 'first']);
});

test('a secret that waits for its deletion is described, and not used', async () => {
  secrets.add({ region, name: 'key', value: 'v', deletedAt: new Date() });

  await client.send(new DescribeSecretCommand({ SecretId: 'key' }));
  await expect(readValue()).rejects.toMatchObject({ name: 'InvalidRequestException' });
});

describe('a label', () => {
  const move = (input: object) =>
    client.send(new UpdateSecretVersionStageCommand({ SecretId: 'key', VersionStage: 'MINE', ...input }));

  test('is put on a version, moved, and taken away', async () => {
    const { labels } = addSecret();
    for (const digit of [1, 2]) await put(digit, `${digit}`, ['AWSPENDING']);
    await move({ MoveToVersionId: version(1) });
    expect(labels.get('MINE')).toBe(version(1));
    await move({ MoveToVersionId: version(2), RemoveFromVersionId: version(1) });
    expect(labels.get('MINE')).toBe(version(2));
    await move({ RemoveFromVersionId: version(2) });
    expect(labels.has('MINE')).toBe(false);
  });

  test.each([
    ['is not moved without saying from where', { MoveToVersionId: version(2) }, 'InvalidParameterException'],
    [
      'is not moved from where it is not',
      { MoveToVersionId: version(2), RemoveFromVersionId: version(2) },
      'InvalidParameterException',
    ],
    [
      'is not moved to a version that is not there',
      { MoveToVersionId: version(9), RemoveFromVersionId: version(1) },
      'ResourceNotFoundException',
    ],
    [
      'that no version has is not taken away',
      { VersionStage: 'OTHER', RemoveFromVersionId: version(1) },
      'InvalidParameterException',
    ],
  ])('%s', async (_name, input, name) => {
    addSecret();
    for (const digit of [1, 2]) await put(digit, `${digit}`, ['AWSPENDING']);
    await move({ MoveToVersionId: version(1) });
    await expect(move(input)).rejects.toMatchObject({ name });
  });

  test('AWSCURRENT is never taken away', async () => {
    const { labels } = addSecret();
    const RemoveFromVersionId = labels.get('AWSCURRENT');
    await expect(move({ VersionStage: 'AWSCURRENT', RemoveFromVersionId })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

describe('a rotation', () => {
  const rotate = (digit: number) =>
    client.send(new RotateSecretCommand({ SecretId: 'key', ClientRequestToken: version(digit) }));

  /** Rotates by a function that fails at a step, if any; gives what it was asked and what was told. */
  function rotating(secret: LocalSecret) {
    const asked: RotationEvent[] = [];
    const faults: string[] = [];
    const underWay: Promise<void>[] = [];
    const function_ = { failsAt: '' };
    secret.rotation = {
      functionArn: 'arn:the-function',
      days: 30,
      invoke: async event => {
        asked.push(event);
        if (event.Step === function_.failsAt) throw new Error('as it was told');
      },
      track: work => underWay.push(work),
      onFault: text => faults.push(text),
    };
    return { asked, faults, function_, over: () => Promise.all(underWay) };
  }

  test('takes the four steps, in order, each with the secret and the version', async () => {
    const secret = addSecret();
    const { asked, faults, over } = rotating(secret);
    expect(await rotate(1)).toMatchObject({ ARN: secret.arn, VersionId: version(1) });
    await over();
    expect(asked).toEqual(
      ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map(Step => ({
        Step,
        SecretId: secret.arn,
        ClientRequestToken: version(1),
      })),
    );
    expect(faults).toEqual([]);
  });

  test('that fails is told, and attempted again by the next request, which is refused', async () => {
    const { asked, faults, function_, over } = rotating(addSecret());
    function_.failsAt = 'testSecret';
    await rotate(1);
    await over();
    expect(faults).toEqual(['Error: as it was told']);
    function_.failsAt = '';
    await expect(rotate(2)).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await over();
    expect(asked.map(({ ClientRequestToken }) => ClientRequestToken)).toEqual(Array(7).fill(version(1)));
  });

  test('is shown in the description', async () => {
    rotating(addSecret());
    expect(await client.send(new DescribeSecretCommand({ SecretId: 'key' }))).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: 'arn:the-function',
      RotationRules: { AutomaticallyAfterDays: 30 },
    });
  });

  test('that has come to its end tells its day, and one that fails none', async () => {
    const { function_, over } = rotating(addSecret());
    const lastRotated = async () =>
      (await client.send(new DescribeSecretCommand({ SecretId: 'key' }))).LastRotatedDate;
    function_.failsAt = 'finishSecret';
    await rotate(1);
    await over();
    expect(await lastRotated()).toBeUndefined();
    function_.failsAt = '';
    await expect(rotate(2)).rejects.toThrow();
    await over();
    expect(await lastRotated()).toBeInstanceOf(Date);
  });

  test('of a secret that has no function is refused', async () => {
    addSecret();
    await expect(rotate(1)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});
