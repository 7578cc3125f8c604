import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import { isPortError, PortError } from '../../ports/failure.ts';
import type { ObjectHead, ObjectRef, ObjectStore, ObjectTarget } from '../../ports/object-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { markedMetadata, sourceIdentityMark, sourceTimeMark } from '../kernel/copy-marks.ts';
import { judgeUpload } from '../kernel/judge-upload.ts';
import { auditedObject, objectAuditEntry } from '../kernel/object-audit-entry.ts';
import type { ObjectKeyPolicy } from '../kernel/object-key-policy.ts';
import { notifiedIdentity, uploadIdentity } from '../kernel/upload-identity.ts';
import type { SensitiveDataScanner } from '../sensitive-data/sensitive-data-scanner.ts';
import type { DocumentValidator } from './document-validator.ts';
import { type DocumentVerdict, settleVerdict, type VerdictPlace } from './document-verdict.ts';
import { quarantineAlert } from './quarantine-alert.ts';

/** "A document has arrived", as the edge has parsed it. */
export interface ArrivedDocument {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly occurredAt: Timestamp;
}

/** A bucket of ours, and the ARN of the KMS key that what is written there is encrypted under. */
export interface DocumentDestination {
  readonly bucket: string;
  readonly keyId: string;
}

export type ProcessOutcome =
  /** The version is in the bucket of processed documents, under its key. */
  | { readonly outcome: 'delivered'; readonly verdict: DocumentVerdict; readonly ref: ObjectRef }
  /** It might have been delivered, but a later version of its key was delivered already. */
  | { readonly outcome: 'superseded'; readonly verdict: DocumentVerdict }
  /** It is kept and announced; `ref` is absent where it stays where it is: without a version, or too large to be copied. */
  | { readonly outcome: 'quarantined'; readonly verdict: DocumentVerdict; readonly ref?: ObjectRef }
  /** An earlier delivery of the event has done all. */
  | { readonly outcome: 'already-processed' }
  /** The version does not exist (any more). */
  | { readonly outcome: 'missing' };

export interface DocumentProcessorOptions {
  readonly objects: ObjectStore;
  readonly validator: Pick<DocumentValidator, 'validate'>;
  readonly scanner: Pick<SensitiveDataScanner, 'scan'>;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  /** Where documents go that may pass. */
  readonly processed: DocumentDestination;
  /** Where all others go. */
  readonly quarantine: DocumentDestination;
  /** Where verdicts go. */
  readonly verdicts: VerdictPlace;
  /** Whether a document whose text was not read in full is delivered. @defaultValue false */
  readonly releaseIndeterminate?: boolean;
  /** @defaultValue the default object-key policy */
  readonly keyPolicy?: ObjectKeyPolicy;
}

const done = { delivered: 'document.deliver', announced: 'document.announce-quarantine' } as const;

/**
 * Judges each version of a document once and moves it: what is compliant to the processed documents, all else to
 * quarantine. The source stays where it is.
 *
 * The verdict is stored first and holds from then on; then the judged version is copied, audited, and, unless it was
 * delivered, announced. A repetition goes on where the last delivery stopped.
 *
 * Rejects with `PortError` when a port fails; delivering the event again is then safe.
 */
export class DocumentProcessor {
  readonly #options: DocumentProcessorOptions;

  constructor(options: DocumentProcessorOptions) {
    this.#options = options;
  }

