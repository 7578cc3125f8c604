/*
 * AssemblyScript (https://www.assemblyscript.org), built by test/domain/kernel/write-kernels.ts into scan-binary.ts.
 * Element-scan.ts is the only one that calls it, and says what for.
 *
 * Passes over the objects of a JSON list, 64 bytes at a time, as simdjson does it (Langdale and Lemire, "Parsing
 * gigabytes of JSON per second", 2019): each byte of a block is a bit of a mask, and all of the block's bytes are judged
 * at once. What is passed over is JSON without blanks between its tokens (RFC 8259); what may be anything else is not.
 *
 * In memory, from the start: a set of hashes, tables to find literals with, the key, bytes to compare with, the literals,
 * the window.
 */

/** A bit for each 16-bit hash of a value. */
const hashes: usize = 1024;
/** Four tables of 16 bytes: by the low and by the high half of the two bytes by which a literal is found, its buckets. */
const tables: usize = 9216;
/** The key with its closing quote. */
const key: usize = 9344;
/** By bucket, where its literals begin and end: 9 times 32 bits. */
const buckets: usize = 9472;
/** What all 16 bytes of a vector are compared with. As constants of the code, V8 makes them anew for each use. */
const constants: usize = 9536;
const aQuote: usize = 0;
const aColon: usize = 1;
const aComma: usize = 2;
const aBackslash: usize = 3;
/** With these bits set, all four brackets are the same byte, which is the next. */
const likeABracket: usize = 4;
const aBracket: usize = 5;
const firstPrintable: usize = 6;
const lowerHalf: usize = 7;
/** Each literal behind two bytes: how long it is, and where the two bytes are by which it is found. */
const literals: usize = 10240;
export const window: usize = 16384;

const longestValue: i32 = 128;
/** Levels of containers that are told apart. */
const deepest: i32 = 63;
/** A shorter number, word or escape, which the end of the bytes may have cut off, is not taken for a wrong one. */
const longestToken: usize = 8;

let keyHead: u64 = 0;
let keyLength: i32 = 0;
let hasLiterals: bool = false;

/** How many objects have been passed over. */
export let passed: u32 = 0;
/** Where the last of them ends; where the scan began if there is none. */
export let passedEnd: usize = 0;
/** Where the object begins that follows them. */
export let start: usize = 0;
/** Where that one ends, if it is whole and cannot be passed over; 0 if that is not known. */
export let candidateEnd: usize = 0;

/** Takes the key, of `length` bytes with its closing quote, 8 or more; and whether there are literals. */
export function prepare(length: i32, literal: bool): void {
  keyLength = length;
  store<u8>(constants, 0x22, aQuote);
  store<u8>(constants, 0x3a, aColon);
  store<u8>(constants, 0x2c, aComma);
  store<u8>(constants, 0x5c, aBackslash);
  store<u8>(constants, 0x26, likeABracket);
  store<u8>(constants, 0x7f, aBracket);
  store<u8>(constants, 0x20, firstPrintable);
  store<u8>(constants, 0x0f, lowerHalf);
  keyHead = load<u64>(key);
  hasLiterals = literal;
}

/** Adds the text at `at` to the values of which none is passed over. */
export function addValue(at: usize, length: i32): void {
  const hash = hashOf(at, length);
  const place = hashes + (hash >> 3);
  store<u8>(place, load<u8>(place) | <u8>((<u32>1) << (hash & 7)));
}

function hashOf(at: usize, length: i32): u32 {
  let hash: u64 = length;
  for (let place = 0; place < length; place += 8) {
    const rest = length - place;
    let word = load<u64>(at + place);
    if (rest < 8) word &= (<u64>1 << (rest << 3)) - 1;
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return <u32>(hash >> 16) & 0xffff;
}

@inline
function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16)) |
    (<u64>(<u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16)) << 32)
  );
}

/**
 * Passes over objects from `from` on, where one begins behind a comma or a bracket, of at most `maxBytes` each. Blanks
 * must stand behind `to`.
 *
 * @returns Whether more bytes behind `to` could let it go on.
 */
