import type { ObjectRef } from '../../ports/object-store.ts';
import { parseObjectKey } from './object-key.ts';
import { defaultObjectKeyPolicy, type ObjectKeyPolicy } from './object-key-policy.ts';
import type { KeyViolationCode } from './object-key-violations.ts';

/** Why an upload is refused: a violation of the key policy, or the lack of a version. */
export interface RefusalReason {
  readonly code: KeyViolationCode | 'unversioned';
  /** UTF-16 units from the start of the key. */
  readonly position: number;
  readonly explanation: string;
}

export type UploadJudgement =
  | { readonly outcome: 'admitted'; readonly ref: ObjectRef }
  | { readonly outcome: 'refused'; readonly reasons: readonly RefusalReason[] };

/** Decides whether an upload may enter the workflow. Every station asks, since not all uploads pass the same ones. */
export function judgeUpload(
  upload: Omit<ObjectRef, 'versionId'> & Partial<Pick<ObjectRef, 'versionId'>>,
  policy: ObjectKeyPolicy = defaultObjectKeyPolicy,
): UploadJudgement {
  const { bucket, key, versionId } = upload;
  const parsed = parseObjectKey(key, policy);
  const violations = parsed.outcome === 'refused' ? parsed.violations : [];
  // S3 names the version of an object in an unversioned bucket `null`: it can change under the reader.
  if (versionId === undefined || versionId === 'null') {
    return { outcome: 'refused', reasons: [unversioned, ...violations] };
  }
  if (violations.length > 0) return { outcome: 'refused', reasons: violations };
  return { outcome: 'admitted', ref: { bucket, key, versionId } };
}

const unversioned: RefusalReason = {
  code: 'unversioned',
  position: 0,
  explanation: 'the object has no version id, so what is judged now may not be what is read later',
};
