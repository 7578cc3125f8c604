import type { DeadLetterRedriver } from '../../domain/dead-letters/dead-letter-redriver.ts';

/** Redrives and dismisses the letters of one table. */
export interface LetterOffice {
  readonly redriver: DeadLetterRedriver;
  /** Lets go of its connections. */
  close(): void;
}
