import {
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalSecret, LocalSecrets, moveLabel } from '../../../infra/local/account/local-secrets.ts';
import type { ServiceAnswer } from '../../../infra/local/account/local-service.ts';
import { createSecretsManagerService } from '../../../infra/local/account/secrets-manager.ts';
import { SecretsManagerSecretVault } from '../../../src/adapters/aws/secrets-manager-secret-vault.ts';
import { secretVaultContract } from '../../../src/adapters/contracts/secret-vault-contract.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';

const region = 'eu-central-1';
const value = '{"schemaVersion":1,"apiKey":"0123456789abcdefghij"}';

let secret: LocalSecret;
let served: LocalServicesEndpoint;
let client: SecretsManagerClient;
let vault: SecretsManagerSecretVault;
/** Answers in place of the emulation, where a test wants it to. */
let answer: (target: string) => ServiceAnswer | undefined;

beforeEach(async () => {
  const secrets = new LocalSecrets('111122223333');
  const secretArn = secrets.add({ region, name: 'api-key', value: '{}' });
  const found = secrets.find(region, secretArn);
  if (found === undefined) throw new Error('There is no secret');
  secret = found;
  // A function that does nothing: the contract takes the steps itself.
  const rotation = {
    functionArn: 'arn:f',
    days: 30,
    invoke: async () => {},
    track: () => {},
    onFault: () => {},
  };
  secret.rotation = rotation;
  answer = () => undefined;
  const emulated = createSecretsManagerService(secrets);
  served = await startLocalServices({
    secretsmanager: request => answer(request.headers['x-amz-target'] ?? '') ?? emulated(request),
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new SecretsManagerClient({ region, endpoint: served.endpoint, credentials, maxAttempts: 1 });
  vault = new SecretsManagerSecretVault({ client, secretArn });
});

afterEach(async () => {
  client.destroy();
  await served.close();
});

async function begin(version: string): Promise<void> {
  await client.send(new RotateSecretCommand({ SecretId: secret.arn, ClientRequestToken: version }));
}

describe(`the contract of ${secretVaultContract.port}`, () => {
  test.each(secretVaultContract.cases)('$name', ({ run }) =>
    run({
      vault,
      // Once more where a rotation was left unfinished, as a person takes its label away.
      begin: async version => {
        moveLabel(secret, 'AWSPENDING', undefined);
        await begin(version);
      },
      label: async (label, version) => moveLabel(secret, label, version),
    }),
  );
});

test('a secret without rotation says so', async () => {
  secret.rotation = undefined;
  expect((await vault.describe()).rotates).toBe(false);
});

test('a version whose labels are all gone is not told', async () => {
  const lone = crypto.randomUUID();
  answer = target =>
    target.endsWith('.DescribeSecret')
      ? {
          status: 200,
          body: JSON.stringify({
            RotationEnabled: true,
            VersionIdsToStages: { [lone]: [], x: ['AWSCURRENT'] },
          }),
        }
      : undefined;
  expect(await vault.describe()).toEqual({ rotates: true, current: 'x', labelled: ['x'] });
});

const calls = {
  describe: () => vault.describe(),
  read: () => vault.read(crypto.randomUUID()),
  putPending: () => vault.putPending(crypto.randomUUID(), value),
  makeCurrent: () => vault.makeCurrent(crypto.randomUUID(), undefined),
} as const;

describe.each(Object.entries(calls))('%s', (name, call) => {
  test.each([
    ['AccessDeniedException', 400, 'denied'],
    ['ThrottlingException', 400, 'throttled'],
    ['InternalServiceError', 500, 'retryable'],
    ['DecryptionFailure', 400, 'permanent'],
    ['InvalidRequestException', 400, 'permanent'],
  ])('translates %s', async (code, status, kind) => {
    answer = () => ({ status, body: JSON.stringify({ __type: code, message: 'said' }) });
    const failure = await call().catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind, code, operation: `SecretVault.${name}` });
  });

  test('names no value where it fails', async () => {
    answer = () => ({ status: 500, body: '{"__type":"InternalServiceError"}' });
    const failure = (await call().catch((error: unknown) => error)) as Error;
    expect(failure.message).toContain(secret.arn);
    expect(JSON.stringify([failure, failure.message])).not.toContain('0123456789abcdefghij');
  });
});

test.each(['describe', 'putPending', 'makeCurrent'] as const)(
  '%s of a secret that is not there fails',
  async name => {
    answer = () => ({ status: 400, body: '{"__type":"ResourceNotFoundException"}' });
    await expect(calls[name]()).rejects.toMatchObject({ kind: 'not-found' });
  },
);

test('rotations are those of the emulation: RotateSecret begins with a version that has no value', async () => {
  const version = crypto.randomUUID();
  await begin(version);
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: secret.arn }));
  expect(VersionIdsToStages?.[version]).toEqual(['AWSPENDING']);
});
