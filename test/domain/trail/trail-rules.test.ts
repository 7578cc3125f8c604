import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { compileTrailRules, TrailRulesError } from '../../../src/domain/trail/trail-rules.ts';

const rule = { id: 'sign-in', title: 'Sign-in', severity: 'low', monitoredEvents: ['ConsoleLogin'] };

const plain = { references: [], groupBy: [], suppress: [] };

function faultsOf(file: unknown): readonly string[] {
  try {
    compileTrailRules(file);
  } catch (error) {
    expect(error).toMatchObject({ name: 'TrailRulesError', code: 'InvalidTrailRules' });
    return (error as TrailRulesError).faults;
  }
  throw new Error('was compiled');
}

describe('compileTrailRules', () => {
  test('makes each monitored name a rule under itself, once', () => {
    const { rules } = compileTrailRules({ monitoredEvents: ['ConsoleLogin', 'StopLogging', 'ConsoleLogin'] });
    expect(rules).toEqual([
      {
        id: 'ConsoleLogin',
        title: 'CloudTrail event ConsoleLogin',
        severity: 'medium',
        monitoredEvents: ['ConsoleLogin'],
        ...plain,
      },
      {
        id: 'StopLogging',
        title: 'CloudTrail event StopLogging',
        severity: 'medium',
        monitoredEvents: ['StopLogging'],
        ...plain,
      },
    ]);
  });

  test('keeps the rules of a file after the names, in their order, with `medium` where nothing is said', () => {
    const { severity: _, ...plain } = rule;
    const { rules } = compileTrailRules({
      rules: [
        { ...plain, monitoredEvents: ['b', 'a', 'b'] },
        { ...rule, id: 'second' },
      ],
      monitoredEvents: ['StopLogging'],
    });
    expect(rules.map(({ id, severity, monitoredEvents }) => [id, severity, monitoredEvents])).toEqual([
      ['StopLogging', 'medium', ['StopLogging']],
      ['sign-in', 'medium', ['b', 'a']],
      ['second', 'low', ['ConsoleLogin']],
    ]);
  });

  test.each([
    ['a value', { monitoredEvents: ['ConsoleLogin'] }],
    ['text', '{"monitoredEvents":["ConsoleLogin"]}'],
    ['text with a byte order mark', '\ufeff{"monitoredEvents":["ConsoleLogin"],"schemaVersion":1}'],
    ['bytes', Buffer.from('{"monitoredEvents":["ConsoleLogin"]}')],
    ['bytes with a byte order mark', Buffer.from('\ufeff{"monitoredEvents":["ConsoleLogin"]}')],
  ])('reads %s', (_form, file) => {
    expect(compileTrailRules(file).rules.map(({ id }) => id)).toEqual(['ConsoleLogin']);
  });

  test.each([
    ['no JSON', '{', ['the text is not JSON, at position 1 (line 1 column 2)']],
    ['JSON that breaks off', '', ['the text is not JSON']],
    [
      'a key twice, whose first value would vanish',
      '{"monitoredEvents":["ConsoleLogin"],"monitoredEvents":["CreateUser"]}',
      ['the key "monitoredEvents" stands twice'],
    ],
    [
      'a key twice, spelled in two ways',
      '{"rules":[{"id":"a","i\\u0064":"b","monitoredEvents":["c"]}]}',
      ['rules[0]: the key "id" stands twice'],
    ],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), ['the text is not UTF-8']],
    ['null', null, ['must be of type object, not null']],
    ['a list', ['ConsoleLogin'], ['must be of type object, not array']],
    ['nothing', {}, ['holds neither monitoredEvents nor rules nor packs: nothing would ever match']],
    [
      'no names',
      { monitoredEvents: [] },
      [expect.stringMatching(/^monitoredEvents: must name at least one/)],
    ],
    ['no rules', { rules: [] }, [expect.stringMatching(/^rules: must hold at least one rule/)]],
    [
      'names that are no list',
      { monitoredEvents: 'x' },
      ['monitoredEvents: must be of type array, not string'],
    ],
    [
      'a name that is no string',
      { monitoredEvents: ['a', 5] },
      ['monitoredEvents[1]: must be of type string, not number'],
    ],
    [
      'an empty name',
      { monitoredEvents: [''] },
      ['monitoredEvents[0]: must be 1 to 128 printable characters of ASCII'],
    ],
    [
      'a name in blanks',
      { monitoredEvents: [' a'] },
      [expect.stringMatching(/^monitoredEvents\[0\]: must be/)],
    ],
    [
      'a name too long',
      { monitoredEvents: ['a'.repeat(129)] },
      [expect.stringMatching(/^monitoredEvents\[0\]: must/)],
    ],
    ['an unknown key', { monitoredEvents: ['a'], monitored: 1 }, ['unknown key "monitored"']],
    ['unknown keys', { rules: [{ ...rule, a: 1, 'b\n': 2 }] }, ['rules[0]: unknown keys "a", "b\\u{a}"']],
    ['another version', { schemaVersion: 2, monitoredEvents: ['a'] }, ['schemaVersion: must be 1']],
    [
      'a severity',
      { rules: [{ ...rule, severity: 'loud' }] },
      ['rules[0].severity: must be "info" or "low" or "medium" or "high" or "critical"'],
    ],
    [
      'an id',
      { rules: [{ ...rule, id: 'sign in' }] },
      [expect.stringMatching(/^rules\[0\]\.id: must be 1 to 128/)],
    ],
    ['no title', { rules: [{ ...rule, title: '' }] }, ['rules[0].title: must not be empty']],
    [
      'no events',
      { rules: [{ ...rule, monitoredEvents: [] }] },
      [expect.stringMatching(/^rules\[0\]\.monitoredEvents: /)],
    ],
    ['no id', { rules: [{ monitoredEvents: ['a'] }] }, ['rules[0].id: is missing']],
    ['an id twice', { rules: [rule, rule] }, ['rules[1].id: "sign-in" is the id of another rule already']],
    [
      'an id that is a monitored name',
      { monitoredEvents: ['ConsoleLogin'], rules: [{ ...rule, id: 'ConsoleLogin' }] },
      ['rules[0].id: "ConsoleLogin" is the id of another rule already'],
    ],
    [
      'several faults at once',
      { monitoredEvents: [1], rules: [{ ...rule, id: 1 }, rule, rule, null], other: true },
      [
        expect.stringMatching(/^monitoredEvents\[0\]: /),
        'unknown key "other"',
        expect.stringMatching(/^rules\[0\]\.id: /),
        'rules[3]: must be of type object, not null',
        'rules[2].id: "sign-in" is the id of another rule already',
      ],
    ],
  ])('refuses %s', (_fault, file, faults) => {
    expect(faultsOf(file)).toEqual(faults);
  });

  test('what looks like a key within a text is none', () => {
    const title = 'the \\ "id": of \\"id\\":';
    const text = JSON.stringify({ rules: [{ ...rule, title }] }, null, 2);
    expect(compileTrailRules(text).rules[0]?.title).toBe(title);
  });

  test('a rule without a title is named by its id', () => {
    const { title: _, ...untitled } = rule;
    expect(compileTrailRules({ rules: [untitled] }).rules[0]?.title).toBe('CloudTrail rule sign-in');
  });

  test('an error shows each fault on a line', () => {
    expect(new TrailRulesError(['a', 'b']).message).toBe('The rules cannot be used:\n- a\n- b');
  });
});

