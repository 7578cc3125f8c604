/*
 * The codes of DEFLATE (RFC 1951, section 3.2), as tables. What a code stands for is looked up by as many of the next bits
 * as a table has; a longer code leads on to a table of its own. Two literals with short codes are one entry. An entry, of
 * 32 bits:
 *
 * - 0 to 5: how many bits the code and its extra bits have; 8 to 11: how many the code alone has, unless it is a literal.
 * - 31: a literal, which is 8 to 15; with 30, two of them, the second being 16 to 23.
 * - 15: neither a literal nor a length or distance. With 14, it leads to the table at 16 to 30, of as many bits as 8 to 11
 *   say; with 13, the block ends; else nothing has this code.
 * - else 16 to 30 are the length, or the distance, to which the extra bits are added; or a length of a code.
 *
 * In memory, from 0 to 41,472: lengths of codes, counts, what symbols stand for, tables.
 */

export const literalLengths: usize = 0;
export const distanceLengths: usize = 288;
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
/** The lengths and tables of the fixed codes. */
const fixedLengths: usize = 35_840;
const fixedLiteralTable: usize = 36_352;
const fixedDistanceTable: usize = 40_448;
const lengthsBytes: usize = 320;
/** Whether the tables at hand are those of the fixed codes. */
let areFixed: bool = false;

/** How many bits are looked up at first: of literals and lengths, of distances, of lengths of codes. */
export const literalBits: u32 = 10;
export const distanceBits: u32 = 8;
export const lengthBits: u32 = 7;
const longestCode: u32 = 15;

export const literal: u32 = 0x8000_0000;
export const second: u32 = 0x4000_0000;
export const special: u32 = 0x8000;
export const onward: u32 = 0x4000;
export const blockEnd: u32 = 0x2000;

/** To be called once, before anything else. */
export function prepare(): void {
  for (let symbol = 0; symbol < 256; symbol += 1) store<u32>(literalBase + (symbol << 2), literal | (symbol << 8));
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

/** The tables of the fixed codes (section 3.2.6), as they were made once: a block of ten bits must not cost the making. */
export function takeFixedTables(): void {
  if (areFixed) return;
  areFixed = true;
  memory.copy(literalLengths, fixedLengths, lengthsBytes);
  memory.copy(literalTable, fixedLiteralTable, 4 << literalBits);
  memory.copy(distanceTable, fixedDistanceTable, 4 << distanceBits);
}

function makeFixedTables(): void {
  memory.fill(literalLengths, 8, 144);
  memory.fill(literalLengths + 144, 9, 112);
  memory.fill(literalLengths + 256, 7, 24);
  memory.fill(literalLengths + 280, 8, 8);
  memory.fill(distanceLengths, 5, 32);
  makeTables(288, 32);
  memory.copy(fixedLengths, literalLengths, lengthsBytes);
  memory.copy(fixedLiteralTable, literalTable, 4 << literalBits);
  memory.copy(fixedDistanceTable, distanceTable, 4 << distanceBits);
}

/** @returns Whether both are codes. */
export function makeTables(literals: u32, distances: u32): bool {
  areFixed = false;
  return (
    makeTable(literalLengths, literals, literalTable, literalBase, literalBits) &&
    makeTable(distanceLengths, distances, distanceTable, distanceBase, distanceBits)
  );
}

/** Of the lengths of codes, which stand where those of literals do. */
export function makeLengthTable(): bool {
  areFixed = false;
  return makeTable(literalLengths, 19, lengthTable, lengthBase, lengthBits);
}

/**
 * Makes the table of a code from the lengths of its symbols' codes (section 3.2.2).
 *
 * @returns Whether it is a code: each sequence of bits has one meaning; or it is one code of one bit at most, and not of
 * lengths.
 */
function makeTable(lengths: usize, size: u32, table: usize, base: usize, width: u32): bool {
  memory.fill(counts, 0, 32);
  for (let symbol: u32 = 0; symbol < size; symbol += 1) {
    const count = counts + (<usize>load<u8>(lengths + symbol) << 1);
    store<u16>(count, load<u16>(count) + 1);
  }
  store<u16>(counts, 0);
  let longest: u32 = 0;
  let first: u32 = 0;
  /** Of all sequences of the most bits that a code can have, how many have a meaning. */
  let meant: u32 = 0;
  for (let length: u32 = 1; length <= longestCode; length += 1) {
    const count = <u32>load<u16>(counts + (length << 1));
    store<u16>(places + (length << 1), <u16>first);
    first += count;
    meant += count << (longestCode - length);
    if (count > 0) longest = length;
  }
  const all: u32 = 1 << longestCode;
  if (meant > all || (meant < all && (width == lengthBits || longest > 1))) return false;
  for (let symbol: u32 = 0; symbol < size; symbol += 1) {
    const length = <usize>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const at = load<u16>(places + (length << 1));
    store<u16>(places + (length << 1), at + 1);
    store<u16>(symbols + (<usize>at << 1), <u16>symbol);
  }
  const direct = min(longest, width);
  store<u32>(table, special);
  store<u32>(table, special, 4);
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
  if (longest > width) makeLongTables(next, code, longest, table, base, width);
  if (width == literalBits) pairLiterals(table, width);
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

function pairLiterals(table: usize, width: u32): void {
  for (let index: u32 = 1 << width; index > 0; ) {
    index -= 1;
    const one = load<u32>(table + (index << 2));
    if (<i32>one >= 0) continue;
    const count = one & 63;
    // What follows stands at a lower index, or at the same, so it is no pair yet.
    const other = load<u32>(table + ((index >> count) << 2));
    const both = count + (other & 63);
    if (<i32>other >= 0 || both > width) continue;
    store<u32>(table + (index << 2), literal | second | ((other & 0xff00) << 8) | (one & 0xff00) | both);
  }
}
