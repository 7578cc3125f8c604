/* In memory, from 43,520 to 69,632. */
const sumWords: usize = 43_520;
/** What is left of bytes that have been folded. */
export const folded: usize = 64_768;

/*
 * A checksum (CRC-32; RFC 1952, section 8) is what remains of the bytes, as a polynomial, by division by x^32 + … + 1. That
 * one divides x^300 + x^155 + x^117 + x^89 + 1, and so, as squaring goes term by term, the same with exponents 128 times
 * as large. So a word of 128 bits can be added to those 145, 183, 211 and 300 words further on, instead of being divided.
 */
const wordsAhead: usize = 300 * 16;
const sumBytes: usize = 16_384;

/**
 * Folds bytes, 4,816 or more of them, into fewer at `folded` that have the same checksum.
 *
 * @param register What the checksum's register holds ahead of the bytes; it is 0 ahead of the folded ones.
 * @returns How many they are.
 */
export function fold(from: usize, length: usize, register: u32): usize {
  const end = from + (length & ~15) - wordsAhead;
  memory.fill(sumWords, 0, wordsAhead);
  let ahead = i32x4.replace_lane(i32x4.splat(0), 0, register);
  let at = from;
  while (at < end) {
    const size = min(sumBytes, end - at);
    const words = sumWords + wordsAhead - at;
    const to = at + size;
    v128.store(words + at, v128.xor(ahead, sumOf(at, words + at)));
    ahead = i32x4.splat(0);
    for (at += 16; at + 32 <= to; at += 32) {
      v128.store(words + at, sumOf(at, words + at));
      v128.store(words + at, sumOf(at + 16, words + at + 16), 16);
    }
    if (at < to) v128.store(words + at, sumOf(at, words + at));
    at = to;
    memory.copy(sumWords, sumWords + size, wordsAhead);
  }
  // Nothing is added from the last ones on.
  memory.fill(sumWords + wordsAhead, 0, wordsAhead);
  for (let word: usize = 0; word < wordsAhead; word += 16) {
    v128.store(folded + word, sumOf(end + word, sumWords + wordsAhead + word));
  }
  const rest = length & 15;
  memory.copy(folded + wordsAhead, end + wordsAhead, rest);
  return wordsAhead + rest;
}

/** The word with those added to it that stand ahead of it among the sums. */
@inline
function sumOf(at: usize, sum: usize): v128 {
  return v128.xor(
    v128.xor(v128.load(at), v128.load(sum - 145 * 16)),
    v128.xor(v128.xor(v128.load(sum - 183 * 16), v128.load(sum - 211 * 16)), v128.load(sum - 300 * 16)),
  );
}
