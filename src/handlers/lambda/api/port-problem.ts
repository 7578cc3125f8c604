import { isPortError, type PortError } from '../../../ports/failure.ts';
import type { Problem } from './problem-details.ts';

const internalError: Problem = {
  kind: 'internal-error',
  detail:
    'Something failed that is not the fault of the request. The log has it under the id of the request.',
};

/**
 * What a failure reads like to the caller; nothing of it is passed on. Load and passing faults may be tried again, also
 * those of the audit log. `denied` and `conflict` speak of the document where its store says so; elsewhere they are
 * faults of the service, like a missing bucket and all that can never succeed.
 */
export function portProblem(error: unknown): Problem {
  if (!isPortError(error)) return internalError;
  switch (error.kind) {
    case 'throttled':
      return { kind: 'throttled', detail: 'The service is under too much load just now.', retryAfter: 2 };
    case 'retryable':
      return { kind: 'unavailable', detail: 'A part of the service failed just now.', retryAfter: 2 };
    case 'denied':
      return concernsDocument(error)
        ? {
            kind: 'document-denied',
            detail: 'The service is not permitted to read the document, or to write its copy.',
          }
        : internalError;
    case 'conflict':
      return concernsDocument(error)
        ? {
            kind: 'document-conflict',
            detail: 'The document, its copy or the key of one is in a state that forbids this.',
          }
        : internalError;
    case 'not-found':
    case 'permanent':
      return internalError;
  }
}

function concernsDocument({ operation }: PortError): boolean {
  return /^(?:ObjectStore|DocumentEncryptor)\./.test(operation);
}
