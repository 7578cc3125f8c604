/*
 * AssemblyScript (https://www.assemblyscript.org), built by test/domain/kernel/write-kernels.ts into scan-binary.ts.
 * Element-scan.ts is the only one that calls it, and says what for.
 *
 * Passes over the objects of a JSON list, 64 bytes at a time, as simdjson does it (Langdale and Lemire, "Parsing
 * gigabytes of JSON per second", 2019): each byte of a block is a bit of a mask, and all of the block's bytes are judged
 * at once. What is passed over is JSON without blanks between its tokens (RFC 8259); what may be anything else is not.
 *
 * The bytes that are scanned stand anywhere in the memory's first seven pages; what a filter knows has the eighth.
 */

import {
  aBackslash,
  aBracket,
  aCloseBrace,
  aColon,
  aComma,
  anOpenBrace,
  anOpenBracket,
  aQuote,
  constants,
  firstPrintable,
  fromBracket,
  hasLiterals,
  holdsLiteral,
  isKey,
  isPassable,
  keyHead,
  keyLength,
  keyTail,
  likeABracket,
} from './filter-knowledge';
import { endOfWord, isShortEscape } from './json-words';
import { bits } from './vector-bits';
export { addValue, knowledge, knowledgeBytes, prepare } from './filter-knowledge';

/** Levels of containers that are told apart. */
const deepest: i64 = 63;
/** A shorter number, word or escape, which the end of the bytes may have cut off, is not taken for a wrong one. */
const longestToken: usize = 8;

/** How many objects have been passed over. */
export let passed: u32 = 0;
/** Where the last of them ends; where the scan began if there is none. */
export let passedEnd: usize = 0;
/** Where the object begins that follows them. */
export let start: usize = 0;
/** Where that one ends, if it is whole and cannot be passed over; 0 if that is not known. */
export let candidateEnd: usize = 0;

/** Where the bytes are the one that `byte` is full of. */
@inline
function places(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return bits(i8x16.eq(a, byte), i8x16.eq(b, byte), i8x16.eq(c, byte), i8x16.eq(d, byte));
}

// Of the object at hand.
/** How often it has the key, and where that stood last. */
let keys: u32 = 0;
let keyText: usize = 0;
/** Whether a `\u` escape may spell the key, a value or a literal in another way. */
let isSpelledOut: bool = false;
/** Where it ends; 0 until that is known. */
let end: usize = 0;

// Ahead of the block at hand.
/** Bit 0: whether the innermost container is an object; the others: those around it. */
let stack: u64 = 0;
let depth: i64 = 0;
/** 1 if the byte there is within a string, within a key, a backslash that escapes, a colon, an open bracket. */
let carryString: u64 = 0;
let carryKey: u64 = 0;
let carryEscape: u64 = 0;
let aheadColon: u64 = 0;
let aheadOpen: u64 = 0;
/** 1 if it is a colon, a comma or an open bracket. */
let aheadAny: u64 = 0;
/** Behind the last word; 0 if that is none. */
let wordEnd: usize = 0;

/**
 * Passes over objects from `from` on, where one begins behind a comma or a bracket, of at most `maxBytes` each. The bytes
 * behind `to` may be any; 256 can be read.
 *
 * @returns Whether more bytes behind `to` could let it go on.
 */
export function scan(from: usize, to: usize, maxBytes: u32): bool {
  passed = 0;
  passedEnd = from;
  start = from;
  candidateEnd = 0;
  if (from >= to) return true;
  if (load<u8>(from) != 0x7b /* { */) return false;
  while (true) {
    keys = 0;
    isSpelledOut = false;
    end = 0;
    stack = 1;
    depth = 1;
    carryString = 0;
    carryKey = 0;
    carryEscape = 0;
    aheadColon = 0;
    aheadOpen = 1;
    aheadAny = 1;
    wordEnd = 0;
    for (let at = start + 1; ; at += 64) {
      if ((stack & 1) > carryEscape) at = skim(at, to);
      if (end != 0) break;
      if (at >= to) return true;
      const wrong = read(at, to);
      if (wrong != 0) return at + <usize>ctz(wrong) + longestToken > to;
      if (end != 0) break;
    }
    if (<u32>(end - start) > maxBytes) return false;
    if (
      keys != 1 ||
      isSpelledOut ||
      !isKey(keyText) ||
      !isPassable(keyText + keyLength) ||
      (hasLiterals && holdsLiteral(start, end))
    ) {
      candidateEnd = end;
      return false;
    }
    passed += 1;
    passedEnd = end;
    if (end + 2 > to || load<u16>(end) != 0x7b2c /* ,{ */) return false;
    start = end + 1;
  }
}

