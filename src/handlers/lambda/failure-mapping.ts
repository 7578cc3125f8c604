import { type FailureKind, isPortError } from '../../ports/failure.ts';

/**
 * How the one vocabulary of failure reads to the services that drive our functions.
 *
 * SQS knows two answers, done and not done, so every failure leaves its message in the queue: passing ones
 * succeed later, lasting ones (`denied`, `not-found`, `permanent`) end in the dead-letter queue, where
 * people mend the cause and send them back. Nothing is dropped for being hopeless.
 *
 * Step Functions knows error names, on which a `Retry` or `Catch` may choose.
 */
const workflowErrorNames: Readonly<Record<FailureKind, string>> = {
  retryable: 'Sallyport.Retryable',
  throttled: 'Sallyport.Throttled',
  denied: 'Sallyport.Denied',
  'not-found': 'Sallyport.NotFound',
  conflict: 'Sallyport.Conflict',
  permanent: 'Sallyport.Permanent',
};

/** An error whose name Step Functions can match; Lambda hands `name` on as the error's type. */
export class WorkflowTaskError extends Error {
  constructor(name: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
  }
}

/** A port's failure under its workflow error name; anything else comes back as it is. */
export function asWorkflowError(error: unknown): unknown {
  if (!isPortError(error)) return error;
  return new WorkflowTaskError(workflowErrorNames[error.kind], `${error.code}: ${error.message}`, error);
}
