import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryFindingImporter } from '../../../src/adapters/memory/memory-finding-importer.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import {
  type MemoryResource,
  MemoryResourceInventory,
} from '../../../src/adapters/memory/memory-resource-inventory.ts';
import {
  ComplianceScanner,
  type ComplianceScannerOptions,
} from '../../../src/domain/compliance/compliance-scanner.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import type { ScanProgress, ScanScope } from '../../../src/domain/compliance/scan-progress.ts';
import type { AlertChannel } from '../../../src/ports/alert-channel.ts';
import type { AuditLog } from '../../../src/ports/audit-log.ts';
import type { FindingImporter } from '../../../src/ports/finding-importer.ts';
import type { ObjectStore } from '../../../src/ports/object-store.ts';
import type { Aspect, Facts, KeyFacts, ResourceInventory } from '../../../src/ports/resource-inventory.ts';

export const account = '111122223333';
export const region = 'eu-central-1';
export const scope: ScanScope = { accounts: [account], regions: [region] };
export const place = { bucket: 'compliance-logs', keyId: 'arn:aws:kms:eu-central-1:111122223333:key/logs' };

export const ownKey: KeyFacts = {
  arn: `arn:aws:kms:${region}:${account}:key/own`,
  account,
  manager: 'CUSTOMER',
  keyState: 'Enabled',
  keySpec: 'SYMMETRIC_DEFAULT',
  origin: 'AWS_KMS',
};

const on = { state: 'read', value: { enabled: true } } as const;
export const ownEncryption: NonNullable<Facts['encryption']> = {
  state: 'read',
  value: { by: 'kms', keyId: ownKey.arn },
};
export const awsOwned: NonNullable<Facts['encryption']> = { state: 'read', value: { by: 'aws-owned' } };

/** A table on which every check passes. */
export function table(name: string, facts: Partial<Facts> = {}, at = region): MemoryResource {
  return {
    resource: {
      type: 'dynamodb-table',
      account,
      region: at,
      arn: `arn:aws:dynamodb:${at}:${account}:table/${name}`,
      name,
    },
    facts: {
      encryption: ownEncryption,
      'point-in-time-recovery': on,
      tags: { state: 'read', value: {} },
      ...facts,
    },
  };
}

/** An account that blocks all public access. */
export const accountResource: MemoryResource = {
  resource: { type: 'account', account, region, arn: `arn:aws:iam::${account}:root`, name: account },
  facts: {
    'public-access-block': {
      state: 'read',
      value: {
        blockPublicAcls: true,
        ignorePublicAcls: true,
        blockPublicPolicy: true,
        restrictPublicBuckets: true,
      },
    },
  },
};

export class ScanWorld {
  readonly clock = new ManualClock('2026-11-21T08:00:00.000Z');
  readonly inventory: MemoryResourceInventory;
  readonly objects = new MemoryObjectStore({ clock: this.clock, buckets: [place.bucket] });
  readonly audit = new MemoryAuditLog();
  readonly alerts = new MemoryAlertChannel();
  readonly importer = new MemoryFindingImporter();
  readonly #more: Partial<ComplianceScannerOptions>;
  /** What stands before the ports, such as faults. */
  wrapped: <Port extends object>(name: string, port: Port) => Port = (_, port) => port;

  constructor(
    resources: readonly MemoryResource[],
    more: Partial<ComplianceScannerOptions> & {
      readonly pageSize?: number;
      readonly listed?: readonly Aspect[];
    } = {},
  ) {
    const { pageSize = 2, listed = [], ...rest } = more;
    this.#more = rest;
    this.inventory = new MemoryResourceInventory({
      resources: [accountResource, ...resources],
      keys: [{ scope: { account, region }, keyId: ownKey.arn, reading: { state: 'read', value: ownKey } }],
      pageSize,
      listed,
    });
  }

  get scanner(): ComplianceScanner {
    return new ComplianceScanner({
      inventory: this.inventory as ResourceInventory,
      objects: this.wrapped<ObjectStore>('objects', this.objects),
      audit: this.wrapped<AuditLog>('audit', this.audit),
      alerts: this.wrapped<AlertChannel>('alerts', this.alerts),
      clock: this.clock,
      policy: readCompliancePolicy({}),
      place,
      concurrency: 4,
      importerOf: () => this.wrapped<FindingImporter>('importer', this.importer),
      region,
      pause: async () => undefined,
      random: () => 0.5,
      ...this.#more,
    });
  }

  begin(scanId: string, of: ScanScope = scope): ScanProgress {
    return this.scanner.begin(scanId, this.clock.now().toISOString(), of);
  }

  /** Runs a scan to its end. */
  async scan(scanId: string, of: ScanScope = scope): Promise<ScanProgress> {
    let progress = this.begin(scanId, of);
    while (progress.phase !== 'done') progress = await this.scanner.advance(progress, () => true);
    return progress;
  }

  /** The next day. */
  nextDay(): void {
    this.clock.advance(86_400_000);
  }

  async json(key: string): Promise<unknown> {
    const head = await this.objects.current({ bucket: place.bucket, key });
    const content = head && (await this.objects.read(head.ref));
    if (content === undefined) throw new Error(`${key} is not there`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of content.body) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString());
  }
}
