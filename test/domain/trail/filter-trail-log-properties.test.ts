import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { isTrailLogError } from '../../../src/domain/trail/trail-log-error.ts';
import { randomLog } from './fixtures/random-json-log.ts';
import { chunked, readLog, walk } from './fixtures/read-log.ts';
import { SeededRandom } from './fixtures/seeded-random.ts';

const runs = Array.from({ length: 500 }, (_, seed) => seed);

function sizes(random: SeededRandom): readonly number[] {
  const largest = random.pick([1, 3, 17, 200, 100_000]);
  return Array.from({ length: 7 }, () => 1 + random.below(largest));
}

describe('filterTrailLog, against a plain walk of what JSON.parse makes of the log', () => {
  test('finds the same in any log, in chunks of any size, compressed or not', async () => {
    let found = 0;
    for (const seed of runs) {
      const random = new SeededRandom(seed);
      const log = randomLog(random);
      const plain = Buffer.from(log.text);
      const bytes = random.chance(0.5) ? plain : gzipSync(plain);
      const { matches, records, error } = await readLog(chunked(bytes, ...sizes(random)));
      const expected = walk(log.values.map(value => JSON.parse(value) as unknown));
      const parsed = matches.map(({ record, index, rules }) => ({ record, index, rules }));
      expect({ seed, error, records, matches: parsed }).toEqual({ seed, error: undefined, ...expected });
      expect(matches.map(({ text }) => JSON.parse(text) as unknown)).toEqual(
        matches.map(each => each.record),
      );
      found += matches.length;
    }
    expect(found).toBeGreaterThan(runs.length);
  });

  test('passes over nothing in silence: what JSON.parse refuses is refused, what it reads is read the same', async () => {
    const outcomes = { same: 0, refused: 0 };
    for (const seed of runs) {
      const random = new SeededRandom(seed + 1_000_000);
      const [value = ''] = randomLog(random).values;
      const bytes = mutated(Buffer.from(value), random);
      const { matches, error } = await readLog(chunked(bytes, ...sizes(random)));
      if (error !== undefined) {
        expect([seed, isTrailLogError(error)]).toEqual([seed, true]);
        outcomes.refused += 1;
        continue;
      }
      const expected = walk([JSON.parse(bytes.toString()) as unknown]);
      const parsed = matches.map(({ record, index, rules }) => ({ record, index, rules }));
      expect({ seed, matches: parsed }).toEqual({ seed, matches: expected.matches });
      outcomes.same += 1;
    }
    expect(Math.min(outcomes.same, outcomes.refused)).toBeGreaterThan(100);
  });
});

/** One byte of structure put in, taken out, or put in the place of another. */
function mutated(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.below(bytes.length);
  const put = Buffer.from(random.pick(['{', '}', '[', ']', ',', ':', '"', '\\', ' ', '0', 'n', '\u0000']));
  const form = random.below(3);
  return Buffer.concat([
    bytes.subarray(0, at),
    form === 0 ? Buffer.alloc(0) : put,
    bytes.subarray(form === 1 ? at : at + 1),
  ]);
}
