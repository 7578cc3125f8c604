const mark = [0xef, 0xbb, 0xbf];

/** Passes the byte-order mark that a stream may begin with. */
export class JsonByteOrderMark {
  #passed = 0;

  /** Whether the stream has begun with some of its bytes, and has not gone on with the others so far. */
  get isPartial(): boolean {
    return this.#passed > 0 && !this.isWhole;
  }

  get isWhole(): boolean {
    return this.#passed === mark.length;
  }

  /** Whether the byte that comes next belongs to it. */
  passes(byte: number | undefined): boolean {
    if (byte !== mark[this.#passed]) return false;
    this.#passed += 1;
    return true;
  }
}

/** The byte that it begins with. */
export const firstMarkByte = 0xef;
