import { awsAccessKeyKind } from './aws-access-key-kind.ts';
import { CandidateScanner } from './candidate-scanner.ts';
import { ibanKind } from './iban-kind.ts';
import { levelText } from './level-text.ts';
import { paymentCardKind } from './payment-card-kind.ts';
import type { SensitiveFinding } from './sensitive-finding.ts';
import { contextLength, longestValue, type SensitiveKind } from './sensitive-kind.ts';
import { longestTitleRow, TableTitles } from './table-titles.ts';
import { usSsnKind } from './us-ssn-kind.ts';

/** The kinds that are looked for by default. Where two overlap, the earlier one wins. */
export const sensitiveKinds: readonly SensitiveKind[] = [
  ibanKind,
  awsAccessKeyKind,
  paymentCardKind,
  usSsnKind,
];

export interface SensitiveDataOptions {
  /** What is looked for, the first of overlapping kinds winning. @defaultValue {@link sensitiveKinds} */
  readonly kinds?: readonly SensitiveKind[];
  /** Whether numbers and keys that are published for testing and documentation count. @defaultValue true */
  readonly testNumbers?: boolean;
}

/** What is kept of the text behind the point that was searched, and awaited before it. */
const behind = longestTitleRow + contextLength;
const ahead = longestTitleRow + longestValue + contextLength + 64;
/** Units searched at once, so that small pieces cost no more than large ones. */
const stride = 16_384;

/** A finding that overlaps what comes next, perhaps. */
interface RankedFinding {
  readonly finding: SensitiveFinding;
  readonly rank: number;
}

/**
 * Finds sensitive data in a text that comes in pieces: the same findings as `findSensitiveData` on the whole,
 * wherever it was cut. Offsets count UTF-16 units over all that was pushed. Memory is bounded, but for the
 * titles of the table that the text is in.
 *
 * @example
 * const stream = new SensitiveDataStream();
 * const findings = [...stream.push('Card 4111 1111 '), ...stream.push('1111 1111'), ...stream.end()];
 */
export class SensitiveDataStream {
  readonly #scanners: readonly CandidateScanner[];
  readonly #titles: TableTitles;
  readonly #waiting: string[] = [];
  #waitingLength = 0;
  /** Levelled only when it is searched: an escape may be cut in two by the border of a piece. */
  #text = '';
  /** Offset of `#text` in all that was pushed. */
  #base = 0;
  /** Up to where candidates were judged, in all that was pushed. */
  #searched = 0;
  #open: RankedFinding[] = [];
  #ended = false;

  constructor({ kinds = sensitiveKinds, testNumbers = true }: SensitiveDataOptions = {}) {
    this.#scanners = kinds.map(kind => new CandidateScanner(kind, testNumbers));
    this.#titles = new TableTitles();
  }

  /** Takes the next piece of the text. Findings come in order, some of them only with a later piece. */
  push(piece: string): SensitiveFinding[] {
    if (this.#ended) throw new TypeError('the stream has ended');
    this.#waiting.push(piece);
    this.#waitingLength += piece.length;
    if (this.#waitingLength < stride) return [];
    this.#take();
    const to = this.#base + this.#text.length - ahead;
    return to > this.#searched ? this.#search(to) : [];
  }

  /** The findings that were still open. Nothing can be pushed afterwards. */
  end(): SensitiveFinding[] {
    if (this.#ended) return [];
    this.#ended = true;
    this.#take();
    const found = this.#search(this.#base + this.#text.length);
    return [...found, ...this.#settle(Number.POSITIVE_INFINITY)];
  }

  #take(): void {
    this.#text = this.#text + this.#waiting.join('');
    this.#waiting.length = 0;
    this.#waitingLength = 0;
  }

  #search(to: number): SensitiveFinding[] {
    const window = { text: levelText(this.#text), base: this.#base, from: this.#searched, to };
    const titles = this.#titles.read(window);
    for (const [rank, scanner] of this.#scanners.entries()) {
      for (const finding of scanner.scan(window, titles)) this.#open.push({ finding, rank });
    }
    this.#searched = to;
    const keepFrom = Math.max(this.#base, to - behind);
    this.#text = this.#text.slice(keepFrom - this.#base);
    this.#base = keepFrom;
    return this.#settle(to);
  }

  /** Settles the overlaps of what ends before `to`: nothing that is found later can touch it. */
  #settle(to: number): SensitiveFinding[] {
    const ranked = this.#open.toSorted(
      (a, b) => a.finding.start - b.finding.start || b.finding.end - a.finding.end || a.rank - b.rank,
    );
    const settled: SensitiveFinding[] = [];
    let cluster: RankedFinding[] = [];
    let clusterEnd = Number.NEGATIVE_INFINITY;
    this.#open = [];
    for (const one of ranked) {
      if (one.finding.start >= clusterEnd) {
        settled.push(...withoutOverlap(cluster));
        cluster = [];
      }
      cluster.push(one);
      clusterEnd = Math.max(clusterEnd, one.finding.end);
    }
    if (clusterEnd > to) this.#open = cluster;
    else settled.push(...withoutOverlap(cluster));
    return settled;
  }
}

/** Of findings that overlap, those of the earlier kinds. */
function withoutOverlap(cluster: readonly RankedFinding[]): SensitiveFinding[] {
  if (cluster.length < 2) return cluster.map(({ finding }) => finding);
  const kept: SensitiveFinding[] = [];
  for (const { finding } of cluster.toSorted((a, b) => a.rank - b.rank)) {
    if (kept.every(({ start, end }) => finding.end <= start || finding.start >= end)) kept.push(finding);
  }
  return kept.toSorted((a, b) => a.start - b.start);
}
