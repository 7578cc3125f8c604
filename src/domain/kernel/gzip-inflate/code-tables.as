/*
 * The codes of DEFLATE (RFC 1951, section 3.2), as tables. What a code stands for is looked up by as many of the next bits
 * as a table has; a longer code leads on to a table of its own. Two literals with short codes are one entry. An entry, of
 * 32 bits:
 *
 * - 0 to 5: how many bits the code and its extra bits have; 8 to 11: how many the code alone has, unless it is a literal.
 * - 31: a literal, which is 8 to 15; 24 and 25 say how many there are. Where they are two, the second is 16 to 23.
 * - 15: neither a literal nor a length or distance. With 14, it leads to the table at 16 to 30, of as many bits as 8 to 11
 *   say; with 13, the block ends; else nothing has this code.
 * - else 16 to 30 are the length, or the distance, to which the extra bits are added; or a length of a code.
 *
 * In memory, from 0 to 43,520: lengths of codes, counts, what symbols stand for, tables.
 */

/** Lengths of codes, of eight bits, and 0 for a symbol that has none; eight or a multiple of it at a time. */
export const literalLengths: usize = 0;
export const lengthsOfLiterals: u32 = 288;
export const distanceLengths: usize = 288;
export const lengthsOfDistances: u32 = 32;
export const lengthsOfLengths: u32 = 24;
export const orderOfLengths: usize = 640;
/** By length of a code, 16 times 16 bits: how many there are, and where the next one's symbol goes. */
const counts: usize = 672;
const places: usize = 704;
/** Symbols in the order of their codes, of 16 bits. */
const symbols: usize = 768;
/** What a symbol's entry has apart from its bits. */
const literalBase: usize = 1408;
const distanceBase: usize = 2560;
const lengthBase: usize = 2688;
/** Of 286 symbols, behind which there are 143 further tables of 32 entries at most: each has two symbols or more. */
export const literalTable: usize = 4096;
/** Of 30 symbols; 15 further tables of 128 entries. */
export const distanceTable: usize = 26_624;
export const lengthTable: usize = 35_328;
/** The tables of the fixed codes. */
const fixedLiteralTable: usize = 36_352;
const fixedDistanceTable: usize = 40_448;
/** Entries of the literal table before any literals are paired, up to 512. */
const singles: usize = 41_472;
/** Whether the tables at hand are those of the fixed codes. */
let areFixed: bool = false;

/** How many bits are looked up at first: of literals and lengths, of distances, of lengths of codes. */
export const literalBits: u32 = 10;
export const distanceBits: u32 = 8;
export const lengthBits: u32 = 7;
const longestCode: u32 = 15;

export const literal: u32 = 0x8000_0000;
const first: u32 = 0x0100_0000;
export const second: u32 = 0x0200_0000;
export const special: u32 = 0x8000;
export const onward: u32 = 0x4000;
export const blockEnd: u32 = 0x2000;
/** No code begins with this bit: it is read, and cannot be. */
const unmeant: u32 = special | 0x0101;

/** To be called once, before anything else. */
export function prepare(): void {
  for (let symbol = 0; symbol < 256; symbol += 1) store<u32>(literalBase + (symbol << 2), literal | first | (symbol << 8));
  store<u32>(literalBase + (256 << 2), special | blockEnd);
  let length: u32 = 3;
  for (let index: u32 = 0; index < 28; index += 1) {
    const extra: u32 = index < 8 ? 0 : (index >> 2) - 1;
    store<u32>(literalBase + ((257 + index) << 2), (length << 16) | extra);
    length += 1 << extra;
  }
  store<u32>(literalBase + (285 << 2), 258 << 16);
  let distance: u32 = 1;
  for (let index: u32 = 0; index < 30; index += 1) {
    const extra: u32 = index < 4 ? 0 : (index >> 1) - 1;
    store<u32>(distanceBase + (index << 2), (distance << 16) | extra);
    distance += 1 << extra;
  }
  for (let symbol: u32 = 0; symbol < 19; symbol += 1) store<u32>(lengthBase + (symbol << 2), symbol << 16);
  // Symbols that the fixed codes have, and nothing means (section 3.2.6).
  store<u32>(literalBase + (286 << 2), special);
  store<u32>(literalBase + (287 << 2), special);
  store<u32>(distanceBase + (30 << 2), special);
  store<u32>(distanceBase + (31 << 2), special);
  // 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 (section 3.2.7)
  store<u64>(orderOfLengths, 0x0609_0708_0012_1110);
  store<u64>(orderOfLengths, 0x020d_030c_040b_050a, 8);
  store<u32>(orderOfLengths, 0x000f_010e, 16);
  makeFixedTables();
}

