import { describe, expect, test } from '@jest/globals';
import { compileTrailRules, TrailRulesError } from '../../../src/domain/trail/trail-rules.ts';

function faultsOf(file: unknown): readonly string[] {
  try {
    compileTrailRules(file);
  } catch (error) {
    if (error instanceof TrailRulesError) return error.faults;
    throw error;
  }
  throw new Error('was compiled');
}

const pattern = { eventSource: ['iam.amazonaws.com'], userIdentity: { type: ['Root'] } };
const rule = { id: 'root', pattern };
const suppression = { pattern: { a: ['b'] }, owner: 'team', reason: 'scanner', expires: '2026-11-30' };
const withRule = (more: object) => ({ rules: [{ ...rule, ...more }] });

describe('a rule with a pattern', () => {
  test('matches what its pattern matches', () => {
    const { match } = compileTrailRules({ rules: [rule] });
    expect(match({ eventSource: 'iam.amazonaws.com', userIdentity: { type: 'Root' } })).toEqual(['root']);
    expect(match({ eventSource: 'iam.amazonaws.com', userIdentity: { type: 'IAMUser' } })).toEqual([]);
  });

  test('bears what its file says of it', () => {
    const given = { ...rule, title: 't', severity: 'high', references: ['r'], groupBy: ['a.b'] };
    const { rules } = compileTrailRules({ rules: [{ ...given, suppress: [suppression], examples: {} }] });
    expect(rules).toEqual([
      { ...given, suppress: [{ ...suppression, expires: '2026-12-01T00:00:00.000Z' }] },
    ]);
  });

  test.each<[string, object, readonly unknown[]]>([
    [
      'a pattern that is none',
      { pattern: { a: { b: [{ prefix: 5 }] } } },
      [expect.stringMatching(/^rules\[0\]\.pattern\.a\.b\[0\]\.prefix: ./)],
    ],
    ['an empty pattern', { pattern: {} }, [expect.stringMatching(/^rules\[0\]\.pattern: ./)]],
    ['a pattern that is a list', { pattern: [] }, ['rules[0].pattern: must be an object: an event pattern']],
    [
      'a suppression whose pattern is none',
      { suppress: [{ ...suppression, pattern: { a: [] } }] },
      [expect.stringMatching(/^rules\[0\]\.suppress\[0\]\.pattern\.a: ./)],
    ],
    [
      'both ways at once',
      { monitoredEvents: ['a'] },
      ['rules[0]: must hold either monitoredEvents or pattern'],
    ],
    ['neither way', { pattern: undefined }, ['rules[0]: must hold either monitoredEvents or pattern']],
    [
      'a path with nothing between its dots',
      { groupBy: ['a..b'] },
      ['rules[0].groupBy[0]: must be a path in the record: userIdentity.arn'],
    ],
    [
      'a suppression nobody answers for',
      { suppress: [{ ...suppression, owner: undefined }] },
      ['rules[0].suppress[0].owner: is missing'],
    ],
    [
      'an expiry in words',
      { suppress: [{ ...suppression, expires: 'tomorrow' }] },
      [expect.stringMatching(/^rules\[0\]\.suppress\[0\]\.expires: must be a day/)],
    ],
    [
      'a day that there is not',
      { suppress: [{ ...suppression, expires: '2027-02-30' }] },
      [expect.stringMatching(/expires: must be a day/)],
    ],
    [
      'a pattern that EventBridge has of the event around the record',
      { pattern: { 'detail-type': ['AWS API Call via CloudTrail'], detail: pattern } },
      [expect.stringMatching(/^rules\[0\]\.pattern: no record has detail/)],
    ],
    [
      'a suppression by the event around the record',
      { suppress: [{ ...suppression, pattern: { 'detail.eventName': ['x'] } }] },
      [expect.stringMatching(/^rules\[0\]\.suppress\[0\]\.pattern: no record has detail/)],
    ],
    [
      'an example that is no record',
      { examples: { match: [5] } },
      ['rules[0].examples.match[0]: must be an object: a CloudTrail record'],
    ],
  ])('is refused for %s', (_what, more, faults) => expect(faultsOf(withRule(more))).toEqual(faults));
});

const long = 'x'.repeat(20_000);

