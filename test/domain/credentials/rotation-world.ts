import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { MemoryApiKeyRegistry } from '../../../src/adapters/memory/memory-api-key-registry.ts';
import { MemorySecretVault } from '../../../src/adapters/memory/memory-secret-vault.ts';
import {
  ApiKeyRotator,
  type RotationResult,
  rotationSteps,
} from '../../../src/domain/credentials/api-key-rotator.ts';
import { parseApiKeySecret, renderApiKeySecret } from '../../../src/domain/credentials/api-key-secret.ts';

/** What the template generates: no key stands behind it. */
export const templateVersion = 'version-of-the-template';

/** A secret, an API and the rotator between them, as they stand right after a deployment. */
export function rotationWorld(faults = new FaultInjector()) {
  const vault = new MemorySecretVault({
    version: templateVersion,
    value: renderApiKeySecret({ apiKey: 'x'.repeat(40) }),
  });
  const registry = new MemoryApiKeyRegistry();
  let drawn = 0;
  const rotator = new ApiKeyRotator({
    vault: faults.wrap('vault', vault),
    registry: faults.wrap('registry', registry),
    randomBytes: count => {
      drawn += 1;
      return new Uint8Array(count).fill(drawn);
    },
  });
  const secretIn = async (version: string) => parseApiKeySecret((await vault.read(version)) ?? '');
  /** The API key in a version. */
  const keyIn = async (version: string) => (await secretIn(version))?.apiKey ?? '';
  return {
    vault,
    registry,
    rotator,
    faults,
    /** Begins a rotation and delivers its steps. */
    rotate: async (version: string): Promise<RotationResult[]> => {
      vault.begin(version);
      const results: RotationResult[] = [];
      for (const step of rotationSteps) results.push(await rotator.rotate(step, version));
      return results;
    },
    keyIn,
    /** The id of the key in a version. */
    keyIdIn: async (version: string) => (await secretIn(version))?.apiKeyId ?? '',
    /** Whether the API lets in who bears the key of a version. */
    lets: async (version: string) => registry.lets(await keyIn(version)),
    /** The versions that have a key which is let in. */
    versionsWithKeys: async () => {
      const versions: string[] = [];
      for await (const { version } of registry.admitted()) versions.push(version);
      return versions;
    },
  };
}
