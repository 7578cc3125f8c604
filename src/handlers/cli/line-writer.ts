import type { Writable } from 'node:stream';
import { writeText } from './write-text.ts';

/** UTF-16 units that are gathered before they are written. */
const batchLength = 64 * 2 ** 10;

/** Writes lines in batches: a call for each of a million lines would cost more than finding them. */
export class LineWriter {
  readonly #stream: Writable;
  readonly #beforeWrite: () => void;
  #lines = '';

  /** @param beforeWrite Called each time before something is written. */
  constructor(stream: Writable, beforeWrite: () => void = () => undefined) {
    this.#stream = stream;
    this.#beforeWrite = beforeWrite;
  }

  async add(line: string): Promise<void> {
    this.#lines += `${line}\n`;
    if (this.#lines.length >= batchLength) await this.flush();
  }

  /** Resolves once the stream has taken all lines. */
  async flush(): Promise<void> {
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#beforeWrite();
    await writeText(this.#stream, lines);
  }
}
