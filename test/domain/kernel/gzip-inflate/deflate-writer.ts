import { crc32 } from 'node:zlib';

/** RFC 1951, section 3.2.7. */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Writes DEFLATE (RFC 1951) bit by bit, right or wrong as a test wants it. */
export class DeflateWriter {
  readonly #bits: number[] = [];

  /** The lowest bit first, as all but codes are written. */
  bits(value: number, count: number): this {
    for (let place = 0; place < count; place += 1) this.#bits.push((value >> place) & 1);
    return this;
  }

  /** The highest bit first. */
  code(value: number, count: number): this {
    for (let place = count - 1; place >= 0; place -= 1) this.#bits.push((value >> place) & 1);
    return this;
  }

  /** Begins a block. @param type 0 stored, 1 fixed, 2 dynamic, 3 none. */
  block(type: number, isLast = true): this {
    return this.bits(isLast ? 1 : 0, 1).bits(type, 2);
  }

  /** A literal, a length (257 and more) or the end of the block (256), by the fixed code. */
  fixed(...symbols: readonly number[]): this {
    for (const symbol of symbols) {
      if (symbol < 144) this.code(0x30 + symbol, 8);
      else if (symbol < 256) this.code(0x190 + symbol - 144, 9);
      else if (symbol < 280) this.code(symbol - 256, 7);
      else this.code(0xc0 + symbol - 280, 8);
    }
    return this;
  }

  /** Header of a dynamic block, with each length of a code written in full: all lengths of codes have four bits. */
  lengths(literals: readonly number[], distances: readonly number[]): this {
    this.bits(literals.length - 257, 5)
      .bits(distances.length - 1, 5)
      .bits(19 - 4, 4);
    for (const symbol of order) this.bits(symbol < 16 ? 4 : 0, 3);
    for (const length of [...literals, ...distances]) this.code(length, 4);
    return this;
  }

  /** Goes on at the next byte, as a stored block does. */
  align(): this {
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
    return this;
  }

  deflated(): Buffer {
    this.align();
    const bytes = Buffer.alloc(this.#bits.length / 8);
    for (const [place, bit] of this.#bits.entries()) {
      bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (bit << (place & 7));
    }
    return bytes;
  }

  /** A member of gzip that inflates to `output`. */
  gzip(output: Uint8Array | string = ''): Buffer {
    const bytes = Buffer.from(output);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc32(bytes));
    trailer.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([Buffer.from('1f8b08000000000000ff', 'hex'), this.deflated(), trailer]);
  }
}
