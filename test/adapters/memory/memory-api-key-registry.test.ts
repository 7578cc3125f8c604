import { describe, expect, test } from '@jest/globals';
import { apiKeyRegistryContract } from '../../../src/adapters/contracts/api-key-registry-contract.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryApiKeyRegistry } from '../../../src/adapters/memory/memory-api-key-registry.ts';

describe(`the contract of ${apiKeyRegistryContract.port}`, () => {
  test.each(apiKeyRegistryContract.cases)('$name', ({ run }) => {
    const registry = new MemoryApiKeyRegistry({ clock: new ManualClock() });
    return run({
      registry,
      addForeign: async value => registry.addForeign(value),
      disable: async id => registry.disable(id),
      lets: async value => registry.lets(value),
    });
  });
});

test('a key that is disabled lets nobody in; one that is not there cannot be', async () => {
  const registry = new MemoryApiKeyRegistry({ clock: new ManualClock() });
  const made = await registry.create('v', 'the value');
  const id = made.outcome === 'created' ? made.key.id : '';
  await registry.admit(id);
  expect(registry.lets('the value')).toBe(true);
  registry.disable(id);
  registry.disable('nobody');
  expect(registry.lets('the value')).toBe(false);
});
