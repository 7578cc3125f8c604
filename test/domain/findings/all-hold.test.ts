import { expect, test } from '@jest/globals';
import { allHold } from '../../../src/domain/findings/all-hold.ts';
import { absent, equals, present } from '../../../src/domain/findings/plan-step.ts';

const facts = { tag: true, 'tag.a': 'x' };

test.each([
  ['none', [], 'holds'],
  ['all hold', [equals('tag.a', 'x'), absent('tag.b')], 'holds'],
  ['one does not', [equals('tag.a', 'x'), present('tag.b')], 'does-not'],
  ['one cannot be told', [equals('tag.a', 'x'), present('policy.text')], 'unknown'],
  ['one cannot be told, and one does not', [present('policy.text'), present('tag.b')], 'does-not'],
])('of conditions %s', (_, conditions, answer) => {
  expect(allHold(conditions, facts)).toBe(answer);
});
