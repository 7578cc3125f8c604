import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { GzipError } from '../kernel/gzip-error.ts';
import { type JsonPiece, JsonStructureError } from '../kernel/json-piece.ts';
import { JsonRecordSplitter } from '../kernel/json-record-splitter.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { ElementScan } from '../kernel/record-scan/element-scan.ts';
import { scanKernels } from '../kernel/record-scan/scan-kernel.ts';
import { recordFilterOf } from './record-filter.ts';
import { isJsonObject, looksLikeRecord, recordWrapper } from './record-wrapper.ts';
import { TrailLogError, type TrailLogFaultCode } from './trail-log-error.ts';
import type { TrailLogCounts } from './trail-log-progress.ts';
import type { TrailMatch } from './trail-match.ts';
import type { TrailRules } from './trail-rules.ts';

/** RFC 8259, section 9, allows a limit. A deeper match could not be written as JSON again: JSON.stringify recurses. */
const maxDepth = 1000;
/** A log of nothing but faults is given up. */
const maxFaults = 1000;

/** Judges the uncompressed bytes of one log. */
export class TrailLogReading {
  readonly #rules: TrailRules;
  readonly #splitter: JsonRecordSplitter;
  readonly #counts: TrailLogCounts;
  /** What the last top-level object is that holds no records. */
  #recordless: 'digest' | 'foreign' | undefined;
  /** Of a digest that must stand alone. */
  #digestPlace: string | undefined;
  /** Elements and values up to here: the next one's place. */
  #index = 0;
  #faults = 0;
  #firstFault: TrailLogError | undefined;

