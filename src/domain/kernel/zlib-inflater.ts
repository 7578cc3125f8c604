import { createGunzip, type Gunzip } from 'node:zlib';
import { GzipError } from './gzip-error.ts';

/** What zlib inflates in one go, at most, and loses where it is damaged. */
const partBytes = 64 * 1024;
/** So much of the output waits to be taken, and as much is in zlib's hands, before it pauses. */
const waitingParts = 2;

/** zlib's stream, told bytes one after the other; what comes out is handed over before a fault is told. */
export class ZlibInflater {
  readonly #gunzip: Gunzip;
  readonly #output: Uint8Array[] = [];
  #fed = 0;
  #fault: GzipError | undefined;
  /** Whether zlib has done with what it was told last. */
  #isIdle = true;
  #wake: () => void = () => {};

  constructor() {
    this.#gunzip = createGunzip({ chunkSize: partBytes });
    this.#gunzip.on('data', (part: Uint8Array) => {
      this.#output.push(part);
      if (this.#output.length >= waitingParts) this.#gunzip.pause();
      this.#wake();
    });
    this.#gunzip.on('end', () => this.#rest());
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => {
      this.#fault ??=
        error.code === 'Z_BUF_ERROR'
          ? new GzipError('truncated', `The compressed bytes end too early, after ${this.#fed} of them`)
          : new GzipError('damaged-gzip', `The compressed bytes are damaged before byte ${this.#fed}`);
      this.#rest();
    });
  }

  /** `damaged-gzip` or `truncated`, once the bytes are known to be so. */
  get fault(): GzipError | undefined {
    return this.#fault;
  }

  /** What comes out of the slice, part by part: all there is, but for what zlib inflated in one go with damage. */
  async *inflate(slice: Uint8Array): AsyncGenerator<Uint8Array, void> {
    const past = this.#fed - this.#gunzip.bytesWritten;
    this.#fed += slice.length;
    // zlib stops at zeros behind a member, and says nothing of what follows them.
    if (past === 0) yield* this.#answer(done => this.#gunzip.write(slice, done));
    const unread = Math.min(slice.length, this.#fed - this.#gunzip.bytesWritten);
    if (this.#fault === undefined && slice.subarray(slice.length - unread).some(byte => byte !== 0)) {
      const place = this.#gunzip.bytesWritten;
      this.#fault = new GzipError('damaged-gzip', `Other bytes follow the compressed ones, at byte ${place}`);
    }
  }

  /** There are no more slices. */
  async *end(): AsyncGenerator<Uint8Array, void> {
    if (this.#fed === this.#gunzip.bytesWritten) yield* this.#answer(() => this.#gunzip.end());
  }

  close(): void {
    this.#gunzip.close();
    // Nobody waits any more for what a paused zlib does not tell.
    this.#rest();
  }

  async *#answer(ask: (done: () => void) => void): AsyncGenerator<Uint8Array, void> {
    this.#isIdle = false;
    ask(() => this.#rest());
    for (;;) {
      const part = this.#output.shift();
      if (part !== undefined) {
        yield part;
      } else if (this.#isIdle) {
        return;
      } else {
        const woken = new Promise<void>(resolve => {
          this.#wake = resolve;
        });
        this.#gunzip.resume();
        await woken;
      }
    }
  }

  #rest(): void {
    this.#isIdle = true;
    this.#wake();
  }
}