export function scan(from: usize, to: usize, maxBytes: u32): bool {
  const quotes = v128.load8_splat(constants, aQuote);
  const colons = v128.load8_splat(constants, aColon);
  const commas = v128.load8_splat(constants, aComma);
  const backslashes = v128.load8_splat(constants, aBackslash);
  const likeBrackets = v128.load8_splat(constants, likeABracket);
  const brackets = v128.load8_splat(constants, aBracket);
  const printable = v128.load8_splat(constants, firstPrintable);

  passed = 0;
  passedEnd = from;
  start = from;
  candidateEnd = 0;

  /** Bit 0: whether the innermost container is an object; the others: those around it. */
  let stack: u64 = 0;
  let depth: u32 = 0;
  /** All bits, if the byte ahead of the block is within a string. */
  let carryString: u64 = 0;
  let carryKey: u64 = 0;
  let carryEscape: u64 = 0;
  // The byte ahead of the block, by its kind. The first one is a comma, or counts as such.
  let aheadComma: u64 = 1;
  let aheadColon: u64 = 0;
  let aheadOpen: u64 = 0;
  let aheadWord: u64 = 0;
  // What is known of the object at hand.
  let keys: u32 = 0;
  let suspicious: bool = false;

  for (let at = from; at < to; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);

    let wrong: u64 = 0;
    let suspect: u64 = 0;

    let quote = bits(i8x16.eq(a, quotes), i8x16.eq(b, quotes), i8x16.eq(c, quotes), i8x16.eq(d, quotes));
    const backslashIn = v128.or(
      v128.or(i8x16.eq(a, backslashes), i8x16.eq(b, backslashes)),
      v128.or(i8x16.eq(c, backslashes), i8x16.eq(d, backslashes)),
    );
    if (v128.any_true(backslashIn) || carryEscape != 0) {
      const backslash = bits(
        i8x16.eq(a, backslashes),
        i8x16.eq(b, backslashes),
        i8x16.eq(c, backslashes),
        i8x16.eq(d, backslashes),
      );
      let escaped = carryEscape;
      let left = backslash & ~escaped;
      carryEscape = 0;
      while (left != 0) {
        const place = ctz(left);
        const escape = <u64>1 << place;
        escaped |= escape << 1;
        carryEscape = escape >> 63;
        left &= ~(escape | (escape << 1));
        const byte = load<u8>(at + <usize>place, 1);
        if (byte == 0x75 /* u */) suspect |= escape;
        else if (!isShortEscape(byte)) wrong |= escape;
      }
      quote &= ~escaped;
    }
    if (v128.any_true(i8x16.lt_u(i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)), printable))) {
      // Not in a string, and outside of one only as a blank.
      wrong |= bits(
        i8x16.lt_u(a, printable),
        i8x16.lt_u(b, printable),
        i8x16.lt_u(c, printable),
        i8x16.lt_u(d, printable),
      );
    }

    /** From each opening quote on, up to before the closing one. */
    let inString = quote ^ (quote << 1);
    inString ^= inString << 2;
    inString ^= inString << 4;
    inString ^= inString << 8;
    inString ^= inString << 16;
    inString ^= inString << 32;
    inString ^= carryString;
    carryString = <u64>(<i64>inString >> 63);
    const openQuote = quote & inString;
    const closeQuote = quote & ~inString;
    const outside = ~(inString | quote);

    const colon = outside & bits(i8x16.eq(a, colons), i8x16.eq(b, colons), i8x16.eq(c, colons), i8x16.eq(d, colons));
    const comma = outside & bits(i8x16.eq(a, commas), i8x16.eq(b, commas), i8x16.eq(c, commas), i8x16.eq(d, commas));
    /** Brackets and braces, and some letters, which have no place in JSON. */
    const bracket =
      outside &
      bits(
        i8x16.eq(v128.or(a, likeBrackets), brackets),
        i8x16.eq(v128.or(b, likeBrackets), brackets),
        i8x16.eq(v128.or(c, likeBrackets), brackets),
        i8x16.eq(v128.or(d, likeBrackets), brackets),
      );
    /** Of a number, of `true`, `false` or `null`; or of what has no place in JSON. */
    const word = outside & ~(bracket | colon | comma);

    // By its brackets, what each byte stands in.
    let inObject: u64 = -(stack & 1);
    let atFirstLevel: u64 = -<u64>(depth == 1);
    let ends: u64 = 0;
    let open: u64 = 0;
    for (let left = bracket; left != 0; left &= left - 1) {
      const place = ctz(left);
      const byte = <u64>load<u8>(at + <usize>place);
      // Braces have bit 5 set, brackets have it clear. What opens has bit 1 set, what closes has bit 2 set instead.
      const isBrace = (byte >> 5) & 1;
      const isOpen = (byte >> 1) & 1;
      wrong |= ((((isOpen ^ 1) & (stack ^ isBrace)) | (isOpen ^ (byte >> 2) ^ 1)) & 1) << place;
      open |= isOpen << place;
      stack = isOpen ? (stack << 1) | isBrace : stack >> 1;
      depth += <u32>(isOpen << 1) - 1;
      const above = ~(<u64>1) << place;
      inObject = (inObject & ~above) | (-(stack & 1) & above);
      atFirstLevel &= ~above;
      if (depth < 2) {
        atFirstLevel |= -<u64>depth & above;
        ends |= <u64>(depth ^ 1) << place;
      }
      // What is around the deepest ones has fallen out of the stack: a bracket could end what a brace began.
      wrong |= <u64>(<i32>depth > deepest) << place;
    }
    const close = bracket ^ open;

    // What may stand behind what.
    const behindOpen = (open << 1) | aheadOpen;
    const behindComma = (comma << 1) | aheadComma;
    const behindColon = (colon << 1) | aheadColon;
    const wordStart = word & ~((word << 1) | aheadWord);
    aheadOpen = open >> 63;
    aheadComma = comma >> 63;
    aheadColon = colon >> 63;
    aheadWord = word >> 63;
    const mayBegin = behindOpen | behindComma;
    const value = open | wordStart;
    wrong |= (openQuote | value) & ~(mayBegin | behindColon);
    wrong |= value & mayBegin & inObject;
    wrong |= (comma & (mayBegin | behindColon)) | (close & (behindComma | behindColon));
    // From the opening quote of each key a carry runs through the text, to the byte behind it.
    const keyOpen = openQuote & mayBegin & inObject;
    const texts = inString | quote;
    const sum = texts + keyOpen + carryKey;
    carryKey = (texts & ~sum) >> 63;
    wrong |= colon ^ (sum & outside);

    for (let left = wordStart; left != 0; left &= left - 1) {
      const place = ctz(left);
      if (!isWord(at + <usize>place)) wrong |= <u64>1 << place;
    }

    let named: u64 = 0;
    for (let left = keyOpen & atFirstLevel; left != 0; left &= left - 1) {
      const place = ctz(left);
      const text = at + <usize>place + 1;
      if (load<u64>(text) == keyHead && isKey(text)) {
        named |= <u64>1 << place;
        if (!isPassable(text + keyLength)) suspect |= <u64>1 << place;
      }
    }

    if ((ends | wrong) == 0) {
      keys += <u32>popcnt(named);
      suspicious = suspicious || suspect != 0;
      continue;
    }

    // What is wrong is wrong within the object that it stands in, and says nothing of those before it.
    let unread: u64 = -1;
    for (let left = ends; left != 0; left &= left - 1) {
      const place = ctz(left);
      const upTo = (<u64>2 << place) - 1;
      if ((wrong & upTo) != 0) break;
      const here = upTo & unread;
      const end = at + <usize>place + 1;
      if (<u32>(end - start) > maxBytes) return false;
      if (
        suspicious ||
        (suspect & here) != 0 ||
        keys + <u32>popcnt(named & here) != 1 ||
        (hasLiterals && holdsLiteral(start, end))
      ) {
        candidateEnd = end;
        return false;
      }
      passed += 1;
      passedEnd = end;
      if (load<u16>(end) != 0x7b2c /* ,{ */) return false;
      start = end + 1;
      keys = 0;
      unread = ~upTo;
    }
    if (wrong != 0) return at + <usize>ctz(wrong) + longestToken > to;
    keys += <u32>popcnt(named & unread);
    suspicious = suspect != 0;
  }
  return true;
}

