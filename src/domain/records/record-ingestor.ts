import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditEntry, AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import type { ObjectHead, ObjectStore } from '../../ports/object-store.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { canonicalTime, wholeSecond } from '../kernel/canonical-time.ts';
import { judgeUpload, type RefusalReason } from '../kernel/judge-upload.ts';
import { objectAuditEntry } from '../kernel/object-audit-entry.ts';
import type { ObjectKeyPolicy } from '../kernel/object-key-policy.ts';
import { ConcludedMeanwhileError, GuardedRecordStore } from './guarded-record-store.ts';
import { outOfTime, RecordBatchWriter } from './record-batch-writer.ts';
import { recordReason } from './record-fault.ts';
import { recordFileAlert } from './record-file-alert.ts';
import { explanationOf, type RecordFileConclusion, recordFileConclusion } from './record-file-conclusion.ts';
import { recordFileIdentity } from './record-file-identity.ts';
import { type RecordFileLimits, RecordFileReading, type RecordFinding } from './record-file-reading.ts';
import { RejectReport, type RejectReportPlace } from './reject-report.ts';

/** "A file of records was created", as the edge has parsed it. */
export interface RecordFileNotification {
  readonly bucket: string;
  /** The key as stored. */
  readonly key: string;
  readonly versionId?: string;
  /** When the object was created; the same on each delivery of one event. */
  readonly occurredAt: Timestamp;
}

export type IngestionOutcome =
  | (RecordFileConclusion & {
      readonly correlationId: string;
      /** Whether an earlier delivery has come to this conclusion: the file was not read again. */
      readonly isRepetition: boolean;
    })
  /** The version does not exist (any more). */
  | { readonly outcome: 'missing' };

export interface RecordIngestorPolicy extends RecordFileLimits {
  /** Bytes of a file as it is stored, at most. @defaultValue 1 GiB */
  readonly maximumFileBytes?: number;
}

export interface RecordIngestorOptions {
  readonly objects: ObjectStore;
  readonly records: RecordStore;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  /** Where the reject reports go. */
  readonly report: RejectReportPlace;
  readonly policy?: RecordIngestorPolicy;
  /** @defaultValue the default object-key policy */
  readonly keyPolicy?: ObjectKeyPolicy;
  /** Batches written at one time. @defaultValue 8 */
  readonly concurrency?: number;
  /** Milliseconds at the end of the time in which nothing is begun. @defaultValue 10,000, or a quarter of the time if that is less */
  readonly reserve?: number;
  /** Bytes of a part of the reject report, about. @defaultValue 8 MiB */
  readonly partBytes?: number;
  /** By default the timer of the platform. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** From 0 to below 1. @defaultValue `Math.random` */
  readonly random?: () => number;
}

const action = { ingest: 'records.ingest', announce: 'records.announce' } as const;
const mebibyte = 1024 * 1024;

/**
 * Writes the valid records of a file into the table, once per object version, and accounts for every other one in a
 * report.
 *
 * Rows come first, then the report, then the audit entry, then the alert (unless everything was fine) and its mark. A
 * delivery that breaks off before the audit entry is done again: it writes the same rows and the same report. After it,
 * the file is not read again, so a late repetition does not undo what later files have written; a slow delivery beside
 * it stops within five seconds. Across files the last one to write a row wins.
 *
 * Rejects with `PortError` when a port fails, or (`throttled`, `OutOfTime`) when the time is nearly over; delivering the
 * notification again is then safe.
 *
 * @example
 * const ingestor = new RecordIngestor({ objects, records, audit, alerts, clock, report: { bucket, keyId } });
 * await ingestor.ingest({ bucket: 'records', key: 'day.json.gz', versionId: 'v1', occurredAt });
 */
export class RecordIngestor {
  readonly #options: RecordIngestorOptions;

  constructor(options: RecordIngestorOptions) {
    this.#options = options;
  }

  /** @param remainingTime Milliseconds until the work must be done; by default there is no such bound. */
  async ingest(
    file: RecordFileNotification,
    remainingTime: () => number = () => Number.POSITIVE_INFINITY,
  ): Promise<IngestionOutcome> {
    try {
      return await this.#deliver(file, remainingTime);
    } catch (error) {
      // Another delivery was faster: what is left of this one is a repetition.
      if (error instanceof ConcludedMeanwhileError) return this.#deliver(file, remainingTime);
      throw error;
    }
  }

  async #deliver(file: RecordFileNotification, remainingTime: () => number): Promise<IngestionOutcome> {
    const { audit, alerts } = this.#options;
    const correlationId = recordFileIdentity(file);
    const standing = await this.#standing(correlationId);
    const concluded = standing.get(action.ingest);

