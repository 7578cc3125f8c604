import type { FilterImage, ScanKernel } from './scan-kernel.ts';

/** What an element of a list must have, lest it be passed over. */
export interface ElementFilterOptions {
  /** The element's own key that is looked at: 8 to 64 ASCII letters and digits. */
  readonly key: string;
  /** Values of that key. */
  readonly values: ReadonlySet<string>;
  /** Texts anywhere in the element: 3 or more ASCII letters and digits each. */
  readonly literals: readonly string[];
}

/* Where `scan-elements.as` has what it knows, in its memory. */
const tablesAt = 9216;
const keyAt = 9344;
const bucketsAt = 9472;
const literalsAt = 10_240;
const bucketCount = 8;
const maxValueBytes = 128;
const maxLiterals = 256;
/** Of a literal, so much is looked for. */
const maxLiteralBytes = 16;

/**
 * What an element must have, lest it be passed over: one of the values under the key, or one of the literals. It may take
 * elements for such ones that are not, never the other way round.
 */
export class ElementFilter {
  readonly #options: ElementFilterOptions;
  #image: FilterImage | undefined;

  private constructor(options: ElementFilterOptions) {
    this.#options = options;
  }

  /** `undefined` where the key or a literal is of another form, or there are more than 256 literals. */
  static of(options: ElementFilterOptions): ElementFilter | undefined {
    const { key, literals } = options;
    const isUsable = /^[A-Za-z0-9]{8,64}$/.test(key) && literals.length <= maxLiterals;
    return isUsable && literals.every(literal => /^[A-Za-z0-9]{3,}$/.test(literal))
      ? new ElementFilter(options)
      : undefined;
  }

  /** What the kernel is to look for. */
  imageFor(kernel: ScanKernel): FilterImage {
    const { key, literals } = this.#options;
    this.#image ??= kernel.draw(key.length, literals.length > 0, each => this.#write(each));
    return this.#image;
  }

  #write({ exports, memory, window }: ScanKernel): void {
    const { key, values, literals } = this.#options;
    memory.write(`${key}"`, keyAt);
    for (const value of values) {
      const bytes = Buffer.from(value);
      // The kernel takes longer ones for candidates, whatever they are.
      if (bytes.length > maxValueBytes) continue;
      memory.set(bytes, window);
      exports.addValue(window, bytes.length);
    }
    writeLiterals(memory, literals.map(rarePart).toSorted());
  }
}

/** Literals that begin alike share a bucket; a bucket is found by the first two bytes. */
function writeLiterals(memory: Buffer, literals: readonly string[]): void {
  let at = literalsAt;
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    memory.writeUInt32LE(at, bucketsAt + 4 * bucket);
    const from = Math.floor((literals.length * bucket) / bucketCount);
    const to = Math.floor((literals.length * (bucket + 1)) / bucketCount);
    for (const literal of literals.slice(from, to)) {
      memory[at] = literal.length;
      memory.write(literal, at + 1, 'latin1');
      at += 1 + literal.length;
      for (let place = 0; place < 2; place += 1) {
        const byte = literal.charCodeAt(place);
        const table = tablesAt + 32 * place;
        for (const half of [table + (byte & 15), table + 16 + (byte >> 4)]) {
          memory[half] = (memory[half] as number) | (1 << bucket);
        }
      }
    }
  }
  memory.writeUInt32LE(at, bucketsAt + 4 * bucketCount);
}

/** What of a literal is looked for: from where a word ends and another begins ("sDenied"), as few texts have that. */
function rarePart(literal: string): string {
  const seam = literal.search(/[a-z0-9][A-Z]./);
  return literal.slice(Math.max(0, seam)).slice(0, maxLiteralBytes);
}
