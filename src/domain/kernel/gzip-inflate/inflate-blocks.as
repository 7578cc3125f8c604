/*
 * AssemblyScript (https://www.assemblyscript.org), built by test/domain/kernel/write-kernels.ts into inflate-binary.ts.
 * Gzip-inflater.ts is the only one that calls it, and says what for.
 *
 * Inflates DEFLATE (RFC 1951).
 */

import {
  blockEnd,
  distanceBits,
  distanceLengths,
  distanceTable,
  lengthsOfDistances,
  lengthsOfLengths,
  lengthsOfLiterals,
  lengthTable,
  literalBits,
  literalLengths,
  literalTable,
  makeLengthTable,
  makeTables,
  onward,
  orderOfLengths,
  second,
  special,
  takeFixedTables,
} from './code-tables';
export { prepare } from './code-tables';
export { fold, folded } from './fold-checksum';

/* In memory, from 69,632 to some 430,600; what is behind that, up to 458,752, is free. */
/** The eight bytes ahead of it are kept with it. */
export const input: usize = 69_632;
export const inputBytes: usize = 65_536;
export const output: usize = 135_296;
/** How far back a match can reach. */
export const historyBytes: usize = 32_768;
export const outputBytes: usize = 262_144;

/** Of four bytes for each entry. */
const literalMask: u32 = ((1 << literalBits) - 1) << 2;
const distanceMask: u32 = ((1 << distanceBits) - 1) << 2;
/** A dynamic block's header has no more bytes. */
const mostHeader: usize = 1024;
/** A turn of `inflateFast` reads no further than this. */
const inputSlack: usize = 24;

/** What `inflate` answers. */
export const needsInput: i32 = 0;
export const isFull: i32 = 1;
export const hasEnded: i32 = 2;
export const isDamaged: i32 = 3;
export const isTruncated: i32 = 4;
/** What the parts of `inflate` answer where it goes on. */
const goesOn: i32 = 5;

/** Where the next byte is read, and written. */
export let inputAt: usize = 0;
export let outputAt: usize = 0;
/** Bits that have been read, and how many of them are left. */
let bits: u64 = 0;
let bitCount: u32 = 0;
let isLastBlock: bool = false;
let place: i32 = 0;
const atHeader: i32 = 0;
const inCodes: i32 = 1;
const inStored: i32 = 2;
let storedLeft: usize = 0;

/** Begins at `inputAt` and `outputAt`, which whoever calls sets. */
export function begin(): void {
  bits = 0;
  bitCount = 0;
  isLastBlock = false;
  place = atHeader;
}

/**
 * Inflates bytes up to `inputEnd`, to somewhere behind `outputEnd` at most. No match reaches further back than `output`.
 *
 * @param isLast Whether no more bytes follow those before `inputEnd`. What stands behind it is read, and means nothing.
 */
export function inflate(inputEnd: usize, isLast: bool, outputEnd: usize): i32 {
  for (;;) {
    let answer = goesOn;
    if (place == inStored) answer = copyStored(inputEnd, outputEnd);
    else if (place == inCodes) answer = inflateCodes(inputEnd, isLast, outputEnd);
    else if (isLastBlock) {
      giveBack();
      return hasEnded;
    } else if (!isLast && inputAt + mostHeader > inputEnd) answer = needsInput;
    else answer = readHeader(inputEnd);
    if (answer == goesOn) continue;
    if (answer == isDamaged || answer == isTruncated || (answer == needsInput && isLast)) {
      const wasCut = answer != isDamaged || left(inputEnd) < 0;
      giveBack();
      return wasCut ? isTruncated : isDamaged;
    }
    return answer;
  }
}

/** Lets `inputAt` stand behind the byte that holds the bit read last. */
function giveBack(): void {
  inputAt -= bitCount >> 3;
  bitCount &= 7;
}

/** How many bits there are up to `inputEnd`; fewer than none where more have been read. */
@inline
function left(inputEnd: usize): isize {
  return ((<isize>inputEnd - <isize>inputAt) << 3) + <isize>bitCount;
}

/** Makes 56 bits or more ready. */
@inline
function refill(): void {
  bits |= load<u64>(inputAt) << bitCount;
  inputAt += (63 - bitCount) >> 3;
  bitCount |= 56;
}

@inline
function take(count: u32): u32 {
  const taken = <u32>bits & ((1 << count) - 1);
  bits >>= count;
  bitCount -= count;
  return taken;
}

/** Section 3.2.3. */
function readHeader(inputEnd: usize): i32 {
  refill();
  isLastBlock = take(1) != 0;
  const type = take(2);
  if (type == 0) return readStoredHeader(inputEnd);
  if (type == 3) return isDamaged;
  if (type == 1) {
    takeFixedTables();
  } else if (!readCodes(inputEnd)) return isDamaged;
  place = inCodes;
  return left(inputEnd) < 0 ? isTruncated : goesOn;
}

