import { isJsonBlank, jsonBytes } from './json-bytes.ts';

const { newline, comma, colon, openBracket, openBrace } = jsonBytes;
const nothing = Buffer.alloc(0);
const linesOfObjects = Buffer.from([newline, openBrace]);
const linesOfArrays = Buffer.from([newline, openBracket]);

/** So far ahead lines are looked for: what is passed over unread is not searched in vain. */
const reach = 8 * 1024;

/** Finds the lines of a stream that begin with a brace or a bracket: in JSON lines, each begins a value. */
export class JsonLineStarts {
  #chunk: Buffer = nothing;
  /** Up to where the next ones of either kind have been looked for, in the chunk at hand. */
  #object = -1;
  #array = -1;
  /** Up to where no line begins at all. */
  #lineless = -1;
  /** Before the chunk at hand: the last byte, and the last that is no blank. */
  #byteBefore = 0;
  #tokenBefore = 0;

  /** Goes on in a chunk, or begins it anew. */
  begin(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#object = -1;
    this.#array = -1;
    this.#lineless = -1;
  }

  /** Leaves the chunk for the one that follows it. */
  end(): void {
    const { length } = this.#chunk;
    this.#tokenBefore = this.#tokenAhead(length);
    this.#byteBefore = this.#chunk[length - 1] ?? this.#byteBefore;
  }

  /** Where the next such line begins, from `at` on; where none does nearby, up to where, beyond `at`. */
  next(at: number): number {
    if (this.#object <= at) this.#object = this.#find(linesOfObjects, at);
    if (this.#array <= at) this.#array = this.#find(linesOfArrays, at);
    return Math.min(this.#object, this.#array);
  }

  /** Whether what stands before `at`, outside of strings, lets a value begin there; a comma does in a list only. */
  mayBeginValue(at: number): boolean {
    const token = this.#tokenAhead(at);
    return token === colon || token === comma || token === openBracket;
  }

  #find(line: Buffer, at: number): number {
    const first = this.#chunk[0];
    if (at === 0 && this.#byteBefore === newline && first === line[1]) return 0;
    const from = Math.max(0, at - 1);
    const end = Math.min(at + reach, this.#chunk.length);
    if (end <= this.#lineless) return end;
    const ahead = this.#chunk.subarray(from, end);
    if (!ahead.includes(newline)) {
      this.#lineless = end;
      return end;
    }
    const found = ahead.indexOf(line);
    return found === -1 ? end : from + found + 1;
  }

  #tokenAhead(end: number): number {
    for (let at = end - 1; at >= 0; at -= 1) {
      const byte = this.#chunk[at] as number;
      if (!isJsonBlank(byte)) return byte;
    }
    return this.#tokenBefore;
  }
}
