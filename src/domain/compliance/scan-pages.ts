import type { Reading, Unreadable } from '../../ports/reading.ts';
import type {
  PublicAccessBlock,
  ResourceInventory,
  ResourcePage,
  ResourceRef,
} from '../../ports/resource-inventory.ts';
import type { InspectedResource } from './compliance-check.ts';
import type { CompliancePolicy } from './compliance-policy.ts';
import { aspectsRead, type ResourceInspector, type ScannedResource, unexpected } from './inspect-resource.ts';
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
  readonly resources: readonly ScannedResource[];
}

/** A page, the facts it was judged by, and where the scan stands once it is stored. */
export interface ScannedPage {
  readonly page: ScanPage;
  readonly inspected: readonly InspectedResource[];
  readonly progress: ScanProgress;
}

export interface ScanPagesOptions {
  readonly inventory: Pick<ResourceInventory, 'list'>;
  readonly inspector: ResourceInspector;
  readonly policy: CompliancePolicy;
  /** Whether more may be begun; once not, what is under way is brought to its end, and the pages end. */
  readonly hasTime: () => boolean;
}

/** Pages under way at one time: while the last of one are waited for, throttled perhaps, the next ones are worked on. */
const pagesAhead = 12;

/**
 * Goes on with a scan, page by page in their order, until all is scanned or time is up. Where a page has been handled,
 * its `progress` is where another call goes on.
 */
export async function* scanPages(
  begin: ScanProgress,
  options: ScanPagesOptions,
): AsyncGenerator<ScannedPage, void, undefined> {
  const { hasTime } = options;
  const units = scanUnits(begin);
  const underWay: Promise<ScannedPage | undefined>[] = [];
  let next: ScanProgress | undefined = begin;
  for (;;) {
    while (next !== undefined && underWay.length < pagesAhead && hasTime()) {
      const unit: ScanUnit | undefined = units[next.unit];
      const listed: ListedPage | undefined = unit && (await unlessOutOfTime(listPage(unit, next, options)));
      if (listed === undefined) break;
      const work: Promise<ScannedPage | undefined> = unlessOutOfTime(inspectPage(listed, options.inspector));
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

interface ListedPage {
  readonly unit: ScanUnit;
  readonly page: number;
  readonly scanId: string;
  readonly resources: readonly ResourceRef[];
  readonly facts: NonNullable<ResourcePage['facts']>;
  readonly unlisted?: Unreadable;
  readonly accountPublicAccess?: Reading<PublicAccessBlock>;
  /** Once this page is handled. */
  readonly progress: ScanProgress;
}

async function listPage(
  unit: ScanUnit,
  at: ScanProgress,
  { inventory, policy }: ScanPagesOptions,
): Promise<ListedPage> {
  const { cursor, accountPublicAccess, ...rest } = at;
  // What no check is made of is not listed.
  const isLookedAt = aspectsRead(unit.type, policy).length > 0;
  const reading = isLookedAt
    ? await list(inventory, unit, cursor)
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
  { unit, page, scanId, resources, facts, unlisted, accountPublicAccess, progress }: ListedPage,
  inspector: ResourceInspector,
): Promise<ScannedPage> {
  const inspected = await Promise.all(
    resources.map(resource => inspector.facts(resource, accountPublicAccess, facts[resource.arn])),
  );
  return {
    page: {
      schemaVersion: 1,
      scanId,
      page,
      unit,
      ...(unlisted === undefined ? {} : { unlisted }),
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
