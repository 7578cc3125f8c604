import type { Reading, Unreadable } from '../../ports/reading.ts';
import {
  type Aspect,
  accountWideTypes,
  aspectsOfType,
  type Facts,
  type InventoryScope,
  type KeyFacts,
  type ResourceInventory,
  type ResourcePage,
  type ResourceRef,
  type ResourceType,
} from '../../ports/resource-inventory.ts';

/** A resource and what is to be read of it; a fact may be unreadable. */
export interface MemoryResource {
  readonly resource: ResourceRef;
  readonly facts: Facts;
}

/** What a resource of a scope calls a key, and what is to be read under that name. */
export interface MemoryKey {
  readonly scope: InventoryScope;
  /** ARN, id, or alias. */
  readonly keyId: string;
  readonly reading: Reading<KeyFacts>;
}

export interface MemoryResourceInventoryOptions {
  readonly resources?: Iterable<MemoryResource>;
  readonly keys?: Iterable<MemoryKey>;
  /** Resources of a page, at most 100. @defaultValue 100 */
  readonly pageSize?: number;
  /** Aspects that the lists themselves tell of their resources. @defaultValue none */
  readonly listed?: readonly Aspect[];
}

/**
 * Resources of any number of accounts in memory, listed in the order of their ARNs. Values are copied in and out.
 *
 * A fact that a resource could have and was not given is `unreadable`, `failed`, `NotGiven`; one of a resource that is
 * not there is `gone`. A `kms-key` with the fact `key` is found under its ARN and id, too.
 *
 * @example
 * const inventory = new MemoryResourceInventory();
 * inventory.put({ resource, facts: { encryption: { state: 'read', value: { by: 'aws-owned' } } } });
 * inventory.refuse(scope, 'sqs-queue', {
 *   state: 'unreadable', reason: 'denied', api: 'sqs:ListQueues', code: 'AccessDenied',
 * });
 */
export class MemoryResourceInventory implements ResourceInventory {
  /** By what is listed at one time, then by ARN. */
  readonly #units = new Map<string, Map<string, MemoryResource>>();
  /** The ARNs of a unit in order, until it changes. */
  readonly #ordered = new Map<string, readonly string[]>();
  readonly #keys = new Map<string, Reading<KeyFacts>>();
  readonly #refused = new Map<string, Unreadable>();
  readonly #pageSize: number;
  readonly #listed: readonly Aspect[];

