import { expect, test } from '@jest/globals';
import { readTrailRulesFile } from '../../../src/domain/trail/read-trail-rules-file.ts';
import { TrailRuleIndex } from '../../../src/domain/trail/trail-rule-index.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import fc from '../../seeded-properties.ts';

const rules = readTrailRulesFile({
  monitoredEvents: ['CreateUser'],
  rules: [
    { id: 'by-source', pattern: { eventSource: ['iam', 'sts'], errorCode: [{ exists: true }] } },
    { id: 'by-name', pattern: { eventName: ['CreateUser', 'DeleteUser'], eventSource: ['iam'] } },
    { id: 'by-neither', pattern: { errorCode: [{ prefix: 'Access' }] } },
    { id: 'by-either', pattern: { $or: [{ eventName: ['CreateUser'] }, { eventSource: ['sts'] }] } },
    { id: 'by-prefix', pattern: { eventName: ['CreateUser', { prefix: 'Delete' }] } },
    { id: 'named', monitoredEvents: ['DeleteUser', 'CreateUser'] },
  ],
});
const index = new TrailRuleIndex(rules);

test('answers in the order of the rules', () => {
  expect(index.match({ eventName: 'CreateUser', eventSource: 'iam', errorCode: 'AccessDenied' })).toEqual([
    'CreateUser',
    'by-source',
    'by-name',
    'by-neither',
    'by-either',
    'by-prefix',
    'named',
  ]);
});

test('a list of names or sources matches a pattern by any of them, and no monitored name', () => {
  expect(index.match({ eventName: ['x', 'CreateUser'], eventSource: 'iam' })).toEqual([
    'by-name',
    'by-either',
    'by-prefix',
  ]);
  expect(index.match({ eventSource: ['x', 'sts'], errorCode: 'x' })).toEqual(['by-source', 'by-either']);
});

test.each([{}, { eventName: null }, { eventName: 5, eventSource: false }, { eventName: 'toString' }])(
  '%j matches nothing',
  record => expect(index.match(record)).toEqual([]),
);

test('answers what each rule answers for itself', () => {
  const name = fc.constantFrom('CreateUser', 'DeleteUser', 'DeleteRole', 'x');
  const source = fc.constantFrom('iam', 'sts', 'x');
  const record = fc.record(
    {
      eventName: fc.oneof(name, fc.array(name, { maxLength: 2 })),
      eventSource: fc.oneof(source, fc.array(source, { maxLength: 2 })),
      errorCode: fc.constantFrom('AccessDenied', 'x', null),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(record, one => {
      const expected = rules.filter(({ matches }) => matches(one as JsonObject)).map(({ rule }) => rule.id);
      expect(index.match(one as JsonObject)).toEqual(expected);
    }),
  );
});