/** Section 3.2.4. */
function readStoredHeader(inputEnd: usize): i32 {
  take(bitCount & 7);
  const length = take(16);
  const complement = take(16);
  if (left(inputEnd) < 0) return isTruncated;
  if ((length ^ complement) != 0xffff) return isDamaged;
  giveBack();
  bits = 0;
  storedLeft = length;
  place = inStored;
  return goesOn;
}

/** Section 3.2.7. */
function readCodes(inputEnd: usize): bool {
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const lengths = take(4) + 4;
  if (literals > 286 || distances > 30) return false;
  memory.fill(literalLengths, 0, lengthsOfLengths);
  for (let index: u32 = 0; index < lengths; index += 1) {
    refill();
    store<u8>(literalLengths + <usize>load<u8>(orderOfLengths + index), <u8>take(3));
  }
  if (!makeLengthTable()) return false;
  const all = literals + distances;
  for (let index: u32 = 0; index < all; ) {
    refill();
    // What stands behind the end is no length.
    if (left(inputEnd) < 0) return false;
    const entry = load<u32>(lengthTable + (<usize>(<u32>bits & 127) << 2));
    take(entry & 63);
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(literalLengths + index, <u8>symbol);
      index += 1;
      continue;
    }
    let times: u32 = 3;
    let length: u32 = 0;
    if (symbol == 16) {
      if (index == 0) return false;
      length = load<u8>(literalLengths + index - 1);
      times += take(2);
    } else if (symbol == 17) times += take(3);
    else times = 11 + take(7);
    if (index + times > all) return false;
    memory.fill(literalLengths + index, <u8>length, times);
    index += times;
  }
  if (load<u8>(literalLengths, 256) == 0) return false;
  memory.copy(distanceLengths, literalLengths + literals, distances);
  memory.fill(distanceLengths + distances, 0, lengthsOfDistances - distances);
  memory.fill(literalLengths + literals, 0, lengthsOfLiterals - literals);
  return makeTables();
}

function copyStored(inputEnd: usize, outputEnd: usize): i32 {
  if (storedLeft == 0) {
    place = atHeader;
    return goesOn;
  }
  if (outputAt >= outputEnd) return isFull;
  if (inputAt == inputEnd) return needsInput;
  const length = min(storedLeft, min(inputEnd - inputAt, outputEnd - outputAt));
  memory.copy(outputAt, inputAt, length);
  inputAt += length;
  outputAt += length;
  storedLeft -= length;
  return goesOn;
}

function inflateCodes(inputEnd: usize, isLast: bool, outputEnd: usize): i32 {
  const answer = inflateFast(inputEnd - inputSlack, outputEnd);
  return answer == needsInput && isLast ? inflateLast(inputEnd, outputEnd) : answer;
}

/**
 * Inflates while `inputSlack` bytes or more are left. What waits for what is longest from one lookup to the next one: so
 * that is done ahead of all else, and the bits that are ready stand two places higher, where they are the offset of an
 * entry.
 */
function inflateFast(inputLimit: usize, outputEnd: usize): i32 {
  if (inputAt >= inputLimit) return needsInput;
  // The bits that are given back still stand there, as they are read again.
  giveBack();
  let ready = bits << 2;
  /** Its lowest six bits say how many bits are ready, with the two below them. */
  let count = bitCount + 2;
  let from = inputAt;
  let to = outputAt;
  let answer = goesOn;
  ready |= load<u64>(from) << count;
  from += 7 ^ ((count >> 3) & 7);
  count |= 56;
  let entry = load<u32>(<usize>(<u32>ready & literalMask), literalTable);
  for (;;) {
    ready |= load<u64>(from) << count;
    from += 7 ^ ((count >> 3) & 7);
    count |= 56;
    if (from >= inputLimit || to >= outputEnd) {
      answer = from >= inputLimit ? needsInput : isFull;
      break;
    }
    if (<i32>entry < 0) {
      // Of 62 bits, four entries take 40 at most, and the next lookup 10.
      ready >>= <u64>entry;
      count -= entry;
      store<u16>(to, <u16>(entry >> 8));
      to += (entry >> 24) & 3;
      entry = load<u32>(<usize>(<u32>ready & literalMask), literalTable);
      if (<i32>entry >= 0) continue;
      ready >>= <u64>entry;
      count -= entry;
      store<u16>(to, <u16>(entry >> 8));
      to += (entry >> 24) & 3;
      entry = load<u32>(<usize>(<u32>ready & literalMask), literalTable);
      if (<i32>entry >= 0) continue;
      ready >>= <u64>entry;
      count -= entry;
      store<u16>(to, <u16>(entry >> 8));
      to += (entry >> 24) & 3;
      entry = load<u32>(<usize>(<u32>ready & literalMask), literalTable);
      if (<i32>entry >= 0) continue;
      ready >>= <u64>entry;
      count -= entry;
      store<u16>(to, <u16>(entry >> 8));
      to += (entry >> 24) & 3;
      entry = load<u32>(<usize>(<u32>ready & literalMask), literalTable);
      continue;
    }
    if ((entry & special) != 0) {
      if ((entry & onward) != 0) {
        ready >>= <u64>entry;
        count -= entry;
        const rest = <u32>(ready >> 2) & ((1 << ((entry >> 8) & 15)) - 1);
        entry = load<u32>(literalTable + (<usize>((entry >> 16) + rest) << 2));
        if (<i32>entry < 0) {
          ready >>= <u64>entry;
          count -= entry;
          store<u8>(to, <u8>(entry >> 8));
          to += 1;
          entry = load<u32>(<usize>(<u32>ready & literalMask), literalTable);
          continue;
        }
      }
      if ((entry & special) != 0) {
        ready >>= <u64>entry;
        count -= entry;
        if ((entry & blockEnd) != 0) place = atHeader;
        else answer = isDamaged;
        break;
      }
    }
    // Of 62 bits, a length takes 20 at most, a distance 28, and the next lookup 10.
    let extra = ready >> 2;
    let coded = entry;
    ready >>= <u64>entry;
    count -= entry;
    entry = load<u32>(<usize>(<u32>ready & distanceMask), distanceTable);
    const length = <usize>((coded >> 16) + <u32>((extra & ((<u64>1 << <u64>coded) - 1)) >> <u64>(coded >> 8)));
    if ((entry & special) != 0) {
      if ((entry & onward) != 0) {
        ready >>= <u64>entry;
        count -= entry;
        const rest = <u32>(ready >> 2) & ((1 << ((entry >> 8) & 15)) - 1);
        entry = load<u32>(distanceTable + (<usize>((entry >> 16) + rest) << 2));
      }
      if ((entry & special) != 0) {
        ready >>= <u64>entry;
        count -= entry;
        answer = isDamaged;
        break;
      }
    }
    extra = ready >> 2;
    coded = entry;
    ready >>= <u64>entry;
    count -= entry;
    entry = load<u32>(<usize>(<u32>ready & literalMask), literalTable);
    const distance = <usize>((coded >> 16) + <u32>((extra & ((<u64>1 << <u64>coded) - 1)) >> <u64>(coded >> 8)));
    if (distance > to - output) {
      answer = isDamaged;
      break;
    }
    copyMatch(to, distance, length);
    to += length;
  }
  bits = ready >> 2;
  bitCount = (count & 63) - 2;
  inputAt = from;
  outputAt = to;
  return answer;
}