/**
 * The tables of the fixed codes (section 3.2.6), as they were made once: a block of ten bits must not cost the making. No
 * literals are paired in them, so that nobody asks for their lengths.
 */
export function takeFixedTables(): void {
  if (areFixed) return;
  areFixed = true;
  memory.copy(literalTable, fixedLiteralTable, 4 << literalBits);
  memory.copy(distanceTable, fixedDistanceTable, 4 << distanceBits);
}

function makeFixedTables(): void {
  memory.fill(literalLengths, 8, 144);
  memory.fill(literalLengths + 144, 9, 112);
  memory.fill(literalLengths + 256, 7, 24);
  memory.fill(literalLengths + 280, 8, 8);
  memory.fill(distanceLengths, 5, 32);
  makeTables();
  memory.copy(fixedLiteralTable, literalTable, 4 << literalBits);
  memory.copy(fixedDistanceTable, distanceTable, 4 << distanceBits);
}

/** @returns Whether both are codes. */
export function makeTables(): bool {
  areFixed = false;
  return (
    makeTable(literalLengths, lengthsOfLiterals, literalTable, literalBase, literalBits) &&
    makeTable(distanceLengths, lengthsOfDistances, distanceTable, distanceBase, distanceBits)
  );
}

/** Of the lengths of codes, which stand where those of literals do. */
export function makeLengthTable(): bool {
  return makeTable(literalLengths, lengthsOfLengths, lengthTable, lengthBase, lengthBits);
}

/**
 * Makes the table of a code from the lengths of its symbols' codes (section 3.2.2).
 *
 * @returns Whether it is a code: each sequence of bits has one meaning; or it is one code of one bit at most, and not of
 * lengths.
 */
function makeTable(lengths: usize, size: u32, table: usize, base: usize, width: u32): bool {
  memory.fill(counts, 0, 32);
  // Most symbols have no code: eight of them are passed over at a time.
  for (let symbol: u32 = 0; symbol < size; symbol += 8) {
    for (let eight = load<u64>(lengths + symbol); eight != 0; eight >>= 8) {
      const count = counts + (<usize>(eight & 15) << 1);
      store<u16>(count, load<u16>(count) + 1);
    }
  }
  let longest: u32 = 0;
  let coded: u32 = 0;
  /** Of all sequences of the most bits that a code can have, how many have a meaning. */
  let meant: u32 = 0;
  for (let length: u32 = 1; length <= longestCode; length += 1) {
    const count = <u32>load<u16>(counts + (length << 1));
    store<u16>(places + (length << 1), <u16>coded);
    coded += count;
    meant += count << (longestCode - length);
    if (count > 0) longest = length;
  }
  const all: u32 = 1 << longestCode;
  if (meant > all || (meant < all && (width == lengthBits || longest > 1))) return false;
  // Behind the symbols that have codes, there is room for those that have none.
  store<u16>(places, <u16>coded);
  for (let eight: u32 = 0; eight < size; eight += 8) {
    if (load<u64>(lengths + eight) == 0) continue;
    for (let symbol = eight; symbol < eight + 8; symbol += 1) {
      const place = places + (<usize>load<u8>(lengths + symbol) << 1);
      const at = load<u16>(place);
      store<u16>(place, at + 1);
      store<u16>(symbols + (<usize>at << 1), <u16>symbol);
    }
  }
  const direct = min(longest, width);
  store<u32>(table, unmeant);
  store<u32>(table, unmeant, 4);
  let code: u32 = 0;
  let next = symbols;
  for (let length: u32 = 1; length <= direct; length += 1) {
    // So far, each entry stands for half as many bits.
    if (length > 1) memory.copy(table + (2 << length), table, 2 << length);
    for (let count = load<u16>(counts + (length << 1)); count > 0; count -= 1) {
      store<u32>(table + (code << 2), entryOf(load<u16>(next), base, length));
      next += 2;
      code = after(code, length);
    }
  }
  for (let length = max(direct, 1); length < width; length += 1) memory.copy(table + (4 << length), table, 4 << length);
  if (width == literalBits) pairLiterals();
  if (longest > width) makeLongTables(next, code, longest, table, base, width);
  return true;
}

