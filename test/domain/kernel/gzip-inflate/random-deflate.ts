import type { SeededRandom } from '../../trail/fixtures/seeded-random.ts';
import type { DeflateWriter } from './deflate-writer.ts';

const longestCode = 15;
const literals = 286;
const distances = 30;
const blockEnd = 256;
/** RFC 1951, section 3.2.5: how many extra bits a length, or a distance, has. */
const lengthExtra = (symbol: number) => (symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2);
const distanceExtra = (symbol: number) => (symbol < 4 ? 0 : (symbol >> 1) - 1);

function baseOf(symbol: number, first: number, start: number, extra: (symbol: number) => number): number {
  let base = start;
  for (let before = first; before < symbol; before += 1) base += 1 << extra(before);
  return base;
}

/** Of a complete code with so many symbols, how long each one's is; some have the fifteen bits that are allowed. */
function randomLengths(random: SeededRandom, count: number): readonly number[] {
  const lengths = [1, 1];
  while (lengths.length < count) {
    // Mostly one of the longest is split, any other where they cannot be.
    const last = lengths.length - 1;
    let place = random.below(3) === 0 ? random.below(lengths.length) : last;
    while ((lengths[place] ?? 0) >= longestCode) place = random.below(lengths.length);
    const length = (lengths[place] ?? 0) + 1;
    lengths.splice(place, 1);
    lengths.push(length, length);
  }
  return lengths;
}

/** Lengths by symbol, in which `chosen` have codes. */
function lengthsOf(random: SeededRandom, chosen: readonly number[], size: number): readonly number[] {
  const lengths = Array.from({ length: size }, () => 0);
  const left = [...chosen];
  for (const length of randomLengths(random, chosen.length)) {
    const [symbol = 0] = left.splice(random.below(left.length), 1);
    lengths[symbol] = length;
  }
  return lengths;
}

/** RFC 1951, section 3.2.2: the code of each symbol. */
export function codesOf(lengths: readonly number[]): readonly number[] {
  const codes: number[] = [];
  let code = 0;
  for (let length = 1; length <= longestCode; length += 1) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      codes[symbol] = code;
      code += 1;
    }
    code <<= 1;
  }
  return codes;
}

function chosenOf(random: SeededRandom, all: number, share: number): readonly number[] {
  return Array.from({ length: all }, (_, symbol) => symbol).filter(() => random.below(100) < share);
}

/**
 * Writes a dynamic block of random codes, up to the longest, and random symbols.
 *
 * @param length How much has come out of the blocks before it.
 * @returns How much has come out of all of them.
 */
export function writeRandomBlock(
  writer: DeflateWriter,
  random: SeededRandom,
  {
    length,
    symbols,
    isLast,
  }: { readonly length: number; readonly symbols: number; readonly isLast: boolean },
): number {
  const share = 10 + random.below(91);
  const chosen = [...new Set([...chosenOf(random, literals, share), 65, blockEnd, 257])];
  const literalLengths = lengthsOf(random, chosen, literals);
  const distanceLengths = lengthsOf(
    random,
    [...new Set([...chosenOf(random, distances, share), 0, 1])],
    distances,
  );
  const literalCodes = codesOf(literalLengths);
  const distanceCodes = codesOf(distanceLengths);
  writer.block(2, isLast).lengths(literalLengths, distanceLengths);
  const write = (symbol: number) => writer.code(literalCodes[symbol] ?? 0, literalLengths[symbol] ?? 0);
  let out = length;
  for (let left = symbols; left > 0; left -= 1) {
    let symbol = chosen[random.below(chosen.length)] ?? 0;
    if (symbol === blockEnd || out === 0) symbol = 65;
    write(symbol);
    if (symbol < blockEnd) {
      out += 1;
      continue;
    }
    const extra = lengthExtra(symbol);
    const more = random.below(1 << extra);
    writer.bits(more, extra);
    const reachable = distanceLengths.flatMap((own, distance) =>
      own > 0 && baseOf(distance, 0, 1, distanceExtra) <= out ? [distance] : [],
    );
    const distance = reachable[random.below(reachable.length)] ?? 0;
    const distanceBits = distanceExtra(distance);
    const room = out - baseOf(distance, 0, 1, distanceExtra) + 1;
    writer
      .code(distanceCodes[distance] ?? 0, distanceLengths[distance] ?? 0)
      .bits(random.below(Math.min(1 << distanceBits, room)), distanceBits);
    out += (symbol === 285 ? 258 : baseOf(symbol, 257, 3, lengthExtra)) + more;
  }
  write(blockEnd);
  return out;
}
