import type { Timestamp } from '../../ports/clock.ts';
import { wholeSecond } from '../kernel/canonical-time.ts';
import { notifiedIdentity } from '../kernel/upload-identity.ts';

/** The correlation id of a file of records as it is announced, the same on whichever way. */
export function recordFileIdentity(file: {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly occurredAt: Timestamp;
}): string {
  return notifiedIdentity({ ...file, occurredAt: wholeSecond(file.occurredAt) });
}
