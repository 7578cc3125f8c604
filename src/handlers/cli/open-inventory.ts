import type { ResourceInventory } from '../../ports/resource-inventory.ts';

export interface InventoryRequest {
  /** The role that is assumed in other accounts than that of the credentials. */
  readonly roleName: string;
  /** @defaultValue the region of the environment */
  readonly regions: readonly string[] | undefined;
  /** Resources that are looked at, at one time. */
  readonly concurrency: number;
}

/** An inventory of accounts, and whose credentials it uses. */
export interface OpenedInventory {
  readonly inventory: ResourceInventory;
  /** The account of the credentials, 12 digits. */
  readonly account: string;
  readonly regions: readonly string[];
  close(): void;
}

export type OpenInventory = (request: InventoryRequest) => Promise<OpenedInventory>;
