import type { DeviceRecord } from '../../ports/record-store.ts';
import { ByteSource } from '../kernel/byte-source.ts';
import { GzipError } from '../kernel/gzip-error.ts';
import { inflateBytes } from '../kernel/inflate-bytes.ts';
import type { JsonPiece, JsonPieceFault } from '../kernel/json-piece.ts';
import { JsonRecordSplitter } from '../kernel/json-record-splitter.ts';
import { invalidRecord, parseRecord, type RecordParsing } from './parse-record.ts';
import { type RecordFaultCode, type RecordReason, recordReason } from './record-fault.ts';
import { SeenRecords } from './seen-records.ts';

/** Bounds of what one file may hold. */
export interface RecordFileLimits {
  /** Bytes that come out of a file at most. @defaultValue 2 GiB */
  readonly maximumInflatedBytes?: number;
  /** Records of one file at most, good and bad: so many are remembered, to find duplicates. @defaultValue 500,000 */
  readonly maximumRecords?: number;
  /** Bytes of one record at most; of a larger one the report holds the beginning. @defaultValue 4 MiB */
  readonly maximumRecordBytes?: number;
}

/** Where something stands in the uncompressed bytes of a file. */
export interface RecordPosition {
  /** From 0, counted over all records, good and bad. */
  readonly index: number;
  /** From 0. */
  readonly byte: number;
}

/** A record that can be written. */
export interface ValidRecord {
  readonly kind: 'valid';
  readonly position: RecordPosition;
  readonly record: DeviceRecord;
  /** As it stands in the file. */
  readonly text: string;
}

/** A record, or a part of a file, that cannot be taken. */
export interface RecordReject {
  readonly kind: 'rejected';
  readonly position: RecordPosition;
  /** Never empty. */
  readonly reasons: readonly RecordReason[];
  /** As it stands in the file, but for bytes that are no UTF-8; empty where it is the file that is at fault. */
  readonly text: string;
  /** Whether `text` is all there is of it. */
  readonly isWhole: boolean;
  /** Where `text` is only its beginning: how many bytes it has in the file, after decompression. */
  readonly bytes?: number;
}

export type RecordFinding = ValidRecord | RecordReject;

/** What has been found so far. */
export interface RecordFileTally {
  /** Bytes of the file, as they were read. */
  readonly bytes: number;
  /** Bytes after decompression. */
  readonly inflatedBytes: number;
  /** Good, bad and repeated ones. */
  readonly records: number;
  readonly valid: number;
  /** Records that repeat an earlier one and were passed over. */
  readonly duplicates: number;
  readonly rejected: number;
  /** Whether the file holds more than a file may: it was not read to its end. */
  readonly isTooLarge: boolean;
}

type RecordPiece = JsonPiece<RecordParsing>;

const defaults = {
  maximumInflatedBytes: 2 * 1024 ** 3,
  maximumRecords: 500_000,
  maximumRecordBytes: 4 * 1024 ** 2,
};

const codeOfFault = {
  'broken-off': 'broken-off',
  'too-large': 'record-too-large',
  misplaced: 'misplaced-byte',
} as const;

/**
 * Reads one file of records: gzip or plain, as its first bytes say; an array of objects, one object, or one after the
 * other (JSON lines), mixed as they may be. However large it is, these are held: the source's chunk at hand, one
 * record, 32 bytes or some more of each record before, and of gzip up to 32 MiB of what comes out of it.
 *
 * A bad record leaves its neighbours as they are, also where it lacks a brace or a quote. What cannot be read any more (damaged gzip, an end that comes too
 * early, a bound) is the last thing found, at its position; what came before is found before.
 */
export class RecordFileReading {
  readonly #limits: Required<RecordFileLimits>;
  readonly #source: ByteSource;
  readonly #splitter: JsonRecordSplitter<RecordParsing>;
  readonly #seen = new SeenRecords();
  #inflatedBytes = 0;
  #pieces = 0;
  #index = 0;
  #valid = 0;
  #duplicates = 0;
  #rejected = 0;
  #isTooLarge = false;
  /** Of what the end of the bytes cuts off. */
  #codeOfEnd: RecordFaultCode = 'truncated';

