import type { FindingConfidence } from './sensitive-finding.ts';

/**
 * A place where a value may stand, in levelled text: blanks are spaces, dashes `-`, digits ASCII, invisible
 * characters U+200B, whatever the document wrote.
 */
export interface SensitiveCandidate {
  /** What the pattern matched. */
  readonly value: string;
  /** The text before and after it, up to `contextLength` units each. */
  readonly before: string;
  readonly after: string;
  /** Title of the table column that the value stands in, where a row of titles is above it. */
  readonly columnTitle: string | undefined;
  /** Units between the end of the last finding of this kind and the value; `undefined` where there is none in reach. */
  readonly sinceLast: number | undefined;
  /** Whether published test numbers count. */
  readonly testNumbers: boolean;
}

export interface SensitiveMatch {
  /**
   * UTF-16 units of the finding from the start of the value, at most the kind's `longest`; it may end before the
   * pattern's match or reach beyond it. Absent: the match.
   */
  readonly length?: number;
  readonly confidence: FindingConfidence;
  /** Why it counts, without the value. */
  readonly reason: string;
  readonly masked: string;
}

/** A kind of sensitive data. More of them plug in as data beside the shipped ones. */
export interface SensitiveKind {
  /** Stable, in lower case with hyphens, for example `payment-card`. */
  readonly name: string;
  /**
   * Where a value may stand. It must be linear: bounded repetitions, and a look-behind that lets a run of
   * letters or digits begin one match only. Flags `g` and `y` are set by the detector.
   */
  readonly pattern: RegExp;
  /** The most units of a match and of a finding, at most `longestValue`. */
  readonly longest: number;
  /** A value counts only beside one of these words, or below a column title that holds one; any case. */
  readonly keywords?: readonly string[];
  /** Tells a value from what only looks like one; absent: every candidate counts, with its last 4 units shown. */
  readonly check?: (candidate: SensitiveCandidate) => SensitiveMatch | undefined;
}

/** How far around a candidate a check sees, in UTF-16 units. */
export const contextLength = 160;
/** The longest value of a kind, in UTF-16 units. */
export const longestValue = 256;