/** Codes of more bits than a table has: by their first bits, the table behind it that has the others. */
function makeLongTables(next: usize, code: u32, longest: u32, table: usize, base: usize, width: u32): void {
  const size: u32 = 1 << (longest - width);
  const mask: u32 = (1 << width) - 1;
  let prefix = u32.MAX_VALUE;
  let start: u32 = 1 << width;
  let free: u32 = 1 << width;
  for (let length = width + 1; length <= longest; length += 1) {
    for (let count = load<u16>(counts + (length << 1)); count > 0; count -= 1) {
      if ((code & mask) != prefix) {
        prefix = code & mask;
        start = free;
        free += size;
        store<u32>(table + (prefix << 2), special | onward | (start << 16) | ((longest - width) << 8) | width);
      }
      const entry = entryOf(load<u16>(next), base, length - width);
      next += 2;
      for (let index = code >> width; index < size; index += 1 << (length - width)) {
        store<u32>(table + ((start + index) << 2), entry);
      }
      code = after(code, length);
    }
  }
}

@inline
function entryOf(symbol: u32, base: usize, length: u32): u32 {
  const entry = load<u32>(base + (symbol << 2));
  return entry + (<i32>entry < 0 ? length : (length << 8) | length);
}

/** The code that follows; the first of its bits is the lowest one. */
@inline
function after(code: u32, length: u32): u32 {
  const unset = code ^ ((1 << length) - 1);
  if (unset == 0) return code;
  const bit = <u32>0x8000_0000 >> clz(unset);
  return (code & (bit - 1)) | bit;
}

/** Makes one entry of two literals whose codes have `literalBits` at most; to be called ahead of `makeLongTables`. */
function pairLiterals(): void {
  let code: u32 = 0;
  let next = symbols;
  let shortest: u32 = 0;
  /** Of the codes that leave room for another one. */
  let longest = literalBits - 1;
  for (let length: u32 = 1; length <= longest; length += 1) {
    for (let count = load<u16>(counts + (length << 1)); count > 0; count -= 1) {
      if (load<u16>(next) < 256) {
        if (shortest == 0) {
          shortest = length;
          longest = literalBits - shortest;
          memory.copy(singles, literalTable, 4 << longest);
        }
        pairLiteral(code, length);
      }
      next += 2;
      code = after(code, length);
    }
  }
}

/** Pairs a literal with all that follow, four at a time; where there is one bit for them, two go behind the table. */
function pairLiteral(code: u32, length: u32): void {
  const rest = literalBits - length;
  const step: usize = 4 << length;
  let to = literalTable + (code << 2);
  const one = i32x4.splat(load<u32>(to));
  const two = i32x4.add(one, i32x4.splat(second - first));
  const end = singles + (4 << rest);
  for (let from = singles; from < end; from += 16) {
    const others = v128.load(from);
    const theirBits = v128.and(others, i32x4.splat(63));
    const theirBytes = i32x4.shl(v128.and(others, i32x4.splat(0xff00)), 8);
    const pairs = i32x4.add(two, v128.or(theirBits, theirBytes));
    // As a number with a sign, a literal is less than all else.
    const arePairs = i32x4.le_s(v128.and(others, i32x4.splat(literal | 63)), i32x4.splat(literal | rest));
    const entries = v128.bitselect(pairs, one, arePairs);
    store<i32>(to, i32x4.extract_lane(entries, 0));
    store<i32>(to + step, i32x4.extract_lane(entries, 1));
    store<i32>(to + 2 * step, i32x4.extract_lane(entries, 2));
    store<i32>(to + 3 * step, i32x4.extract_lane(entries, 3));
    to += 4 * step;
  }
}
