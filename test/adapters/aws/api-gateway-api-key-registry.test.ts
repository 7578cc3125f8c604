import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiGatewayService } from '../../../infra/local/account/api-gateway.ts';
import { LocalApiKeys } from '../../../infra/local/account/local-api-keys.ts';
import type { ServiceAnswer, ServiceRequest } from '../../../infra/local/account/local-service.ts';
import { ApiGatewayApiKeyRegistry } from '../../../src/adapters/aws/api-gateway-api-key-registry.ts';
import { apiKeyRegistryContract } from '../../../src/adapters/contracts/api-key-registry-contract.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';

const usagePlanId = 'plan12';
const namePrefix = 'sallyport-documents-dev';
const value = 'v'.repeat(40);

let keys: LocalApiKeys;
let served: LocalServicesEndpoint;
let client: APIGatewayClient;
/** Answers in place of the emulation, where a test wants it to. */
let answer: (request: ServiceRequest) => ServiceAnswer | undefined;

beforeEach(async () => {
  keys = new LocalApiKeys();
  keys.addPlan(usagePlanId, []);
  answer = () => undefined;
  const emulated = createApiGatewayService(keys);
  served = await startLocalServices({ apigateway: request => answer(request) ?? emulated(request) });
  client = new APIGatewayClient({
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

const registry = (pageSize?: number) =>
  new ApiGatewayApiKeyRegistry({
    client,
    usagePlanId,
    namePrefix,
    ...(pageSize === undefined ? {} : { pageSize }),
  });

async function versionsIn(of: ApiGatewayApiKeyRegistry): Promise<string[]> {
  const versions: string[] = [];
  for await (const { version } of of.keys()) versions.push(version);
  return versions.sort();
}

/** As others make keys: even with a name like one of ours. */
function addForeign(foreign: string): void {
  const { id } = keys.add({ name: `${namePrefix}-${crypto.randomUUID()}`, value: foreign, enabled: true });
  keys.admit(usagePlanId, id);
}

describe.each([1, 3, 500])('with %d keys in a request', pageSize => {
  describe(`the contract of ${apiKeyRegistryContract.port}`, () => {
    test.each(apiKeyRegistryContract.cases)('$name', ({ run }) =>
      run({
        registry: registry(pageSize),
        addForeign: async foreign => addForeign(foreign),
        disable: async id => {
          const key = keys.find(id);
          if (key !== undefined) key.enabled = false;
        },
        lets: async given =>
          keys.keysOf(usagePlanId)?.some(key => key.value === given && key.enabled) === true,
      }),
    );
  });
});

test('a key is named after its version, and tagged as ours', async () => {
  await registry().create('a-version', value);
  expect(keys.list()).toMatchObject([
    {
      name: 'sallyport-documents-dev-a-version',
      tags: { 'sallyport:rotated-key': namePrefix },
      enabled: true,
      value,
    },
  ]);
});

test('keys of another prefix, or of a tag alone, are not ours', async () => {
  const tags = { 'sallyport:rotated-key': namePrefix };
  keys.add({ name: 'another-name', enabled: true, tags });
  keys.add({ name: `${namePrefix}-prod-v`, enabled: true, tags: { 'sallyport:rotated-key': 'another' } });
  expect(await versionsIn(registry())).toEqual([]);
});

test('of two keys of a version the older one is found', async () => {
  const tags = { 'sallyport:rotated-key': namePrefix };
  const item = (id: string, createdDate: number) => ({ id, name: `${namePrefix}-v`, createdDate, tags });
  answer = () => ({ status: 200, body: JSON.stringify({ item: [item('late', 2000), item('early', 1000)] }) });
  expect(await registry().find('v')).toMatchObject({ id: 'early', createdAt: '1970-01-01T00:16:40.000Z' });
});

test('values are asked for where one is examined, and nowhere else', async () => {
  const made = await registry().create('v', value);
  const id = made.outcome === 'created' ? made.key.id : '';
  await registry().find('v');
  await versionsIn(registry());
  await registry().admit(id);
  expect(served.requests.filter(({ url }) => /includeValues?=true/.test(url))).toEqual([]);
  await registry().examine(id, value);
  expect(served.requests.filter(({ url }) => /includeValue=true/.test(url))).toHaveLength(1);
});

test('an answer without what tells a key is not taken for one', async () => {
  answer = () => ({ status: 201, body: '{}' });
  await expect(registry().create('v', value)).rejects.toMatchObject({
    kind: 'retryable',
    code: 'UnexpectedAnswer',
  });
});

test('a plan that is not there fails', async () => {
  const made = await registry().create('v', value);
  const elsewhere = new ApiGatewayApiKeyRegistry({ client, usagePlanId: 'none', namePrefix });
  await expect(elsewhere.admit(made.outcome === 'created' ? made.key.id : '')).rejects.toMatchObject({
    kind: 'not-found',
  });
});

describe.each([
  ['find', () => registry().find('v')],
  ['create', () => registry().create('v', value)],
  ['admit', () => registry().admit('key')],
  ['examine', () => registry().examine('key', value)],
  ['keys', () => versionsIn(registry())],
  ['remove', () => registry().remove('key')],
])('%s', (name, call) => {
  test.each([
    ['AccessDeniedException', 403, 'denied'],
    ['UnauthorizedException', 401, 'denied'],
    ['TooManyRequestsException', 429, 'throttled'],
    ['ServiceUnavailableException', 503, 'retryable'],
    ['BadRequestException', 400, 'permanent'],
  ])('translates %s, and names no value', async (code, status, kind) => {
    answer = () => ({
      status,
      headers: { 'x-amzn-errortype': code },
      body: JSON.stringify({ message: 'said' }),
    });
    const failure = await call().catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind, code, operation: `ApiKeyRegistry.${name}` });
    expect((failure as Error).message).not.toContain(value);
  });
});