/**
 * Goes over whole blocks of which little work shows that nothing is wrong: members of objects, without lists, escapes or
 * empty objects; and over the part of the last one up to where the object ends. Leaves the others to `read`.
 *
 * Exported, or the compiler would make it a part of `scan`; on its own, it finds more registers free.
 *
 * @returns Where the first block is that it did not go over.
 */
export function skim(from: usize, to: usize): usize {
  const quotes = v128.load8_splat(constants, aQuote);
  const colons = v128.load8_splat(constants, aColon);
  const commas = v128.load8_splat(constants, aComma);
  const openBraces = v128.load8_splat(constants, anOpenBrace);
  const closeBraces = v128.load8_splat(constants, aCloseBrace);
  const openBrackets = v128.load8_splat(constants, anOpenBracket);
  const behindBrackets = v128.load8_splat(constants, fromBracket);
  const printable = v128.load8_splat(constants, firstPrintable);
  const keyBytes = <u64>keyLength;
  const head = keyHead;
  const tail = keyTail;
  const tailPlace = keyLength - 8;
  /** Where a key may end behind the block. */
  const lastKeys = -(<u64>1 << (64 - keyBytes));
  /** The innermost containers that are objects; of those, all may end but the outermost. */
  const objects = <i64>ctz(~stack);
  const room = deepest - depth;

  let inText = carryString;
  let inKey = carryKey;
  let lastColon = aheadColon;
  let lastAny = aheadAny;
  let deeper: i64 = 0;
  let last: usize = 0;
  let at = from;
  for (; at + 64 <= to; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);

    // A byte of these vectors is not 0 where one of the four is a control character, or is `[`, `\` or `]`.
    const controls = i8x16.sub_sat_u(printable, i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d)));
    const rare = i8x16.sub_sat_u(
      behindBrackets,
      i8x16.min_u(
        i8x16.min_u(i8x16.sub(a, openBrackets), i8x16.sub(b, openBrackets)),
        i8x16.min_u(i8x16.sub(c, openBrackets), i8x16.sub(d, openBrackets)),
      ),
    );
    if (v128.any_true(v128.or(controls, rare))) break;

    // Three masks tell five bytes apart: to get a mask out of vectors is what costs most.
    const colonA = i8x16.eq(a, colons);
    const colonB = i8x16.eq(b, colons);
    const colonC = i8x16.eq(c, colons);
    const colonD = i8x16.eq(d, colons);
    const betweenA = v128.or(colonA, i8x16.eq(a, commas));
    const betweenB = v128.or(colonB, i8x16.eq(b, commas));
    const betweenC = v128.or(colonC, i8x16.eq(c, commas));
    const betweenD = v128.or(colonD, i8x16.eq(d, commas));
    /** `:` `,` `{`: behind which something begins. */
    const beginners = bits(
      v128.or(betweenA, i8x16.eq(a, openBraces)),
      v128.or(betweenB, i8x16.eq(b, openBraces)),
      v128.or(betweenC, i8x16.eq(c, openBraces)),
      v128.or(betweenD, i8x16.eq(d, openBraces)),
    );
    /** `:` `,` `}`: ahead of which something ends. */
    const enders = bits(
      v128.or(betweenA, i8x16.eq(a, closeBraces)),
      v128.or(betweenB, i8x16.eq(b, closeBraces)),
      v128.or(betweenC, i8x16.eq(c, closeBraces)),
      v128.or(betweenD, i8x16.eq(d, closeBraces)),
    );
    const quoteOrColon = bits(
      v128.or(colonA, i8x16.eq(a, quotes)),
      v128.or(colonB, i8x16.eq(b, quotes)),
      v128.or(colonC, i8x16.eq(c, quotes)),
      v128.or(colonD, i8x16.eq(d, quotes)),
    );
    const colon = beginners & quoteOrColon;
    const quote = quoteOrColon ^ colon;
    // In texts too, but what is not in a text never stands behind a byte that is.
    const behind = (beginners << 1) + lastAny;
    const behindColon = (colon << 1) + lastColon;

    // A guess, which holds but for a text that ends with one of these bytes: a quote behind them opens a text. From each
    // opening quote on, up to before the closing one, a borrow runs; if one opens or closes twice, it leaves the wrong bit.
    const openQuote = quote & behind;
    const inString = quote - (openQuote << 1) - inText;
    const texts = inString | quote;
    const open = beginners & ~enders & ~texts;
    const close = enders & ~beginners & ~texts;
    const opened = <i64>popcnt(open);
    const closed = <i64>popcnt(close);
    // From the opening quote of each key a carry runs through the text, to the byte behind it.
    const keyOpen = openQuote & ~behindColon;
    const sum = texts + keyOpen + inKey;
    const wrong =
      (((colon ^ sum) | (enders & behind)) & ~texts) | (open & ~behindColon) | ((inString & quote) ^ openQuote);

    let here: u64 = -1;
    if (((objects + deeper - 1 - closed) | (room - deeper - opened)) < 0) {
      if (objects != depth) break;
      const bit = endIn(open, close, depth + deeper);
      if (bit == 0) break;
      here = (bit << 1) - 1;
      last = at + <usize>ctz(bit) + 1;
    }
    if ((wrong & here) != 0) break;
    const word = here & ~(texts | beginners | enders);
    if (word != 0) {
      const starts = word & behind;
      if (((starts & ~behindColon) | strayWords(at, word, behind)) != 0) break;
      if (wordFaults(at, to, starts) != 0) break;
    }
    // Of keys of another length most are not looked at.
    for (let left = here & keyOpen & ((quote >> keyBytes) | lastKeys); left != 0; left &= left - 1) {
      const text = at + <usize>ctz(left) + 1;
      if (load<u64>(text) != head || load<u64>(text + tailPlace) != tail) continue;
      if (isAtFirstLevel(left & -left, open, close, depth + deeper)) {
        keys += 1;
        keyText = text;
      }
    }
    if (last != 0) {
      end = last;
      return at;
    }
    lastColon = colon >> 63;
    lastAny = beginners >> 63;
    inText = inString >> 63;
    inKey = (texts & ~sum) >> 63;
    deeper += opened - closed;
  }
  carryString = inText;
  carryKey = inKey;
  aheadColon = lastColon;
  aheadAny = lastAny;
  aheadOpen = <u64>(load<u8>(at - 1) == 0x7b);
  depth += deeper;
  stack = deeper < 0 ? stack >> <u64>-deeper : ~(~stack << <u64>deeper);
  return at;
}

