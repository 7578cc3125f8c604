import { describe, expect, test } from '@jest/globals';
import { isTest, isThere, pathsIn, rowsOf } from './named-paths.ts';

const counts = { A: 11, B: 5, C: 6, D: 13, E: 13 };
const ids = Object.entries(counts).flatMap(([system, count]) =>
  Array.from({ length: count }, (_, index) => `${system}${index + 1}`),
);
const rows = rowsOf('docs/reference-systems.md').map(([id = '', promise = '', keptBy = '', heldBy = '']) => ({
  id,
  promise,
  keptBy: pathsIn(keptBy),
  heldBy: pathsIn(heldBy),
}));

test('there is one row for each promise of the reference systems, in order', () => {
  expect(rows.map(({ id }) => id)).toEqual(ids);
});

describe.each(rows)('$id', ({ promise, keptBy, heldBy }) => {
  test('says what it promises', () => {
    expect(promise.length).toBeGreaterThan(20);
  });

  test('is kept by something that is there', () => {
    expect(keptBy).not.toEqual([]);
    expect(keptBy.filter(path => !isThere(path))).toEqual([]);
  });

  test('is held by tests that are there and can fail', () => {
    expect(heldBy).not.toEqual([]);
    expect(heldBy.filter(path => !isTest(path))).toEqual([]);
  });
});
