import * as z from 'zod';
import { accountWideTypes, type ResourceType, resourceTypes } from '../../ports/resource-inventory.ts';

/** Everything of one type that is listed at one place. */
export interface ScanUnit {
  readonly account: string;
  readonly region: string;
  readonly type: ResourceType;
}

const account = z.string().regex(/^\d{12}$/, 'must be 12 digits');

const publicAccessBlock = z.object({
  blockPublicAcls: z.boolean(),
  ignorePublicAcls: z.boolean(),
  blockPublicPolicy: z.boolean(),
  restrictPublicBuckets: z.boolean(),
});

const unreadable = z.object({
  state: z.literal('unreadable'),
  reason: z.enum(['denied', 'throttled', 'gone', 'failed']),
  api: z.string(),
  code: z.string(),
});

export const scanNumbersSchema = z.object({
  new: z.int(),
  worsened: z.int(),
  resolved: z.int(),
  newlyUnjudged: z.int(),
  stillFailing: z.int(),
  notJudged: z.int(),
  exempt: z.int(),
  withdrawn: z.int(),
});

/** What a scan has found, in numbers. */
export type ScanNumbers = z.infer<typeof scanNumbersSchema>;

/** Where a scan has come to: plain data of a few hundred bytes, from which it goes on, on this machine or another. */
export const scanProgressSchema = z.object({
  schemaVersion: z.literal(1).default(1),
  /** Names the scan: its objects, its audit entries, its alert. */
  scanId: z.string().regex(/^[\w-]{1,80}$/, 'must be 1 to 80 of A-Z a-z 0-9 - _'),
  startedAt: z.iso.datetime(),
  /** What is scanned, the same throughout the scan. */
  accounts: z.array(account).min(1),
  regions: z.array(z.string().min(1)).min(1),
  phase: z.enum(['scanning', 'concluding', 'importing', 'done']),
  /** The unit at hand, counted over {@link scanUnits}. */
  unit: z.int().min(0),
  /** Where the unit's next page begins; absent at its first. */
  cursor: z.string().optional(),
  /** Pages stored. */
  pages: z.int().min(0),
  /** The block of public access of the account at hand, which its buckets stand under. */
  accountPublicAccess: z
    .union([z.object({ state: z.literal('read'), value: publicAccessBlock }), unreadable])
    .optional(),
  /** Results that have been imported, of those that have ended and then of those that stand. */
  imported: z.int().min(0).default(0),
  /** Findings that the import has refused, and the first few of them. */
  refused: z.int().min(0).default(0),
  refusals: z.array(z.object({ id: z.string(), code: z.string() })).default([]),
  /** What the scan has found, once it is compared with the last one. */
  numbers: scanNumbersSchema.optional(),
});

export type ScanProgress = z.infer<typeof scanProgressSchema>;

export interface ScanScope {
  /** 12 digits each. */
  readonly accounts: readonly string[];
  /** For example `eu-central-1`; the first is the one that is asked for what is account-wide. */
  readonly regions: readonly string[];
}

/** Where a scan begins. */
export function scanBegin(scanId: string, startedAt: string, { accounts, regions }: ScanScope): ScanProgress {
  return scanProgressSchema.parse({
    scanId,
    startedAt,
    accounts: [...new Set(accounts)],
    regions: [...new Set(regions)],
    phase: 'scanning',
    unit: 0,
    pages: 0,
  });
}

/** What a scan goes through, account by account: first what is account-wide, the account itself before its buckets. */
export function scanUnits({ accounts, regions }: ScanScope): ScanUnit[] {
  const isWide = (type: ResourceType) => accountWideTypes.some(wide => wide === type);
  const regional = resourceTypes.filter(type => !isWide(type));
  return accounts.flatMap(account => [
    ...accountWideTypes.map(type => ({ account, region: regions[0] ?? '', type })),
    ...regions.flatMap(region => regional.map(type => ({ account, region, type }))),
  ]);
}