/** The brace with which an object ends that is `depth` levels deep ahead of the block; 0 if it does not end. */
function endIn(open: u64, close: u64, depth: i64): u64 {
  let level = depth;
  for (let left = open | close; left != 0; left &= left - 1) {
    const bit = left & -left;
    if ((open & bit) != 0) level += 1;
    else if (--level == 0) return bit;
  }
  return 0;
}

@inline
function isAtFirstLevel(bit: u64, open: u64, close: u64, depth: i64): bool {
  return depth + <i64>popcnt(open & (bit - 1)) - <i64>popcnt(close & (bit - 1)) == 1;
}

/**
 * Goes over a block of which nothing is known, or over its part up to where the object ends.
 *
 * @returns What is wrong in it.
 */
function read(at: usize, to: usize): u64 {
  const quotes = v128.load8_splat(constants, aQuote);
  const colons = v128.load8_splat(constants, aColon);
  const commas = v128.load8_splat(constants, aComma);
  const backslashes = v128.load8_splat(constants, aBackslash);
  const likeBrackets = v128.load8_splat(constants, likeABracket);
  const brackets = v128.load8_splat(constants, aBracket);
  const printable = v128.load8_splat(constants, firstPrintable);
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);

  // Nothing that stands behind `to` is taken for anything.
  let wrong: u64 = at + 64 > to ? <u64>-1 << <u64>(to - at) : 0;
  let suspect: u64 = 0;

  let quote = places(a, b, c, d, quotes);
  const backslash = places(a, b, c, d, backslashes);
  if ((backslash | carryEscape) != 0) {
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
  inString ^= -carryString;
  carryString = inString >> 63;
  const texts = inString | quote;
  const outside = ~texts;
  const openQuote = quote & inString;

  const colon = outside & places(a, b, c, d, colons);
  const comma = outside & places(a, b, c, d, commas);
  /** Brackets and braces, and some letters, which have no place in JSON. */
  const bracket =
    outside &
    places(v128.or(a, likeBrackets), v128.or(b, likeBrackets), v128.or(c, likeBrackets), v128.or(d, likeBrackets), brackets);
  /** Of a number, of `true`, `false` or `null`; or of what has no place in JSON. */
  const word = outside & ~(bracket | colon | comma);

  // By its brackets, what each byte stands in.
  const depthAhead = depth;
  let inObject: u64 = -(stack & 1);
  /** All but what is behind the object. */
  let here: u64 = -1;
  let open: u64 = 0;
  for (let left = bracket; left != 0; left &= left - 1) {
    const bit = left & -left;
    const byte = <u64>load<u8>(at + <usize>ctz(left));
    // Braces have bit 5 set, brackets have it clear. What opens has bit 1 set, what closes has bit 2 set instead.
    const isBrace = (byte >> 5) & 1;
    if (((byte >> 1) & 1) == ((byte >> 2) & 1)) wrong |= bit;
    const before = stack;
    if ((byte & 2) != 0) {
      open |= bit;
      stack = (stack << 1) | isBrace;
      depth += 1;
      // What is around the deepest ones has fallen out of the stack: a bracket could end what a brace began.
      if (depth > deepest) wrong |= bit;
    } else {
      if ((stack & 1) != isBrace) wrong |= bit;
      stack >>= 1;
      depth -= 1;
      if (depth == 0) {
        end = at + <usize>ctz(bit) + 1;
        here = (bit << 1) - 1;
        break;
      }
    }
    // The bits behind this one, where the kind of the container changes.
    inObject ^= -((stack ^ before) & 1) & (-bit << 1);
  }
  const close = here & bracket & ~open;

  // What may stand behind what.
  const behindColon = (colon << 1) | aheadColon;
  const behindComma = (comma << 1) | (aheadAny & ~aheadColon & ~aheadOpen);
  const behindOpen = (open << 1) | aheadOpen;
  const mayBegin = behindOpen | behindComma;
  const behind = mayBegin | behindColon;
  aheadColon = colon >> 63;
  aheadOpen = open >> 63;
  aheadAny = (colon | comma | open) >> 63;
  const wordStart = word & behind;
  const value = open | wordStart;
  wrong |= (openQuote | open) & ~behind;
  wrong |= strayWords(at, word, behind);
  wrong |= value & mayBegin & inObject;
  wrong |= (comma & behind) | (close & (behindComma | behindColon));
  // From the opening quote of each key a carry runs through the text, to the byte behind it.
  const keyOpen = openQuote & mayBegin & inObject;
  const sum = texts + keyOpen + carryKey;
  carryKey = (texts & ~sum) >> 63;
  wrong |= colon ^ (sum & outside);
  wrong |= wordFaults(at, to, wordStart & here);

  wrong &= here;
  if (wrong != 0) {
    end = 0;
    return wrong;
  }
  isSpelledOut = isSpelledOut || (suspect & here) != 0;
  for (let left = keyOpen & here; left != 0; left &= left - 1) {
    const text = at + <usize>ctz(left) + 1;
    if (load<u64>(text) != keyHead || load<u64>(text + keyLength - 8) != keyTail) continue;
    if (isAtFirstLevel(left & -left, open, close, depthAhead)) {
      keys += 1;
      keyText = text;
    }
  }
  return 0;
}

/** Of the bytes of words, those that stand neither where one may begin nor behind another; to be asked before `wordFaults`. */
@inline
function strayWords(at: usize, word: u64, behind: u64): u64 {
  return word & ~(behind | (word << 1) | <u64>(wordEnd > at));
}

/**
 * Of places where words begin, those where no `true`, `false`, `null` or number stands, and then what follows a value.
 * What is cut off at `to` may still become one.
 */
@inline
function wordFaults(at: usize, to: usize, starts: u64): u64 {
  let faults: u64 = 0;
  for (let left = starts; left != 0; left &= left - 1) {
    const place = ctz(left);
    wordEnd = endOfWord(at + <usize>place, to);
    if (wordEnd == 0) faults |= <u64>1 << place;
  }
  return faults;
}
