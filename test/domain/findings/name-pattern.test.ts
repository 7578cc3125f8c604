import { expect, test } from '@jest/globals';
import { matchesPattern } from '../../../src/domain/findings/name-pattern.ts';

test.each([
  ['app', 'app', true],
  ['APP', 'app', true],
  ['application', 'app', false],
  ['app-1-reader', 'app*reader', true],
  ['app-1-reader-2', 'app*reader', false],
  // The start and the end of a pattern are two parts of the name.
  ['app', 'app*p', false],
  ['appp', 'app*p', true],
  ['a-x-b-y-c', 'a*x*y*c', true],
  ['a-y-x-c', 'a*x*y*c', false],
  ['', '*', true],
])('the name "%s" fits the pattern "%s": %s', (name, pattern, fits) => {
  expect(matchesPattern(name, pattern)).toBe(fits);
});
