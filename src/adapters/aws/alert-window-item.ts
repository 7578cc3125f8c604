import { createHash } from 'node:crypto';
import * as z from 'zod';
import { alertSeverities } from '../../ports/alert-channel.ts';
import type {
  AlertWindow,
  AlertWindowEntry,
  AlertWindowState,
  AlertWindowTally,
} from '../../ports/alert-windows.ts';

/** The keys of the table of windows, and of its index of those that are due, which holds keys alone. */
export const alertWindowKeys = {
  partitionKey: 'window',
  sortKey: 'entry',
  due: { indexName: 'ByDue', partitionKey: 'dueShard', sortKey: 'dueAt' },
} as const;

/** The sort key of the item that tells of a window itself. Its entries stand in partitions of their own. */
export const stateSortKey = '#';

/** The partition that holds a share of a window's entries: a burst of one window does not meet in one partition. */
export function entryPartition(windowId: string, shard: number): string {
  return `${windowId}#${shard}`;
}

/** The share that an id falls into, by its hash: evenly spread, and the same for each repetition. */
export function shareOf(id: string, shares: number): number {
  return createHash('sha256').update(id.toWellFormed()).digest().readUInt32BE() % shares;
}

/** The partition of the index that holds a share of the windows that are due. */
export function duePartition(share: number): string {
  return `due#${share}`;
}

const tally = z.object({ alerted: z.number(), suppressed: z.number() });

/** The attributes of a window's item; what it does not have is not there. */
export const alertWindowItem = z
  .object({
    schemaVersion: z.literal(1).default(1),
    window: z.string(),
    kind: z.enum(['matches', 'suppressed']),
    rule: z.string(),
    title: z.string(),
    severity: z.enum(alertSeverities),
    account: z.string(),
    group: z.record(z.string(), z.string()),
    start: z.string(),
    end: z.string(),
    first: z.string().optional(),
    announced: z.boolean().optional(),
    told: tally.optional(),
    dueAt: z.string().optional(),
    revision: z.number(),
  })
  .transform(
    ({ window: id, first, announced = false, told, dueAt, ...rest }): AlertWindowState => ({
      ...rest,
      id,
      announced,
      ...(first === undefined ? {} : { first }),
      ...(told === undefined ? {} : { told }),
      ...(dueAt === undefined ? {} : { dueAt }),
    }),
  );

/** The attributes that a window gets once: what it says of itself. */
export function lastingWindowAttributes(window: AlertWindow): Record<string, unknown> {
  const { schemaVersion, kind, rule, title, severity, account, group, start, end } = window;
  return {
    schemaVersion,
    kind,
    rule: rule.toWellFormed(),
    title: title.toWellFormed(),
    severity,
    account: account.toWellFormed(),
    group: wellFormed(group),
    start,
    end,
  };
}

/** An entry's item; the id stands in the sort key. */
export const alertWindowEntryItem = z
  .object({
    entry: z.string(),
    count: z.number(),
    firstAt: z.string(),
    lastAt: z.string(),
    facts: z.record(z.string(), z.string()),
    suppressed: z.object({ owner: z.string(), reason: z.string() }).optional(),
  })
  .transform(
    ({ entry: id, suppressed, ...rest }): AlertWindowEntry => ({
      ...rest,
      id,
      ...(suppressed === undefined ? {} : { suppressed }),
    }),
  );

export function entryAttributes({ count, firstAt, lastAt, facts, suppressed }: AlertWindowEntry) {
  return {
    schemaVersion: 1,
    count,
    firstAt,
    lastAt,
    facts: wellFormed(facts),
    ...(suppressed === undefined ? {} : { suppressed: wellFormed(suppressed) }),
  };
}

export function tallyAttribute({ alerted, suppressed }: AlertWindowTally) {
  return { alerted, suppressed };
}

/** Lone surrogates, which UTF-8 cannot carry, become U+FFFD. Defined one by one: assigned, `__proto__` would be no member. */
function wellFormed(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name.toWellFormed(), text.toWellFormed()]),
  );
}