  async process(arrived: ArrivedDocument): Promise<ProcessOutcome> {
    const correlationId = notifiedIdentity(arrived);
    const standing = new Set<string>();
    for await (const { action } of this.#options.audit.entriesOf(correlationId)) standing.add(action);
    if (standing.has(done.delivered) || standing.has(done.announced)) return { outcome: 'already-processed' };

    const { bucket, key, versionId } = arrived;
    const head =
      versionId === undefined ? undefined : await this.#options.objects.head({ bucket, key, versionId });
    if (versionId !== undefined && head === undefined) return { outcome: 'missing' };
    const judged = await this.#judge(arrived, head, correlationId);
    if (judged === undefined) return { outcome: 'missing' };
    const verdict = await settleVerdict(this.#options.objects, this.#options.verdicts, judged);
    const work = new DocumentMove(this.#options, arrived, head, verdict);
    return verdict.deliver ? work.deliver() : work.quarantine();
  }

  async #judge(
    arrived: ArrivedDocument,
    head: ObjectHead | undefined,
    correlationId: string,
  ): Promise<DocumentVerdict | undefined> {
    const { validator, scanner, clock, keyPolicy, releaseIndeterminate = false } = this.#options;
    const verdict: DocumentVerdict = {
      schemaVersion: 1,
      correlationId,
      object: auditedObject(arrived),
      ...(head === undefined ? {} : { size: head.size }),
      verdict: 'key-refused',
      reasons: [],
      findings: [],
      counts: {},
      deliver: false,
      judgedAt: canonicalTime(clock.now()),
    };
    const judgement = judgeUpload(arrived, keyPolicy);
    if (judgement.outcome === 'refused') {
      const reasons = judgement.reasons.map(({ code, position, explanation }) => ({
        code,
        explanation: `${explanation} (at ${position} of the key)`,
      }));
      return { ...verdict, reasons };
    }
    const request = {
      ...judgement.ref,
      requestId: correlationId,
      // The same on every delivery, so that each judgement is audited once.
      requestedAt: head?.lastModified ?? arrived.occurredAt,
    };
    const validation = await validator.validate(request);
    if (validation.outcome === 'missing') return undefined;
    if (validation.outcome !== 'valid') {
      const reasons = validation.reasons.map(({ code, explanation }) => ({ code, explanation }));
      return { ...verdict, verdict: 'invalid', reasons };
    }
    const scan = await scanner.scan(request);
    if (scan.outcome === 'missing') return undefined;
    if (scan.outcome === 'key-refused') {
      throw new PortError({
        kind: 'conflict',
        operation: 'DocumentProcessor.process',
        code: 'PoliciesDiffer',
        message: 'the scanner refuses a key that the processor has accepted: give both the same key policy',
      });
    }
    const { reasons, counts } = scan;
    return {
      ...verdict,
      type: validation.type,
      verdict: scan.verdict,
      reasons: reasons.map(({ code, explanation }) => ({ code, explanation })),
      findings: scan.findings.map(finding => ({ ...finding })),
      counts: { ...counts },
      deliver: scan.verdict === 'compliant' || (scan.verdict === 'indeterminate' && releaseIndeterminate),
    };
  }
}

/** What becomes of one judged version. */
class DocumentMove {
  readonly #options: DocumentProcessorOptions;
  readonly #arrived: ArrivedDocument;
  readonly #head: ObjectHead | undefined;
  readonly #verdict: DocumentVerdict;

  constructor(
    options: DocumentProcessorOptions,
    arrived: ArrivedDocument,
    head: ObjectHead | undefined,
    verdict: DocumentVerdict,
  ) {
    this.#options = options;
    this.#arrived = arrived;
    this.#head = head;
    this.#verdict = verdict;
  }

  async deliver(): Promise<ProcessOutcome> {
    const verdict = this.#verdict;
    if (this.#head === undefined) return { outcome: 'missing' };
    const { processed } = this.#options;
    const target = { bucket: processed.bucket, key: this.#arrived.key };
    const moved = await this.#copy(this.#head, target, processed.keyId);
    if (moved === 'missing') return { outcome: 'missing' };
    await this.#record(done.delivered, moved === 'superseded' ? moved : 'delivered', moved);
    return moved === 'superseded'
      ? { outcome: 'superseded', verdict }
      : { outcome: 'delivered', verdict, ref: moved };
  }

  async quarantine(): Promise<ProcessOutcome> {
    const verdict = this.#verdict;
    const { quarantine, alerts } = this.#options;
    const moved = this.#head === undefined ? undefined : await this.#keep(this.#head, quarantine);
    if (moved === 'missing') return { outcome: 'missing' };
    await this.#record('document.quarantine', verdict.verdict, moved);
    await alerts.publish(quarantineAlert(verdict, moved, this.#occurredAt));
    await this.#record(done.announced, 'announced', moved);
    return { outcome: 'quarantined', verdict, ...(moved === undefined ? {} : { ref: moved }) };
  }

  /** The copy in quarantine; `undefined` where the store does not copy so much at once. */
  async #keep(
    head: ObjectHead,
    { bucket, keyId }: DocumentDestination,
  ): Promise<ObjectRef | 'missing' | undefined> {
    const key = quarantineKey(this.#verdict, this.#arrived.key);
    const moved = await this.#copy(head, { bucket, key }, keyId).catch((error: unknown) => {
      if (isPortError(error) && error.code === 'EntityTooLarge') return undefined;
      throw error;
    });
    if (moved !== 'superseded') return moved;
    throw new PortError({
      kind: 'conflict',
      operation: 'DocumentProcessor.process',
      code: 'QuarantineTaken',
      message: `another object stands at ${key} in quarantine`,
    });
  }

  /** Copies the judged version, unless the copy stands there already, or one of a later version does. */
  async #copy(
    head: ObjectHead,
    target: ObjectTarget,
    keyId: string,
  ): Promise<ObjectRef | 'superseded' | 'missing'> {
    const { objects } = this.#options;
    const identity = this.#verdict.correlationId;
    const standing = await objects.current(target);
    if (standing?.metadata[sourceIdentityMark] === identity) return standing.ref;
    const standingTime = standing?.metadata[sourceTimeMark];
    if (standingTime !== undefined && standingTime > head.lastModified) return 'superseded';
    if (standingTime === head.lastModified && (await this.#isCurrent(standing, head))) return 'superseded';
    const copy = await objects.copy(head.ref, target, {
      encryption: { algorithm: 'aws:kms', keyId },
      metadata: markedMetadata(head, {
        [sourceIdentityMark]: identity,
        [sourceTimeMark]: head.lastModified,
      }),
    });
    return copy.outcome === 'source-missing' ? 'missing' : copy.ref;
  }

  /** Whether a copy was made from what is now the current version of the source: S3 dates versions to the second. */
  async #isCurrent(copy: ObjectHead | undefined, { ref }: ObjectHead): Promise<boolean> {
    const current = await this.#options.objects.current({ bucket: ref.bucket, key: ref.key });
    return current !== undefined && copy?.metadata[sourceIdentityMark] === uploadIdentity(current.ref);
  }

  get #occurredAt(): Timestamp {
    return this.#head?.lastModified ?? this.#arrived.occurredAt;
  }

  async #record(action: string, outcome: string, to: ObjectRef | 'superseded' | undefined): Promise<void> {
    const { audit, clock } = this.#options;
    const moved = typeof to === 'object' ? { ...auditedObject(to) } : null;
    await audit.append(
      objectAuditEntry({
        requestId: this.#verdict.correlationId,
        timestamp: this.#occurredAt,
        action,
        outcome,
        object: this.#arrived,
        details: {
          verdict: this.#verdict.verdict,
          to: moved,
          recordedAt: canonicalTime(clock.now()),
        },
      }),
    );
  }
}

/** UTF-16 units of the last segment of a key that a quarantined document keeps in its name: 600 bytes at most. */
const mostNameLength = 200;
/** What a cut may leave of a character outside the Basic Multilingual Plane. */
const halfCharacter = /^[\udc00-\udfff]/;

/**
 * Where a version is kept: a folder of its own, so that no other version is ever in its place. Of a key that broke the
 * policy nothing is taken over.
 */
function quarantineKey({ correlationId, verdict }: DocumentVerdict, key: string): string {
  const name = verdict === 'key-refused' ? 'document' : (key.split('/').at(-1) ?? 'document');
  return `${correlationId}/${name.slice(-mostNameLength).replace(halfCharacter, '')}`;
}
