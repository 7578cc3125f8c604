/*
 * What a filter knows, and whether an object has it: a set of hashes, tables to find literals with, the key, the literals;
 * and bytes to compare with. Element-filter.ts writes it.
 */

import { bits } from './vector-bits';

/** Where what a filter knows begins, and how many bytes that is. */
export const knowledge: usize = 458_752;
export const knowledgeBytes: usize = 16_384;
/** A bit for each 16-bit hash of a value. */
const hashes: usize = knowledge + 1024;
/** Four tables of 16 bytes: by the low and by the high half of the two bytes by which a literal is found, its buckets. */
const tables: usize = knowledge + 9216;
/** The key with its closing quote. */
const key: usize = knowledge + 9344;
/** By bucket, where its literals begin and end: 9 times 32 bits. */
const buckets: usize = knowledge + 9472;
/** What all 16 bytes of a vector are compared with. As constants of the code, V8 makes them anew for each use. */
export const constants: usize = knowledge + 9536;
export const aQuote: usize = 0;
export const aColon: usize = 1;
export const aComma: usize = 2;
export const aBackslash: usize = 3;
/** With these bits set, all four brackets are the same byte, which is the next. */
export const likeABracket: usize = 4;
export const aBracket: usize = 5;
export const firstPrintable: usize = 6;
const lowerHalf: usize = 7;
export const anOpenBrace: usize = 8;
export const aCloseBrace: usize = 9;
/** The first of `[`, `\` and `]`, and how many they are. */
export const anOpenBracket: usize = 10;
export const fromBracket: usize = 11;
/** Each literal behind two bytes: how long it is, and where the two bytes are by which it is found. */
const literals: usize = knowledge + 10240;

const longestValue: i32 = 128;

/** The first eight and the last eight bytes of the key. */
export let keyHead: u64 = 0;
export let keyTail: u64 = 0;
export let keyLength: i32 = 0;
export let hasLiterals: bool = false;

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
  store<u8>(constants, 0x7b, anOpenBrace);
  store<u8>(constants, 0x7d, aCloseBrace);
  store<u8>(constants, 0x5b, anOpenBracket);
  store<u8>(constants, 3, fromBracket);
  keyHead = load<u64>(key);
  keyTail = load<u64>(key + length - 8);
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

export function isKey(text: usize): bool {
  for (let place = 8; place < keyLength; place += 1) {
    if (load<u8>(text + place) != load<u8>(key + place)) return false;
  }
  return true;
}

/** Whether behind the key a colon follows, and a text that is none of the values. */
export function isPassable(at: usize): bool {
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

/** By which of the bytes, and the ones behind them, a literal may be found; `isLiteral` looks at the rest of the tables. */
@inline
function likelyIn(at: usize, half: v128, low0: v128, high0: v128, low1: v128): v128 {
  const first = v128.load(at);
  const second = v128.load(at, 1);
  return v128.and(
    v128.and(
      i8x16.swizzle(low0, v128.and(first, half)),
      i8x16.swizzle(high0, v128.and(i16x8.shr_u(first, 4), half)),
    ),
    i8x16.swizzle(low1, v128.and(second, half)),
  );
}

/** Whether a literal is in an object. */
export function holdsLiteral(from: usize, to: usize): bool {
  const half = v128.load8_splat(constants, lowerHalf);
  const low0 = v128.load(tables);
  const high0 = v128.load(tables, 16);
  const low1 = v128.load(tables, 32);
  const zero = i8x16.splat(0);
  for (let at = from; at < to; at += 64) {
    const a = likelyIn(at, half, low0, high0, low1);
    const b = likelyIn(at + 16, half, low0, high0, low1);
    const c = likelyIn(at + 32, half, low0, high0, low1);
    const d = likelyIn(at + 48, half, low0, high0, low1);
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
