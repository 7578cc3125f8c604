import * as z from 'zod';
import { PortError } from '../../ports/failure.ts';
import type { ObjectStore, ObjectTarget, WriteOptions } from '../../ports/object-store.ts';
import { LineParts } from '../kernel/line-parts.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { readObjectBytes } from '../kernel/read-object-bytes.ts';
import type { ScanPage } from './scan-pages.ts';
import { scanNumbersSchema } from './scan-progress.ts';
import {
  type EndedResult,
  endedResultSchema,
  type StandingResult,
  standingResultSchema,
} from './standing-result.ts';

export interface ScanPlace {
  readonly bucket: string;
  /** ARN of the KMS key that everything is encrypted under. */
  readonly keyId: string;
}

/** A scan, as its objects are named by it: an id may be used again on another day. */
export interface ArchivedScan {
  readonly scanId: string;
  readonly startedAt: string;
}

/** Which scan the next one is compared with. */
const latestScanSchema = z.object({
  schemaVersion: z.literal(1).default(1),
  scanId: z.string(),
  startedAt: z.string(),
  /** Objects that its standing results are in, and those that have ended with it. */
  standingParts: z.int().min(0),
  endedParts: z.int().min(0).default(0),
  numbers: scanNumbersSchema.optional(),
  /** Exemptions that have been announced as expired. */
  announcedExpiries: z.array(z.string()).default([]),
});

export type LatestScan = z.infer<typeof latestScanSchema>;

/** Bytes of one object of results. */
const partBytes = 8_388_608;

/** Pages that are on their way while one is handled. */
const readAhead = 4;

const latestKey = 'compliance/latest.json';

/**
 * What scans leave in a bucket, under `compliance/<day>/<scan id>/`: pages, standing and ended results, CSV, report; and
 * `compliance/latest.json`, which names the scan that the next one is compared with.
 */
export class ScanArchive {
  readonly #objects: ObjectStore;
  readonly #place: ScanPlace;

  constructor(objects: ObjectStore, place: ScanPlace) {
    this.#objects = objects;
    this.#place = place;
  }

  async storePage(scan: ArchivedScan, page: ScanPage): Promise<void> {
    await this.#put(keyOf(scan, 'page', page.page, 'json'), `${JSON.stringify(page)}\n`, 'application/json');
  }

  /** The first so many pages of a scan, in order. */
  async *pages(scan: ArchivedScan, count: number): AsyncGenerator<ScanPage, void, undefined> {
    const ahead: Promise<unknown>[] = [];
    const begin = (number: number): void => {
      const read = this.#json(keyOf(scan, 'page', number, 'json'));
      read.catch(() => undefined);
      ahead.push(read);
    };
    for (let number = 0; number < Math.min(count, readAhead); number += 1) begin(number);
    for (let number = 0; number < count; number += 1) {
      const page = await ahead.shift();
      if (number + readAhead < count) begin(number + readAhead);
      // Pages are written by this class alone, and never by another schema within a scan.
      yield page as ScanPage;
    }
  }

  async latest(): Promise<LatestScan | undefined> {
    const head = await this.#objects.current(this.#target(latestKey));
    if (head === undefined) return undefined;
    const latest = latestScanSchema.safeParse(await this.#json(latestKey));
    if (!latest.success) throw unusable(latestKey, 'it does not have the form of one');
    return latest.data;
  }

  async storeLatest(latest: LatestScan): Promise<void> {
    await this.#put(latestKey, `${JSON.stringify(latest, null, 2)}\n`, 'application/json');
  }

  standing(scan: LatestScan): AsyncGenerator<StandingResult, void, undefined> {
    return this.#lines(scan, 'standing', scan.standingParts, standingResultSchema);
  }

  ended(scan: LatestScan): AsyncGenerator<EndedResult, void, undefined> {
    return this.#lines(scan, 'ended', scan.endedParts, endedResultSchema);
  }

  /** Where results of a scan are written, a line of JSON each. */
  writer(scan: ArchivedScan, name: 'standing' | 'ended'): LineParts {
    return this.#writer(number => keyOf(scan, name, number, 'jsonl'), 'application/x-ndjson');
  }

  /** Where all results of a scan are written as CSV. */
  csvWriter(scan: ArchivedScan, head: string): LineParts {
    return this.#writer(number => keyOf(scan, 'results', number, 'csv'), 'text/csv; charset=utf-8', head);
  }

  /** @returns where the report stands. */
  async storeReport(scan: ArchivedScan, text: string): Promise<ObjectTarget> {
    const key = `${folderOf(scan)}/report.json`;
    await this.#put(key, text, 'application/json');
    return this.#target(key);
  }

  async *#lines<Line>(
    scan: ArchivedScan,
    name: 'standing' | 'ended',
    parts: number,
    schema: z.ZodType<Line>,
  ): AsyncGenerator<Line, void, undefined> {
    for (let number = 0; number < parts; number += 1) {
      const key = keyOf(scan, name, number, 'jsonl');
      for (const line of (await this.#text(key)).split('\n')) {
        if (line === '') continue;
        const result = schema.safeParse(parseJson(line));
        if (!result.success) throw unusable(key, 'a line does not have the form of a result');
        yield result.data;
      }
    }
  }

  #writer(key: (number: number) => string, contentType: string, head = ''): LineParts {
    const { bucket } = this.#place;
    const write = this.#writing(contentType);
    return new LineParts({ objects: this.#objects, bucket, keyOf: key, write, partBytes, head });
  }

  async #put(key: string, text: string, contentType: string): Promise<void> {
    await this.#objects.put(this.#target(key), Buffer.from(text), this.#writing(contentType));
  }

  async #json(key: string): Promise<unknown> {
    const value = parseJson(await this.#text(key));
    if (value === undefined) throw unusable(key, 'it is no JSON');
    return value;
  }

  async #text(key: string): Promise<string> {
    const head = await this.#objects.current(this.#target(key));
    const bytes = head === undefined ? undefined : await readObjectBytes(this.#objects, head.ref);
    if (bytes === undefined) throw unusable(key, 'it is not there');
    return new TextDecoder().decode(bytes);
  }

  #target(key: string): ObjectTarget {
    return { bucket: this.#place.bucket, key };
  }

  #writing(contentType: string): WriteOptions {
    return { contentType, encryption: { algorithm: 'aws:kms', keyId: this.#place.keyId } };
  }
}

function folderOf({ scanId, startedAt }: ArchivedScan): string {
  return `compliance/${startedAt.slice(0, 10)}/${scanId}`;
}

function keyOf(scan: ArchivedScan, name: string, number: number, ending: string): string {
  return `${folderOf(scan)}/${name}-${String(number).padStart(5, '0')}.${ending}`;
}

function unusable(key: string, why: string): PortError {
  return new PortError({
    kind: 'permanent',
    operation: 'ComplianceScanner.advance',
    code: 'ScanUnusable',
    message: `${key} cannot be used: ${why}`,
  });
}
