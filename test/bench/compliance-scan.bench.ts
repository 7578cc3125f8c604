import { setTimeout as pause } from 'node:timers/promises';
import { ManualClock } from '../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../src/adapters/memory/memory-audit-log.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/memory-object-store.ts';
import {
  type MemoryResource,
  MemoryResourceInventory,
} from '../../src/adapters/memory/memory-resource-inventory.ts';
import { ComplianceScanner } from '../../src/domain/compliance/compliance-scanner.ts';
import { readCompliancePolicy } from '../../src/domain/compliance/read-compliance-policy.ts';
import type { Unreadable } from '../../src/ports/reading.ts';
import type { Facts, KeyFacts, ResourceInventory, ResourceRef } from '../../src/ports/resource-inventory.ts';

/*
 * What a scan costs beside the least it could: 20 000 resources on an inventory that takes 30 ms for each call and
 * throttles 5 % of them. Ideal is the time of the calls that must be made, at that concurrency, without a pause. Run with
 * `npm run bench`; the number of resources may be given.
 */

const resources = Number(process.argv[2] ?? 20_000);
const latency = 30;
const throttledShare = 0.05;
const account = '111122223333';
const region = 'eu-central-1';
const at = { account, region };

const key: KeyFacts = {
  arn: `arn:aws:kms:${region}:${account}:key/0`,
  account,
  manager: 'CUSTOMER',
  keyState: 'Enabled',
  keySpec: 'SYMMETRIC_DEFAULT',
  origin: 'AWS_KMS',
};

const enabled = { state: 'read', value: { enabled: true } } as const;

function tableOf(index: number): MemoryResource {
  const name = `table-${String(index).padStart(6, '0')}`;
  const resource: ResourceRef = {
    ...at,
    type: 'dynamodb-table',
    arn: `arn:aws:dynamodb:${region}:${account}:table/${name}`,
    name,
  };
  // One in a hundred fails; the others share two hundred keys.
  const encryption: Facts['encryption'] =
    index % 100 === 0
      ? { state: 'read', value: { by: 'aws-owned' } }
      : { state: 'read', value: { by: 'kms', keyId: `${key.arn}${index % 200}` } };
  return { resource, facts: { encryption, 'point-in-time-recovery': enabled } };
}

/** The calls of a scan: each waits, one in twenty is throttled; which, a counter decides. */
class SlowInventory implements ResourceInventory {
  readonly #inventory: ResourceInventory;
  readonly #share: number;
  calls = 0;
  throttled = 0;
  #seed = 1;

  constructor(inventory: ResourceInventory, share: number) {
    this.#inventory = inventory;
    this.#share = share;
  }

  async #call<Answer>(answer: () => Promise<Answer>, refused: (why: Unreadable) => Answer): Promise<Answer> {
    this.calls += 1;
    await pause(latency);
    // xorshift32
    this.#seed ^= this.#seed << 13;
    this.#seed ^= this.#seed >>> 17;
    this.#seed ^= this.#seed << 5;
    if ((this.#seed >>> 0) / 2 ** 32 >= this.#share) return answer();
    this.throttled += 1;
    return refused({ state: 'unreadable', reason: 'throttled', api: 'bench', code: 'ThrottlingException' });
  }

  list: ResourceInventory['list'] = (...asked) =>
    this.#call(
      () => this.#inventory.list(...asked),
      why => why,
    );

  describe: ResourceInventory['describe'] = (resource, aspects) =>
    this.#call(
      () => this.#inventory.describe(resource, aspects),
      why => Object.fromEntries(aspects.map(aspect => [aspect, why])),
    );

  describeKey: ResourceInventory['describeKey'] = (...asked) =>
    this.#call(
      () => this.#inventory.describeKey(...asked),
      why => why,
    );
}

const memory = new MemoryResourceInventory({
  resources: Array.from({ length: resources }, (_, index) => tableOf(index)),
  keys: Array.from({ length: 200 }, (_, index) => ({
    scope: at,
    keyId: `${key.arn}${index}`,
    reading: { state: 'read', value: { ...key, arn: `${key.arn}${index}` } } as const,
  })),
});

async function scan(concurrency: number, share: number): Promise<void> {
  const clock = new ManualClock();
  const place = { bucket: 'compliance-logs', keyId: key.arn };
  const inventory = new SlowInventory(memory, share);
  const scanner = new ComplianceScanner({
    inventory,
    objects: new MemoryObjectStore({ clock, buckets: [place.bucket] }),
    audit: new MemoryAuditLog(),
    alerts: new MemoryAlertChannel(),
    clock,
    policy: readCompliancePolicy({}),
    place,
    concurrency,
    region,
    pause: milliseconds => pause(milliseconds),
  });
  globalThis.gc?.();
  const heldBefore = process.memoryUsage().heapUsed;
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().heapUsed);
  }, 50);
  const began = performance.now();
  let progress = scanner.begin('bench', clock.now().toISOString(), {
    accounts: [account],
    regions: [region],
  });
  const scanned = await scanner.advance(progress, () => true);
  const scanTime = performance.now() - began;
  progress = await scanner.advance(scanned, () => true);
  const time = performance.now() - began;
  clearInterval(watch);
  if (progress.numbers?.new !== Math.ceil(resources / 100)) {
    throw new Error(`found ${progress.numbers?.new} failures and ${progress.numbers?.notJudged} not judged`);
  }
  // Lists follow one another; everything else could be asked at one time.
  const lists = Math.ceil(resources / 100);
  const ideal = Math.max(((resources + 200) * latency) / concurrency, lists * latency);
  row(
    `concurrency ${concurrency}, ${share * 100} % throttled`,
    String(inventory.calls),
    (inventory.calls / (resources + 200 + lists)).toFixed(3),
    `${(scanTime / 1000).toFixed(1)} s`,
    `${(ideal / 1000).toFixed(1)} s`,
    (scanTime / ideal).toFixed(2),
    `${((time - scanTime) / 1000).toFixed(1)} s`,
    `${((most - heldBefore) / 2 ** 20).toFixed(0)} MiB`,
  );
}

function row(what: string, ...cells: readonly string[]): void {
  process.stdout.write(`${what.padEnd(34)}${cells.map(cell => cell.padStart(13)).join('')}\n`);
}

row(
  `${resources} resources, ${latency} ms a call`,
  ...['calls', 'of needed', 'scan', 'ideal', 'of ideal', 'conclusion', 'peak heap'],
);
await scan(20, 0);
await scan(20, throttledShare);
await scan(50, throttledShare);
