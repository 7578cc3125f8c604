import type { FilterImage, ScanKernel } from './scan-kernel.ts';

/** What an element of a list must have, lest it be passed over. */
export interface ElementFilterOptions {
  /** The element's own key that is looked at: 8 to 63 ASCII letters and digits. */
  readonly key: string;
  /** Values of that key. */
  readonly values: ReadonlySet<string>;
  /** Texts anywhere in the element: 3 or more ASCII letters and digits each. */
  readonly literals: readonly string[];
  /** Texts that most elements contain. Literals are looked for by two letters that are rare there. */
  readonly frequent?: readonly string[];
}

/* Where `filter-knowledge.as` has it, from `knowledge` on. */
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
    const isUsable = /^[A-Za-z0-9]{8,63}$/.test(key) && literals.length <= maxLiterals;
    return isUsable && literals.every(literal => /^[A-Za-z0-9]{3,}$/.test(literal))
      ? new ElementFilter(options)
      : undefined;
  }

  /** What the kernel is to look for. Overwrites what it was to scan. */
  imageFor(kernel: ScanKernel): FilterImage {
    const { key, literals } = this.#options;
    this.#image ??= kernel.draw(key.length, literals.length > 0, (exports, memory) => {
      const knowledge = exports.knowledge.value;
      this.#writeTo(memory.subarray(knowledge), knowledge);
      for (const value of this.#options.values) {
        const bytes = Buffer.from(value);
        // The kernel takes longer ones for candidates, whatever they are.
        if (bytes.length > maxValueBytes) continue;
        memory.set(bytes);
        exports.addValue(0, bytes.length);
      }
    });
    return this.#image;
  }

  #writeTo(knows: Buffer, knowledge: number): void {
    const { key, literals, frequent = [] } = this.#options;
    knows.write(`${key}"`, keyAt);
    writeLiterals(knows, knowledge, literals.map(each => partOf(each, frequent)).toSorted(byPair));
  }
}

/** What of a literal is looked for, and where in it the two letters stand by which it is found. */
interface LiteralPart {
  readonly text: string;
  readonly pairAt: number;
}

/** Literals with like pairs share a bucket; a bucket is found by the two bytes of a pair. */
function writeLiterals(memory: Buffer, knowledge: number, parts: readonly LiteralPart[]): void {
  let at = literalsAt;
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    memory.writeUInt32LE(knowledge + at, bucketsAt + 4 * bucket);
    const from = Math.floor((parts.length * bucket) / bucketCount);
    const to = Math.floor((parts.length * (bucket + 1)) / bucketCount);
    for (const { text, pairAt } of parts.slice(from, to)) {
      memory[at] = text.length;
      memory[at + 1] = pairAt;
      memory.write(text, at + 2, 'latin1');
      at += 2 + text.length;
      for (let place = 0; place < 2; place += 1) {
        const byte = text.charCodeAt(pairAt + place);
        const table = tablesAt + 32 * place;
        for (const half of [table + (byte & 15), table + 16 + (byte >> 4)]) {
          memory[half] = (memory[half] as number) | (1 << bucket);
        }
      }
    }
  }
  memory.writeUInt32LE(knowledge + at, bucketsAt + 4 * bucketCount);
}

/** The first of the pairs of letters that are the rarest. */
function partOf(literal: string, frequent: readonly string[]): LiteralPart {
  const counts = Array.from({ length: literal.length - 1 }, (_, at) => {
    const pair = literal.slice(at, at + 2);
    return frequent.filter(text => text.includes(pair)).length;
  });
  const pairAt = counts.indexOf(Math.min(...counts));
  const from = Math.min(pairAt, Math.max(0, literal.length - maxLiteralBytes));
  return { text: literal.slice(from, from + maxLiteralBytes), pairAt: pairAt - from };
}

function byPair(a: LiteralPart, b: LiteralPart): number {
  return a.text.slice(a.pairAt) < b.text.slice(b.pairAt) ? -1 : 1;
}
