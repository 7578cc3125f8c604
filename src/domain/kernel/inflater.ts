import { createGunzip } from 'node:zlib';
import { GzipError } from './gzip-error.ts';

const outputBytes = 256 * 1024;

/** zlib's stream, told bytes one after the other; what comes out is handed over before a fault is told. */
export class Inflater {
  readonly #gunzip = createGunzip({ chunkSize: outputBytes });
  #output: Uint8Array[] = [];
  #fed = 0;
  #fault: GzipError | undefined;
  #answered: () => void = () => {};

  constructor() {
    this.#gunzip.on('data', (chunk: Uint8Array) => this.#output.push(chunk));
    this.#gunzip.on('end', () => this.#answered());
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => {
      this.#fault ??=
        error.code === 'Z_BUF_ERROR'
          ? new GzipError('truncated', `The compressed bytes end too early, after ${this.#fed} of them`)
          : new GzipError('damaged-gzip', `The compressed bytes are damaged before byte ${this.#fed}`);
      this.#answered();
    });
  }

  /** `damaged-gzip` or `truncated`, once the bytes are known to be so. */
  get fault(): GzipError | undefined {
    return this.#fault;
  }

  /** What comes out of the slice: all there is, but for up to 256 KiB that zlib inflated together with damage. */
  async inflate(slice: Uint8Array): Promise<readonly Uint8Array[]> {
    const past = this.#fed - this.#gunzip.bytesWritten;
    this.#fed += slice.length;
    // zlib stops at zeros behind a member, and says nothing of what follows them.
    if (past === 0) await this.#answer(done => this.#gunzip.write(slice, done));
    const unread = Math.min(slice.length, this.#fed - this.#gunzip.bytesWritten);
    if (this.#fault === undefined && slice.subarray(slice.length - unread).some(byte => byte !== 0)) {
      const place = this.#gunzip.bytesWritten;
      this.#fault = new GzipError('damaged-gzip', `Other bytes follow the compressed ones, at byte ${place}`);
    }
    return this.#take();
  }

  /** There are no more slices. */
  async end(): Promise<readonly Uint8Array[]> {
    if (this.#fed === this.#gunzip.bytesWritten) await this.#answer(() => this.#gunzip.end());
    return this.#take();
  }

  close(): void {
    this.#gunzip.close();
  }

  #answer(ask: (done: () => void) => void): Promise<void> {
    return new Promise(resolve => {
      this.#answered = resolve;
      ask(resolve);
    });
  }

  #take(): readonly Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }
}
