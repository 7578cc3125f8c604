import assert from 'node:assert/strict';
import type { ApiKeyRegistry, RegisteredApiKey } from '../../ports/api-key-registry.ts';
import { assertPortError } from './assert-port-error.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

/** A registry, and what others do to the API that it is about. */
export interface ApiKeyRegistrySubject {
  readonly registry: ApiKeyRegistry;
  /** Makes a key of somebody else’s, and lets its bearer in. */
  addForeign(value: string): Promise<void>;
  /** Whether the API lets the bearer of a value in. */
  lets(value: string): Promise<boolean>;
}

/** A value that no other case uses. */
const newValue = () => crypto.randomUUID().replaceAll('-', '');

/** What every {@link ApiKeyRegistry} promises. */
export const apiKeyRegistryContract: Contract<ApiKeyRegistrySubject> = {
  port: 'ApiKeyRegistry',
  cases: [
    {
      name: 'a key that is let in is listed, as it was made',
      async run({ registry }) {
        const version = crypto.randomUUID();
        const key = await made(registry, version, newValue());
        assert.equal(key.version, version);
        assertSameJson(await listed(registry, version), []);
        await registry.admit(key.id);
        assertSameJson(await listed(registry, version), [key]);
      },
    },
    {
      name: 'of many keys, each is listed once',
      async run({ registry }) {
        const versions = Array.from({ length: 7 }, () => crypto.randomUUID());
        for (const version of versions) await registry.admit((await made(registry, version, newValue())).id);
        for (const version of versions) assert.equal((await listed(registry, version)).length, 1);
      },
    },
    {
      name: 'a version can have several keys',
      async run({ registry }) {
        const version = crypto.randomUUID();
        const keys = [
          await made(registry, version, newValue()),
          await made(registry, version, newValue()),
        ].toSorted((one, other) => (one.id < other.id ? -1 : 1));
        for (const { id } of keys) await registry.admit(id);
        const found = await listed(registry, version);
        assertSameJson(
          found.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
          keys,
        );
      },
    },
    {
      name: 'a key tells nothing of its value',
      async run({ registry }) {
        const [version, value] = [crypto.randomUUID(), newValue()];
        const outcome = await registry.create(version, value);
        if (outcome.outcome === 'created') await registry.admit(outcome.key.id);
        const told = JSON.stringify([outcome, await listed(registry, version)]);
        assert.ok(!told.includes(value));
      },
    },
    {
      name: 'a new key lets nobody in until it is admitted',
      async run({ registry, lets }) {
        const value = newValue();
        const { id } = await made(registry, crypto.randomUUID(), value);
        assert.equal(await registry.examine(id, value), 'not-admitted');
        assert.equal(await lets(value), false);
        await registry.admit(id);
        assert.equal(await registry.examine(id, value), 'admitted');
        assert.equal(await lets(value), true);
      },
    },
    {
      name: 'a key can be admitted again',
      async run({ registry, lets }) {
        const value = newValue();
        const { id } = await made(registry, crypto.randomUUID(), value);
        await registry.admit(id);
        await registry.admit(id);
        assert.equal(await lets(value), true);
      },
    },
    {
      name: 'a key that is not there cannot be admitted, and is not',
      async run({ registry }) {
        await assertPortError(registry.admit('nobody1234'), {
          kind: 'not-found',
          code: 'NotFoundException',
        });
        assert.equal(await registry.examine('nobody1234', newValue()), 'not-admitted');
      },
    },
    {
      name: 'a key is told from one of another value',
      async run({ registry }) {
        const { id } = await made(registry, crypto.randomUUID(), newValue());
        await registry.admit(id);
        assert.equal(await registry.examine(id, newValue()), 'other-value');
      },
    },
    {
      name: 'no two keys have the same value',
      async run({ registry, addForeign }) {
        const value = newValue();
        const version = crypto.randomUUID();
        await registry.admit((await made(registry, version, value)).id);
        assertSameJson(await registry.create(version, value), { outcome: 'value-in-use' });
        const foreign = newValue();
        await addForeign(foreign);
        assertSameJson(await registry.create(version, foreign), { outcome: 'value-in-use' });
        assert.equal((await listed(registry, version)).length, 1);
      },
    },
    {
      name: 'the keys of others are out of sight, and stay',
      async run({ registry, addForeign, lets }) {
        const foreign = newValue();
        const before = await count(registry);
        await addForeign(foreign);
        assert.equal(await count(registry), before);
        assert.equal(await lets(foreign), true);
      },
    },
    {
      name: 'a key that is removed lets nobody in, is listed no more, and can be removed again',
      async run({ registry, lets }) {
        const [version, value] = [crypto.randomUUID(), newValue()];
        const { id } = await made(registry, version, value);
        await registry.admit(id);
        await registry.remove(id);
        await registry.remove(id);
        assert.equal(await lets(value), false);
        assert.equal(await registry.examine(id, value), 'not-admitted');
        assertSameJson(await listed(registry, version), []);
      },
    },
    {
      name: 'a key that was never admitted can be removed',
      async run({ registry }) {
        const value = newValue();
        const version = crypto.randomUUID();
        await registry.remove((await made(registry, version, value)).id);
        await made(registry, version, value);
      },
    },
  ],
};

async function made(registry: ApiKeyRegistry, version: string, value: string): Promise<RegisteredApiKey> {
  const outcome = await registry.create(version, value);
  assert.ok(outcome.outcome === 'created');
  return outcome.key;
}

/** The keys of a version that are let in: the registry may hold others. */
async function listed(registry: ApiKeyRegistry, version: string): Promise<RegisteredApiKey[]> {
  const keys: RegisteredApiKey[] = [];
  for await (const key of registry.admitted()) if (key.version === version) keys.push(key);
  return keys;
}

async function count(registry: ApiKeyRegistry): Promise<number> {
  let keys = 0;
  for await (const _ of registry.admitted()) keys += 1;
  return keys;
}