  constructor(options: MemoryResourceInventoryOptions = {}) {
    const { resources = [], keys = [], pageSize = 100, listed = [] } = options;
    if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 100) {
      throw new RangeError(`A page holds 1 to 100 resources, not ${pageSize}.`);
    }
    this.#pageSize = pageSize;
    this.#listed = listed;
    for (const resource of resources) this.put(resource);
    for (const key of keys) this.putKey(key);
  }

  /** Adds a resource, or takes the place of the one with its ARN. */
  put(resource: MemoryResource): void {
    const { type, arn } = resource.resource;
    const unit = unitOf(resource.resource, type);
    const resources = this.#units.get(unit) ?? new Map<string, MemoryResource>();
    resources.set(arn, structuredClone(resource));
    this.#units.set(unit, resources);
    this.#ordered.delete(unit);
  }

  /** Removes a resource, as if it had been deleted. */
  remove(resource: ResourceRef): void {
    const unit = unitOf(resource, resource.type);
    this.#units.get(unit)?.delete(resource.arn);
    this.#ordered.delete(unit);
  }

  /** Gives a key a name in a scope. */
  putKey({ scope, keyId, reading }: MemoryKey): void {
    this.#keys.set(keyNameOf(scope, keyId), structuredClone(reading));
  }

  /** From now on, lists of that type cannot be read. */
  refuse(scope: InventoryScope, type: ResourceType, why: Unreadable): void {
    this.#refused.set(unitOf(scope, type), { ...why });
  }

  /** Lists of that type can be read again. */
  permit(scope: InventoryScope, type: ResourceType): void {
    this.#refused.delete(unitOf(scope, type));
  }

  async list(scope: InventoryScope, type: ResourceType, cursor?: string): Promise<Reading<ResourcePage>> {
    const unit = unitOf(scope, type);
    const refused = this.#refused.get(unit);
    if (refused !== undefined) return { ...refused };
    const arns = this.#arnsOf(unit);
    const begin = cursor === undefined ? 0 : firstAfter(arns, cursor);
    const page = arns.slice(begin, begin + this.#pageSize);
    const resources = page.flatMap(arn => this.#units.get(unit)?.get(arn)?.resource ?? []);
    const last = page.at(-1);
    const isLast = last === undefined || begin + page.length >= arns.length;
    const seen = resources.map(resource => ({
      ...resource,
      ...(type === 'account' ? { region: scope.region } : {}),
    }));
    const facts = this.#told(unit, page);
    return { state: 'read', value: { resources: seen, ...facts, ...(isLast ? {} : { next: last }) } };
  }

  #told(unit: string, arns: readonly string[]): Pick<ResourcePage, 'facts'> {
    const told = arns.map(arn => {
      const facts = Object.entries(this.#units.get(unit)?.get(arn)?.facts ?? {});
      return [arn, Object.fromEntries(facts.filter(([name]) => this.#listed.some(each => each === name)))];
    });
    return this.#listed.length === 0 ? {} : { facts: structuredClone(Object.fromEntries(told)) };
  }

  async describe(resource: ResourceRef, aspects: readonly Aspect[]): Promise<Facts> {
    const { type } = resource;
    const known = this.#units.get(unitOf(resource, type))?.get(resource.arn)?.facts;
    const factOf = (aspect: Aspect): Reading<unknown> => {
      const api = `memory:${aspect}`;
      if (!aspectsOfType[type].includes(aspect)) return unreadable('failed', 'none', 'NotApplicable');
      if (known === undefined) return unreadable('gone', api, 'NotFound');
      return known[aspect] ?? unreadable('failed', api, 'NotGiven');
    };
    return structuredClone(Object.fromEntries(aspects.map(aspect => [aspect, factOf(aspect)]))) as Facts;
  }

  async describeKey(scope: InventoryScope, keyId: string): Promise<Reading<KeyFacts>> {
    const found = this.#keys.get(keyNameOf(scope, keyId)) ?? this.#keyResource(scope, keyId);
    return structuredClone(found ?? unreadable('gone', 'kms:DescribeKey', 'NotFoundException'));
  }

  #keyResource(scope: InventoryScope, keyId: string): Reading<KeyFacts> | undefined {
    const keys = this.#units.get(unitOf(scope, 'kms-key')) ?? new Map<string, MemoryResource>();
    const byId = [...keys.values()].find(({ resource }) => resource.name === keyId);
    return (keys.get(keyId) ?? byId)?.facts.key;
  }

  #arnsOf(unit: string): readonly string[] {
    const known = this.#ordered.get(unit);
    if (known !== undefined) return known;
    const arns = [...(this.#units.get(unit)?.keys() ?? [])].sort();
    this.#ordered.set(unit, arns);
    return arns;
  }
}

function unreadable(reason: Unreadable['reason'], api: string, code: string): Unreadable {
  return { state: 'unreadable', reason, api, code };
}

/** What is listed at one time. */
function unitOf({ account, region }: InventoryScope, type: ResourceType): string {
  const isAccountWide = accountWideTypes.some(wide => wide === type);
  return isAccountWide ? `${type} ${account}` : `${type} ${account} ${region}`;
}

function keyNameOf({ account, region }: InventoryScope, keyId: string): string {
  return `${account} ${region} ${keyId}`;
}

/** Index of the first ARN behind a cursor, which itself need not be there any more. */
function firstAfter(arns: readonly string[], cursor: string): number {
  let [low, high] = [0, arns.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((arns[middle] ?? '') <= cursor) low = middle + 1;
    else high = middle;
  }
  return low;
}
