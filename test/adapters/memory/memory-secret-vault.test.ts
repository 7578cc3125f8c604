import { describe, expect, test } from '@jest/globals';
import { secretVaultContract } from '../../../src/adapters/contracts/secret-vault-contract.ts';
import { MemorySecretVault } from '../../../src/adapters/memory/memory-secret-vault.ts';

describe(`the contract of ${secretVaultContract.port}`, () => {
  test.each(secretVaultContract.cases)('$name', ({ run }) => {
    const vault = new MemorySecretVault({ version: 'first', value: '{}' });
    return run({
      vault,
      begin: async version => vault.begin(version),
      label: async (label, version) => vault.label(label, version),
    });
  });
});

test('a secret can be one that is not rotated', async () => {
  const vault = new MemorySecretVault({ version: 'first', value: '{}' });
  vault.rotates = false;
  expect(await vault.describe()).toEqual({ rotates: false, current: 'first', labelled: ['first'] });
});