  /**
   * @param counts What records and matches are counted in, and what the log is told in, if that is no log.
   * @param prefilter Whether records that no rule can match are passed over unread.
   */
  constructor(rules: TrailRules, counts: TrailLogCounts, maxRecordBytes: number, prefilter: boolean) {
    this.#rules = rules;
    this.#counts = counts;
    const filter = prefilter ? recordFilterOf(rules.conditions) : undefined;
    const kernels = filter && scanKernels();
    this.#splitter = new JsonRecordSplitter({
      parse: parseJson,
      listKey: 'Records',
      scan: kernels && new ElementScan(kernels, filter, maxRecordBytes),
      maxPieceBytes: maxRecordBytes,
    });
  }

  *push(bytes: Uint8Array): Generator<TrailMatch, void> {
    yield* this.#judged(this.#splitter.push(bytes));
  }

  /** @throws {TrailLogError} also the first fault of those that did not end the reading. */
  *end(): Generator<TrailMatch, void> {
    yield* this.#judged(this.#splitter.end());
    this.#refuseDigestAmongOthers();
    const faultsOfNature = this.#recordless === 'foreign' ? 1 : 0;
    if (this.#recordless !== undefined && this.#splitter.values === 1 && this.#faults === faultsOfNature) {
      this.#counts[this.#recordless] = true;
    }
    if (this.#firstFault !== undefined) throw this.#firstFault;
    if (this.#splitter.values === 0) throw new TrailLogError('empty', 'There is nothing in the log');
  }

  /** What to throw for an error that ended the reading: of two faults of the log, the first. */
  faultBefore(error: unknown): unknown {
    if (error instanceof JsonStructureError) return this.#firstFault ?? faultOf(error, this.#index);
    if (error instanceof GzipError) return this.#firstFault ?? new TrailLogError(error.code, error.message);
    return error instanceof TrailLogError ? (this.#firstFault ?? error) : error;
  }

  *#judged(pieces: Iterable<JsonPiece>): Generator<TrailMatch, void> {
    for (const piece of pieces) {
      this.#refuseDigestAmongOthers();
      if (piece.kind === 'passed') {
        this.#pass(piece.count ?? 0);
        continue;
      }
      const match = piece.kind === 'envelope' ? this.#judgeEnvelope(piece) : this.#judge(piece);
      if (match !== undefined) yield match;
    }
  }

  /** They bear the name of an event, so they are records. */
  #pass(records: number): void {
    this.#index += records;
    this.#counts.records += records;
  }

  #judge(piece: JsonPiece): TrailMatch | undefined {
    const index = this.#index;
    this.#index += 1;
    const record = this.#recordOf(piece, index);
    if (record === undefined) return undefined;
    this.#counts.records += 1;
    const rules = this.#rules.match(record);
    if (rules.length === 0) return undefined;
    // Each level is two bytes or more, so that few texts need to be looked at.
    if (piece.text.length > 2 * maxDepth && nestsDeeper(record, maxDepth)) {
      this.#note('not-json', `${placeOf(piece, index)} nests more than ${maxDepth} levels deep`);
      return undefined;
    }
    this.#counts.matches += 1;
    return { record, rules, index, text: piece.text };
  }

  #judgeEnvelope(piece: JsonPiece): undefined {
    const form = piece.listKeys > 0 ? 'object' : 'array';
    const place = `The ${form} at byte ${piece.offset}, around its ${form === 'array' ? 'elements' : 'Records'},`;
    if (piece.value === undefined) this.#note('not-json', `${place} is no JSON`);
    else if (piece.listKeys > 1) this.#note('not-a-log', `${place} holds Records ${piece.listKeys} times`);
  }

  /** The object that is a record; `undefined` where the piece holds none, which is a fault or not. */
  #recordOf(piece: JsonPiece, index: number): JsonObject | undefined {
    const { value, kind } = piece;
    if (value === undefined) {
      this.#note('not-json', `${placeOf(piece, index)} is no JSON`);
      return undefined;
    }
    const object = isJsonObject(value) ? value : undefined;
    if (kind === 'value') return this.#recordOfValue(object, piece, placeOf(piece, index));
    if (looksLikeRecord(object)) return object;
    const wrapper = recordWrapper(value);
    if (wrapper === undefined) return object;
    this.#note('not-a-log', `${placeOf(piece, index)} holds a record within ${wrapper}`);
    return undefined;
  }

  #recordOfValue(object: JsonObject | undefined, piece: JsonPiece, place: string): JsonObject | undefined {
    if (object === undefined) {
      this.#note('not-a-log', `${place} is neither an object nor an array`);
    } else if (piece.listKeys > 0) {
      this.#note('not-a-log', `${place} holds Records that are no array`);
    } else if (looksLikeRecord(object)) {
      return object;
    } else if (Object.hasOwn(object, 'digestS3Object')) {
      this.#recordless = 'digest';
      this.#digestPlace = place;
    } else {
      this.#refuseForeign(object, place);
    }
    return undefined;
  }

  #refuseForeign(object: JsonObject, place: string): void {
    const lists = Object.values(object).filter(Array.isArray);
    const wrapper = [object, ...lists].map(value => recordWrapper(value)).find(each => each !== undefined);
    if (wrapper === undefined) this.#recordless = 'foreign';
    const what = wrapper === undefined ? 'is no record' : `holds a record within ${wrapper}`;
    this.#note('not-a-log', `${place} holds no Records and ${what}`);
  }

  /** A digest file holds nothing else: a line that only looks like one must not hide what stands beside it. */
  #refuseDigestAmongOthers(): void {
    if (this.#digestPlace === undefined || this.#splitter.values === 1) return;
    this.#note('not-a-log', `${this.#digestPlace} is a digest among other values`);
    this.#digestPlace = undefined;
  }

  #note(code: TrailLogFaultCode, message: string): void {
    this.#firstFault ??= new TrailLogError(code, message);
    this.#faults += 1;
    if (this.#faults === maxFaults) throw this.#firstFault;
  }
}

function placeOf({ offset }: JsonPiece, index: number): string {
  return `Record ${index}, at byte ${offset},`;
}

/** Whether there are more than `levels` of objects and arrays, one within the other. */
function nestsDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some(each => nestsDeeper(each, levels - 1));
}

const codes = { unexpected: 'not-json', incomplete: 'truncated', 'too-large': 'record-too-large' } as const;

function faultOf(error: JsonStructureError, index: number): TrailLogError {
  return new TrailLogError(codes[error.reason], `The log ${error.message} (records before it: ${index})`);
}
