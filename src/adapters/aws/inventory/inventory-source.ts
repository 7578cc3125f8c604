import type { Reading } from '../../../ports/reading.ts';
import type {
  Aspect,
  AspectValues,
  Facts,
  InventoryScope,
  ResourcePage,
  ResourceRef,
} from '../../../ports/resource-inventory.ts';
import type { InventoryClients } from './inventory-clients.ts';

/** How each aspect of one resource is read; none of them rejects. */
export type AspectReaders = { readonly [Name in Aspect]?: () => Promise<Reading<AspectValues[Name]>> };

/** Resources of one type. */
export interface InventorySource {
  list(
    clients: InventoryClients,
    scope: InventoryScope,
    cursor: string | undefined,
  ): Promise<Reading<ResourcePage>>;
  /** What one resource can be asked; aspects that need the same call share it. */
  readers(clients: InventoryClients, resource: ResourceRef): AspectReaders;
}

/** The most that the port gives with one page. */
export const pageSize = 100;

/** A page; services write that there is no next one in several ways. */
export function pageOf(
  resources: readonly ResourceRef[],
  next: string | undefined | null,
  facts: Readonly<Record<string, Facts>> = {},
): ResourcePage {
  return { resources, ...(Object.keys(facts).length === 0 ? {} : { facts }), ...(next ? { next } : {}) };
}

/** A call that is made when it is first asked for, and once. */
export function once<Value>(call: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= call();
    return made;
  };
}

/** Tags as AWS writes them, `{ Key, Value }`, by key. */
export function tagRecord(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
