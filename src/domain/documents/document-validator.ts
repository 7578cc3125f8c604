import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DocumentInspector } from '../../ports/document-inspector.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ObjectHead, ObjectRef, ObjectStore } from '../../ports/object-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import type { RefusalReason } from '../kernel/judge-upload.ts';
import { locateObject, type ObjectRequest } from '../kernel/locate-object.ts';
import { objectAuditEntry } from '../kernel/object-audit-entry.ts';
import type { ObjectKeyPolicy } from '../kernel/object-key-policy.ts';
import { readObjectBytes } from '../kernel/read-object-bytes.ts';
import { assertDocumentPolicy, type DocumentPolicy, defaultDocumentPolicy } from './document-policy.ts';
import { type DocumentReason, judgeDeclaration, judgeDocument } from './judge-document.ts';

export type DocumentValidation =
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'key-refused'; readonly reasons: readonly RefusalReason[] }
  | {
      readonly outcome: 'valid';
      readonly ref: ObjectRef;
      readonly size: number;
      /** Media type. */
      readonly type: string;
      readonly pages?: number;
      /** What is worth knowing, such as links. */
      readonly notes: readonly DocumentReason[];
    }
  | {
      readonly outcome: 'invalid';
      readonly ref: ObjectRef;
      readonly size: number;
      /** All that speaks against it. */
      readonly reasons: readonly DocumentReason[];
    };

export interface DocumentValidatorOptions {
  readonly objects: ObjectStore;
  readonly inspector: DocumentInspector;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** @defaultValue {@link defaultDocumentPolicy} */
  readonly policy?: DocumentPolicy;
  /** @defaultValue the default object-key policy */
  readonly keyPolicy?: ObjectKeyPolicy;
}

/**
 * Judges documents on their bytes: declared type, extension, magic bytes and structure must agree, and nothing in them
 * may run, hide or fetch. A document above the size limit is refused by its head, unread.
 *
 * Every answer is audited as `document.validate` before it is given. Rejects with `PortError` when a port fails, the
 * audit log included; asking again is then safe.
 *
 * @throws {DocumentPolicyError} by the constructor, where the policy allows a type that cannot be judged.
 */
export class DocumentValidator {
  readonly #options: DocumentValidatorOptions;
  readonly #policy: DocumentPolicy;

  constructor(options: DocumentValidatorOptions) {
    this.#options = options;
    this.#policy = options.policy ?? defaultDocumentPolicy;
    assertDocumentPolicy(this.#policy);
  }

  async validate(request: ObjectRequest): Promise<DocumentValidation> {
    const { objects, audit, clock, keyPolicy } = this.#options;
    const located = await locateObject(objects, request, keyPolicy);
    const validation = located.outcome === 'found' ? await this.#judge(located.head) : located;
    await audit.append(
      objectAuditEntry({
        requestId: request.requestId,
        timestamp: request.requestedAt ?? canonicalTime(clock.now()),
        action: 'document.validate',
        outcome: validation.outcome,
        object: 'ref' in validation ? validation.ref : request,
        details: detailsOf(validation),
      }),
    );
    return validation;
  }

  async #judge(head: ObjectHead): Promise<Exclude<DocumentValidation, { outcome: 'key-refused' }>> {
    const { ref, size, contentType } = head;
    const document = { key: ref.key, size, ...(contentType === undefined ? {} : { contentType }) };
    if (size === 0 || size > this.#policy.maximumBytes) {
      return { outcome: 'invalid', ref, size, reasons: judgeDeclaration(document, this.#policy) };
    }
    const bytes = await readObjectBytes(this.#options.objects, ref);
    if (bytes === undefined) return { outcome: 'missing' };
    const facts = await this.#options.inspector.inspect(bytes);
    const { reasons, notes } = judgeDocument(document, facts, this.#policy);
    if (reasons.length > 0 || facts.structure.state !== 'sound') {
      return { outcome: 'invalid', ref, size, reasons };
    }
    const { type, pages } = facts.structure;
    return { outcome: 'valid', ref, size, type, ...(pages === undefined ? {} : { pages }), notes };
  }
}

function detailsOf(validation: DocumentValidation): JsonObject {
  switch (validation.outcome) {
    case 'missing':
      return {};
    case 'key-refused':
      return { reasons: validation.reasons.map(({ code, position }) => ({ code, position })) };
    case 'valid':
      return { size: validation.size, type: validation.type, notes: listed(validation.notes) };
    case 'invalid':
      return { size: validation.size, reasons: listed(validation.reasons) };
  }
}

function listed(reasons: readonly DocumentReason[]): JsonObject[] {
  return reasons.map(({ code, explanation }) => ({ code, explanation }));
}
