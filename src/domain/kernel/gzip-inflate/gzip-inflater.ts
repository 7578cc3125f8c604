import { crc32 } from 'node:zlib';
import { GzipError } from '../gzip-error.ts';
import { GzipHeader } from './gzip-header.ts';
import type { InflateKernel } from './inflate-kernel.ts';

/** So many of the bytes that the kernel has taken may come back, if the blocks end before them. */
const takenBytes = 8;
/** Fewer bytes are summed sooner as they are than folded. */
const worthFolding = 16 * 1024;
const zero = 0;
/** The magic, DEFLATE, and no flags: then a time and two bytes follow, and nothing else. */
const plainHeader = 0x0008_8b1f;
const plainHeaderBytes = 10;

/** Inflates a file of gzip members (RFC 1952), chunk by chunk; what comes out is handed over before a fault is told. */
export class GzipInflater {
  readonly #kernel: InflateKernel;
  #place: 'header' | 'blocks' | 'checksum' | 'length' | 'behind' | 'zeros' = 'header';
  /** None before the first byte of a header. */
  #header: GzipHeader | undefined;
  /** In the kernel's memory: where the bytes end that have not been read. */
  #inputEnd: number;
  /** In the file: where the kernel's input begins. */
  #inputOffset = 0;
  /** In the kernel's memory: what has not been handed over. What a match can reach back to is before it. */
  #outputFrom = 0;
  /** Of the member at hand: what has come out of it. */
  #checksum = 0;
  #length = 0;
  /** In the file: where zeros began that follow the members. */
  #zerosFrom = 0;
  #fault: GzipError | undefined;

  /** @param kernel Is used by nobody else, from now on to the end of this. */
  constructor(kernel: InflateKernel) {
    this.#kernel = kernel;
    this.#inputEnd = kernel.input;
    kernel.exports.inputAt.value = this.#inputEnd;
  }

  /** `damaged-gzip` or `truncated`, once the bytes are known to be so. Nothing follows it. */
  get fault(): GzipError | undefined {
    return this.#fault;
  }

