import { printableText } from '../../kernel/printable-text.ts';

/** An event pattern that cannot be read: where, and why. */
export class EventPatternError extends Error {
  readonly code = 'InvalidEventPattern';
  /** Where in the pattern, as `detail.userIdentity.type[0].prefix`; empty for the pattern as a whole. */
  readonly path: string;
  readonly reason: string;

  /**
   * @param path May hold keys of the pattern: it is made printable here.
   * @param reason Printable.
   */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    const shown = printableText(path);
    super(shown === '' ? reason : `${shown}: ${reason}`, options);
    this.name = 'EventPatternError';
    this.path = shown;
    this.reason = reason;
  }
}

/** Tells an `EventPatternError`, also one thrown by another copy of this package. */
export function isEventPatternError(error: unknown): error is EventPatternError {
  return (
    error instanceof Error &&
    error.name === 'EventPatternError' &&
    (error as Partial<EventPatternError>).code === 'InvalidEventPattern'
  );
}
