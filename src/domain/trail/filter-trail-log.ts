import { ByteSource } from '../kernel/byte-source.ts';
import { inflateBytes } from '../kernel/inflate-bytes.ts';
import type { TrailLogProgress } from './trail-log-progress.ts';
import { TrailLogReading } from './trail-log-reading.ts';
import type { TrailMatch } from './trail-match.ts';
import type { TrailRules } from './trail-rules.ts';

export type { TrailLogProgress } from './trail-log-progress.ts';
export type { TrailMatch } from './trail-match.ts';

/** The matches of one log, read once, in the order of the log. */
export interface TrailLogMatches extends AsyncIterable<TrailMatch> {
  readonly progress: TrailLogProgress;
}

export interface FilterTrailLogOptions {
  /** A record of more bytes ends the reading with a `record-too-large`. CloudTrail's own limit is 256 KB. @defaultValue 16 MiB */
  readonly maxRecordBytes?: number;
  /**
   * Whether records that no rule can match, as the rules' `conditions` tell, are passed over unread. What is found is the
   * same; without it, each record is parsed. @defaultValue true
   */
  readonly prefilter?: boolean;
}

/**
 * The records of a CloudTrail log that a rule matches, found while the log streams by. A log is gzip or plain, as its
 * first two bytes say, and holds JSON in UTF-8 (RFC 8259): objects `{"Records":[…]}`, arrays of records, records, or
 * several of these one after the other (JSON lines).
 *
 * However large the log is, these are held: the source's chunk at hand, one record (of `maxRecordBytes` at most; parsed,
 * it may take a hundred times its bytes) and what an object has around its `Records` (of as much). Of gzip, also the
 * source's next chunk, 64 KiB of compressed bytes and 256 KiB of what comes out.
 *
 * A fault within one record or line does not end the reading: the matches around it come first, the first such fault
 * is thrown at the end. A line that breaks off within a record takes no other with it, if the next one begins with a
 * brace or a bracket; one that breaks off around its records (behind a comma of their list, say) may take the next one.
 * What ends the reading: other bytes than a comma between elements on one line, an end that comes too early, damaged
 * gzip, a record that is too large, a thousand faults.
 *
 * Elements of lists that are no records are passed over, unless they hold a record in one of the ways in which tools
 * wrap them: these are faults. Bytes that are no UTF-8 become U+FFFD in the record and its text. What damage has changed
 * within gzip can come out as a match before the checksum shows the fault.
 *
 * @param source Not changed, and let go of when the reading ends, early or not. It may use the memory of a chunk again for
 * the second one after it.
 * @throws {TrailLogError} while it is read, after the matches before the fault. What the source throws comes as it is.
 *
 * @example
 * const rules = compileTrailRules({ monitoredEvents: ['ConsoleLogin'] });
 * for await (const { record, text } of filterTrailLog(createReadStream('log.json.gz'), rules)) keep(record, text);
 */
export function filterTrailLog(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  rules: TrailRules,
  options: FilterTrailLogOptions = {},
): TrailLogMatches {
  return new FilteredTrailLog(source, rules, options);
}

/** A class, as each literal with getters is a shape of its own to V8, which outlives the log. */
class FilteredTrailLog implements TrailLogMatches {
  readonly progress: TrailLogProgress;
  readonly #log: ByteSource;
  readonly #reading: TrailLogReading;
  #hasBegun = false;

  constructor(
    source: Uint8Array | AsyncIterable<Uint8Array>,
    rules: TrailRules,
    { maxRecordBytes = 16 * 1024 * 1024, prefilter = true }: FilterTrailLogOptions,
  ) {
    const counts = { bytes: 0, records: 0, matches: 0, digest: false, foreign: false };
    this.progress = counts;
    this.#log = new ByteSource(source, counts);
    this.#reading = new TrailLogReading(rules, counts, maxRecordBytes, prefilter);
  }

  [Symbol.asyncIterator](): AsyncIterator<TrailMatch> {
    if (this.#hasBegun) {
      throw new Error('The matches of a log are read once: filter it again to read it again');
    }
    this.#hasBegun = true;
    const log = this.#log;
    const reader = { hasLeft: false };
    const matches = matchesOf(log, this.#reading, reader);
    return {
      next: () => matches.next(),
      async return() {
        reader.hasLeft = true;
        // A generator that has not begun, or that waits, does not get to closing what it reads.
        try {
          await log.close();
        } finally {
          await matches.return();
        }
        return { done: true, value: undefined };
      },
    };
  }
}

async function* matchesOf(
  log: ByteSource,
  reading: TrailLogReading,
  reader: { readonly hasLeft: boolean },
): AsyncGenerator<TrailMatch, void> {
  try {
    // One by one, as delegation makes a promise more of each.
    for await (const bytes of inflateBytes(log, true)) for (const match of reading.push(bytes)) yield match;
    if (reader.hasLeft) return;
    for (const match of reading.end()) yield match;
  } catch (error) {
    // The end of a source that has been let go of is no fault of the log.
    if (!reader.hasLeft) throw reading.faultBefore(error);
  } finally {
    await log.close();
  }
}