describe('match', () => {
  const rules = compileTrailRules({
    monitoredEvents: ['StopLogging'],
    rules: [rule, { ...rule, id: 'again', monitoredEvents: ['ConsoleLogin', 'StopLogging'] }],
  });

  test.each([
    ['StopLogging', ['StopLogging', 'again']],
    ['ConsoleLogin', ['sign-in', 'again']],
    ['consolelogin', []],
    ['ConsoleLogin ', []],
    ['toString', []],
    ['', []],
    [null, []],
    [5, []],
    [['ConsoleLogin'], []],
  ])('an eventName of %j', (eventName, ids) => {
    expect(rules.match({ eventName })).toEqual(ids);
  });

  test('a record without an eventName matches nothing', () => {
    expect(rules.match({})).toEqual([]);
    expect(rules.match({ requestParameters: { eventName: 'ConsoleLogin' } })).toEqual([]);
  });

  test('finds a rule by its id', () => {
    expect(rules.find('sign-in')).toEqual({ ...rule, ...plain });
    expect(rules.find('StopLogging')?.title).toBe('CloudTrail event StopLogging');
    expect(rules.find('ConsoleLogin')).toBeUndefined();
  });
});

describe('hash', () => {
  const hashOf = (file: unknown) => compileTrailRules(file).hash;
  const base = hashOf({ rules: [rule] });

  test('is the same for the same rules, however they are written', () => {
    const spelled =
      '[{"groupBy":[],"id":"sign-in","monitoredEvents":["ConsoleLogin"],"references":[],"severity":"low","suppress":[],"title":"Sign-in"}]';
    expect(base).toBe(createHash('sha256').update(spelled).digest('hex'));
    const { id, title, severity, monitoredEvents } = rule;
    expect(hashOf(JSON.stringify({ schemaVersion: 1, rules: [rule] }, null, 2))).toBe(base);
    expect(
      hashOf({ rules: [{ monitoredEvents: [...monitoredEvents, 'ConsoleLogin'], severity, title, id }] }),
    ).toBe(base);
  });

  const other = { ...rule, id: 'other', monitoredEvents: ['a', 'b'] };
  const suppression = { pattern: { a: ['b'] }, owner: 'o', reason: 'r', expires: '2030-01-01' };

  test('is the same in whatever order the rules, their names and the keys of their patterns stand', () => {
    const { monitoredEvents: _, ...plain } = rule;
    const ordered = [
      rule,
      other,
      { ...plain, id: 'third', pattern: { a: ['1'], b: { c: ['2'], d: ['3'] } } },
    ];
    const reversed = [
      { ...plain, id: 'third', pattern: { b: { d: ['3'], c: ['2'] }, a: ['1'] } },
      { ...other, monitoredEvents: ['b', 'a'] },
      rule,
    ];
    expect(hashOf({ rules: reversed })).toBe(hashOf({ rules: ordered }));
  });

  test('changes with the pattern', () => {
    const { monitoredEvents: _, ...plain } = rule;
    const hashes = [{ a: ['1'] }, { a: ['2'] }, { b: ['1'] }, { a: ['1', '2'] }].map(pattern =>
      hashOf({ rules: [{ ...plain, pattern }] }),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  test('does not depend on examples, by which nothing is decided', () => {
    expect(hashOf({ rules: [{ ...rule, examples: { match: [{ eventName: 'ConsoleLogin' }] } }] })).toBe(base);
  });

  test.each([
    ['the id', { rules: [{ ...rule, id: 'x' }] }],
    ['the title', { rules: [{ ...rule, title: 'x' }] }],
    ['the severity', { rules: [{ ...rule, severity: 'high' }] }],
    ['the events', { rules: [{ ...rule, monitoredEvents: ['x'] }] }],
    ['the references', { rules: [{ ...rule, references: ['x'] }] }],
    ['the groups', { rules: [{ ...rule, groupBy: ['x'] }] }],
    ['a suppression', { rules: [{ ...rule, suppress: [suppression] }] }],
    ['the number of rules', { rules: [rule, { ...rule, id: 'x' }] }],
  ])('changes with %s', (_what, file) => {
    expect(hashOf(file)).not.toBe(base);
  });
});
