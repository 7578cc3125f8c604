import type { ExtractedText, TextSegment, UnscannablePart } from '../../ports/text-extractor.ts';
import { type SensitiveDataOptions, SensitiveDataStream, sensitiveKinds } from './find-sensitive-data.ts';
import type { SensitiveFinding } from './sensitive-finding.ts';

/** The PCI verdict on a document's text. */
export type TextVerdict = 'compliant' | 'non-compliant' | 'indeterminate';

export interface TextReason {
  /** The kind found, or `unscannable-` and why. */
  readonly code: string;
  /** One sentence for people, without the values. */
  readonly explanation: string;
}

/** A finding with the place it begins at. Offsets count in the whole extracted text. */
export interface PlacedFinding extends SensitiveFinding {
  readonly page?: number;
  readonly part?: string;
}

export interface TextPolicy extends SensitiveDataOptions {
  /** Kinds that make a text non-compliant; others are reported. @defaultValue {@link defaultBlockingKinds} */
  readonly blockingKinds?: readonly string[];
  /** Findings that are kept one by one; all are counted. @defaultValue 1000 */
  readonly mostFindings?: number;
}

export interface TextJudgement {
  readonly verdict: TextVerdict;
  readonly reasons: readonly TextReason[];
  /** The first ones, in the order of the text. */
  readonly findings: readonly PlacedFinding[];
  /** Of each kind, how many were found in all. */
  readonly counts: Readonly<Record<string, number>>;
}

export const defaultBlockingKinds: readonly string[] = ['payment-card', 'us-ssn', 'aws-access-key'];

/** A policy blocks a kind that is not looked for: misspelt, it would let everything pass. */
export class UnknownKindError extends Error {
  constructor(name: string, known: readonly string[]) {
    super(`${JSON.stringify(name)} is no kind that is looked for: these are ${known.join(', ')}`);
    this.name = 'UnknownKindError';
  }
}

/** @throws {UnknownKindError} where a blocking kind is none of those that are looked for. */
export function assertTextPolicy({
  blockingKinds = defaultBlockingKinds,
  kinds = sensitiveKinds,
}: TextPolicy): void {
  const known = kinds.map(({ name }) => name);
  // The default set may be looked for in part.
  if (blockingKinds === defaultBlockingKinds) return;
  const unknown = blockingKinds.find(name => !known.includes(name));
  if (unknown !== undefined) throw new UnknownKindError(unknown, known);
}

/**
 * Searches an extracted text and judges it. A blocking kind makes it `non-compliant`; otherwise a part that could not be
 * read makes it `indeterminate`: what was not seen is not clean.
 *
 * @throws {UnknownKindError} where the policy blocks a kind that is not looked for.
 */
export function judgeText(text: ExtractedText, policy: TextPolicy = {}): TextJudgement {
  assertTextPolicy(policy);
  const { blockingKinds = defaultBlockingKinds, mostFindings = 1000 } = policy;
  const findings: PlacedFinding[] = [];
  const counts = new Map<string, number>();
  const places = new SegmentPlaces();
  const stream = new SensitiveDataStream(policy);
  const keep = (found: readonly SensitiveFinding[]) => {
    for (const finding of found) {
      counts.set(finding.kind, (counts.get(finding.kind) ?? 0) + 1);
      if (findings.length < mostFindings) findings.push({ ...finding, ...places.at(finding.start) });
    }
  };
  for (const segment of text.segments) {
    places.add(segment);
    keep(stream.push(segment.text));
  }
  keep(stream.end());

  const blocked = [...counts.keys()].some(kind => blockingKinds.includes(kind));
  return {
    verdict: blocked ? 'non-compliant' : text.unscannable.length > 0 ? 'indeterminate' : 'compliant',
    reasons: [...kindReasons(counts, blockingKinds), ...unscannableReasons(text.unscannable)],
    findings,
    counts: Object.fromEntries(counts),
  };
}

function kindReasons(counts: ReadonlyMap<string, number>, blockingKinds: readonly string[]): TextReason[] {
  return [...counts].map(([kind, count]) => ({
    code: kind,
    explanation: `the text holds ${count} of kind ${kind}${blockingKinds.includes(kind) ? '' : ' (reported only)'}`,
  }));
}

const partsNamed = 20;

function unscannableReasons(parts: readonly UnscannablePart[]): TextReason[] {
  const named = parts.slice(0, partsNamed).map(({ reason, page, part, explanation }) => {
    const place = page === undefined ? (part ?? 'the document') : `page ${page}`;
    return { code: `unscannable-${reason}`, explanation: `${place} was not read: ${explanation}` };
  });
  const rest = parts.length - named.length;
  return rest === 0
    ? named
    : [...named, { code: 'unscannable-more', explanation: `${rest} more parts were not read` }];
}

/** Where the segments of a text begin. */
class SegmentPlaces {
  readonly #starts: number[] = [];
  readonly #segments: TextSegment[] = [];
  #length = 0;

  add(segment: TextSegment): void {
    this.#starts.push(this.#length);
    this.#segments.push(segment);
    this.#length += segment.text.length;
  }

  at(offset: number): Pick<PlacedFinding, 'page' | 'part'> {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const { page, part } = this.#segments[low] ?? {};
    return { ...(page === undefined ? {} : { page }), ...(part === undefined ? {} : { part }) };
  }
}
