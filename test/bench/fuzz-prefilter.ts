import { fuzzedLog } from '../domain/trail/fixtures/fuzzed-log.ts';
import { readBothWays, ruleSets } from '../domain/trail/fixtures/read-both-ways.ts';
import { SeededRandom } from '../domain/trail/fixtures/seeded-random.ts';

/**
 * Reads documents with the prefilter and without it, others each time, and says what it saw.
 *
 * @throws {Error} naming the seed of the first document in which they differ.
 */
export async function fuzzPrefilter(documents: number, say: (done: number) => void): Promise<string> {
  const first = Math.floor(Math.random() * 2 ** 31);
  const judged = { filtered: 0, parsed: 0 };
  let faults = 0;
  for (let done = 0; done < documents; done += 1) {
    const seed = first + done;
    const random = new SeededRandom(seed);
    const both = await readBothWays(fuzzedLog(random), random.pick(ruleSets));
    if (!both.isSame) {
      throw new Error(`Document ${seed} is read differently`, { cause: [both.filtered, both.parsed] });
    }
    judged.filtered += both.judged.filtered;
    judged.parsed += both.judged.parsed;
    if (both.parsed.error !== undefined) faults += 1;
    if ((done + 1) % 10_000 === 0) say(done + 1);
  }
  return `${documents} documents from seed ${first}, ${faults} of them faulty: read the same; ${judged.filtered} of ${judged.parsed} records parsed`;
}
