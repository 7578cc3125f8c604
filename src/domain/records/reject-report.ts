import type { ObjectRef, ObjectStore, WriteOptions } from '../../ports/object-store.ts';
import { LineParts } from '../kernel/line-parts.ts';
import type { RecordReject } from './record-file-reading.ts';

/** Where the reject reports of all files go. */
export interface RejectReportPlace {
  readonly bucket: string;
  /** ARN or id of the key that reports are encrypted under (SSE-KMS). */
  readonly keyId: string;
}

/** Where the report on one file stands: its summary, which names the parts. */
export interface RejectReportRef {
  readonly bucket: string;
  readonly key: string;
}

export interface RejectReportOptions {
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly place: RejectReportPlace;
  readonly correlationId: string;
  /** The very version that was read. */
  readonly source: ObjectRef;
  /** Bytes after which a part is written, and so about what is held of it. */
  readonly partBytes: number;
}

/**
 * The report on the rejects of one file: JSON lines in `record-rejects/<correlation id>/part-00000.jsonl` and following,
 * and `summary.json`, which is written last and names the parts by their versions. The names follow from the version of
 * the file, so reading it again replaces the report. Parts without a summary, or that it does not name, are of a reading
 * that broke off.
 */
export class RejectReport {
  readonly #options: RejectReportOptions;
  readonly #folder: string;
  readonly #lines: LineParts;
  readonly #codes = new Map<string, number>();
  #rejects = 0;

  constructor(options: RejectReportOptions) {
    this.#options = options;
    this.#folder = `record-rejects/${options.correlationId}`;
    this.#lines = new LineParts({
      objects: options.objects,
      bucket: options.place.bucket,
      keyOf: number => `${this.#folder}/part-${String(number).padStart(5, '0')}.jsonl`,
      write: this.#writing('application/x-ndjson'),
      partBytes: options.partBytes,
    });
  }

  /** Rejects so far. */
  get rejects(): number {
    return this.#rejects;
  }

  /** How many rejects have each code among their reasons. */
  get codes(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#codes].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Takes in a reject; resolves once there is room for more. */
  async add(reject: RecordReject): Promise<void> {
    this.#rejects += 1;
    for (const code of new Set(reject.reasons.map(({ code }) => code))) {
      this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
    }
    await this.#lines.add(lineOf(reject));
  }

  /** Writes what is left, and the summary, once all rejects are taken in; `undefined` where there is nothing to report. */
  async finish(): Promise<RejectReportRef | undefined> {
    if (this.#rejects === 0) return undefined;
    await this.#lines.finish();
    const { source, correlationId } = this.#options;
    const summary = {
      schemaVersion: 1,
      correlationId,
      source,
      rejects: this.#rejects,
      codes: this.codes,
      parts: this.#lines.parts.map(({ ref, lines }) => ({ ...ref, rejects: lines })),
    };
    const key = `${this.#folder}/summary.json`;
    const { objects, place } = this.#options;
    const text = `${JSON.stringify(summary, null, 2)}\n`;
    await objects.put({ bucket: place.bucket, key }, Buffer.from(text), this.#writing('application/json'));
    return { bucket: place.bucket, key };
  }

  #writing(contentType: string): WriteOptions {
    const { place, correlationId } = this.#options;
    return {
      contentType,
      metadata: { 'correlation-id': correlationId },
      encryption: { algorithm: 'aws:kms', keyId: place.keyId },
    };
  }
}

/** One line of JSON; `record` is the record as it stood in the file, or its beginning, and then `bytes` is its length. */
function lineOf({ position, reasons, text, isWhole, bytes }: RecordReject): string {
  return `${JSON.stringify({ schemaVersion: 1, position, reasons, record: text, isWhole, bytes })}\n`;
}
