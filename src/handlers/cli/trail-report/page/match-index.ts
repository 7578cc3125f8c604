import { type ReportData, type ReportField, reportFields } from '../report-data.ts';

/** What matches can be told apart by. */
export type FacetName =
  | 'severity'
  | 'rule'
  | 'suppression'
  | 'eventName'
  | 'principal'
  | 'address'
  | 'account'
  | 'region'
  | 'outcome';

export const facetNames: readonly FacetName[] = [
  'severity',
  'rule',
  'eventName',
  'principal',
  'address',
  'account',
  'region',
  'outcome',
  'suppression',
];

/** What a reader has chosen to see. */
export interface Selection {
  /** Values chosen of each facet, any of which suffices; none chosen lets all pass. */
  readonly facets: ReadonlyMap<FacetName, ReadonlySet<number>>;
  /** Milliseconds since 1970, both included; null where there is no bound. */
  readonly from: number | null;
  readonly to: number | null;
  /** Stands somewhere in what a match says, in whatever case. */
  readonly text: string;
}

export interface FacetCount {
  readonly value: number;
  readonly matches: number;
}

export interface Selected {
  /** Numbers of the matches that pass all filters, by time, those without one last. */
  readonly matches: Uint32Array;
  /** Of each facet, what would be left of each value if the facet's own filter let all pass; the most first. */
  readonly facets: ReadonlyMap<FacetName, readonly FacetCount[]>;
}

export interface ListedMatch {
  readonly time: number | null;
  /** Place in the report's severities. */
  readonly severity: number;
  /** Places in the report's rules. */
  readonly rules: readonly number[];
  /** Place in its log. */
  readonly index: number;
  readonly texts: Readonly<Record<ReportField, string>>;
}

/** A facet's column: of each match a value, or a set of values where `sets` is there. */
interface Column {
  readonly name: FacetName;
  readonly values: Uint32Array;
  /** How many values, or sets, there may be. */
  readonly size: number;
  readonly sets?: readonly (readonly number[])[];
}

/** Stands before the numbers of a row's texts: time, rule set, index. */
const textsFrom = 3;

/** The matches of a report, held in columns, so that one pass over them answers a selection. */
export class MatchIndex {
  readonly data: ReportData;
  readonly #rows: ReportData['matches'];
  readonly #times: Float64Array;
  readonly #columns: readonly Column[];
  readonly #severityOfSet: readonly number[];
  /** All texts and rules in lower case, made for the first search. */
  #searched: { readonly texts: readonly string[]; readonly rules: readonly string[] } | undefined;

