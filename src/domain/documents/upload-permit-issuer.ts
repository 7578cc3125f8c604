import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ObjectTarget } from '../../ports/object-store.ts';
import type { UploadPermit, UploadSigner } from '../../ports/upload-signer.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import type { RefusalReason } from '../kernel/judge-upload.ts';
import { objectAuditEntry } from '../kernel/object-audit-entry.ts';
import { parseObjectKey } from '../kernel/object-key.ts';
import { defaultObjectKeyPolicy, type ObjectKeyPolicy } from '../kernel/object-key-policy.ts';
import { encryptedPrefix } from './document-encryptor.ts';
import { assertDocumentPolicy, type DocumentPolicy, defaultDocumentPolicy } from './document-policy.ts';
import { type DocumentReason, judgeDeclaration } from './judge-document.ts';

/** An upload that is to be permitted. */
export interface PermitRequest {
  readonly key: string;
  /** As the upload is to declare it; a `charset` may follow. */
  readonly contentType: string;
  /** Exact size in bytes. Without it, any size from one byte up to the policy's maximum. */
  readonly size?: number;
  /** Goes into the object's metadata as `request-id`: printable ASCII. */
  readonly requestId: string;
  /** When the permit was asked for; a request repeated under the same time and id is audited once. By default now. */
  readonly requestedAt?: Timestamp;
}

export type PermitDecision =
  | { readonly outcome: 'key-refused'; readonly reasons: readonly RefusalReason[] }
  /** The type is not let in, or is not what the key's extension says; all that speaks against the upload. */
  | { readonly outcome: 'type-refused'; readonly reasons: readonly DocumentReason[] }
  | { readonly outcome: 'too-large'; readonly maximumBytes: number }
  | {
      readonly outcome: 'permitted';
      readonly permit: UploadPermit;
      readonly target: ObjectTarget;
      /** Bytes that the upload has at least and at most. */
      readonly size: { readonly minimum: number; readonly maximum: number };
    };

export interface UploadPermitIssuerOptions {
  readonly signer: UploadSigner;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** @defaultValue {@link defaultDocumentPolicy} */
  readonly policy?: DocumentPolicy;
  /** @defaultValue the default object-key policy, with `encrypted` kept for the copies of `DocumentEncryptor` */
  readonly keyPolicy?: ObjectKeyPolicy;
  /** Where uploads go. */
  readonly bucket: string;
  /** ARN of the key that they are encrypted under. */
  readonly keyId: string;
  /** Whole seconds for which a permit holds, 1 to 604,800. */
  readonly expiresInSeconds: number;
}

/** What the issuer keeps for itself: a permit must not replace the copy of a document that has been judged. */
const permitKeyPolicy: ObjectKeyPolicy = {
  ...defaultObjectKeyPolicy,
  reservedRoots: [...defaultObjectKeyPolicy.reservedRoots, encryptedPrefix.slice(0, -1)],
};

/** S3 puts the name of the sent file in its place ("POST Object"), so that the key would not be the one judged. */
const fileNameVariable = '$\u007bfilename}';

/**
 * Permits uploads of documents that may pass as far as can be told before they are there: by key, declared type,
 * extension and size. What comes under a permit is judged again, on its bytes.
 *
 * Every answer is audited as `document.permit-upload` before it is given, a permit without its fields. Rejects with
 * `PortError` when a port fails, the audit log included; asking again is then safe.
 *
 * @throws {DocumentPolicyError} by the constructor, where the policy allows a type that cannot be judged.
 */
export class UploadPermitIssuer {
  readonly #options: UploadPermitIssuerOptions;
  readonly #policy: DocumentPolicy;

  constructor(options: UploadPermitIssuerOptions) {
    this.#options = options;
    this.#policy = options.policy ?? defaultDocumentPolicy;
    assertDocumentPolicy(this.#policy);
  }

  async issue(request: PermitRequest): Promise<PermitDecision> {
    const { audit, clock, bucket } = this.#options;
    const decision = await this.#decide(request);
    await audit.append(
      objectAuditEntry({
        requestId: request.requestId,
        timestamp: request.requestedAt ?? canonicalTime(clock.now()),
        action: 'document.permit-upload',
        outcome: decision.outcome,
        object: { bucket, key: request.key },
        details: detailsOf(decision, request),
      }),
    );
    return decision;
  }

  async #decide({ key, contentType, size, requestId }: PermitRequest): Promise<PermitDecision> {
    const { signer, bucket, keyId, expiresInSeconds, keyPolicy = permitKeyPolicy } = this.#options;
    const refusals = keyRefusals(key, keyPolicy);
    if (refusals.length > 0) return { outcome: 'key-refused', reasons: refusals };

    // An upload of unknown size is held to the policy by the permit.
    const reasons = judgeDeclaration({ key, contentType, size: size ?? 1 }, this.#policy);
    const { maximumBytes } = this.#policy;
    if (reasons.length > 0) {
      const tooLargeOnly = reasons.every(({ code }) => code === 'too-large');
      return tooLargeOnly ? { outcome: 'too-large', maximumBytes } : { outcome: 'type-refused', reasons };
    }

    const target = { bucket, key };
    const sizes = { minimum: size ?? 1, maximum: size ?? maximumBytes };
    const metadata = { 'request-id': requestId };
    const permit = await signer.permit({
      target,
      contentType,
      size: sizes,
      keyId,
      metadata,
      expiresInSeconds,
    });
    return { outcome: 'permitted', permit, target, size: sizes };
  }
}

function keyRefusals(key: string, policy: ObjectKeyPolicy): readonly RefusalReason[] {
  const parsed = parseObjectKey(key, policy);
  if (parsed.outcome === 'refused') return parsed.violations;
  const position = key.indexOf(fileNameVariable);
  if (position < 0) return [];
  const explanation = `S3 would put the name of the sent file in place of ${fileNameVariable}`;
  return [{ code: 'unportable-character', position, explanation }];
}

function detailsOf(decision: PermitDecision, { contentType }: PermitRequest): JsonObject {
  switch (decision.outcome) {
    case 'key-refused':
      return { reasons: decision.reasons.map(({ code, position }) => ({ code, position })) };
    case 'type-refused':
      return { reasons: decision.reasons.map(({ code, explanation }) => ({ code, explanation })) };
    case 'too-large':
      return { maximumBytes: decision.maximumBytes };
    case 'permitted':
      return { contentType, size: { ...decision.size }, expiresAt: decision.permit.expiresAt };
  }
}
