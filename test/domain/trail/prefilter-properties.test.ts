import { describe, expect, test } from '@jest/globals';
import { fuzzedLog } from './fixtures/fuzzed-log.ts';
import { readBothWays, ruleSets } from './fixtures/read-both-ways.ts';
import { SeededRandom } from './fixtures/seeded-random.ts';

const documents = 2000;

describe('filterTrailLog with its prefilter, against the same without it', () => {
  test('sees the same in any log, sound or not, in chunks of any size', async () => {
    const tally = { filtered: 0, parsed: 0, faults: 0, sound: 0, matches: 0 };
    for (let seed = 0; seed < documents; seed += 1) {
      const random = new SeededRandom(seed);
      const { filtered, parsed, isSame, judged } = await readBothWays(
        fuzzedLog(random),
        random.pick(ruleSets),
      );
      // The matcher is slow where there is nothing to tell.
      if (!isSame) expect({ seed, ...filtered }).toEqual({ seed, ...parsed });
      tally.filtered += judged.filtered;
      tally.parsed += judged.parsed;
      tally.matches += parsed.matches.length;
      if (parsed.error === undefined) tally.sound += 1;
      else tally.faults += 1;
    }
    // Or else the comparison would say nothing.
    expect(tally.filtered).toBeLessThan(tally.parsed * 0.7);
    expect(Math.min(tally.faults, tally.sound, tally.matches)).toBeGreaterThan(documents / 5);
  });
});