  constructor(data: ReportData) {
    this.data = data;
    this.#rows = data.matches.toSorted((a, b) => (a[0] ?? Infinity) - (b[0] ?? Infinity) || 0);
    this.#times = Float64Array.from(this.#rows, ([time]) => time ?? Number.NaN);
    this.#severityOfSet = data.ruleSets.map(rules =>
      Math.max(0, ...rules.map(rule => data.rules[rule]?.severity ?? 0)),
    );
    this.#columns = facetNames.map(name => this.#columnOf(name));
  }

  get size(): number {
    return this.#rows.length;
  }

  /** The match of that number. */
  match(number: number): ListedMatch {
    const row = this.#rows[number] ?? [null, 0, 0];
    const texts = reportFields.map((field, at) => [field, this.data.texts[row[at + textsFrom] ?? 0] ?? '']);
    return {
      time: row[0],
      severity: this.#severityOfSet[row[1]] ?? 0,
      rules: this.data.ruleSets[row[1]] ?? [],
      index: row[2],
      texts: Object.fromEntries(texts),
    };
  }

  /** The first and the last time of these matches; null where none has one. */
  timesOf(matches: Uint32Array): readonly [number, number] | null {
    const first = this.#times[matches[0] ?? -1] ?? Number.NaN;
    if (Number.isNaN(first)) return null;
    let last = matches.length - 1;
    while (Number.isNaN(this.#times[matches[last] ?? -1])) last -= 1;
    return [first, this.#times[matches[last] ?? -1] ?? first];
  }

  /** Time, or NaN, and severity of each of these matches. */
  forEachTime(matches: Uint32Array, tell: (time: number, severity: number) => void): void {
    for (const number of matches) {
      tell(this.#times[number] ?? Number.NaN, this.#severityOfSet[this.#rows[number]?.[1] ?? 0] ?? 0);
    }
  }

  /** What a value of a facet is called; empty where records do not say. */
  labelOf(facet: FacetName, value: number): string {
    if (facet === 'severity') return this.data.severities[value] ?? '';
    if (facet === 'rule') return this.data.rules[value]?.id ?? '';
    return this.data.texts[value] ?? '';
  }

  select(selection: Selection): Selected {
    const accepted = this.#columns.map(column => acceptedOf(column, selection.facets.get(column.name)));
    const counts = this.#columns.map(({ size }) => new Uint32Array(size));
    const found = new Uint32Array(this.#rows.length);
    let length = 0;
    const passesTime = this.#timeTest(selection);
    const passesText = this.#textTest(selection.text);
    for (let number = 0; number < this.#rows.length; number += 1) {
      if (!passesTime(number) || !passesText(number)) continue;
      const missed = this.#missedFacet(number, accepted);
      if (missed === 'several') continue;
      for (let at = 0; at < this.#columns.length; at += 1) {
        if (missed === 'none' || missed === at) increment(counts[at], this.#columns[at]?.values[number]);
      }
      if (missed !== 'none') continue;
      found[length] = number;
      length += 1;
    }
    return {
      matches: found.subarray(0, length),
      facets: new Map(
        this.#columns.map((column, at) => [
          column.name,
          this.#countsOf(column, counts[at] ?? new Uint32Array(), selection.facets.get(column.name)),
        ]),
      ),
    };
  }

  /** The only facet whose filter does not let the match pass, or that there is none, or more than one. */
  #missedFacet(number: number, accepted: readonly (Uint8Array | undefined)[]): number | 'none' | 'several' {
    let missed: number | 'none' = 'none';
    for (let at = 0; at < accepted.length; at += 1) {
      const value = this.#columns[at]?.values[number] ?? 0;
      if (accepted[at] === undefined || accepted[at]?.[value] === 1) continue;
      if (missed !== 'none') return 'several';
      missed = at;
    }
    return missed;
  }

  #timeTest({ from, to }: Selection): (number: number) => boolean {
    if (from === null && to === null) return () => true;
    // A match without a time lies in no span: NaN compares as false.
    return number => {
      const time = this.#times[number] ?? Number.NaN;
      return time >= (from ?? -Infinity) && time <= (to ?? Infinity);
    };
  }

  /** Each text is searched once, however many matches say it. */
  #textTest(text: string): (number: number) => boolean {
    const needle = text.trim().toLowerCase();
    if (needle === '') return () => true;
    this.#searched ??= {
      texts: this.data.texts.map(each => each.toLowerCase()),
      rules: this.data.rules.map(({ id, title }) => `${id}\n${title}`.toLowerCase()),
    };
    const { texts, rules } = this.#searched;
    const textHits = texts.map(each => each.includes(needle));
    const ruleHits = rules.map(each => each.includes(needle));
    const setHits = this.data.ruleSets.map(set => set.some(rule => ruleHits[rule]));
    return number => {
      const row = this.#rows[number] ?? [null, 0, 0];
      if (setHits[row[1]] === true) return true;
      for (let at = textsFrom; at < row.length; at += 1) if (textHits[row[at] ?? 0] === true) return true;
      return false;
    };
  }

  #columnOf(name: FacetName): Column {
    const { ruleSets, severities, texts } = this.data;
    if (name === 'severity') {
      const values = Uint32Array.from(this.#rows, ([, set]) => this.#severityOfSet[set] ?? 0);
      return { name, values, size: severities.length };
    }
    if (name === 'rule') {
      return {
        name,
        values: Uint32Array.from(this.#rows, ([, set]) => set),
        size: ruleSets.length,
        sets: ruleSets,
      };
    }
    const at = reportFields.indexOf(name) + textsFrom;
    return { name, values: Uint32Array.from(this.#rows, row => row[at] ?? 0), size: texts.length };
  }

  /** Values that were chosen stay in view, whatever is left of them. */
  #countsOf(
    column: Column,
    counts: Uint32Array,
    chosen: ReadonlySet<number> = new Set(),
  ): readonly FacetCount[] {
    const totals = new Map<number, number>([...chosen].map(value => [value, 0]));
    for (let at = 0; at < counts.length; at += 1) {
      const matches = counts[at] ?? 0;
      if (matches === 0) continue;
      for (const value of column.sets?.[at] ?? [at]) totals.set(value, (totals.get(value) ?? 0) + matches);
    }
    return [...totals]
      .map(([value, matches]): FacetCount => ({ value, matches }))
      .sort((a, b) => b.matches - a.matches || a.value - b.value);
  }
}

/** 1 at each value, or set, that a choice lets pass; undefined where nothing is chosen. */
function acceptedOf({ size, sets }: Column, chosen: ReadonlySet<number> | undefined): Uint8Array | undefined {
  if (chosen === undefined || chosen.size === 0) return undefined;
  return Uint8Array.from({ length: size }, (_, at) =>
    Number(sets === undefined ? chosen.has(at) : (sets[at] ?? []).some(value => chosen.has(value))),
  );
}

function increment(counts: Uint32Array | undefined, at: number | undefined): void {
  if (counts !== undefined && at !== undefined) counts[at] = (counts[at] ?? 0) + 1;
}
