import type { Reading, Unreadable } from '../../ports/reading.ts';
import type {
  PublicAccessBlock,
  ResourceInventory,
  ResourcePage,
  ResourceRef,
} from '../../ports/resource-inventory.ts';
import type { AdaptiveLimit } from './adaptive-limit.ts';
import type { InspectedResource } from './compliance-check.ts';
import type { CompliancePolicy } from './compliance-policy.ts';
import {
  aspectsRead,
  type ResourceInspector,
  type ResourceReader,
  type ScannedResource,
  unexpected,
} from './inspect-resource.ts';
import { OutOfTimeError } from './patient-reader.ts';
import { type ScanProgress, type ScanUnit, scanUnits } from './scan-progress.ts';

/** The resources of one page of an inventory, judged. */
export interface ScanPage {
  readonly schemaVersion: 1;
  readonly scanId: string;
  /** From 0, counted over the scan. */
  readonly page: number;
  readonly unit: ScanUnit;
  /** Why the unit could not be listed from here on. */
  readonly unlisted?: Unreadable;
  /** That no check is made of what the unit holds, so that it was not listed. */
  readonly skipped?: true;
  readonly resources: readonly ScannedResource[];
}

/** A page, the facts it was judged by, and where the scan stands once it is stored. */
export interface ScannedPage {
  readonly page: ScanPage;
  readonly inspected: readonly InspectedResource[];
  readonly progress: ScanProgress;
}

export interface ScanPagesOptions {
  /**
   * What a page is read through. @param page Its number: what belongs to an earlier one goes first.
   * @param givesUp Whether what time does not suffice for is taken for throttled.
   */
  readonly readerOf: (page: number, givesUp: boolean) => ResourceInventory;
  readonly inspector: ResourceInspector;
  readonly policy: CompliancePolicy;
  /** Whether more may be begun; once not, what is under way is brought to its end, and the pages end. */
  readonly hasTime: () => boolean;
  /** Pages that may be under way at one time: while the last of one are waited for, the next ones are worked on. */
  readonly pagesAhead: () => number;
}

/**
 * Goes on with a scan, page by page in their order, until all is scanned or time is up. Where a page has been handled,
 * its `progress` is where another call goes on. The first page is always brought to its end, so that each call gets on.
 */
export async function* scanPages(
  begin: ScanProgress,
  options: ScanPagesOptions,
): AsyncGenerator<ScannedPage, void, undefined> {
  const { hasTime, pagesAhead, readerOf, inspector } = options;
  const units = scanUnits(begin);
  const underWay: Promise<ScannedPage | undefined>[] = [];
  let next: ScanProgress | undefined = begin;
  for (;;) {
    while (next !== undefined && underWay.length < pagesAhead() && hasTime()) {
      const unit: ScanUnit | undefined = units[next.unit];
      const listed: ListedPage | undefined = unit && (await unlessOutOfTime(listPage(unit, next, options)));
      if (listed === undefined) break;
      const work: Promise<ScannedPage | undefined> = unlessOutOfTime(
        inspectPage(listed, readerOf(listed.page, listed.page === begin.pages), inspector),
      );
      underWay.push(work);
      // What holds for the account is known once it has been looked at, and counts for each of its buckets.
      next = unit?.type === 'account' ? (await work)?.progress : listed.progress;
    }
    const first = await underWay.shift();
    if (first === undefined) break;
    yield first;
  }
  await Promise.all(underWay);
}

/** A dozen pages, and few where calls are throttled: what is begun then only waits. */
export function pagesAheadAt({ limit }: AdaptiveLimit, most: number): number {
  return limit * 2 > most ? 12 : 2;
}

interface ListedPage {
  readonly unit: ScanUnit;
  readonly page: number;
  readonly scanId: string;
  readonly resources: readonly ResourceRef[];
  readonly facts: NonNullable<ResourcePage['facts']>;
  readonly unlisted?: Unreadable;
  readonly skipped?: true;
  readonly accountPublicAccess?: Reading<PublicAccessBlock>;
  /** Once this page is handled. */
  readonly progress: ScanProgress;
}

async function listPage(
  unit: ScanUnit,
  at: ScanProgress,
  { readerOf, policy }: ScanPagesOptions,
): Promise<ListedPage> {
  const { cursor, accountPublicAccess, ...rest } = at;
  // What no check is made of is not listed.
  const isLookedAt = aspectsRead(unit.type, policy).length > 0;
  const reading = isLookedAt
    ? await list(readerOf(at.pages, false), unit, cursor)
    : { state: 'read' as const, value: { resources: [] } };
  const next = reading.state === 'read' ? reading.value.next : undefined;
  const hasAccount = unit.type !== 'account' && accountPublicAccess !== undefined;
  const after = { ...rest, ...(hasAccount ? { accountPublicAccess } : {}), pages: at.pages + 1 };
  return {
    unit,
    page: at.pages,
    scanId: at.scanId,
    resources: reading.state === 'read' ? reading.value.resources : [],
    facts: (reading.state === 'read' ? reading.value.facts : undefined) ?? {},
    ...(reading.state === 'read' ? {} : { unlisted: reading }),
    ...(isLookedAt ? {} : { skipped: true as const }),
    ...(unit.type === 's3-bucket' && hasAccount ? { accountPublicAccess } : {}),
    progress: next === undefined ? { ...after, unit: at.unit + 1 } : { ...after, cursor: next },
  };
}

async function list(
  inventory: Pick<ResourceInventory, 'list'>,
  { type, ...scope }: ScanUnit,
  cursor: string | undefined,
): Promise<Reading<ResourcePage>> {
  try {
    return await inventory.list(scope, type, cursor);
  } catch (error) {
    return unexpected('ResourceInventory.list', error);
  }
}

async function inspectPage(
  { unit, page, scanId, resources, facts, unlisted, skipped, accountPublicAccess, progress }: ListedPage,
  reader: ResourceReader,
  inspector: ResourceInspector,
): Promise<ScannedPage> {
  const inspected = await Promise.all(
    resources.map(resource => inspector.facts(reader, resource, accountPublicAccess, facts[resource.arn])),
  );
  return {
    page: {
      schemaVersion: 1,
      scanId,
      page,
      unit,
      ...(unlisted === undefined ? {} : { unlisted }),
      ...(skipped === undefined ? {} : { skipped }),
      resources: inspected.map(it => inspector.judge(it)),
    },
    inspected,
    progress: unit.type === 'account' ? withPublicAccess(progress, inspected[0]) : progress,
  };
}

function withPublicAccess(progress: ScanProgress, account: InspectedResource | undefined): ScanProgress {
  const accountPublicAccess = account?.facts['public-access-block'];
  return accountPublicAccess === undefined ? progress : { ...progress, accountPublicAccess };
}

/** A page that is not whole when time is up is none: the next call begins with it. */
async function unlessOutOfTime<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OutOfTimeError) return undefined;
    throw error;
  }
}
