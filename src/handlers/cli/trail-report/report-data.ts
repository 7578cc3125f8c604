/**
 * What is told of a match, each as a text: who did what, from where, how it ended, and where it is written. The order is
 * that of a row.
 */
export const reportFields = [
  'eventName',
  'outcome',
  'principal',
  'address',
  'account',
  'region',
  'suppression',
  'eventSource',
  'userAgent',
  'eventId',
  'file',
] as const;

export type ReportField = (typeof reportFields)[number];

export interface ReportRule {
  readonly id: string;
  readonly title: string;
  /** Place in {@link ReportData.severities}. */
  readonly severity: number;
  readonly references: readonly string[];
}

/**
 * A match: milliseconds since 1970, or null where the record gives no time; its place in `ruleSets`; the record's place in
 * its log; then, for each of `reportFields`, a place in `texts`.
 */
export type MatchRow = readonly [time: number | null, ruleSet: number, index: number, ...texts: number[]];

/** What the page is made of: it stands in the page as JSON. All texts are safe to show, and escaped nowhere else. */
export interface ReportData {
  readonly schemaVersion: 1;
  readonly generatedAt: string;
  readonly counts: {
    readonly files: number;
    readonly records: number;
    readonly matched: number;
    readonly skipped: number;
    readonly failed: number;
  };
  /** The first and the last event of all matches, in milliseconds since 1970. */
  readonly times: readonly [first: number, last: number] | null;
  /** From the least to the worst. */
  readonly severities: readonly string[];
  readonly rulesHash: string;
  /** How many rules there are; `rules` holds those that matched, and of the others as many as there is room for. */
  readonly ruleCount: number;
  readonly rules: readonly ReportRule[];
  /** Matches of each of `rules`, listed or not. */
  readonly ruleMatches: readonly number[];
  /** Places in `rules` that matches have in common. */
  readonly ruleSets: readonly (readonly number[])[];
  /** Each text once; the first is empty and stands for what a record does not say. */
  readonly texts: readonly string[];
  readonly matches: readonly MatchRow[];
  readonly failures: readonly { readonly file: string; readonly reason: string }[];
}
