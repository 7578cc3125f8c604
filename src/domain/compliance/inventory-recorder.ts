import type { Timestamp } from '../../ports/clock.ts';
import type { Reading, Unreadable } from '../../ports/reading.ts';
import type {
  Facts,
  InventoryScope,
  KeyFacts,
  ResourceRef,
  ResourceType,
} from '../../ports/resource-inventory.ts';
import type { ScannedPage } from './scan-pages.ts';

/** What an inventory file holds, as `readInventoryFile` takes it. */
export interface RecordedInventory {
  readonly schemaVersion: 1;
  readonly capturedAt: Timestamp;
  readonly unread: readonly {
    readonly scope: InventoryScope;
    readonly type: ResourceType;
    readonly reading: Unreadable;
  }[];
  readonly resources: readonly { readonly resource: ResourceRef; readonly facts: Facts }[];
  readonly keys: readonly {
    readonly keyId: string;
    readonly scope: InventoryScope;
    readonly reading: Reading<KeyFacts>;
  }[];
}

/** Gathers what a scan reads into an inventory file: judging that gives the results of the scan again. */
export class InventoryRecorder {
  readonly #capturedAt: Timestamp;
  readonly #unread: RecordedInventory['unread'][number][] = [];
  readonly #resources = new Map<string, RecordedInventory['resources'][number]>();
  readonly #keys = new Map<string, RecordedInventory['keys'][number]>();

  constructor(capturedAt: Timestamp) {
    this.#capturedAt = capturedAt;
  }

  get inventory(): RecordedInventory {
    return {
      schemaVersion: 1,
      capturedAt: this.#capturedAt,
      unread: this.#unread,
      resources: [...this.#resources.values()],
      keys: [...this.#keys.values()],
    };
  }

  add({ page, inspected }: Pick<ScannedPage, 'page' | 'inspected'>): void {
    const { account, region, type } = page.unit;
    if (page.unlisted !== undefined) {
      this.#unread.push({ scope: { account, region }, type, reading: page.unlisted });
    }
    const gone = new Set(
      page.resources.filter(({ state }) => state === 'gone').map(({ resource }) => resource),
    );
    for (const { resource, facts, key } of inspected) {
      if (gone.has(resource)) continue;
      this.#resources.set(`${resource.type} ${resource.arn}`, { resource, facts });
      const { encryption } = facts;
      if (key === undefined || encryption?.state !== 'read' || encryption.value.by !== 'kms') continue;
      const scope = { account: resource.account, region: resource.region };
      const { keyId } = encryption.value;
      this.#keys.set(`${scope.account} ${scope.region} ${keyId}`, { keyId, scope, reading: key });
    }
  }
}