/** Whether the byte stands behind a backslash, and is no `u`. */
function isShortEscape(byte: u8): bool {
  return (
    byte == 0x22 || byte == 0x5c || byte == 0x2f || byte == 0x62 || byte == 0x66 || byte == 0x6e || byte == 0x72 ||
    byte == 0x74
  );
}

/** Whether `true`, `false`, `null` or a number stands there, and then what follows a value. */
function isWord(at: usize): bool {
  const word = load<u32>(at);
  if (word == 0x65757274 /* true */ || word == 0x6c6c756e /* null */) return isBehindValue(at + 4);
  if (word == 0x736c6166 /* fals */) return load<u8>(at + 4) == 0x65 && isBehindValue(at + 5);
  let end = load<u8>(at) == 0x2d /* - */ ? at + 1 : at;
  if (load<u8>(end) == 0x30 /* 0 */) {
    end += 1;
  } else {
    const digits = afterDigits(end);
    if (digits == end) return false;
    end = digits;
  }
  if (load<u8>(end) == 0x2e /* . */) {
    const digits = afterDigits(end + 1);
    if (digits == end + 1) return false;
    end = digits;
  }
  if ((load<u8>(end) | 0x20) == 0x65 /* e */) {
    end += 1;
    const sign = load<u8>(end);
    if (sign == 0x2b || sign == 0x2d) end += 1;
    const digits = afterDigits(end);
    if (digits == end) return false;
    end = digits;
  }
  return isBehindValue(end);
}

