import { type KernelModule, kernelModule, type WebAssemblyHost } from '../web-assembly.ts';
import { inflateBinary } from './inflate-binary.ts';

interface Place {
  readonly value: number;
}

/** What `inflate-blocks.as` exports. Places are in its memory. */
interface InflateExports {
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
  readonly isTruncated: Place;
  prepare(): void;
  begin(): void;
  inflate(inputEnd: number, isLast: number, outputEnd: number): number;
  fold(from: number, length: number, register: number): number;
}

type InflateAnswer = 'needs-input' | 'full' | 'ended' | 'damaged' | 'truncated';

/** So many wait to be used again; each has 512 KiB of memory. */
const mostIdle = 8;

/** An instance of `inflate-blocks.as`, which inflates one file at a time. */
export class InflateKernel {
  readonly exports: InflateExports;
  readonly memory: Buffer;

  /* Places and sizes in the memory: it takes longer to ask the instance for a number than to call it. */
  readonly input: number;
  readonly inputBytes: number;
  readonly output: number;
  readonly outputBytes: number;
  readonly historyBytes: number;
  readonly folded: number;
  /** By the numbers that `inflate` answers. */
  readonly answers: readonly InflateAnswer[];

  constructor(exports: InflateExports, memory: Buffer) {
    this.exports = exports;
    this.memory = memory;
    exports.prepare();
    this.input = exports.input.value;
    this.inputBytes = exports.inputBytes.value;
    this.output = exports.output.value;
    this.outputBytes = exports.outputBytes.value;
    this.historyBytes = exports.historyBytes.value;
    this.folded = exports.folded.value;
    const answers: InflateAnswer[] = [];
    answers[exports.needsInput.value] = 'needs-input';
    answers[exports.isFull.value] = 'full';
    answers[exports.hasEnded.value] = 'ended';
    answers[exports.isDamaged.value] = 'damaged';
    answers[exports.isTruncated.value] = 'truncated';
    this.answers = answers;
  }
}

/** Lends kernels out. */
export class InflateKernels {
  readonly #module: KernelModule | undefined;
  readonly #idle: InflateKernel[] = [];

  /** @param host The global object. */
  constructor(host?: WebAssemblyHost) {
    this.#module = kernelModule(inflateBinary, host);
  }

  /** One that nobody else uses until it is given back; `undefined` where there can be none. */
  take(): InflateKernel | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined || this.#module === undefined) return idle;
    try {
      const memory = this.#module.makeMemory();
      return new InflateKernel(this.#module.instantiate(memory) as InflateExports, memory.bytes);
    } catch (error) {
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
