import { compareKeys } from './bucket.ts';

export interface ListQuery<Entry> {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maximum: number;
  /** Whether the entry, or the common prefix it falls under, lies on an earlier page. */
  isBefore(entry: Entry, group: string | undefined): boolean;
}

export interface ListPage<Entry> {
  readonly entries: readonly Entry[];
  readonly commonPrefixes: readonly string[];
  /** The last entry or common prefix of this page, where more follows. */
  readonly next?: { readonly entry: Entry } | { readonly group: string };
}

/** One page of a list in key order; entries and common prefixes count alike ("Organizing objects using prefixes"). */
export function listPage<Entry extends { readonly key: string }>(
  all: Iterable<Entry>,
  { prefix, delimiter, maximum, isBefore }: ListQuery<Entry>,
): ListPage<Entry> {
  const entries: Entry[] = [];
  const groups = new Set<string>();
  let last: { readonly entry: Entry } | { readonly group: string } | undefined;
  for (const entry of all) {
    if (!entry.key.startsWith(prefix)) continue;
    const group = groupOf(entry.key, prefix, delimiter);
    if (isBefore(entry, group) || (group !== undefined && groups.has(group))) continue;
    if (entries.length + groups.size >= maximum) {
      return { entries, commonPrefixes: [...groups], ...(last === undefined ? {} : { next: last }) };
    }
    if (group === undefined) entries.push(entry);
    else groups.add(group);
    last = group === undefined ? { entry } : { group };
  }
  return { entries, commonPrefixes: [...groups] };
}

/** Whether `name` stands at or before the position `after`. */
export function isAtOrBefore(name: string, after: string): boolean {
  return compareKeys(name, after) <= 0;
}

function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}
