import type { Writable } from 'node:stream';

/** What every verb answers: all is fine; something is wrong with what was given; it could not be done. */
export type ExitCode = 0 | 1 | 2;

/** The world of one run, so that a test can stand in for it. */
export interface CliStreams {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** What a verb can do, once its module is loaded. */
export interface Verb {
  /** The text of `--help`, without a line feed at its end. */
  readonly help: string;
  /**
   * @param args What follows the verb's words.
   * @throws {UsageError} before anything is written, where the arguments make no sense.
   */
  run(args: readonly string[], streams: CliStreams): Promise<ExitCode>;
}

/** The command was not understood; the message says what to write instead. The verb's words go before it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
