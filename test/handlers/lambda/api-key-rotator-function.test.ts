import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LocalAccount } from '../../../infra/local/account/local-account.ts';
import { rotateSecret } from '../../../infra/local/account/local-secrets.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';

const run = promisify(execFile);
const invoker = fileURLToPath(new URL('./fixtures/invoke-function.ts', import.meta.url));
const region = 'eu-central-1';
const account = new LocalAccount('000000000000');

let services: LocalServicesEndpoint;
let secretArn: string;
let env: Record<string, string>;

beforeAll(async () => {
  services = await startLocalServices(account.services);
  secretArn = account.secrets.add({
    region,
    name: 'document-api-key',
    value: '{"apiKey":"of-the-template"}',
  });
  account.apiKeys.addPlan('plan', []);
  env = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: services.endpoint,
    SECRET_ARN: secretArn,
    USAGE_PLAN_ID: 'plan',
    API_KEY_NAME_PREFIX: 'documents-dev',
  };
});

afterAll(() => services.close());

/** Runs the function in a process of its own, as Lambda does; gives all that it wrote. */
async function invoke(event: object, variables = env): Promise<string> {
  const { stdout, stderr } = await run(
    process.execPath,
    [invoker, 'api-key-rotator', JSON.stringify(event)],
    {
      env: { ...variables },
    },
  );
  return stdout + stderr;
}

test('the function, put together as it is deployed, rotates the key', async () => {
  const secret = account.secrets.find(region, secretArn);
  if (secret === undefined) throw new Error('There is no secret');
  const written: string[] = [];
  const rotation = {
    functionArn: 'arn:f',
    days: 30,
    invoke: async (event: object) => void written.push(await invoke(event)),
    track: () => {},
    onFault: () => {},
  };
  secret.rotation = rotation;

  await rotateSecret(secret, rotation, crypto.randomUUID());

  const value = secret.versions.get(secret.labels.get('AWSCURRENT') ?? '')?.value ?? '{}';
  const { apiKey } = JSON.parse(value) as { apiKey: string };
  expect(apiKey).toMatch(/^[0-9a-f]{64}$/);
  expect(account.apiKeys.keysOf('plan')).toMatchObject([{ value: apiKey, enabled: true }]);
  expect(written.join('\n')).toContain('ApiKeysRotated');
  expect(written.join('\n')).not.toContain(apiKey);
});

test('without its variables the function names them all', async () => {
  const { SECRET_ARN: _secret, USAGE_PLAN_ID: _plan, ...rest } = env;
  await expect(invoke({}, rest as typeof env)).rejects.toThrow(
    /SECRET_ARN is missing[\s\S]*USAGE_PLAN_ID is missing/,
  );
});
