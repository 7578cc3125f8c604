import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import { isPortError, PortError } from '../../ports/failure.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ObjectHead, ObjectRef, ObjectStore } from '../../ports/object-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { markedMetadata, sourceIdentityMark } from '../kernel/copy-marks.ts';
import type { RefusalReason } from '../kernel/judge-upload.ts';
import { locateObject, type ObjectRequest } from '../kernel/locate-object.ts';
import { objectAuditEntry } from '../kernel/object-audit-entry.ts';
import { parseObjectKey } from '../kernel/object-key.ts';
import type { ObjectKeyPolicy } from '../kernel/object-key-policy.ts';
import { uploadIdentity } from '../kernel/upload-identity.ts';

export type DocumentEncryption =
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'key-refused'; readonly reasons: readonly RefusalReason[] }
  /** Larger than the store copies at once (S3: 5 GB). */
  | { readonly outcome: 'too-large'; readonly source: ObjectRef; readonly size: number }
  | {
      readonly outcome: 'encrypted';
      readonly source: ObjectRef;
      /** The copy. */
      readonly ref: ObjectRef;
      /** The key that the copy is encrypted under, as its head says. */
      readonly keyId: string;
    };

export interface DocumentEncryptorOptions {
  readonly objects: ObjectStore;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** ARN of the KMS key. */
  readonly keyId: string;
  /** @defaultValue the default object-key policy */
  readonly keyPolicy?: ObjectKeyPolicy;
}

/** Where encrypted copies stand, in the bucket of their source. */
export const encryptedPrefix = 'encrypted/';

/**
 * Copies documents to `encrypted/<key>` under SSE-KMS with the configured key. The bytes never leave the store; content
 * type and metadata are kept, and one entry names the version the copy was made from. Asked again for the same version,
 * it answers the copy that stands there. A head verifies every copy.
 *
 * Every answer is audited as `document.encrypt` before it is given. Rejects with `PortError` when a port fails, the audit
 * log included; asking again is then safe.
 */
export class DocumentEncryptor {
  readonly #options: DocumentEncryptorOptions;

  constructor(options: DocumentEncryptorOptions) {
    this.#options = options;
  }

  async encrypt(request: ObjectRequest): Promise<DocumentEncryption> {
    const { objects, audit, clock, keyPolicy } = this.#options;
    const located = await locateObject(objects, request, keyPolicy);
    const encryption = located.outcome === 'found' ? await this.#copy(located.head) : located;
    await audit.append(
      objectAuditEntry({
        requestId: request.requestId,
        timestamp: request.requestedAt ?? canonicalTime(clock.now()),
        action: 'document.encrypt',
        outcome: encryption.outcome,
        object: 'source' in encryption ? encryption.source : request,
        details: detailsOf(encryption),
      }),
    );
    return encryption;
  }

  async #copy(head: ObjectHead): Promise<DocumentEncryption> {
    const { objects, keyId, keyPolicy } = this.#options;
    const source = head.ref;
    const target = { bucket: source.bucket, key: `${encryptedPrefix}${source.key}` };
    const parsed = parseObjectKey(target.key, keyPolicy);
    if (parsed.outcome === 'refused') return { outcome: 'key-refused', reasons: parsed.violations };

    const identity = uploadIdentity(source);
    const standing = await objects.current(target);
    if (standing?.metadata[sourceIdentityMark] === identity && isCopy(standing, head, keyId)) {
      return { outcome: 'encrypted', source, ref: standing.ref, keyId };
    }
    const metadata = markedMetadata(head, { [sourceIdentityMark]: identity });
    const encryption = { algorithm: 'aws:kms', keyId } as const;
    const copy = await objects
      .copy(source, target, { encryption, metadata })
      .catch((error: unknown): 'too-large' => {
        if (isPortError(error) && error.code === 'EntityTooLarge') return 'too-large';
        throw error;
      });
    if (copy === 'too-large') return { outcome: 'too-large', source, size: head.size };
    if (copy.outcome === 'source-missing') return { outcome: 'missing' };
    const copied = await objects.head(copy.ref);
    if (copied === undefined || !isCopy(copied, head, keyId)) {
      throw new PortError({
        kind: 'conflict',
        operation: 'DocumentEncryptor.encrypt',
        code: 'CopyNotVerified',
        message: 'the copy is not what was asked for: its size, type or encryption differs',
      });
    }
    return { outcome: 'encrypted', source, ref: copy.ref, keyId };
  }
}

/** Whether a head is that of a copy of `source` under the key. */
function isCopy(head: ObjectHead, source: ObjectHead, keyId: string): boolean {
  return (
    head.size === source.size &&
    head.contentType === source.contentType &&
    head.encryption?.algorithm === 'aws:kms' &&
    head.encryption.keyId === keyId
  );
}

function detailsOf(encryption: DocumentEncryption): JsonObject {
  switch (encryption.outcome) {
    case 'missing':
      return {};
    case 'key-refused':
      return { reasons: encryption.reasons.map(({ code, position }) => ({ code, position })) };
    case 'too-large':
      return { size: encryption.size };
    case 'encrypted':
      return { versionId: encryption.ref.versionId, keyId: encryption.keyId };
  }
}
