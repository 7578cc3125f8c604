import type { Timestamp } from '../../ports/clock.ts';
import type { Reading, Unreadable } from '../../ports/reading.ts';
import type {
  Aspect,
  Facts,
  InventoryScope,
  KeyFacts,
  PublicAccessBlock,
  ResourceInventory,
  ResourceRef,
  ResourceType,
} from '../../ports/resource-inventory.ts';
import type { ComplianceResult, InspectedResource } from './compliance-check.ts';
import type { CompliancePolicy } from './compliance-policy.ts';
import { aspectsOf, judgeResource } from './judge-resource.ts';
import { OutOfTimeError } from './patient-reader.ts';
import { goneOf } from './readings.ts';

/** A resource and what the checks found of it. */
export interface ScannedResource {
  readonly resource: ResourceRef;
  /** `gone`: it was listed, and was not there any more when it was looked at; no check was made. */
  readonly state: 'judged' | 'gone';
  readonly results: readonly Omit<ComplianceResult, 'resource'>[];
}

/** What resources are read through. */
export type ResourceReader = Pick<ResourceInventory, 'describe' | 'describeKey'>;

export interface ResourceInspectorOptions {
  readonly policy: CompliancePolicy;
  /** The instant that exemptions are judged at. */
  readonly at: Timestamp;
}

/** Keys whose state is remembered: most resources of an account share a few. */
const keysRemembered = 10_000;

/** Reads what the checks need of one resource after the other, and judges it. An error of one is a fact of that one. */
export class ResourceInspector {
  readonly #options: ResourceInspectorOptions;
  readonly #keys = new Map<string, Promise<Reading<KeyFacts>>>();

  constructor(options: ResourceInspectorOptions) {
    this.#options = options;
  }

  /** @param known What the list has told of the resource; it is not asked again. */
  async facts(
    reader: ResourceReader,
    resource: ResourceRef,
    accountPublicAccess: Reading<PublicAccessBlock> | undefined,
    known: Facts = {},
  ): Promise<InspectedResource> {
    const aspects = aspectsRead(resource.type, this.#options.policy);
    const unknown = aspects.filter(aspect => known[aspect]?.state !== 'read');
    const read = unknown.length === 0 ? {} : await describe(reader, resource, unknown);
    const told = Object.entries(known).filter(([aspect]) => aspects.some(asked => asked === aspect));
    const facts: Facts = { ...Object.fromEntries(told), ...read };
    const { encryption } = facts;
    const key =
      encryption?.state === 'read' && encryption.value.by === 'kms'
        ? await this.#key(reader, resource, encryption.value.keyId)
        : undefined;
    return {
      resource,
      facts,
      ...(key === undefined ? {} : { key }),
      ...(accountPublicAccess === undefined ? {} : { accountPublicAccess }),
    };
  }

  judge(inspected: InspectedResource): ScannedResource {
    const { resource, facts } = inspected;
    if (goneOf(facts).length > 0) return { resource, state: 'gone', results: [] };
    const results = judgeResource(inspected, this.#options.policy, this.#options.at);
    return { resource, state: 'judged', results: results.map(({ resource: _, ...result }) => result) };
  }

  async #key(
    reader: ResourceReader,
    { account, region }: InventoryScope,
    keyId: string,
  ): Promise<Reading<KeyFacts>> {
    const name = `${account} ${region} ${keyId}`;
    const known = this.#keys.get(name);
    const reading = known === undefined ? undefined : await known;
    if (reading !== undefined && isLasting(reading)) return reading;
    const asked = reader
      .describeKey({ account, region }, keyId)
      .catch((error: unknown) => unexpected('ResourceInventory.describeKey', error));
    if (this.#keys.size >= keysRemembered) this.#keys.clear();
    this.#keys.set(name, asked);
    return asked;
  }
}

/** What failed in passing must not become the state of the key for all who use it. */
function isLasting(reading: Reading<KeyFacts>): boolean {
  return reading.state === 'read' || reading.reason === 'denied' || reading.reason === 'gone';
}

async function describe(
  reader: ResourceReader,
  resource: ResourceRef,
  aspects: readonly Aspect[],
): Promise<Facts> {
  try {
    return await reader.describe(resource, aspects);
  } catch (error) {
    const reading = unexpected('ResourceInventory.describe', error);
    return Object.fromEntries(aspects.map(aspect => [aspect, reading]));
  }
}

/** What is asked of a resource: what its own checks need, and of an account what those of its buckets do. */
export function aspectsRead(type: ResourceType, policy: CompliancePolicy): readonly Aspect[] {
  const own = aspectsOf(type, policy);
  if (type !== 'account' || own.includes('public-access-block')) return own;
  return aspectsOf('s3-bucket', policy).filter(aspect => aspect === 'public-access-block');
}

/** What an inventory is not supposed to reject with, as a fact. */
export function unexpected(api: string, error: unknown): Unreadable {
  if (error instanceof OutOfTimeError) throw error;
  const { code, name = 'Error' } = (error ?? {}) as { readonly code?: unknown; readonly name?: string };
  return { state: 'unreadable', reason: 'failed', api, code: typeof code === 'string' ? code : name };
}
