import { printableText } from '../../../domain/kernel/printable-text.ts';
import type { TrailMatch } from '../../../domain/trail/filter-trail-log.ts';
import {
  accountOf,
  eventTimeOf,
  outcomeOf,
  principalOf,
  textIn,
} from '../../../domain/trail/trail-record.ts';
import type { TrailRule, TrailRules } from '../../../domain/trail/trail-rules.ts';
import { alertSeverities } from '../../../ports/alert-channel.ts';
import type { Timestamp } from '../../../ports/clock.ts';
import type { JsonObject } from '../../../ports/json.ts';
import {
  type MatchRow,
  type ReportData,
  type ReportField,
  type ReportRule,
  reportFields,
} from './report-data.ts';

export interface TrailReportOptions {
  readonly rules: TrailRules;
  /** When the report is made: suppressions count until they expire. */
  readonly now: Timestamp;
  /** Matches that are listed; more are counted. @defaultValue 50,000 */
  readonly mostMatches?: number;
  /** UTF-16 units of all texts, and of the sets of rules, that are held, after which matches are counted only. @defaultValue 32 Mi */
  readonly mostText?: number;
  /** Files that are listed as failed; more are counted. @defaultValue 1000 */
  readonly mostFailures?: number;
}

/** Rules that matched nothing are listed until there are so many rules. */
const mostRules = 1000;

/** UTF-16 units shown of a text. */
const longest: Readonly<Record<ReportField, number>> = {
  eventName: 128,
  outcome: 300,
  principal: 512,
  address: 256,
  account: 12,
  region: 64,
  suppression: 300,
  eventSource: 128,
  userAgent: 300,
  eventId: 128,
  file: 1024,
};

/**
 * Gathers what the page shows, and of each match no more than that: however many there are, what is held is bounded.
 *
 * @example
 * const report = new TrailReport({ rules, now });
 * for await (const match of filterTrailLog(log, rules)) report.addMatch(match, 'log.json.gz');
 * const pieces = renderReport(report.data({ files: 1, records: 9, matched: 2, skipped: 0, failed: 0 }));
 */
export class TrailReport {
  readonly #rules: TrailRules;
  readonly #now: Timestamp;
  readonly #mostMatches: number;
  readonly #mostText: number;
  readonly #mostFailures: number;

  readonly #texts = new Map<string, number>([['', 0]]);
  /** Texts that are shown as they came, which is most of them, most of the time again. */
  readonly #asTheyAre = new Map<string, number>();
  #textLength = 0;
  readonly #ruleSets = new Map<string, number>();
  /** By the id of a rule that matched, in the order in which they were met. */
  readonly #met = new Map<string, { readonly place: number; matches: number }>();
  readonly #matches: MatchRow[] = [];
  #times: readonly [number, number] | null = null;
  readonly #failures: { readonly file: string; readonly reason: string }[] = [];

  constructor({ rules, now, mostMatches, mostText, mostFailures }: TrailReportOptions) {
    this.#rules = rules;
    this.#now = now;
    this.#mostMatches = mostMatches ?? 50_000;
    this.#mostText = mostText ?? 32 * 2 ** 20;
    this.#mostFailures = mostFailures ?? 1000;
  }

  /** @param file What the log is called. */
  addMatch(match: TrailMatch, file: string): void {
    const instant = eventTimeOf(match.record);
    const time = instant === undefined ? null : Date.parse(instant);
    if (time !== null)
      this.#times = [Math.min(time, this.#times?.[0] ?? time), Math.max(time, this.#times?.[1] ?? time)];
    const places = match.rules.map(id => this.#meet(id));
    if (this.#matches.length >= this.#mostMatches || this.#textLength >= this.#mostText) return;
    const texts = this.#textsOf(match, file);
    this.#matches.push([
      time,
      this.#holdSet(places.join()),
      match.index,
      ...reportFields.map(field => this.#hold(texts[field], longest[field])),
    ]);
  }

  /** A file that could not be read to its end. */
  addFailure(file: string, reason: string): void {
    if (this.#failures.length >= this.#mostFailures) return;
    this.#failures.push({ file: printableText(file, longest.file), reason: printableText(reason) });
  }

  /** @param counts Of all that was read. */
  data(counts: ReportData['counts']): ReportData {
    const ids = [...this.#met.keys()];
    for (const { id } of this.#rules.rules) {
      if (ids.length >= mostRules) break;
      if (!this.#met.has(id)) ids.push(id);
    }
    return {
      schemaVersion: 1,
      generatedAt: this.#now,
      counts,
      times: this.#times,
      severities: alertSeverities,
      rulesHash: this.#rules.hash,
      ruleCount: this.#rules.rules.length,
      rules: ids.map(id => ruleOf(id, this.#rules.find(id))),
      ruleMatches: ids.map(id => this.#met.get(id)?.matches ?? 0),
      ruleSets: [...this.#ruleSets.keys()].map(key => key.split(',').map(Number)),
      texts: [...this.#texts.keys()],
      matches: this.#matches,
      failures: this.#failures,
    };
  }

  #meet(id: string): number {
    const met = this.#met.get(id) ?? { place: this.#met.size, matches: 0 };
    met.matches += 1;
    this.#met.set(id, met);
    return met.place;
  }

  #textsOf({ record, rules }: TrailMatch, file: string): Readonly<Record<ReportField, string | undefined>> {
    return {
      eventName: textIn(record['eventName']),
      outcome: outcomeOf(record),
      principal: principalOf(record),
      address: textIn(record['sourceIPAddress']),
      account: accountOf(record),
      region: textIn(record['awsRegion']),
      suppression: this.#suppressionOf(record, rules),
      eventSource: textIn(record['eventSource']),
      userAgent: textIn(record['userAgent']),
      eventId: textIn(record['eventID']),
      file,
    };
  }

  /** Who answers for a match of which nobody is to be woken: not one of its rules is left that would. */
  #suppressionOf(record: JsonObject, rules: readonly string[]): string | undefined {
    const now = new Date(this.#now);
    const found = rules.map(id => this.#rules.suppression(id, record, now));
    const [first] = found;
    if (first === undefined || found.includes(undefined)) return undefined;
    return `${first.owner}: ${first.reason} (until ${first.expires})`;
  }

  #holdSet(places: string): number {
    if (!this.#ruleSets.has(places)) this.#textLength += places.length;
    return placeIn(this.#ruleSets, places);
  }

  /** The place of a text in the form that is safe to show. */
  #hold(text: string | undefined, limit: number): number {
    if (text === undefined) return 0;
    const known = text.length <= limit ? this.#asTheyAre.get(text) : undefined;
    if (known !== undefined) return known;
    const shown = printableText(text, limit);
    if (!this.#texts.has(shown)) this.#textLength += shown.length;
    const place = placeIn(this.#texts, shown);
    if (shown === text) this.#asTheyAre.set(shown, place);
    return place;
  }
}

function placeIn(places: Map<string, number>, key: string): number {
  const place = places.get(key) ?? places.size;
  places.set(key, place);
  return place;
}

function ruleOf(id: string, rule: TrailRule | undefined): ReportRule {
  return {
    id: printableText(id, 128),
    title: printableText(rule?.title ?? id, 200),
    severity: alertSeverities.indexOf(rule?.severity ?? 'medium'),
    references: (rule?.references ?? []).slice(0, mostReferences).map(text => printableText(text, 500)),
  };
}

/** Shown of one rule. */
const mostReferences = 20;