test.each<[string, unknown, string]>([
  [
    'groupBy',
    withRule({ groupBy: 'userIdentity.arn' }),
    'rules[0].groupBy: must be of type array, not string',
  ],
  ['references', withRule({ references: long }), 'rules[0].references: must be of type array, not string'],
  ['suppress', withRule({ suppress: long }), 'rules[0].suppress: must be of type array, not string'],
  ['title', withRule({ title: [] }), 'rules[0].title: must be of type string, not array'],
  ['title, too long', withRule({ title: long }), 'rules[0].title: must have at most 200 characters'],
  ['names', { monitoredEvents: '' }, 'monitoredEvents: must be of type array, not string'],
  ['rules', { rules: long }, 'rules: must be of type array, not string'],
  ['packs', { packs: 'cis-aws-foundations,sallyport-pipeline' }, 'packs: must be of type array, not string'],
  [
    'groupBy, too long',
    withRule({ groupBy: Array(11).fill('a') }),
    'rules[0].groupBy: must hold at most 10 paths',
  ],
  [
    'a path, too long',
    withRule({ groupBy: [long] }),
    'rules[0].groupBy[0]: must have at most 256 characters',
  ],
])('what is of another type is told once, and of no size: %s', (_what, file, fault) => {
  expect(faultsOf(file)).toEqual([fault]);
});

describe('a suppression', () => {
  const { suppression: suppressionOf } = compileTrailRules(
    withRule({
      suppress: [
        { ...suppression, owner: 'first' },
        { ...suppression, owner: 'second', expires: '2027-01-01T12:00:00Z' },
      ],
    }),
  );
  const ownerAt = (time: string, record = { a: 'b' }, id = 'root') =>
    suppressionOf(id, record, new Date(time))?.owner;

  test.each([
    ['2026-11-30T23:59:59.999Z', 'first'],
    ['2026-12-01T00:00:00.000Z', 'second'],
    ['2027-01-01T11:59:59.999Z', 'second'],
    ['2027-01-01T12:00:00.000Z', undefined],
  ])('at %s is that of %s: the first that has not expired', (time, owner) => {
    expect(ownerAt(time)).toBe(owner);
  });

  test.each([
    ['9999-12-30', '9999-12-31T00:00:00.000Z'],
    ['9999-12-31', '9999-12-31T23:59:59.999Z'],
  ])('that expires on %s has a time that can be compared', (expires, written) => {
    const { rules } = compileTrailRules(withRule({ suppress: [{ ...suppression, expires }] }));
    expect(rules[0]?.suppress[0]?.expires).toBe(written);
  });

  test('holds for what its pattern matches, and its own rule', () => {
    expect(ownerAt('2026-11-22T00:00:00Z', { a: 'c' })).toBeUndefined();
    expect(ownerAt('2026-11-22T00:00:00Z', { a: 'b' }, 'other')).toBeUndefined();
  });
});

