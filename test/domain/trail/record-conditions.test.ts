import { describe, expect, test } from '@jest/globals';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import fc from '../../seeded-properties.ts';

const conditionsOf = (...patterns: readonly JsonObject[]) =>
  compileTrailRules({ rules: patterns.map((pattern, index) => ({ id: `r${index}`, pattern })) }).conditions;

const names = (...eventNames: readonly string[]) => ({ eventNames: new Set(eventNames), literals: [] });
const literals = (...texts: readonly string[]) => ({ eventNames: new Set(), literals: texts });

test('of monitored names are those names', () => {
  expect(compileTrailRules({ monitoredEvents: ['a', 'b'] }).conditions).toEqual(names('a', 'b'));
});

describe('of patterns are', () => {
  test.each<[string, JsonObject, unknown]>([
    [
      'exact names',
      { eventName: ['CreateUser', 'DeleteUser'], a: ['LongerLiteral'] },
      names('CreateUser', 'DeleteUser'),
    ],
    [
      'no names, where a name need not be exact',
      { eventName: ['CreateUser', { prefix: 'Delete' }] },
      literals('CreateUser', 'Delete'),
    ],
    ['an exact value', { userIdentity: { type: ['Root'] } }, literals('Root')],
    [
      'one of each of its values',
      { errorCode: [{ wildcard: '*UnauthorizedOperation' }, { prefix: 'AccessDenied' }] },
      literals('UnauthorizedOperation', 'AccessDenied'),
    ],
    ['the longest run of letters and digits', { a: ['sallyport-trail-x'] }, literals('sallyport')],
    [
      'no part of an ARN that stands everywhere',
      { a: [{ prefix: 'arn:aws:iam::role/x-ray' }] },
      literals('ray'),
    ],
    ['the field that says most', { a: ['abc'], b: ['abcdef'], c: [{ exists: true }] }, literals('abcdef')],
    [
      'the name of a field, where no value says anything',
      { vpcEndpointId: [{ exists: true }] },
      literals('vpcEndpointId'),
    ],
    [
      'the name of a field also of an anything-but',
      { errorCode: [{ 'anything-but': 'ThrottlingException' }] },
      literals('errorCode'),
    ],
    ['the shorter where one contains the other', { a: ['abcdef', 'cde'] }, literals('cde')],
    ['the parts of a suffix', { a: [{ suffix: '-password' }] }, literals('password')],
    ['the parts of a wildcard', { a: [{ wildcard: 'x*secret\\*value*y' }] }, literals('secret')],
    [
      'those of each alternative',
      { $or: [{ eventName: ['CreateUser'] }, { errorCode: ['AccessDenied'] }] },
      { eventNames: new Set(['CreateUser']), literals: ['AccessDenied'] },
    ],
  ])('%s', (_what, pattern, expected) => expect(conditionsOf(pattern)).toEqual(expected));

  test.each<[string, JsonObject]>([
    ['a field that may be absent', { errorCode: [{ exists: false }, 'AccessDenied'] }],
    ['a field that stands in every record', { eventSource: [{ 'anything-but': 'x' }] }],
    ['values of two letters', { type: ['ab'] }],
    ['numbers', { type: [123456] }],
    ['an address, which can be written in several ways', { type: ['203.0.113.77'] }],
    ['a block of addresses', { sourceIPAddress: [{ cidr: '203.0.113.0/24' }] }],
    ['text in any case', { type: [{ 'equals-ignore-case': 'AccessDenied' }] }],
    ['a prefix in any case', { type: [{ prefix: { 'equals-ignore-case': 'AccessDenied' } }] }],
    [
      'one alternative that asks for nothing',
      { $or: [{ eventName: ['CreateUser'] }, { type: [{ exists: true }] }] },
    ],
  ])('unknown for %s', (_what, pattern) => expect(conditionsOf(pattern)).toBe('any'));

  test('unknown where there are so many literals that parsing is quicker', () => {
    const values = Array.from({ length: 65 }, (_, index) => `value${1000 + index}`);
    expect(conditionsOf({ a: values.slice(1) })).toMatchObject({ literals: { length: 64 } });
    expect(conditionsOf({ a: values })).toBe('any');
  });
});

describe('a record that a rule matches meets the conditions', () => {
  const word = fc.constantFrom('Root', 'abc', 'ABC', 'abcdef', 'x-abc');
  const oddity = fc.constantFrom('', 'ab', 'kK', '10.0.0.1', 'arn:aws:iam::x');
  const text = fc.oneof(
    word,
    oddity,
    fc.tuple(word, word).map(parts => parts.join('')),
    fc.string(),
  );
  const scalar = fc.oneof(text, fc.integer(), fc.constantFrom<null | boolean>(null, true, false));
  const value: fc.Arbitrary<unknown> = fc.oneof(word, word, scalar, fc.array(scalar, { maxLength: 3 }));
  const field = fc.constantFrom('eventName', 'eventSource', 'type', 'errorCode', 'vpcEndpointId');
  const operator: fc.Arbitrary<unknown> = fc.oneof(
    scalar,
    ...['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].map(name =>
      word.map(operand => ({ [name]: name === 'wildcard' ? `*${operand}*` : operand })),
    ),
    word.map(operand => ({ prefix: { 'equals-ignore-case': operand } })),
    word.map(operand => ({ 'anything-but': operand })),
    word.map(operand => ({ 'anything-but': { prefix: operand || 'a' } })),
    fc.boolean().map(exists => ({ exists })),
    fc.constant({ cidr: '10.0.0.0/24' }),
    fc.constant({ numeric: ['>', 5] }),
  );
  const leaves = fc.array(fc.oneof(word, word, operator), { minLength: 1, maxLength: 3 });
  const flat = fc.dictionary(field, leaves, { minKeys: 1, maxKeys: 2 });
  const pattern = fc.oneof(
    flat,
    fc.tuple(flat, flat).map(([one, other]) => ({ userIdentity: one, ...other })),
    fc.tuple(flat, flat, flat).map(([one, other, all]) => ({ ...all, $or: [one, other] })),
  );
  const flatRecord = fc.dictionary(field, value, { minKeys: 3, maxKeys: 5 });
  const record = fc
    .tuple(flatRecord, fc.oneof(flatRecord, fc.array(flatRecord, { maxLength: 2 }), value))
    .map(([all, userIdentity]) => ({ ...all, userIdentity }) as JsonObject);

  test('whatever they are', () => {
    let met = 0;
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 2 }), record, (patterns, one) => {
        const rules = patterns.map((each, index) => ({ id: `r${index}`, pattern: each }));
        const compiled = (() => {
          try {
            return compileTrailRules({ rules });
          } catch {
            return undefined;
          }
        })();
        fc.pre(compiled !== undefined);
        if (compiled === undefined || compiled.match(one).length === 0 || compiled.conditions === 'any')
          return;
        met += 1;
        const { eventNames, literals: needed } = compiled.conditions;
        const { eventName } = one;
        const written = JSON.stringify(one);
        expect(
          (typeof eventName === 'string' ? eventNames.has(eventName) : Array.isArray(eventName)) ||
            written.includes('\\u') ||
            needed.some(literal => written.includes(literal)),
        ).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(met).toBeGreaterThan(100);
  });
});
