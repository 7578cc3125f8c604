import * as z from 'zod';
import { PortError } from '../../ports/failure.ts';
import type { ObjectStore, ObjectTarget, WriteOptions } from '../../ports/object-store.ts';
import { LineParts } from '../kernel/line-parts.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { readObjectBytes } from '../kernel/read-object-bytes.ts';
import type { ScanPage } from './scan-pages.ts';
import { type StandingResult, standingResultSchema } from './standing-result.ts';

export interface ScanPlace {
  readonly bucket: string;
  /** ARN of the KMS key that everything is encrypted under. */
  readonly keyId: string;
}

/** Which scan the next one is compared with. */
const latestScanSchema = z.object({
  schemaVersion: z.literal(1).default(1),
  scanId: z.string(),
  startedAt: z.string(),
  /** Objects that its standing results are in. */
  standingParts: z.int().min(0),
  /** Exemptions that have been announced as expired. */
  announcedExpiries: z.array(z.string()).default([]),
});

export type LatestScan = z.infer<typeof latestScanSchema>;

/** Bytes of one object of results. */
const partBytes = 8_388_608;

/**
 * What scans leave in a bucket, under `compliance/`: of each scan its pages, its standing results, its report; and
 * `latest.json`, which names the scan that the next one is compared with.
 */
export class ScanArchive {
  readonly #objects: ObjectStore;
  readonly #place: ScanPlace;

  constructor(objects: ObjectStore, place: ScanPlace) {
    this.#objects = objects;
    this.#place = place;
  }

  async storePage(page: ScanPage): Promise<void> {
    await this.#put(pageKey(page.scanId, page.page), `${JSON.stringify(page)}\n`, 'application/json');
  }

  /** The first pages of a scan, in order; the next ones are on their way while one is handled. */
  async *pages(scanId: string, from: number, to: number): AsyncGenerator<ScanPage, void, undefined> {
    const ahead: Promise<unknown>[] = [];
    const begin = (number: number): void => {
      const read = this.#json(pageKey(scanId, number));
      read.catch(() => undefined);
      ahead.push(read);
    };
    for (let number = from; number < Math.min(to, from + 4); number += 1) begin(number);
    for (let number = from; number < to; number += 1) {
      const page = await ahead.shift();
      if (number + 4 < to) begin(number + 4);
      // Pages are written by this class alone, and never by another schema within a scan.
      yield page as ScanPage;
    }
  }

  async latest(): Promise<LatestScan | undefined> {
    const target = this.#target('compliance/latest.json');
    const head = await this.#objects.current(target);
    if (head === undefined) return undefined;
    const latest = latestScanSchema.safeParse(await this.#json(target.key));
    if (!latest.success) throw unusable(target.key, 'it does not have the form of one');
    return latest.data;
  }

  async storeLatest(latest: LatestScan): Promise<void> {
    await this.#put('compliance/latest.json', `${JSON.stringify(latest, null, 2)}\n`, 'application/json');
  }

  async *standing({ scanId, standingParts }: LatestScan): AsyncGenerator<StandingResult, void, undefined> {
    for (let number = 0; number < standingParts; number += 1) {
      const key = standingKey(scanId, number);
      for (const line of (await this.#text(key)).split('\n')) {
        if (line === '') continue;
        const result = standingResultSchema.safeParse(parseJson(line));
        if (!result.success) throw unusable(key, 'a line does not have the form of a result');
        yield result.data;
      }
    }
  }

  /** Where the standing results of a scan are written. */
  standingWriter(scanId: string): LineParts {
    return this.#lines(number => standingKey(scanId, number), 'application/x-ndjson');
  }

  /** Where all results of a scan are written as CSV. */
  csvWriter(scanId: string, head: string): LineParts {
    const keyOf = (number: number) => `compliance/${scanId}/results-${padded(number)}.csv`;
    return this.#lines(keyOf, 'text/csv; charset=utf-8', head);
  }

  /** @returns where the report stands. */
  async storeReport(scanId: string, text: string): Promise<ObjectTarget> {
    const key = `compliance/${scanId}/report.json`;
    await this.#put(key, text, 'application/json');
    return this.#target(key);
  }

  #lines(keyOf: (number: number) => string, contentType: string, head = ''): LineParts {
    const { bucket } = this.#place;
    return new LineParts({
      objects: this.#objects,
      bucket,
      keyOf,
      write: this.#writing(contentType),
      partBytes,
      head,
    });
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

function pageKey(scanId: string, page: number): string {
  return `compliance/${scanId}/page-${padded(page)}.json`;
}

function standingKey(scanId: string, part: number): string {
  return `compliance/${scanId}/standing-${padded(part)}.jsonl`;
}

function padded(number: number): string {
  return String(number).padStart(5, '0');
}

function unusable(key: string, why: string): PortError {
  return new PortError({
    kind: 'permanent',
    operation: 'ComplianceScanner.conclude',
    code: 'ScanUnusable',
    message: `${key} cannot be used: ${why}`,
  });
}
