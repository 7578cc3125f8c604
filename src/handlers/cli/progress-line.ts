import type { Writable } from 'node:stream';
import type { Timer } from './timer.ts';
import { writeText } from './write-text.ts';

/** How often it is told, in milliseconds. */
export const progressInterval = 2000;

/**
 * Tells how far a verb has come while it runs: on a terminal in one line that is written over, elsewhere a line each
 * time. Whatever else is written while it runs goes through `say`, or after `clear`, so as not to mix with that line.
 */
export class ProgressLine {
  readonly #stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly #stop: () => void;
  #shown = false;

  /** @param describe The line, safe to show and without a line feed. */
  constructor(stderr: Writable, timer: Timer, describe: () => string) {
    this.#stderr = stderr;
    this.#stop = timer.every(progressInterval, () => this.#tell(describe()));
  }

  /** Writes a line that stays. One that cannot be written is given up: it is no reason to end the work. */
  async say(line: string): Promise<void> {
    this.clear();
    await writeText(this.#stderr, `${line}\n`).catch(() => undefined);
  }

  /** Makes room for other output on the terminal. */
  clear(): void {
    if (this.#shown) this.#stderr.write('\r\x1b[K');
    this.#shown = false;
  }

  stop(): void {
    this.#stop();
    this.clear();
  }

  #tell(line: string): void {
    if (this.#stderr.isTTY !== true) {
      this.#stderr.write(`${line}\n`);
      return;
    }
    // A line that wraps cannot be written over.
    this.#stderr.write(`\r\x1b[K${line.slice(0, (this.#stderr.columns ?? 80) - 1)}`);
    this.#shown = true;
  }
}
