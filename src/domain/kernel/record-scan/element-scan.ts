import type { ElementFilter } from './element-filter.ts';
import type { ScanKernel, ScanKernels } from './scan-kernel.ts';

/** Scans in vain that are made at first, and from then on one for every fourth element that was passed over. */
const firstVain = 16;

/**
 * Passes over objects of a list that a filter excludes, without reading them as text. What is passed over is a JSON object
 * for sure, and has the filter's key once, with a string. What is in doubt (blanks between tokens, `\u` escapes, more than
 * 63 levels, anything that is no JSON) is left to the reader, as are objects that the chunk does not end.
 */
export class ElementScan {
  readonly #filter: ElementFilter;
  readonly #maxBytes: number;
  readonly #kernels: ScanKernels;
  /** What scans the chunk at hand, which of its bytes that holds, and where its first byte is, or would be, there. */
  #kernel: ScanKernel;
  #from = 0;
  #to = 0;
  #base = 0;
  #passed = 0;
  /** In the chunk at hand: the object that could not be passed over. */
  #candidate = -1;
  #candidateEnd = 0;
  #gained = 0;
  #vain = 0;

  /** @param maxBytes A larger object is not passed over. */
  constructor(kernels: ScanKernels, filter: ElementFilter, maxBytes: number) {
    this.#kernels = kernels;
    this.#kernel = kernels.copying;
    this.#filter = filter;
    this.#maxBytes = Math.min(maxBytes, 0xffff_ffff);
  }

  /** How many objects were passed over last. */
  get passed(): number {
    return this.#passed;
  }

  /** Goes on in a chunk, or begins it anew. */
  enter(): void {
    this.#from = 0;
    this.#to = 0;
    this.#candidate = -1;
  }

  /** Where the object ends that begins at `at` and was not passed over; `undefined` where that is not known. */
  endOf(at: number): number | undefined {
    return at === this.#candidate ? this.#candidateEnd : undefined;
  }

  /** Passes over objects from the one on that begins at `at` of the list, and says where the last of them ends. */
  pass(chunk: Buffer, at: number): number {
    this.#passed = 0;
    if (at === this.#candidate || this.#vain > firstVain + this.#gained / 4) return at;
    let end = at;
    for (let next = at; ; ) {
      if (next < this.#from || next >= this.#to || !this.#kernel.isUsedBy(this)) this.#load(chunk, next);
      const { exports } = this.#kernel;
      const base = this.#base;
      const wantsMore = exports.scan(base + next, base + this.#to, this.#maxBytes) !== 0;
      this.#passed += exports.passed.value;
      if (exports.passed.value > 0) end = exports.passedEnd.value - base;
      const begun = exports.start.value - base;
      if (exports.candidateEnd.value > 0) {
        this.#candidate = begun;
        this.#candidateEnd = exports.candidateEnd.value - base;
        break;
      }
      const isAtEnd = wantsMore && this.#to === chunk.length;
      // Where the window ends within an object, it is moved there, unless it begins there.
      if (isAtEnd || !wantsMore || begun === this.#from) {
        if (!isAtEnd && this.#passed === 0) this.#vain += 1;
        break;
      }
      next = begun;
      this.#to = begun;
    }
    this.#gained += this.#passed;
    return end;
  }

  #load(chunk: Buffer, from: number): void {
    const { copying } = this.#kernels;
    const image = this.#filter.imageFor(copying);
    const inPlace = this.#kernels.inPlace(chunk);
    this.#kernel = inPlace ?? copying;
    this.#kernel.use(this, image);
    if (inPlace === undefined) {
      this.#from = from;
      this.#to = from + copying.load(chunk, from);
      this.#base = -from;
    } else {
      this.#from = 0;
      this.#to = chunk.length;
      this.#base = chunk.byteOffset;
    }
  }
}
