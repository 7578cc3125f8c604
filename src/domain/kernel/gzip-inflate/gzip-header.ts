import { crc32 } from 'node:zlib';

/** RFC 1952, section 2.3.1. */
export const gzipMagic: readonly number[] = [0x1f, 0x8b];
const deflate = 8;
/** Flags of section 2.3.1. */
const flag = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;
/** The time, how hard it was compressed, and where. */
const restBytes = 6;
/** Bytes up to the first one that is zero. */
const text = Number.POSITIVE_INFINITY;
/** No bytes, but the checksum of those before. */
const checksum = 0;

/** Reads the header of a gzip member, wherever it is cut. */
export class GzipHeader {
  /** Of the bytes before those at hand. */
  #checksum = 0;
  #isHeader: boolean | undefined;
  readonly #fields = this.#readFields();
  /** How many bytes of a field are left, or `text`. */
  #left = 0;

  constructor() {
    this.#next(0);
  }

  /** Whether it is one, once that is known. It is none from the byte on that was read last. */
  get isHeader(): boolean | undefined {
    return this.#isHeader;
  }

  /** Reads bytes of a header that is not known yet, as far as it goes, and says how many. */
  read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#isHeader === undefined) {
      if (this.#left === checksum) this.#next(crc32(bytes.subarray(0, at), this.#checksum) & 0xffff);
      const last = this.#left === text ? bytes.indexOf(0, at) : at + this.#left - 1;
      const isWhole = last >= 0 && last < bytes.length;
      const end = isWhole ? last + 1 : bytes.length;
      this.#left -= end - at;
      at = end;
      if (isWhole) this.#next(bytes[last] as number);
    }
    if (this.#isHeader === undefined) this.#checksum = crc32(bytes, this.#checksum);
    return at;
  }

  #next(asked: number): void {
    const { done, value } = this.#fields.next(asked);
    if (done === true) this.#isHeader = value;
    else this.#left = value;
  }

  /** Yields how long each field is, and is told its last byte; or the lowest bits of the checksum. */
  *#readFields(): Generator<number, boolean, number> {
    for (const known of [...gzipMagic, deflate]) if ((yield 1) !== known) return false;
    const flags = yield 1;
    if ((flags & flag.reserved) !== 0) return false;
    yield restBytes;
    if ((flags & flag.extra) !== 0) {
      const low = yield 1;
      const length = low | ((yield 1) << 8);
      if (length > 0) yield length;
    }
    if ((flags & flag.name) !== 0) yield text;
    if ((flags & flag.comment) !== 0) yield text;
    if ((flags & flag.headerChecksum) === 0) return true;
    const expected = yield checksum;
    const low = yield 1;
    return (low | ((yield 1) << 8)) === expected;
  }
}
