import { expect, test } from '@jest/globals';
import { findSensitiveData } from '../../../src/domain/sensitive-data/find-sensitive-data.ts';
import { type LabelledDocument, labelled } from './labelled-set/labelled-document.ts';
import { negativeTemplates } from './labelled-set/negative-templates.ts';
import { positiveTemplates } from './labelled-set/positive-templates.ts';
import { SeededRandom } from './labelled-set/seeded-random.ts';

const seed = 20_261_121;
const rounds = 12;

function labelledSet(seedOfSet: number, roundsOfSet: number): LabelledDocument[] {
  const random = new SeededRandom(seedOfSet);
  const templates = Object.entries({ ...positiveTemplates, ...negativeTemplates });
  return Array.from({ length: roundsOfSet }, () => templates).flatMap(all =>
    all.map(([name, template]) => labelled(name, template(random))),
  );
}

/** Digits hidden, so that no report of this test shows a number. */
const hidden = (text: string) => text.replaceAll(/[0-9]/g, '#');

test('precision is 1.00 and recall at least 0.97', () => {
  const set = labelledSet(seed, rounds);
  const wrong: string[] = [];
  const missed: string[] = [];
  let expected = 0;
  for (const { name, text, spans } of set) {
    const marks = spans.map(({ kind, start, end }) => `${kind} ${start}-${end}`);
    const found = findSensitiveData(text);
    const places = found.map(({ kind, start, end }) => `${kind} ${start}-${end}`);
    expected += marks.length;
    for (const [index, place] of places.entries()) {
      const { start = 0, end = 0, kind = '' } = found[index] ?? {};
      if (!marks.includes(place))
        wrong.push(`${name}: ${kind} ${hidden(text.slice(Math.max(0, start - 30), end + 20))}`);
    }
    for (const [index, place] of marks.entries()) {
      const { start = 0, end = 0, kind = '' } = spans[index] ?? {};
      if (!places.includes(place))
        missed.push(`${name}: ${kind} ${hidden(text.slice(Math.max(0, start - 30), end + 20))}`);
    }
  }
  expect(set.length).toBeGreaterThan(500);
  expect(expected).toBeGreaterThan(500);
  expect(wrong).toEqual([]);
  expect({
    recall: (expected - missed.length) / expected >= 0.97,
    missed: missed.length < expected * 0.03 ? [] : missed,
  }).toEqual({ recall: true, missed: [] });
});