/** Copies what may overlap itself; up to 63 bytes behind it are written, too: few matches are longer than 64. */
@inline
function copyMatch(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  let from = to - distance;
  if (distance >= 16) {
    do {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      v128.store(to, v128.load(from, 32), 32);
      v128.store(to, v128.load(from, 48), 48);
      from += 64;
      to += 64;
    } while (to < end);
  } else if (distance == 1) {
    const bytes = i8x16.splat(load<u8>(from));
    do {
      v128.store(to, bytes);
      to += 16;
    } while (to < end);
  } else {
    // Of the eight bytes, as many as lie between the two places are right; more than eight are not copied.
    const step = min(distance, 8);
    do {
      store<u64>(to, load<u64>(from));
      from += step;
      to += step;
    } while (to < end);
  }
}

/** Inflates the last bytes, code by code: none that the end of the bytes has cut. */
function inflateLast(inputEnd: usize, outputEnd: usize): i32 {
  while (outputAt < outputEnd) {
    refill();
    let entry = takeCode(literalTable, literalBits);
    if (<i32>entry < 0) {
      if (left(inputEnd) < 0) return isTruncated;
      store<u8>(outputAt, <u8>(entry >> 8));
      outputAt += 1;
      continue;
    }
    if ((entry & special) != 0) {
      if ((entry & blockEnd) == 0) return isDamaged;
      if (left(inputEnd) < 0) return isTruncated;
      place = atHeader;
      return goesOn;
    }
    const length = (entry >> 16) + takeExtra(entry);
    entry = takeCode(distanceTable, distanceBits);
    if ((entry & special) != 0) return isDamaged;
    const distance = <usize>((entry >> 16) + takeExtra(entry));
    if (left(inputEnd) < 0) return isTruncated;
    if (distance > outputAt - output) return isDamaged;
    copyMatch(outputAt, distance, length);
    outputAt += length;
  }
  return isFull;
}

/** The entry of the next code, of which the bits are taken, but for extra ones. */
function takeCode(table: usize, width: u32): u32 {
  let entry = load<u32>(table + (<usize>(<u32>bits & ((1 << width) - 1)) << 2));
  if (<i32>entry < 0) {
    const byte = (entry >> 8) & 0xff;
    // Of two literals, the first one.
    take((entry & second) != 0 ? <u32>load<u8>(literalLengths + byte) : entry & 63);
    return entry;
  }
  if ((entry & onward) != 0) {
    take(width);
    entry = load<u32>(table + (<usize>((entry >> 16) + (<u32>bits & ((1 << ((entry >> 8) & 15)) - 1))) << 2));
  }
  if (<i32>entry < 0 || (entry & special) != 0) take(entry & 63);
  else take((entry >> 8) & 15);
  return entry;
}

function takeExtra(entry: u32): u32 {
  return take((entry & 63) - ((entry >> 8) & 15));
}
