import {
  type KernelMemory,
  type KernelModule,
  kernelMemoryOf,
  kernelModule,
  type WebAssemblyHost,
} from '../web-assembly.ts';
import { scanBinary } from './scan-binary.ts';

/** What `scan-elements.as` exports. Places are in its memory. */
interface ScanExports {
  /** Where what a filter knows begins. */
  readonly knowledge: { readonly value: number };
  readonly knowledgeBytes: { readonly value: number };
  readonly passed: { readonly value: number };
  readonly passedEnd: { readonly value: number };
  readonly start: { readonly value: number };
  readonly candidateEnd: { readonly value: number };
  prepare(keyLength: number, hasLiterals: number): void;
  addValue(at: number, length: number): void;
  scan(from: number, to: number, maxBytes: number): number;
}

/** What a filter looks for, as the kernel reads it. */
export interface FilterImage {
  readonly keyLength: number;
  readonly hasLiterals: boolean;
  readonly bytes: Buffer;
}

/** An instance of `scan-elements.as`, which scans the bytes before `room` of its memory. */
export class ScanKernel {
  readonly exports: ScanExports;
  /** How many bytes it can scan, from the memory's start on. */
  readonly room: number;
  readonly #memory: Buffer;
  #filter: FilterImage | undefined;
  #user: object | undefined;

  constructor(exports: ScanExports, memory: Buffer) {
    this.exports = exports;
    this.room = exports.knowledge.value;
    this.#memory = memory;
  }

  /** Makes an image, of what is written into the memory from `knowledge` on. Overwrites what was to be scanned. */
  draw(
    keyLength: number,
    hasLiterals: boolean,
    write: (exports: ScanExports, memory: Buffer) => void,
  ): FilterImage {
    this.#filter = undefined;
    this.#user = undefined;
    const { knowledge, knowledgeBytes } = this.exports;
    const knows = this.#memory.subarray(knowledge.value, knowledge.value + knowledgeBytes.value);
    knows.fill(0);
    write(this.exports, this.#memory);
    return { keyLength, hasLiterals, bytes: Buffer.from(knows) };
  }

  /** Whether nobody else has used this since `user` did. */
  isUsedBy(user: object): boolean {
    return this.#user === user;
  }

  /** Gets ready to scan for `user`. */
  use(user: object, filter: FilterImage): void {
    this.#user = user;
    if (this.#filter === filter) return;
    this.#filter = filter;
    filter.bytes.copy(this.#memory, this.exports.knowledge.value);
    this.exports.prepare(filter.keyLength + 1, filter.hasLiterals ? 1 : 0);
  }

  /** Copies as many bytes of a chunk to the memory's start as there is room for, and says how many. */
  load(chunk: Buffer, from: number): number {
    return chunk.copy(this.#memory, 0, from, from + this.room);
  }
}

/** Scans bytes where they stand, if that is memory of a kernel's, else a copy of them. */
export class ScanKernels {
  readonly #module: KernelModule;
  readonly #inPlace = new WeakMap<KernelMemory, ScanKernel>();
  /** Scans copies, for all that filter on this thread. */
  readonly copying: ScanKernel;

  private constructor(module: KernelModule) {
    this.#module = module;
    this.copying = this.#kernelOn(module.makeMemory());
  }

  /**
   * `undefined` where this machine or its settings cannot run them, and where addresses have run out.
   *
   * @param host The global object.
   */
  static of(host?: WebAssemblyHost): ScanKernels | undefined {
    const module = kernelModule(scanBinary, host);
    try {
      return module && new ScanKernels(module);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** The one that scans the chunk where it stands, if there can be one. */
  inPlace(chunk: Buffer): ScanKernel | undefined {
    const memory = kernelMemoryOf(chunk);
    if (memory === undefined) return undefined;
    let kernel = this.#inPlace.get(memory);
    if (kernel === undefined) {
      kernel = this.#kernelOn(memory);
      this.#inPlace.set(memory, kernel);
    }
    return kernel;
  }

  #kernelOn(memory: KernelMemory): ScanKernel {
    return new ScanKernel(this.#module.instantiate(memory) as ScanExports, memory.bytes);
  }
}

let kernels: ScanKernels | undefined | 'none' = 'none';

/** Those of this thread, made when they are first asked for. */
export function scanKernels(): ScanKernels | undefined {
  if (kernels === 'none') kernels = ScanKernels.of();
  return kernels;
}
