import { describe, expect, test } from '@jest/globals';
import { apiKeyRegistryContract } from '../../../src/adapters/contracts/api-key-registry-contract.ts';
import { MemoryApiKeyRegistry } from '../../../src/adapters/memory/memory-api-key-registry.ts';

describe(`the contract of ${apiKeyRegistryContract.port}`, () => {
  test.each(apiKeyRegistryContract.cases)('$name', ({ run }) => {
    const registry = new MemoryApiKeyRegistry();
    return run({
      registry,
      addForeign: async value => registry.addForeign(value),
      lets: async value => registry.lets(value),
    });
  });
});

test('a key that people take out lets nobody in, and stays', async () => {
  const registry = new MemoryApiKeyRegistry();
  const made = await registry.create('v', 'the value');
  const id = made.outcome === 'created' ? made.key.id : '';
  await registry.admit(id);
  expect(registry.lets('the value')).toBe(true);
  registry.dismiss(id);
  registry.dismiss('nobody');
  expect(registry.lets('the value')).toBe(false);
  expect(registry.ids()).toEqual([id]);
});