describe('packs', () => {
  test('stand before the names and rules of the file', () => {
    const { rules } = compileTrailRules({
      packs: ['cis-aws-foundations'],
      monitoredEvents: ['x'],
      rules: [rule],
    });
    expect(rules.map(({ id }) => id).slice(-3)).toEqual(['cis-4.15', 'x', 'root']);
    expect(rules).toHaveLength(17);
  });

  test('give way to a rule of the same id', () => {
    const own = { id: 'cis-4.3', title: 'ours', monitoredEvents: ['x'] };
    const { rules, find, match } = compileTrailRules({ packs: ['cis-aws-foundations'], rules: [own] });
    expect(rules).toHaveLength(15);
    expect(find('cis-4.3')?.title).toBe('ours');
    expect(match({ userIdentity: { type: 'Root' } })).toEqual([]);
  });

  test('named twice stand once', () => {
    const { rules, match } = compileTrailRules({ packs: ['cis-aws-foundations', 'cis-aws-foundations'] });
    expect(rules).toHaveLength(15);
    expect(match({ eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' })).toEqual(['cis-4.5']);
  });

  test('that there are not are refused', () => {
    expect(faultsOf({ packs: ['cis', 'toString'] })).toEqual([
      expect.stringMatching(/^packs\[0\]: "cis" is no pack: there is account-changes, cis-aws-foundations, /),
      expect.stringMatching(/^packs\[1\]: "toString" is no pack/),
    ]);
  });
});

describe('bounds', () => {
  const many = (count: number, make: (index: number) => unknown) =>
    Array.from({ length: count }, (_, i) => make(i));
  const named = (index: number) => ({ id: `r${index}`, monitoredEvents: [`E${index}`] });

  test('ten thousand rules are compiled, each found by its name; one more is refused', () => {
    const { match, rules } = compileTrailRules({ rules: many(10_000, named) });
    expect([rules.length, match({ eventName: 'E9999' })]).toEqual([10_000, ['r9999']]);
    expect(faultsOf({ rules: many(10_001, named) })).toEqual([
      'a list has 10001 elements, and may have 10000',
    ]);
    expect(faultsOf({ monitoredEvents: ['x'], rules: many(10_000, named) })).toEqual([
      'holds 10001 rules, and may hold 10000',
    ]);
  });

  test.each<[string, string, string]>([
    [
      'text that is too large',
      ' '.repeat(4 * 2 ** 20 + 1),
      'the text has 4194305 bytes, and may have 4194304',
    ],
    [
      'characters of several bytes',
      'é'.repeat(2 ** 21 + 1),
      'the text has 4194306 bytes, and may have 4194304',
    ],
    [
      'lists deep within lists',
      '['.repeat(500_000) + ']'.repeat(500_000),
      'objects and lists stand more than 100 deep in one another',
    ],
    [
      'objects deep within objects',
      `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
      'objects and lists stand more than 100 deep in one another',
    ],
    [
      'a list that is too long',
      `{"monitoredEvents":[${'1,'.repeat(500_000)}1]}`,
      'a list has 500001 elements, and may have 10000',
    ],
  ])('%s are refused, and nothing overflows', (_what, text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  test('a value that holds itself is refused', () => {
    const endless: Record<string, unknown> = {};
    endless['a'] = endless;
    expect(faultsOf(endless)).toEqual(['objects and lists stand more than 100 deep in one another']);
  });

  test('a depth of a hundred is borne', () => {
    const deep = `${'{"a":'.repeat(96)}1${'}'.repeat(96)}`;
    const file = `{"rules":[{"id":"a","monitoredEvents":["b"],"examples":{"match":[${deep}]}}]}`;
    expect(faultsOf(file)).toEqual(['objects and lists stand more than 100 deep in one another']);
    const less = file.replace(deep, deep.slice(5, -1));
    expect(compileTrailRules(less).rules).toHaveLength(1);
  });

  test('patterns that stand for very many alternatives are refused before they are compiled', () => {
    const branches = (of: string) => ({ $or: many(30, index => ({ [`${of}${index}`]: ['x'] })) });
    const file = {
      rules: many(60, index => ({ id: `r${index}`, pattern: { a: branches('a'), b: branches('b') } })),
    };
    expect(faultsOf(file)).toEqual([
      'rules[55].pattern: with it, the patterns have more than 50000 alternatives ($or)',
    ]);
  });

  test('fields that stand beside very many alternatives are counted for each of them', () => {
    const fields = Object.fromEntries(Array.from({ length: 249 }, (_, index) => [`f${index}`, ['x']]));
    const $or = many(500, index => ({ a: [index] }));
    const file = { rules: many(5, index => ({ id: `r${index}`, pattern: { ...fields, $or } })) };
    expect(faultsOf(file)).toEqual([
      'rules[4].pattern: with it, the patterns have more than 500000 fields in all alternatives',
    ]);
    expect(compileTrailRules({ rules: file.rules.slice(0, 4) }).rules).toHaveLength(4);
  });

  test('of very many faults the first fifty are named', () => {
    const faults = faultsOf({ rules: many(200, () => ({})) });
    expect([faults.length, faults.at(-1)]).toEqual([51, '… and more']);
  });

  test('a pattern full of asterisks does not make matching slow', () => {
    const { match } = compileTrailRules({
      rules: [{ id: 'a', pattern: { a: [{ wildcard: `${'*a'.repeat(500)}*b` }] } }],
    });
    expect(match({ a: 'a'.repeat(100_000) })).toEqual([]);
    expect(match({ a: `${'a'.repeat(100_000)}b` })).toEqual(['a']);
  });
});

test('a key that stands twice is named with its place', () => {
  const text =
    '{"rules":[{"id":"a","pattern":{"x":["1"]}},{"id":"b","pattern":{"y":{"z":["{"],"z":["1"]}}}]}';
  expect(faultsOf(text)).toEqual(['rules[1].pattern.y: the key "z" stands twice']);
});
