import { describe, expect, test } from '@jest/globals';
import { isTest, isThere, pathsIn, rowsOf, textOfDocument } from './named-paths.ts';

const rows = rowsOf('docs/controls.md').map(([control = '', , givenBy = '', heldBy = '']) => ({
  control,
  givenBy: pathsIn(givenBy),
  heldBy: pathsIn(heldBy),
}));

test('both standards are mapped, and what no template gives is named', () => {
  expect(rows.length).toBeGreaterThan(40);
  expect(textOfDocument('docs/controls.md').match(/^Yours: /gm)).toHaveLength(2);
});

test.each(['3', '5', '6', '8', '11'])('B5: CIS control %s has safeguards', control => {
  expect(rows.filter(row => row.control.startsWith(`${control}.`)).length).toBeGreaterThan(0);
});

describe.each(rows)('$control', ({ givenBy, heldBy }) => {
  test('is given by what is there', () => {
    expect(givenBy.filter(path => !isThere(path))).toEqual([]);
  });

  test('is held by a test that is there and can fail', () => {
    expect(heldBy).not.toEqual([]);
    expect(heldBy.filter(path => !isTest(path))).toEqual([]);
  });
});
