import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { compileTrailRules, TrailRulesError } from '../../../src/domain/trail/trail-rules.ts';

const rule = { id: 'sign-in', title: 'Sign-in', severity: 'low', monitoredEvents: ['ConsoleLogin'] };

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
      },
      {
        id: 'StopLogging',
        title: 'CloudTrail event StopLogging',
        severity: 'medium',
        monitoredEvents: ['StopLogging'],
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
    ['no JSON', '{', ['file: is not JSON in UTF-8']],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), ['file: is not JSON in UTF-8']],
    ['null', null, [expect.stringMatching(/^file: .*expected object, received null/)]],
    ['a list', ['ConsoleLogin'], [expect.stringMatching(/^file: .*expected object, received array/)]],
    ['nothing', {}, ['file: holds neither monitoredEvents nor rules: nothing would ever match']],
    [
      'no names',
      { monitoredEvents: [] },
      [expect.stringMatching(/^monitoredEvents: must name at least one/)],
    ],
    ['no rules', { rules: [] }, [expect.stringMatching(/^rules: must hold at least one rule/)]],
    [
      'names that are no list',
      { monitoredEvents: 'x' },
      [expect.stringMatching(/^monitoredEvents: .*array/)],
    ],
    [
      'a name that is no string',
      { monitoredEvents: ['a', 5] },
      [expect.stringMatching(/^monitoredEvents\[1\]: /)],
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
    ['an unknown key', { monitoredEvents: ['a'], monitored: 1 }, ['file: unknown key "monitored"']],
    ['unknown keys', { rules: [{ ...rule, a: 1, 'b\n': 2 }] }, ['rules[0]: unknown keys "a", "b\\u{a}"']],
    [
      'another version',
      { schemaVersion: 2, monitoredEvents: ['a'] },
      [expect.stringMatching(/^schemaVersion: /)],
    ],
    [
      'a severity',
      { rules: [{ ...rule, severity: 'loud' }] },
      [expect.stringMatching(/^rules\[0\]\.severity: /)],
    ],
    [
      'an id',
      { rules: [{ ...rule, id: 'sign in' }] },
      [expect.stringMatching(/^rules\[0\]\.id: must be 1 to 128/)],
    ],
    ['no title', { rules: [{ ...rule, title: '' }] }, [expect.stringMatching(/^rules\[0\]\.title: /)]],
    [
      'no events',
      { rules: [{ ...rule, monitoredEvents: [] }] },
      [expect.stringMatching(/^rules\[0\]\.monitoredEvents: /)],
    ],
    ['an id twice', { rules: [rule, rule] }, ['rules: the id "sign-in" stands for more than one rule']],
    [
      'an id that is a monitored name',
      { monitoredEvents: ['ConsoleLogin'], rules: [{ ...rule, id: 'ConsoleLogin' }] },
      ['rules: the id "ConsoleLogin" stands for more than one rule'],
    ],
    [
      'several faults at once',
      { monitoredEvents: [1], rules: [{ ...rule, id: 1 }], other: true },
      [
        expect.stringMatching(/^monitoredEvents\[0\]: /),
        expect.stringMatching(/^rules\[0\]\.id: /),
        'file: unknown key "other"',
      ],
    ],
  ])('refuses %s', (_fault, file, faults) => {
    expect(faultsOf(file)).toEqual(faults);
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
    expect(rules.find('sign-in')).toEqual(rule);
    expect(rules.find('StopLogging')?.title).toBe('CloudTrail event StopLogging');
    expect(rules.find('ConsoleLogin')).toBeUndefined();
  });
});

describe('hash', () => {
  const hashOf = (file: unknown) => compileTrailRules(file).hash;
  const base = hashOf({ rules: [rule] });

  test('is the same for the same rules, however they are written', () => {
    const canonical = '[["sign-in","Sign-in","low",["ConsoleLogin"]]]';
    expect(base).toBe(createHash('sha256').update(canonical).digest('hex'));
    const { id, title, severity, monitoredEvents } = rule;
    expect(hashOf(JSON.stringify({ schemaVersion: 1, rules: [rule] }, null, 2))).toBe(base);
    expect(
      hashOf({ rules: [{ monitoredEvents: [...monitoredEvents, 'ConsoleLogin'], severity, title, id }] }),
    ).toBe(base);
  });

  test.each([
    ['the id', { rules: [{ ...rule, id: 'x' }] }],
    ['the title', { rules: [{ ...rule, title: 'x' }] }],
    ['the severity', { rules: [{ ...rule, severity: 'high' }] }],
    ['the events', { rules: [{ ...rule, monitoredEvents: ['x'] }] }],
    ['the number of rules', { rules: [rule, { ...rule, id: 'x' }] }],
  ])('changes with %s', (_what, file) => {
    expect(hashOf(file)).not.toBe(base);
  });
});
