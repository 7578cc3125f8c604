import { instancesOf, type WebAssemblyHost } from '../web-assembly.ts';
import { scanBinary } from './scan-binary.ts';

/** What `scan-elements.as` exports. Places are in its memory. */
interface ScanExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Where the bytes begin that are scanned; before them stands what a filter knows. */
  readonly window: { readonly value: number };
  readonly passed: { readonly value: number };
  readonly passedEnd: { readonly value: number };
  readonly start: { readonly value: number };
  readonly candidateEnd: { readonly value: number };
  prepare(keyLength: number, hasLiterals: number): void;
  addValue(at: number, length: number): void;
  scan(from: number, to: number, maxBytes: number): number;
}

/** The kernel reads so far behind what it scans: a block of 64 bytes, and a text of 128 from there on. */
const slackBytes = 512;
/** Of them, so many end what is scanned. */
const blanks = 128;
const blank = 0x20;

/** What a filter looks for, as the kernel reads it. */
export interface FilterImage {
  readonly keyLength: number;
  readonly hasLiterals: boolean;
  /** The memory before the window. */
  readonly bytes: Buffer;
}

/** The instance of `scan-elements.as`, and its memory, which all scans of this thread share. */
export class ScanKernel {
  readonly exports: ScanExports;
  readonly memory: Buffer;
  readonly window: number;
  /** Most bytes that are scanned at a time. */
  readonly windowBytes: number;
  #filter: FilterImage | undefined;
  #user: object | undefined;

  constructor(exports: ScanExports) {
    this.exports = exports;
    this.memory = Buffer.from(exports.memory.buffer);
    this.window = exports.window.value;
    this.windowBytes = this.memory.length - this.window - slackBytes;
  }

  /** Makes an image, of what is written into the memory before the window. */
  draw(keyLength: number, hasLiterals: boolean, write: (kernel: ScanKernel) => void): FilterImage {
    this.#filter = undefined;
    this.#user = undefined;
    this.memory.fill(0, 0, this.window);
    write(this);
    return { keyLength, hasLiterals, bytes: Buffer.from(this.memory.subarray(0, this.window)) };
  }

  /** Whether nobody else has loaded anything since `user` did. */
  isLoadedBy(user: object): boolean {
    return this.#user === user;
  }

  /** Copies bytes of a chunk into the window, to be scanned for `user`. */
  load(user: object, filter: FilterImage, chunk: Buffer, from: number, to: number): void {
    if (this.#filter !== filter) {
      this.#filter = filter;
      filter.bytes.copy(this.memory);
      this.exports.prepare(filter.keyLength + 1, filter.hasLiterals ? 1 : 0);
    }
    this.#user = user;
    const end = this.window + chunk.copy(this.memory, this.window, from, to);
    this.memory.fill(blank, end, end + blanks);
  }
}

let kernel: ScanKernel | undefined | 'none' = 'none';

/** The kernel, made when it is first asked for; `undefined` where this machine or its settings cannot run it. */
export function scanKernel(): ScanKernel | undefined {
  if (kernel === 'none') kernel = instantiate();
  return kernel;
}

/** @param host The global object. */
export function instantiate(host?: WebAssemblyHost): ScanKernel | undefined {
  const make = instancesOf(scanBinary, host);
  return make && new ScanKernel(make() as ScanExports);
}
