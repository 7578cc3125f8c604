import type { RefusalReason } from '../../../domain/kernel/judge-upload.ts';
import type { Problem } from './problem-details.ts';

/** The document, or the version of it that was named, is not there. */
export const documentMissing: Problem = {
  kind: 'document-not-found',
  detail: 'The bucket holds no such document, or no such version of it.',
};

/** The key breaks the key policy. It is not repeated. */
export function keyRefused(reasons: readonly RefusalReason[]): Problem {
  return { kind: 'key-refused', detail: 'The key is not one that the pipeline takes.', reasons };
}
