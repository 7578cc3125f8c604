import type { Reading } from '../../ports/reading.ts';
import type { InventoryScope, KeyFacts, PublicAccessBlock } from '../../ports/resource-inventory.ts';
import type { InspectedResource } from './compliance-check.ts';
import type { InventoryFile } from './inventory-file.ts';

/** Each resource of the file, with what the file tells elsewhere of its key and of its account. */
export function* inspectInventory(file: InventoryFile): Generator<InspectedResource, void, undefined> {
  const keys = new KeyIndex(file);
  const blocks = accountBlocksOf(file);
  for (const { resource, facts } of file.resources) {
    const { encryption } = facts;
    const key =
      encryption?.state === 'read' && encryption.value.by === 'kms'
        ? keys.find(resource, encryption.value.keyId)
        : undefined;
    const accountPublicAccess = resource.type === 's3-bucket' ? blocks.get(resource.account) : undefined;
    yield {
      resource,
      facts,
      ...(key && { key }),
      ...(accountPublicAccess && { accountPublicAccess }),
    };
  }
}

/** Keys by what they are called within a scope, and by ARN, which is the same in every scope. */
class KeyIndex {
  readonly #byName = new Map<string, Reading<KeyFacts>>();
  readonly #byArn = new Map<string, Reading<KeyFacts>>();

  constructor({ resources, keys }: InventoryFile) {
    for (const { resource, facts } of resources) {
      if (resource.type !== 'kms-key' || facts.key === undefined) continue;
      this.#byName.set(nameOf(resource, resource.name), facts.key);
      this.#byArn.set(resource.arn, facts.key);
    }
    // What was asked of a key by the name that a resource gives it counts before what was asked of it as a resource.
    for (const { keyId, scope, reading } of keys) {
      this.#byName.set(nameOf(scope, keyId), reading);
      if (keyArn.test(keyId)) this.#byArn.set(keyId, reading);
    }
  }

  find(scope: InventoryScope, keyId: string): Reading<KeyFacts> | undefined {
    return this.#byName.get(nameOf(scope, keyId)) ?? this.#byArn.get(keyId);
  }
}

const keyArn = /^arn:[^:]+:kms:[^:]+:\d{12}:key\//;

function nameOf({ account, region }: InventoryScope, keyId: string): string {
  return `${account} ${region} ${keyId}`;
}

function accountBlocksOf({ resources }: InventoryFile): ReadonlyMap<string, Reading<PublicAccessBlock>> {
  return new Map(
    resources.flatMap(({ resource, facts }) => {
      const block = facts['public-access-block'];
      return resource.type === 'account' && block !== undefined ? [[resource.account, block]] : [];
    }),
  );
}
