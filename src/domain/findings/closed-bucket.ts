import type { UndoneStep } from './rollback-report.ts';

/** Who can take the containment of a bucket back: `planBucket` denies everyone else, administrators too. */
export const closedBucketRule =
  "Into a contained bucket only the function's role and the principals that responderArns names are let, no other administrator: let the function roll it back, or be one of them. Else the root user of the account can delete the bucket policy.";

/** Whether somebody who is not let into the contained bucket has tried to undo the step. */
export function isShutOut({ status, api, reason }: UndoneStep): boolean {
  if (status !== 'undo-failed' || !api.startsWith('s3:')) return false;
  // Where the bucket could not even be looked at, the message names the call and its code.
  return `${reason?.code} ${reason?.message}`.includes('AccessDenied');
}
