import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ObjectHead, ObjectRef, ObjectStore } from '../../ports/object-store.ts';
import type { TextExtractor } from '../../ports/text-extractor.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import type { RefusalReason } from '../kernel/judge-upload.ts';
import { locateObject, type ObjectRequest } from '../kernel/locate-object.ts';
import { objectAuditEntry } from '../kernel/object-audit-entry.ts';
import type { ObjectKeyPolicy } from '../kernel/object-key-policy.ts';
import { readObjectBytes } from '../kernel/read-object-bytes.ts';
import { assertTextPolicy, judgeText, type TextJudgement, type TextPolicy } from './judge-text.ts';

export type DocumentScan =
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'key-refused'; readonly reasons: readonly RefusalReason[] }
  | (TextJudgement & {
      readonly outcome: 'scanned';
      readonly ref: ObjectRef;
      /** Media type as which it was read; absent where it was not. */
      readonly type?: string;
    });

export interface ScanPolicy extends TextPolicy {
  /** Bytes that a document has at most; a larger one is `indeterminate`, unread. @defaultValue 10 × 1024 × 1024 */
  readonly maximumBytes?: number;
}

export interface SensitiveDataScannerOptions {
  readonly objects: ObjectStore;
  readonly extractor: TextExtractor;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly policy?: ScanPolicy;
  /** @defaultValue the default object-key policy */
  readonly keyPolicy?: ObjectKeyPolicy;
}

/**
 * Searches documents for card and social-security numbers and other sensitive data.
 *
 * Every answer is audited as `document.scan` before it is given: verdict, reasons and counts, no values. Rejects with
 * `PortError` when a port fails, the audit log included; asking again is then safe.
 *
 * @throws {UnknownKindError} by the constructor, where the policy blocks a kind that is not looked for.
 */
export class SensitiveDataScanner {
  readonly #options: SensitiveDataScannerOptions;

  constructor(options: SensitiveDataScannerOptions) {
    this.#options = options;
    assertTextPolicy(options.policy ?? {});
  }

  async scan(request: ObjectRequest): Promise<DocumentScan> {
    const { objects, audit, clock, keyPolicy } = this.#options;
    const located = await locateObject(objects, request, keyPolicy);
    const scan = located.outcome === 'found' ? await this.#judge(located.head) : located;
    await audit.append(
      objectAuditEntry({
        requestId: request.requestId,
        timestamp: request.requestedAt ?? canonicalTime(clock.now()),
        action: 'document.scan',
        outcome: scan.outcome === 'scanned' ? scan.verdict : scan.outcome,
        object: 'ref' in scan ? scan.ref : request,
        details: detailsOf(scan),
      }),
    );
    return scan;
  }

  async #judge({ ref, size }: ObjectHead): Promise<Exclude<DocumentScan, { outcome: 'key-refused' }>> {
    const { objects, extractor, policy = {} } = this.#options;
    const { maximumBytes = 10 * 1024 * 1024 } = policy;
    if (size > maximumBytes) return { outcome: 'scanned', ref, ...tooLarge(size, maximumBytes) };
    const bytes = await readObjectBytes(objects, ref);
    if (bytes === undefined) return { outcome: 'missing' };
    const text = await extractor.extract(bytes);
    return {
      outcome: 'scanned',
      ref,
      ...(text.type === undefined ? {} : { type: text.type }),
      ...judgeText(text, policy),
    };
  }
}

function tooLarge(size: number, maximumBytes: number): TextJudgement {
  const explanation = `the document has ${size} bytes; at most ${maximumBytes} are read`;
  return {
    verdict: 'indeterminate',
    reasons: [{ code: 'unscannable-too-large', explanation }],
    findings: [],
    counts: {},
  };
}

function detailsOf(scan: DocumentScan): JsonObject {
  switch (scan.outcome) {
    case 'missing':
      return {};
    case 'key-refused':
      return { reasons: scan.reasons.map(({ code, position }) => ({ code, position })) };
    case 'scanned':
      return {
        type: scan.type ?? null,
        reasons: scan.reasons.map(({ code, explanation }) => ({ code, explanation })),
        counts: scan.counts,
      };
  }
}
