import { crc32 } from 'node:zlib';

/** RFC 1952, section 2.3.1. */
export const gzipMagic: readonly number[] = [0x1f, 0x8b];
const deflate = 8;
/** Flags of section 2.3.1. */
const flag = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/**
 * Reads the header of a gzip member, byte by byte: `next(byte)` for each, after a first call that only begins.
 *
 * @returns Whether it is one. It is none from the byte on that was given last.
 */
export function* gzipHeader(): Generator<undefined, boolean, number> {
  for (const known of [...gzipMagic, deflate]) if ((yield) !== known) return false;
  const flags = yield;
  if ((flags & flag.reserved) !== 0) return false;
  if ((flags & flag.headerChecksum) === 0) {
    yield* fields(flags);
    return true;
  }
  const rest = fields(flags);
  rest.next(0);
  let checksum = crc32(Uint8Array.of(...gzipMagic, deflate, flags));
  for (let isAtEnd: boolean | undefined = false; isAtEnd !== true; ) {
    const byte = yield;
    checksum = crc32(Uint8Array.of(byte), checksum);
    isAtEnd = rest.next(byte).done;
  }
  const low = yield;
  return (low | ((yield) << 8)) === (checksum & 0xffff);
}

/** What stands between the flags and the header's checksum. */
function* fields(flags: number): Generator<undefined, void, number> {
  // The time, how hard it was compressed, and where.
  for (let left = 6; left > 0; left -= 1) yield;
  if ((flags & flag.extra) !== 0) {
    const low = yield;
    for (let left = low | ((yield) << 8); left > 0; left -= 1) yield;
  }
  if ((flags & flag.name) !== 0) while ((yield) !== 0);
  if ((flags & flag.comment) !== 0) while ((yield) !== 0);
}
