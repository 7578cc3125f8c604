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
  for await (const { version } of of.admitted()) versions.push(version);
  return versions.sort();
}

function addForeign(foreign: string): void {
  const { id } = keys.add({ name: `somebody-${crypto.randomUUID()}`, value: foreign, enabled: true });
  keys.admit(usagePlanId, id);
}

describe.each([1, 3, 500])('with %d keys in a request', pageSize => {
  describe(`the contract of ${apiKeyRegistryContract.port}`, () => {
    test.each(apiKeyRegistryContract.cases)('$name', ({ run }) =>
      run({
        registry: registry(pageSize),
        addForeign: async foreign => addForeign(foreign),
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

test('keys of another name, and keys of another plan, are not ours', async () => {
  const tags = { 'sallyport:rotated-key': namePrefix };
  keys.addPlan('other', []);
  for (const [name, plan] of [
    ['another-name', usagePlanId],
    [`${namePrefix.slice(0, -1)}-v`, usagePlanId],
    [`${namePrefix}-v`, 'other'],
  ] as const) {
    keys.admit(plan, keys.add({ name, enabled: true, tags }).id);
  }
  expect(await versionsIn(registry())).toEqual([]);
});

test('neither all keys of the region nor a key outside the plan is asked for', async () => {
  const made = await registry().create('v', value);
  const id = made.outcome === 'created' ? made.key.id : '';
  await registry().admit(id);
  await registry().examine(id, value);
  expect(await versionsIn(registry())).toEqual(['v']);
  await registry().remove(id);
  const reads = served.requests.filter(({ method }) => method === 'GET').map(({ url }) => url);
  expect(reads.length).toBeGreaterThan(1);
  for (const url of reads) expect(url).toMatch(/^\/usageplans\/plan12\/keys/);
});

test('an answer without an id is not taken for a key', async () => {
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
  ['create', () => registry().create('v', value)],
  ['admit', () => registry().admit('key')],
  ['examine', () => registry().examine('key', value)],
  ['admitted', () => versionsIn(registry())],
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
