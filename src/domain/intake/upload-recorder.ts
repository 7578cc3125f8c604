import { PortError } from '../../ports/failure.ts';
import type { ObjectRef, ObjectStore } from '../../ports/object-store.ts';
import type { UploadLedger, UploadRecord } from '../../ports/upload-ledger.ts';
import { laterBy } from '../kernel/canonical-time.ts';
import { judgeUpload, type RefusalReason } from '../kernel/judge-upload.ts';
import type { ObjectKeyPolicy } from '../kernel/object-key-policy.ts';
import { uploadIdentity } from '../kernel/upload-identity.ts';

export type RecordUploadOutcome =
  | { readonly outcome: 'recorded'; readonly upload: UploadRecord }
  /** This version stands in the ledger already. */
  | { readonly outcome: 'duplicate'; readonly upload: UploadRecord }
  | { readonly outcome: 'refused'; readonly reasons: readonly RefusalReason[] }
  /** The version does not exist (any more). */
  | { readonly outcome: 'missing' };

export interface UploadRecorderOptions {
  readonly objects: ObjectStore;
  readonly ledger: UploadLedger;
  /** @defaultValue the default object-key policy */
  readonly keyPolicy?: ObjectKeyPolicy;
  /**
   * Slots tried for one upload. S3's LastModified has a resolution of one second, so versions of one key
   * written within a second share their first slot. @defaultValue 1000
   */
  readonly maximumSlots?: number;
}

/**
 * Records an upload in the ledger under its key and the time of its version, once per version.
 *
 * A slot held by the same version is a `duplicate`; one held by another version moves the upload to the next
 * millisecond. Versions never leave their slots, so a repetition walks the same way and meets itself.
 *
 * Rejects with `PortError` when a port fails; asking again is then safe.
 */
export class UploadRecorder {
  readonly #objects: ObjectStore;
  readonly #ledger: UploadLedger;
  readonly #keyPolicy: ObjectKeyPolicy | undefined;
  readonly #maximumSlots: number;

  constructor(options: UploadRecorderOptions) {
    this.#objects = options.objects;
    this.#ledger = options.ledger;
    this.#keyPolicy = options.keyPolicy;
    this.#maximumSlots = options.maximumSlots ?? 1000;
  }

  async record(upload: ObjectRef): Promise<RecordUploadOutcome> {
    const judgement = judgeUpload(upload, this.#keyPolicy);
    if (judgement.outcome === 'refused') return judgement;
    const { bucket, key, versionId } = judgement.ref;

    const head = await this.#objects.head(judgement.ref);
    if (head === undefined) return { outcome: 'missing' };

    return this.#claimSlot({
      schemaVersion: 1,
      filename: key,
      uploadTimestamp: head.lastModified,
      bucket,
      versionId,
      size: head.size,
      etag: head.etag,
      ...(head.contentType === undefined ? {} : { contentType: head.contentType }),
      correlationId: uploadIdentity(judgement.ref),
    });
  }

  async #claimSlot(first: UploadRecord): Promise<RecordUploadOutcome> {
    for (let slot = 0; slot < this.#maximumSlots; slot += 1) {
      const upload = { ...first, uploadTimestamp: laterBy(first.uploadTimestamp, slot) };
      const claim = await this.#ledger.record(upload);
      if (claim.outcome === 'recorded') return { outcome: 'recorded', upload };
      if (isSameVersion(claim.by, upload)) return { outcome: 'duplicate', upload: claim.by };
    }
    throw new PortError({
      kind: 'permanent',
      operation: 'UploadRecorder.record',
      code: 'NoFreeSlot',
      message: `${this.#maximumSlots} slots from ${first.uploadTimestamp} are taken by other versions of the key`,
    });
  }
}

function isSameVersion(a: UploadRecord, b: UploadRecord): boolean {
  return a.bucket === b.bucket && a.versionId === b.versionId;
}