  /** @param source Read once, and let go of at the end of the reading, early or not. */
  constructor(source: Uint8Array | AsyncIterable<Uint8Array>, limits: RecordFileLimits = {}) {
    this.#limits = { ...defaults, ...limits };
    this.#source = new ByteSource(source);
    this.#splitter = new JsonRecordSplitter({
      parse: parseRecord,
      maxPieceBytes: this.#limits.maximumRecordBytes,
      isTolerant: true,
    });
  }

  get tally(): RecordFileTally {
    return {
      bytes: this.#source.bytes,
      inflatedBytes: this.#inflatedBytes,
      records: this.#index,
      valid: this.#valid,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      isTooLarge: this.#isTooLarge,
    };
  }

  /**
   * What is found, in the order of the file, in parts: each is read while it is iterated, once, before the next one is
   * asked for. What the source throws comes as it is.
   */
  async *findings(): AsyncGenerator<Iterable<RecordFinding>, void> {
    try {
      for await (const bytes of inflateBytes(this.#source)) {
        yield this.#judged(bytes);
        if (this.#isTooLarge) return;
      }
      yield this.#ended();
    } catch (error) {
      if (!(error instanceof GzipError)) throw error;
      yield this.#broken(error.code === 'truncated' ? 'truncated-gzip' : error.code);
    } finally {
      await this.#source.close();
    }
  }

  *#judged(bytes: Uint8Array): Generator<RecordFinding, void> {
    const room = this.#limits.maximumInflatedBytes - this.#inflatedBytes;
    const fitting = bytes.subarray(0, room);
    this.#inflatedBytes += fitting.length;
    yield* this.#findingsIn(this.#splitter.push(fitting));
    if (bytes.length > room && !this.#isTooLarge) yield this.#end('file-too-large', this.#splitter.pending);
  }

  /** What only the end shows. */
  *#ended(): Generator<RecordFinding, void> {
    yield* this.#findingsIn(this.#splitter.end());
    if (this.#pieces === 0 && this.#splitter.values === 0 && !this.#isTooLarge) {
      yield this.#reject(recordReason('no-records'), 0);
    }
  }

  /** What was under way when the bytes broke off. */
  *#broken(code: RecordFaultCode): Generator<RecordFinding, void> {
    this.#codeOfEnd = code;
    let isTold = false;
    for (const finding of this.#findingsIn(this.#splitter.end())) {
      isTold ||= finding.kind === 'rejected' && finding.reasons.some(reason => reason.code === code);
      yield finding;
    }
    if (!isTold && !this.#isTooLarge) yield this.#reject(recordReason(code), this.#inflatedBytes);
  }

  *#findingsIn(pieces: Iterable<RecordPiece>): Generator<RecordFinding, void> {
    for (const piece of pieces) {
      if (this.#pieces === this.#limits.maximumRecords) {
        yield this.#end('too-many-records', piece.offset);
        return;
      }
      this.#pieces += 1;
      const finding = this.#judge(piece);
      if (finding !== undefined) yield finding;
    }
  }

  /** `undefined` for a duplicate. */
  #judge(piece: RecordPiece): RecordFinding | undefined {
    const position = { index: this.#index, byte: piece.offset };
    // A byte or an array around records is none itself.
    if (piece.kind === 'envelope' || piece.fault === 'misplaced') {
      return this.#rejectPiece(piece, position, [recordReason(this.#codeOf(piece.fault))]);
    }
    this.#index += 1;
    const parsing = this.#parsingOf(piece);
    if (parsing.outcome === 'invalid') return this.#rejectPiece(piece, position, parsing.reasons);
    const { record } = parsing;
    const sighting = this.#seen.meet(record);
    if (sighting === 'conflicting') return this.#rejectPiece(piece, position, [recordReason('conflict')]);
    if (sighting === 'identical') {
      this.#duplicates += 1;
      return undefined;
    }
    this.#valid += 1;
    return { kind: 'valid', position, record, text: piece.text };
  }

  #parsingOf({ fault, value, isUtf8 }: RecordPiece): RecordParsing {
    if (fault !== undefined) return invalidRecord(recordReason(this.#codeOf(fault)));
    if (value === undefined) return invalidRecord(recordReason('not-json'));
    return isUtf8 ? value : invalidRecord(recordReason('invalid-utf8'));
  }

  #codeOf(fault: JsonPieceFault = 'incomplete'): RecordFaultCode {
    return fault === 'incomplete' ? this.#codeOfEnd : codeOfFault[fault];
  }

  #rejectPiece(
    { text, wholeBytes, kind }: RecordPiece,
    position: RecordPosition,
    reasons: readonly RecordReason[],
  ): RecordReject {
    this.#rejected += 1;
    const isWhole = wholeBytes === undefined && kind !== 'envelope';
    const reject = { kind: 'rejected', position, reasons, text, isWhole } as const;
    return wholeBytes === undefined ? reject : { ...reject, bytes: wholeBytes };
  }

  #reject(reason: RecordReason, byte: number): RecordReject {
    this.#rejected += 1;
    const position = { index: this.#index, byte };
    return { kind: 'rejected', position, reasons: [reason], text: '', isWhole: false };
  }

  #end(code: RecordFaultCode, byte: number): RecordReject {
    this.#isTooLarge = true;
    return this.#reject(recordReason(code), byte);
  }
}