  /**
   * What comes out, in parts of some 256 KiB at most. Each is to be used, or copied, before the next one is asked for.
   *
   * @param isLast Whether no bytes follow. The file may end between two members only.
   */
  *push(chunk: Uint8Array, isLast: boolean): Generator<Buffer, void> {
    let at = 0;
    do {
      at += this.#load(chunk, at);
      yield* this.#read(isLast && at === chunk.length);
    } while (at < chunk.length && this.#fault === undefined);
    const mayEnd = this.#place === 'behind' || this.#place === 'zeros';
    if (isLast && !mayEnd && this.#fault === undefined) this.#fail('truncated');
  }

  /** Takes bytes of the chunk from `from` on behind those that have not been read, and says how many. */
  #load(chunk: Uint8Array, from: number): number {
    const { exports, memory, input, inputBytes } = this.#kernel;
    const { value: at } = exports.inputAt;
    memory.copyWithin(input - takenBytes, at - takenBytes, this.#inputEnd);
    exports.inputAt.value = input;
    this.#inputOffset += at - input;
    this.#inputEnd -= at - input;
    const bytes = chunk.subarray(from, from + input + inputBytes - this.#inputEnd);
    memory.set(bytes, this.#inputEnd);
    this.#inputEnd += bytes.length;
    return bytes.length;
  }

  #offsetOf(place: number): number {
    return this.#inputOffset + place - this.#kernel.input;
  }

  /** Reads on as far as the bytes at hand go. */
  *#read(isLast: boolean): Generator<Buffer, void> {
    while (this.#fault === undefined) {
      if (this.#place !== 'blocks') {
        if (!this.#readBetween()) return;
        continue;
      }
      const { exports, answers, outputBytes } = this.#kernel;
      const answer = answers[exports.inflate(this.#inputEnd, isLast ? 1 : 0, this.#outputFrom + outputBytes)];
      if (answer === 'needs-input') return;
      if (this.#outputFrom < exports.outputAt.value) yield this.#part();
      if (answer === 'full') this.#slide();
      else if (answer === 'ended') this.#place = 'checksum';
      else this.#fail(answer === 'damaged' ? 'damaged' : 'truncated');
    }
  }

  /** What has come out and not been handed over. */
  #part(): Buffer {
    const { exports, memory, folded } = this.#kernel;
    const from = this.#outputFrom;
    const to = exports.outputAt.value;
    this.#outputFrom = to;
    const part = memory.subarray(from, to);
    this.#length = (this.#length + part.length) % 2 ** 32;
    if (part.length < worthFolding) {
      this.#checksum = crc32(part, this.#checksum);
    } else {
      // The register holds the complement of the checksum.
      const length = exports.fold(from, part.length, ~this.#checksum);
      this.#checksum = crc32(memory.subarray(folded, folded + length), 0xffff_ffff);
    }
    return part;
  }

  /** Makes room for output behind what a match can reach back to. */
  #slide(): void {
    const { exports, memory, output, historyBytes } = this.#kernel;
    const { value: end } = exports.outputAt;
    memory.copyWithin(output, end - historyBytes, end);
    this.#outputFrom = output + historyBytes;
    exports.outputAt.value = this.#outputFrom;
  }

  /** Reads on in what stands between blocks of different members; answers whether there was enough for it. */
  #readBetween(): boolean {
    const { inputAt } = this.#kernel.exports;
    const size = this.#place === 'checksum' || this.#place === 'length' ? 4 : 1;
    const { value: at } = inputAt;
    if (this.#inputEnd - at < size) return false;
    inputAt.value = at + size;
    this.#step(at);
    return true;
  }

  #step(at: number): void {
    const { memory } = this.#kernel;
    const byte = memory[at] as number;
    switch (this.#place) {
      case 'behind':
        if (byte === zero) {
          this.#zerosFrom = this.#offsetOf(at);
          this.#place = 'zeros';
          return;
        }
        this.#place = 'header';
        this.#readHeader(at);
        return;
      case 'header':
        this.#readHeader(at);
        return;
      case 'checksum':
        this.#place = 'length';
        if (memory.readUInt32LE(at) !== this.#checksum) this.#fail('damaged');
        return;
      case 'length':
        this.#place = 'behind';
        if (memory.readUInt32LE(at) !== this.#length) this.#fail('damaged');
        return;
      case 'zeros':
        this.#passZeros(at);
    }
  }

  #passZeros(from: number): void {
    const { exports, memory } = this.#kernel;
    let at = from;
    while (at < this.#inputEnd && memory[at] === zero) at += 1;
    exports.inputAt.value = at;
    if (at === this.#inputEnd) return;
    const message = `Other bytes follow the compressed ones, at byte ${this.#zerosFrom}`;
    this.#fault = new GzipError('damaged-gzip', message);
  }

  #readHeader(at: number): void {
    const { exports, memory } = this.#kernel;
    if (this.#header === undefined) {
      if (this.#inputEnd - at >= plainHeaderBytes && memory.readUInt32LE(at) === plainHeader) {
        exports.inputAt.value = at + plainHeaderBytes;
        this.#beginBlocks();
        return;
      }
      this.#header = new GzipHeader();
    }
    exports.inputAt.value = at + this.#header.read(memory.subarray(at, this.#inputEnd));
    const { isHeader } = this.#header;
    if (isHeader === undefined) return;
    this.#header = undefined;
    if (isHeader) this.#beginBlocks();
    else this.#fail('damaged');
  }

  #beginBlocks(): void {
    const { exports, output } = this.#kernel;
    exports.begin();
    exports.outputAt.value = output;
    this.#outputFrom = output;
    this.#checksum = 0;
    this.#length = 0;
    this.#place = 'blocks';
  }

  /** What was read last cannot be. */
  #fail(fault: 'damaged' | 'truncated'): void {
    const { exports } = this.#kernel;
    this.#fault =
      fault === 'truncated'
        ? new GzipError(
            'truncated',
            `The compressed bytes end too early, after ${this.#offsetOf(this.#inputEnd)} of them`,
          )
        : new GzipError(
            'damaged-gzip',
            `The compressed bytes are damaged at byte ${this.#offsetOf(exports.inputAt.value) - 1}`,
          );
  }
}
