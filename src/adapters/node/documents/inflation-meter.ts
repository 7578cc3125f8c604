import { crc32, inflateRawSync } from 'node:zlib';
import { BrokenDocumentError, OverBudgetError } from './reading-errors.ts';

/** Counts what the compressed parts of one document inflate to, and stops at the bound. */
export class InflationMeter {
  readonly #bound: number;
  #used = 0;

  /** @param bound Bytes, all parts of the document together. */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Counts bytes that lie there uncompressed or are about to be inflated. */
  count(bytes: number): void {
    this.#used += bytes;
    if (this.#used > this.#bound) throw this.#exceeded();
  }

  /** Inflates raw DEFLATE data (RFC 1951); what follows its end is ignored. Damage is a `BrokenDocumentError`. */
  inflate(data: Uint8Array): Buffer {
    try {
      // One more than is left: a stream that ends exactly at the bound passes.
      const inflated = inflateRawSync(data, { maxOutputLength: this.#bound - this.#used + 1 });
      this.count(inflated.length);
      return inflated;
    } catch (error) {
      if (error instanceof OverBudgetError) throw error;
      if (isTooLarge(error)) throw this.#exceeded();
      throw new BrokenDocumentError('compressed data is damaged');
    }
  }

  #exceeded(): OverBudgetError {
    return new OverBudgetError('inflated-bytes', `it inflates to more than ${this.#bound} bytes`);
  }
}

/** Whether bytes have the checksum that an archive says. */
export function hasChecksum(bytes: Uint8Array, expected: number): boolean {
  return crc32(bytes) === expected;
}

/** By its shape, not its class: in a sandbox (a test runner's) the errors of Node.js are of another realm. */
function isTooLarge(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
  );
}