    const conclusion =
      concluded === undefined
        ? await this.#conclude(file, correlationId, remainingTime)
        : recordFileConclusion.parse(concluded.details);
    if (conclusion === 'missing') return { outcome: 'missing' };
    if (concluded === undefined) await audit.append(this.#entry(file, correlationId, conclusion));
    if (conclusion.outcome !== 'ingested' && !standing.has(action.announce)) {
      await alerts.publish(recordFileAlert(file, correlationId, conclusion));
      await audit.append(this.#entry(file, correlationId, 'announced'));
    }
    return { ...conclusion, correlationId, isRepetition: concluded !== undefined };
  }

  /** What the audit log has of the file, by action. */
  async #standing(correlationId: string): Promise<ReadonlyMap<string, AuditEntry>> {
    const standing = new Map<string, AuditEntry>();
    const entries = this.#options.audit.entriesOf(correlationId);
    for await (const entry of entries) standing.set(entry.action, entry);
    return standing;
  }

  async #conclude(
    file: RecordFileNotification,
    correlationId: string,
    remainingTime: () => number,
  ): Promise<RecordFileConclusion | 'missing'> {
    const { objects, keyPolicy, policy } = this.#options;
    const judgement = judgeUpload(file, keyPolicy);
    if (judgement.outcome === 'refused') {
      return recordFileConclusion.parse({ outcome: 'refused', reasons: judgement.reasons.map(placedReason) });
    }
    const head = await objects.head(judgement.ref);
    if (head === undefined) return 'missing';
    const maximum = policy?.maximumFileBytes ?? 1024 * mebibyte;
    if (head.size > maximum) {
      const explanation = `the file has ${head.size} bytes, and may have ${maximum}; it was not read`;
      const reasons = [{ code: 'file-too-large', explanation }];
      return recordFileConclusion.parse({ outcome: 'too-large', bytes: head.size, reasons });
    }
    return this.#ingest(head, correlationId, remainingTime);
  }

  async #ingest(
    { ref }: ObjectHead,
    correlationId: string,
    remainingTime: () => number,
  ): Promise<RecordFileConclusion | 'missing'> {
    const { objects, clock, report: place, policy, concurrency = 8 } = this.#options;
    const { sleep = wait, random = Math.random, partBytes = 8 * mebibyte } = this.#options;
    const content = await objects.read(ref);
    if (content === undefined) return 'missing';
    const reserve = this.#options.reserve ?? Math.min(10_000, remainingTime() / 4);
    const timeLeft = () => remainingTime() - reserve;
    const report = new RejectReport({ objects, place, correlationId, source: ref, partBytes });
    const refuse = ({ position, text }: RecordFinding) =>
      report.add({
        kind: 'rejected',
        position,
        text,
        isWhole: true,
        reasons: [recordReason('refused-by-store')],
      });
    const isConcluded = async () => (await this.#standing(correlationId)).has(action.ingest);
    const records = new GuardedRecordStore({ records: this.#options.records, clock, isConcluded });
    const writer = new RecordBatchWriter({ records, timeLeft, refuse, concurrency, sleep, random });
    const reading = new RecordFileReading(content.body, policy);
    try {
      for await (const findings of reading.findings()) {
        if (timeLeft() <= 0) throw outOfTime();
        for (const finding of findings) {
          await (finding.kind === 'valid' ? writer.add(finding) : report.add(finding));
        }
      }
      await writer.finish();
    } finally {
      // Nothing is written any more once the caller knows how it ended.
      await writer.settle();
    }
    const reported = await report.finish();
    const { isTooLarge, bytes, inflatedBytes, records: read, duplicates } = reading.tally;
    const withRejects = report.rejects === 0 ? 'ingested' : 'ingested-with-rejects';
    return {
      outcome: isTooLarge ? 'too-large' : withRejects,
      ...{ bytes, inflatedBytes, records: read, duplicates },
      written: writer.written,
      rejected: report.rejects,
      codes: report.codes,
      reasons: isTooLarge ? reasonsOfSize(report.codes) : [],
      report: reported ?? null,
    };
  }

  #entry(
    file: RecordFileNotification,
    correlationId: string,
    conclusion: RecordFileConclusion | 'announced',
  ): AuditEntry {
    const { occurredAt, ...object } = file;
    const isMark = conclusion === 'announced';
    const recordedAt = canonicalTime(this.#options.clock.now());
    return objectAuditEntry({
      requestId: correlationId,
      timestamp: wholeSecond(occurredAt),
      action: isMark ? action.announce : action.ingest,
      outcome: isMark ? conclusion : conclusion.outcome,
      object,
      details: { ...(isMark ? {} : conclusion), occurredAt, recordedAt },
    });
  }
}

function placedReason({ code, position, explanation }: RefusalReason) {
  return { code, explanation: `${explanation} (at ${position} of the key)` };
}

function reasonsOfSize(codes: Readonly<Record<string, number>>) {
  return ['file-too-large', 'too-many-records']
    .filter(code => Object.hasOwn(codes, code))
    .map(code => ({ code, explanation: explanationOf(code) }));
}

function wait(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
