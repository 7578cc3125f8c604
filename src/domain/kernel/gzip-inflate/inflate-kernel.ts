import { instancesOf, type WebAssemblyHost } from '../web-assembly.ts';
import { inflateBinary } from './inflate-binary.ts';

interface Place {
  readonly value: number;
}

/** What `inflate-blocks.as` exports. Places are in its memory. */
interface InflateExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly input: Place;
  readonly inputBytes: Place;
  readonly output: Place;
  readonly outputBytes: Place;
  readonly historyBytes: Place;
  readonly folded: Place;
  /** Where the next byte is read, and written. */
  readonly inputAt: { value: number };
  readonly outputAt: { value: number };
  /* What `inflate` answers. */
  readonly needsInput: Place;
  readonly isFull: Place;
  readonly hasEnded: Place;
  readonly isDamaged: Place;
  prepare(): void;
  begin(): void;
  inflate(inputEnd: number, isLast: number, outputStart: number, outputEnd: number): number;
  fold(from: number, length: number, register: number): number;
}

/** So many wait to be used again; each has 448 KiB of memory. */
const mostIdle = 8;

/** An instance of `inflate-blocks.as`, which inflates one file at a time. */
export class InflateKernel {
  readonly exports: InflateExports;
  readonly memory: Buffer;

  constructor(exports: InflateExports) {
    this.exports = exports;
    this.memory = Buffer.from(exports.memory.buffer);
    exports.prepare();
  }
}

/** Lends kernels out. */
export class InflateKernels {
  readonly #make: (() => object) | undefined;
  readonly #idle: InflateKernel[] = [];

  /** @param host The global object. */
  constructor(host?: WebAssemblyHost) {
    this.#make = instancesOf(inflateBinary, host);
  }

  /** One that nobody else uses until it is given back; `undefined` where there can be none. */
  take(): InflateKernel | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined || this.#make === undefined) return idle;
    try {
      return new InflateKernel(this.#make() as InflateExports);
    } catch (error) {
      // Each memory takes up 10 GB of addresses, which can run out.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  giveBack(kernel: InflateKernel): void {
    if (this.#idle.length < mostIdle) this.#idle.push(kernel);
  }
}

let kernels: InflateKernels | undefined;

/** Those of this thread, made when they are first asked for. */
export function inflateKernels(): InflateKernels {
  kernels ??= new InflateKernels();
  return kernels;
}
