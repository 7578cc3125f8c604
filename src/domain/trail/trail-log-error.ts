/**
 * Why a log could not be read to its end:
 *
 * - `empty`: there are no bytes in it.
 * - `damaged-gzip`: the compressed bytes cannot be inflated, or their checksum is wrong, or others follow them.
 * - `truncated`: the bytes, compressed or not, end before the log does.
 * - `not-json`: something in it is no JSON.
 * - `not-a-log`: it is JSON, but of another form than a log or a digest.
 * - `record-too-large`: a record is larger than the reader holds.
 */
export const trailLogFaultCodes = [
  'empty',
  'damaged-gzip',
  'truncated',
  'not-json',
  'not-a-log',
  'record-too-large',
] as const;

export type TrailLogFaultCode = (typeof trailLogFaultCodes)[number];

/** A log cannot be read to its end. What it held before the fault has been read. */
export class TrailLogError extends Error {
  readonly code: TrailLogFaultCode;

  /** @param message Where and what, without a word of the log itself. */
  constructor(code: TrailLogFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TrailLogError';
    this.code = code;
  }
}

/** Tells a `TrailLogError`, also one thrown by another copy of this package. */
export function isTrailLogError(error: unknown): error is TrailLogError {
  return (
    error instanceof Error &&
    error.name === 'TrailLogError' &&
    trailLogFaultCodes.includes((error as Partial<TrailLogError>).code as TrailLogFaultCode)
  );
}