function isBehindValue(at: usize): bool {
  const byte = load<u8>(at);
  return byte == 0x2c || (byte | 0x20) == 0x7d;
}

function afterDigits(at: usize): usize {
  let end = at;
  while (<u32>load<u8>(end) - 0x30 < 10) end += 1;
  return end;
}

function isKey(text: usize): bool {
  for (let place = 8; place < keyLength; place += 1) {
    if (load<u8>(text + place) != load<u8>(key + place)) return false;
  }
  return true;
}

/** Whether behind the key a colon follows, and a text that is none of the values. */
function isPassable(at: usize): bool {
  if (load<u16>(at) != 0x223a /* :" */) return false;
  const text = at + 2;
  for (let length = 0; length < longestValue; length += 16) {
    const part = v128.load(text + length);
    const quote = <u32>i8x16.bitmask(i8x16.eq(part, i8x16.splat(0x22)));
    // An escape, or a byte that may be no UTF-8, spells the text in another way.
    const other = <u32>i8x16.bitmask(v128.or(part, i8x16.eq(part, i8x16.splat(0x5c))));
    if (quote == 0) {
      if (other != 0) return false;
      continue;
    }
    if ((other & (quote - 1)) != 0) return false;
    const hash = hashOf(text, length + ctz(<i32>quote));
    return (load<u8>(hashes + (hash >> 3)) & (1 << (hash & 7))) == 0;
  }
  return false;
}

/** By which of the bytes, and the ones behind them, a literal may be found. */
@inline
function likelyIn(at: usize, half: v128, low0: v128, high0: v128, low1: v128, high1: v128): v128 {
  const first = v128.load(at);
  const second = v128.load(at, 1);
  return v128.and(
    v128.and(
      i8x16.swizzle(low0, v128.and(first, half)),
      i8x16.swizzle(high0, v128.and(i16x8.shr_u(first, 4), half)),
    ),
    v128.and(
      i8x16.swizzle(low1, v128.and(second, half)),
      i8x16.swizzle(high1, v128.and(i16x8.shr_u(second, 4), half)),
    ),
  );
}

/** Whether a literal is in an object. */
function holdsLiteral(from: usize, to: usize): bool {
  const half = v128.load8_splat(constants, lowerHalf);
  const low0 = v128.load(tables);
  const high0 = v128.load(tables, 16);
  const low1 = v128.load(tables, 32);
  const high1 = v128.load(tables, 48);
  const zero = i8x16.splat(0);
  for (let at = from; at < to; at += 64) {
    const a = likelyIn(at, half, low0, high0, low1, high1);
    const b = likelyIn(at + 16, half, low0, high0, low1, high1);
    const c = likelyIn(at + 32, half, low0, high0, low1, high1);
    const d = likelyIn(at + 48, half, low0, high0, low1, high1);
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) continue;
    let left = bits(i8x16.ne(a, zero), i8x16.ne(b, zero), i8x16.ne(c, zero), i8x16.ne(d, zero));
    for (; left != 0; left &= left - 1) {
      const place = at + <usize>ctz(left);
      if (place < to && isLiteral(place)) return true;
    }
  }
  return false;
}

function isLiteral(at: usize): bool {
  const first = load<u8>(at);
  const second = load<u8>(at + 1);
  let likely =
    load<u8>(tables + (first & 15)) & load<u8>(tables + 16 + (first >> 4)) &
    load<u8>(tables + 32 + (second & 15)) & load<u8>(tables + 48 + (second >> 4));
  for (; likely != 0; likely &= likely - 1) {
    const bucket = buckets + (<usize>ctz(<u32>likely) << 2);
    const end = <usize>load<u32>(bucket, 4);
    for (let literal = <usize>load<u32>(bucket); literal < end; literal += 2 + <usize>load<u8>(literal)) {
      if (stands(literal, at - <usize>load<u8>(literal, 1))) return true;
    }
  }
  return false;
}

function stands(literal: usize, at: usize): bool {
  const length = <usize>load<u8>(literal);
  for (let place: usize = 0; place < length; place += 1) {
    if (load<u8>(at + place) != load<u8>(literal + place, 2)) return false;
  }
  return true;
}
