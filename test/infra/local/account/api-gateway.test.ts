import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetRestApisCommand,
  GetUsagePlanKeyCommand,
  GetUsagePlanKeysCommand,
  paginateGetApiKeys,
} from '@aws-sdk/client-api-gateway';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createApiGatewayService } from '../../../../infra/local/account/api-gateway.ts';
import { LocalApiKeys } from '../../../../infra/local/account/local-api-keys.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../../emulators/local-services.ts';

const value = 'v'.repeat(20);

let keys: LocalApiKeys;
let served: LocalServicesEndpoint;
let client: APIGatewayClient;

beforeEach(async () => {
  keys = new LocalApiKeys();
  keys.addPlan('plan', []);
  served = await startLocalServices({ apigateway: createApiGatewayService(keys) });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new APIGatewayClient({
    region: 'eu-central-1',
    endpoint: served.endpoint,
    credentials,
    maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await served.close();
});

test('a key is made, and told with its value only where that is asked for', async () => {
  const made = await client.send(
    new CreateApiKeyCommand({ name: 'one', description: 'd', enabled: true, value, tags: { a: 'b' } }),
  );
  expect(made).toMatchObject({ name: 'one', value, enabled: true, tags: { a: 'b' } });
  expect(Date.now() - Number(made.createdDate)).toBeLessThan(60_000);

  const plain = await client.send(new GetApiKeyCommand({ apiKey: made.id }));
  expect(plain).toMatchObject({
    id: made.id,
    name: 'one',
    description: 'd',
    enabled: true,
    tags: { a: 'b' },
  });
  expect(plain.value).toBeUndefined();
  const whole = await client.send(new GetApiKeyCommand({ apiKey: made.id, includeValue: true }));
  expect(whole.value).toBe(value);
  const [listed] = (await client.send(new GetApiKeysCommand({}))).items ?? [];
  expect(listed?.value).toBeUndefined();
  const [valued] = (await client.send(new GetApiKeysCommand({ includeValues: true }))).items ?? [];
  expect(valued?.value).toBe(value);
});

test('a key for which nothing is asked is disabled, and has a value all the same', async () => {
  const made = await client.send(new CreateApiKeyCommand({ name: 'one' }));
  expect(made.enabled).toBe(false);
  expect(made.value).toMatch(/^[0-9a-f]{40}$/);
});

test('keys are listed page by page, by the beginnings of their names', async () => {
  for (const name of ['a-1', 'a-2', 'a-3', 'b-1']) keys.add({ name, enabled: true });
  const names: (string | undefined)[] = [];
  for await (const page of paginateGetApiKeys({ client, pageSize: 2 }, { nameQuery: 'a-' })) {
    expect(page.items?.length).toBeLessThanOrEqual(2);
    names.push(...(page.items ?? []).map(({ name }) => name));
  }
  expect(names.sort()).toEqual(['a-1', 'a-2', 'a-3']);
});

test('a plan has the keys that were added to it', async () => {
  const [one, two] = ['one', 'two'].map(name => keys.add({ name, enabled: true }).id);
  for (const keyId of [one, two]) {
    await client.send(new CreateUsagePlanKeyCommand({ usagePlanId: 'plan', keyId, keyType: 'API_KEY' }));
  }
  const namesIn = async () =>
    (await client.send(new GetUsagePlanKeysCommand({ usagePlanId: 'plan' }))).items
      ?.map(({ name }) => name)
      .sort();
  expect(await namesIn()).toEqual(['one', 'two']);
  expect(await client.send(new GetUsagePlanKeyCommand({ usagePlanId: 'plan', keyId: one }))).toMatchObject({
    id: one,
    type: 'API_KEY',
  });
  await client.send(new DeleteUsagePlanKeyCommand({ usagePlanId: 'plan', keyId: one }));
  expect(await namesIn()).toEqual(['two']);
  await client.send(new DeleteApiKeyCommand({ apiKey: two }));
  expect(await namesIn()).toEqual([]);
});

test.each([
  ['a value that another has', () => new CreateApiKeyCommand({ name: 'x', value }), 'ConflictException'],
  [
    'a value that is too short',
    () => new CreateApiKeyCommand({ name: 'x', value: value.slice(1) }),
    'BadRequestException',
  ],
  [
    'what is not emulated',
    () => new CreateApiKeyCommand({ name: 'x', customerId: 'y' }),
    'BadRequestException',
  ],
  ['a key that is not there', () => new GetApiKeyCommand({ apiKey: 'none' }), 'NotFoundException'],
  ['to delete what is not there', () => new DeleteApiKeyCommand({ apiKey: 'none' }), 'NotFoundException'],
  [
    'a plan that is not there',
    () => new GetUsagePlanKeysCommand({ usagePlanId: 'none' }),
    'NotFoundException',
  ],
  [
    'a key in a plan that is not there',
    () => new CreateUsagePlanKeyCommand({ usagePlanId: 'none', keyId: 'known', keyType: 'API_KEY' }),
    'NotFoundException',
  ],
  [
    'a key that is not there, in a plan',
    () => new CreateUsagePlanKeyCommand({ usagePlanId: 'plan', keyId: 'none', keyType: 'API_KEY' }),
    'NotFoundException',
  ],
  [
    'a key that is in the plan already',
    () => new CreateUsagePlanKeyCommand({ usagePlanId: 'plan', keyId: 'known', keyType: 'API_KEY' }),
    'ConflictException',
  ],
  [
    'a key of a plan that it is not in',
    () => new GetUsagePlanKeyCommand({ usagePlanId: 'plan', keyId: 'none' }),
    'NotFoundException',
  ],
  [
    'to take a key from a plan that it is not in',
    () => new DeleteUsagePlanKeyCommand({ usagePlanId: 'plan', keyId: 'none' }),
    'NotFoundException',
  ],
  ['an action of its own', () => new GetRestApisCommand({}), 'NotImplemented'],
])('%s is refused', async (_name, command, name) => {
  keys.add({ id: 'known', name: 'known', value, enabled: true });
  keys.admit('plan', 'known');
  // One of the commands above; what they answer differs.
  await expect(client.send(command() as GetApiKeyCommand)).rejects.toMatchObject({ name });
});

test('two keys of one value cannot be', () => {
  keys.add({ name: 'one', value, enabled: true });
  expect(() => keys.add({ name: 'two', value, enabled: true })).toThrow('has the value of two');
});
