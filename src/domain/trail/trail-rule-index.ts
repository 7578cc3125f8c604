import type { JsonObject, JsonValue } from '../../ports/json.ts';
import type { ReadTrailRule } from './read-trail-rules-file.ts';
import { requiredTexts } from './required-texts.ts';

/** A rule at its place among the rules. */
interface Entry {
  readonly place: number;
  readonly id: string;
  readonly matches: (record: JsonObject) => boolean;
}

const none: readonly never[] = [];

/** Rules by what they ask of a record, so that of thousands those alone judge it that could match. */
export class TrailRuleIndex {
  readonly #all: Entry[] = [];
  readonly #byEventName = new Map<string, Entry[]>();
  readonly #byEventSource = new Map<string, Entry[]>();
  /** Those that do not say which of either they match. */
  readonly #others: Entry[] = [];

  constructor(rules: readonly ReadTrailRule[]) {
    for (const [place, rule] of rules.entries()) {
      const entry = { place, id: rule.rule.id, matches: rule.matches };
      this.#all.push(entry);
      this.#put(entry, rule);
    }
  }

  /** Ids of the rules that the record matches, in the order of the rules. */
  match(record: JsonObject): readonly string[] {
    const { eventName, eventSource } = record;
    // A pattern takes a list for any of its elements.
    if (isContainer(eventName) || isContainer(eventSource)) return idsOf(matching(this.#all, record));
    const found = [
      ...matching(this.#byEventName.get(eventName as string), record),
      ...matching(this.#byEventSource.get(eventSource as string), record),
      ...matching(this.#others, record),
    ];
    return found.length < 2 ? idsOf(found) : idsOf(found.toSorted((a, b) => a.place - b.place));
  }

  #put(entry: Entry, { rule, alternatives }: ReadTrailRule): void {
    const names = rule.monitoredEvents ?? requiredTexts(alternatives, 'eventName');
    const sources = names === undefined ? requiredTexts(alternatives, 'eventSource') : undefined;
    if (names !== undefined) putUnder(this.#byEventName, names, entry);
    else if (sources !== undefined) putUnder(this.#byEventSource, sources, entry);
    else this.#others.push(entry);
  }
}

function putUnder(index: Map<string, Entry[]>, texts: readonly string[], entry: Entry): void {
  for (const text of new Set(texts)) {
    const entries = index.get(text);
    if (entries === undefined) index.set(text, [entry]);
    else entries.push(entry);
  }
}

function matching(entries: readonly Entry[] = none, record: JsonObject): readonly Entry[] {
  return entries.length === 0 ? none : entries.filter(({ matches }) => matches(record));
}

function idsOf(entries: readonly Entry[]): readonly string[] {
  return entries.length === 0 ? none : entries.map(({ id }) => id);
}

function isContainer(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null;
}
