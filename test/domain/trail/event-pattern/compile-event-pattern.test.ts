import { describe, expect, test } from '@jest/globals';
import { compileEventPattern } from '../../../../src/domain/trail/event-pattern/compile-event-pattern.ts';

/** What is asked of `f`, what `f` is, and whether that matches: all of it as event-ruler has it. */
type Vector = readonly [name: string, asked: readonly unknown[], value: unknown, matches: boolean];

const literals: readonly Vector[] = [
  ['a text', ['trail'], 'trail', true],
  ['a text in another case', ['trail'], 'Trail', false],
  ['a text with a blank behind it', ['trail'], 'trail ', false],
  ['one of several', ['bucket', 'trail'], 'trail', true],
  ['an empty text', [''], '', true],
  ['an empty text, of null', [''], null, false],
  ['a number', [12], 12, true],
  ['a number, written otherwise', [1.2e1], 12.0, true],
  ['a negative zero', [0], -0, true],
  ['a number, of its text', [12], '12', false],
  ['a text, of its number', ['12'], 12, false],
  ['a number of many digits', [0.1 + 0.2], 0.1 + 0.2, true],
  ['an account', [123456789012], 123456789012, true],
  ['true', [true], true, true],
  ['true, of its text', [true], 'true', false],
  ['true, of one', [true], 1, false],
  ['false, of null', [false], null, false],
  ['null', [null], null, true],
  ['null, of its text', [null], 'null', false],
  ['an element of a list', ['b'], ['a', 'b'], true],
  ['an element of a list in a list', ['b'], ['a', ['b']], true],
  ['an element of an empty list', ['b'], [], false],
  ['an object', ['b'], { b: 'b' }, false],
  ['an object in a list', ['b'], [{ b: 'b' }], false],
  ['exactly', [{ exactly: 'a' }], 'a', true],
  ['exactly an address', [{ exactly: '192.0.2.7' }], '192.0.2.07', false],
  ['an address', ['192.0.2.7'], '192.0.2.7', true],
  ['an address with zeros in front of its numbers', ['192.0.2.7'], '192.000.002.007', true],
  ['an address in IPv6, its zeros left out', ['2001:DB8::1'], '2001:db8:0:0:0:0:0:1', true],
  ['an address of IPv4 in IPv6', ['192.0.2.7'], '::ffff:c000:207', true],
  ['another address', ['192.0.2.7'], '192.0.2.8', false],
  ['no address, though it looks like one', ['1:2'], '1:2', true],
  ['no address, of another one', ['1:2'], '01:2', false],
  ['a name of Object.prototype', ['constructor'], 'constructor', true],
];

const texts: readonly Vector[] = [
  ['prefix', [{ prefix: 'tr' }], 'trail', true],
  ['prefix, of the text itself', [{ prefix: 'trail' }], 'trail', true],
  ['prefix, of a shorter text', [{ prefix: 'trails' }], 'trail', false],
  ['prefix in another case', [{ prefix: 'TR' }], 'trail', false],
  ['prefix in any case', [{ prefix: { 'equals-ignore-case': 'TRa' } }], 'trAIL', true],
  ['prefix in any case, of another text', [{ prefix: { 'equals-ignore-case': 'TRx' } }], 'trail', false],
  ['an empty prefix', [{ prefix: '' }], '', true],
  ['an empty prefix, of a number', [{ prefix: '' }], 1, false],
  ['an empty prefix, of null', [{ prefix: '' }], null, false],
  ['prefix, of a number', [{ prefix: '1' }], 12, false],
  ['prefix that ends with a quote', [{ prefix: 'trail"' }], 'trail', true],
  [
    'prefix in any case that ends with a quote',
    [{ prefix: { 'equals-ignore-case': 'TRAIL"' } }],
    'trail',
    true,
  ],
  ['prefix with a quote within', [{ prefix: 'tr"' }], 'trail', false],
  ['suffix', [{ suffix: 'ail' }], 'trail', true],
  ['suffix in another case', [{ suffix: 'AIL' }], 'trail', false],
  ['suffix in any case', [{ suffix: { 'equals-ignore-case': 'AiL' } }], 'trail', true],
  ['suffix in any case, of a shorter text', [{ suffix: { 'equals-ignore-case': 'xtrail' } }], 'trail', false],
  ['suffix of a character of three bytes', [{ suffix: '\u96e8' }], 'trail\u96e8', true],
  ['an empty suffix, of true', [{ suffix: '' }], true, false],
  ['suffix that begins with a quote', [{ suffix: '"trail' }], 'trail', true],
  ['equals-ignore-case', [{ 'equals-ignore-case': 'TraiL' }], 'tRAIl', true],
  ['equals-ignore-case, of a longer text', [{ 'equals-ignore-case': 'TraiL' }], 'trails', false],
  ['equals-ignore-case, empty', [{ 'equals-ignore-case': '' }], '', true],
  ['equals-ignore-case, of null', [{ 'equals-ignore-case': 'null' }], null, false],
  ['\u00df, of SS', [{ 'equals-ignore-case': 'stra\u00dfe' }], 'STRASSE', true],
  ['SS, of \u00df', [{ 'equals-ignore-case': 'STRASSE' }], 'stra\u00dfe', false],
  ['\u00df at the end, of SS', [{ suffix: { 'equals-ignore-case': '\u00dfe' } }], 'STRASSE', true],
  ['a dotless i, of I', [{ 'equals-ignore-case': '\u0131' }], 'I', true],
  ['a smile in any case', [{ 'equals-ignore-case': '\u{1f600}' }], '\u{1f600}', false],
  ['a wildcard', [{ wildcard: 'arn:*:role/*-admin' }], 'arn:aws:iam::111122223333:role/a-admin', true],
  ['a wildcard in another case', [{ wildcard: 'ARN:*' }], 'arn:aws', false],
  ['an asterisk alone, of an empty text', [{ wildcard: '*' }], '', true],
  ['an asterisk for nothing', [{ wildcard: 'a*b' }], 'ab', true],
  ['asterisks at both ends', [{ wildcard: '*b*' }], 'abc', true],
  ['pieces that would overlap', [{ wildcard: 'ab*ba' }], 'aba', false],
  ['a piece met twice', [{ wildcard: '*ab*ab' }], 'xabyab', true],
  ['a wildcard without asterisk', [{ wildcard: 'abc' }], 'abc', true],
  ['an asterisk across lines', [{ wildcard: 'a*b' }], 'a\n\nb', true],
  ['an escaped asterisk', [{ wildcard: 'a\\*b' }], 'a*b', true],
  ['an escaped asterisk, of another text', [{ wildcard: 'a\\*b' }], 'axb', false],
  ['an escaped backslash before an asterisk', [{ wildcard: 'a\\\\*' }], 'a\\b', true],
  ['a dot', [{ wildcard: 'a.*' }], 'axb', false],
];

const numbersAndAddresses: readonly Vector[] = [
  ['numeric, equal', [{ numeric: ['=', 2.5] }], 2.5, true],
  ['numeric, less', [{ numeric: ['<', 5] }], 4.9999999, true],
  ['numeric, at its open end', [{ numeric: ['<', 5] }], 5, false],
  ['numeric, at its closed end', [{ numeric: ['<=', 5] }], 5, true],
  ['numeric, greater', [{ numeric: ['>', -5] }], -4, true],
  ['numeric, at least', [{ numeric: ['>=', -5] }], -5, true],
  ['numeric, within', [{ numeric: ['>', 0, '<=', 5] }], 5, true],
  ['numeric, above', [{ numeric: ['>', 0, '<=', 5] }], 5.5, false],
  ['numeric, of a text', [{ numeric: ['>', 0] }], '1', false],
  ['numeric, of true', [{ numeric: ['>', 0] }], true, false],
  ['numeric, of null', [{ numeric: ['>=', 0] }], null, false],
  ['numeric, of a list', [{ numeric: ['>', 5] }], ['9', 4, 6], true],
  ['numeric, far out', [{ numeric: ['>', 1e20] }], 1e300, true],
  ['numeric, of a number that lost digits', [{ numeric: ['>', 0] }], 2 ** 63 - 1024, false],
  ['a range of addresses', [{ cidr: '198.51.100.0/24' }], '198.51.100.255', true],
  ['a range of addresses, of another', [{ cidr: '198.51.100.0/24' }], '198.51.101.0', false],
  ['a range named by any of its addresses', [{ cidr: '198.51.100.77/24' }], '198.51.100.1', true],
  ['a range of 31 bits', [{ cidr: '198.51.100.2/31' }], '198.51.100.3', true],
  ['a range of no bits', [{ cidr: '0.0.0.0/0' }], '203.0.113.9', true],
  ['a range of no bits, of IPv6', [{ cidr: '0.0.0.0/0' }], '2001:db8::1', true],
  ['a range of IPv6', [{ cidr: '2001:db8:4::/48' }], '2001:db8:4:9::1', true],
  ['a range of IPv6, of another', [{ cidr: '2001:db8:4::/48' }], '2001:db8:5::1', false],
  ['a range of IPv6, of IPv4', [{ cidr: '2001:db8::/32' }], '32.1.13.184', false],
  ['a range of no bits of IPv6, of IPv4', [{ cidr: '::/0' }], '192.0.2.7', true],
  ['a range of no bits of IPv6, of the first of IPv4', [{ cidr: '::/0' }], '0.0.0.0', false],
  ['a range, of a range', [{ cidr: '198.51.100.0/24' }], '198.51.100.0/24', false],
  ['a range, of a service', [{ cidr: '0.0.0.0/0' }], 'cloudtrail.amazonaws.com', false],
  ['a range, of a number', [{ cidr: '0.0.0.0/0' }], 5, false],
];

const negations: readonly Vector[] = [
  ['anything-but', [{ 'anything-but': 'a' }], 'b', true],
  ['anything-but that', [{ 'anything-but': 'a' }], 'a', false],
  ['anything-but a text, of a number', [{ 'anything-but': '5' }], 5, true],
  ['anything-but, of null', [{ 'anything-but': 'a' }], null, true],
  ['anything-but, of an empty list', [{ 'anything-but': 'a' }], [], false],
  ['anything-but, of an object', [{ 'anything-but': 'a' }], { a: 1 }, false],
  ['anything-but, of a list with another', [{ 'anything-but': 'a' }], ['a', 'b'], true],
  ['anything-but, of a list of it', [{ 'anything-but': ['a', 'b'] }], ['a', 'b'], false],
  ['anything-but numbers', [{ 'anything-but': [1, 2] }], 2.0, false],
  ['anything-but numbers, of a text', [{ 'anything-but': [1, 2] }], '2', true],
  ['anything-but an address', [{ 'anything-but': '192.0.2.7' }], '192.0.2.07', true],
  ['anything-but a prefix', [{ 'anything-but': { prefix: 'a' } }], 'ab', false],
  ['anything-but prefixes', [{ 'anything-but': { prefix: ['a', 'b'] } }], 'cab', true],
  ['anything-but a suffix', [{ 'anything-but': { suffix: ['b'] } }], 'ab', false],
  ['anything-but in any case', [{ 'anything-but': { 'equals-ignore-case': ['A', 'B'] } }], 'b', false],
  ['anything-but in any case, of another', [{ 'anything-but': { 'equals-ignore-case': 'A' } }], 'aa', true],
  ['anything-but a wildcard', [{ 'anything-but': { wildcard: ['*x', 'a*'] } }], 'ab', false],
  ['anything-but every text', [{ 'anything-but': { wildcard: '*' } }], 'ab', false],
  ['anything-but every text, of a number', [{ 'anything-but': { wildcard: '*' } }], 1, true],
  ['a text, or anything but another', ['a', { 'anything-but': 'b' }], 'a', true],
  ['present', [{ exists: true }], null, true],
  ['present, of an empty text', [{ exists: true }], '', true],
  ['present, of an empty list', [{ exists: true }], [], false],
  ['present, of an object', [{ exists: true }], {}, false],
  ['absent', [{ exists: false }], undefined, true],
  ['absent, of null', [{ exists: false }], null, false],
  ['absent, of an object', [{ exists: false }], { g: 1 }, true],
  ['absent, of an empty list', [{ exists: false }], [], true],
  ['absent, or a text', [{ exists: false }, 'a'], 'a', true],
  ['absent, or another text', [{ exists: false }, 'a'], 'b', false],
  ['not that text, or absent', [{ exists: false }, { 'anything-but': 'a' }], undefined, true],
];

describe('a field', () => {
  test.each([...literals, ...texts, ...numbersAndAddresses, ...negations])(
    '%s',
    (_name, asked, value, matches) => {
      const event = value === undefined ? {} : { f: value };
      expect(compileEventPattern({ f: asked }).matches(event)).toBe(matches);
      expect(compileEventPattern({ d: { f: asked } }).matches({ d: [event] })).toBe(matches);
    },
  );
});

describe('a pattern', () => {
  const user = { type: 'AssumedRole', session: { mfa: 'false' } };
  test.each<[string, unknown, unknown, boolean]>([
    ['all fields', { user: { type: ['AssumedRole'], session: { mfa: ['false'] } } }, { user }, true],
    ['all fields but one', { user: { type: ['AssumedRole'], session: { mfa: ['true'] } } }, { user }, false],
    ['dots for levels', { 'user.session.mfa': ['false'] }, { user }, true],
    [
      'levels for dots',
      { user: { session: { mfa: ['false'] } } },
      { 'user.session': { mfa: 'false' } },
      true,
    ],
    ['dots in the event', { a: { b: { c: ['x'] } } }, { 'a.b.c': 'x' }, true],
    ['the same path twice in the event', { a: { b: ['x'] } }, { 'a.b': 'y', a: { b: 'x' } }, true],
    ['names of Object.prototype', { toString: [{ exists: false }] }, {}, true],
    ['a name with its case', { User: { type: [{ exists: true }] } }, { user }, false],
    ['an empty name', { '': ['x'] }, { '': 'x' }, true],
    ['elements that agree', { a: { b: ['x'], c: ['y'] } }, { a: [{ b: 'x' }, { b: 'x', c: 'y' }] }, true],
    ['elements that do not', { a: { b: ['x'], c: ['y'] } }, { a: [{ b: 'x' }, { c: 'y' }] }, false],
    [
      'elements of two lists',
      { a: { b: ['x'] }, c: { d: ['y'] } },
      { a: [{}, { b: 'x' }], c: [{ d: 'y' }] },
      true,
    ],
    [
      'lists within elements',
      { a: { b: { c: ['x'], d: ['y'] } } },
      { a: [{ b: [{ c: 'x' }] }, { b: [{ d: 'y' }] }] },
      false,
    ],
    [
      'absence in that element',
      { a: { b: ['x'], c: [{ exists: false }] } },
      { a: [{ b: 'x' }, { c: 'y' }] },
      true,
    ],
    // Fields are decided by their names: `a` is looked for in all elements before `b` has chosen one.
    [
      'absence decided first',
      { l: { b: ['x'], a: [{ exists: false }] } },
      { l: [{ b: 'x' }, { a: 'y' }] },
      false,
    ],
    ['values and lists in one list', { a: ['x'], 'a.c': ['y'] }, { a: ['x', ['x'], { c: 'y' }] }, true],
    [
      'a value of one list, an object of the next',
      { a: ['x'], 'a.c': ['y'] },
      { a: [['x'], { c: 'y' }] },
      false,
    ],
    ['$or', { s: ['1'], $or: [{ a: ['x'] }, { b: ['y'] }] }, { s: '1', b: 'y' }, true],
    ['$or without its neighbour', { s: ['1'], $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, false],
    [
      '$or in $or',
      { $or: [{ $or: [{ a: ['x'] }, { b: ['y'] }], c: ['z'] }, { d: ['w'] }] },
      { b: 'y', c: 'z' },
      true,
    ],
    [
      'two $or',
      { $or: [{ a: ['x'] }, { b: ['y'] }], d: { $or: [{ e: ['z'] }, { f: ['w'] }] } },
      { b: 'y', d: { e: 'q' } },
      false,
    ],
    [
      'a branch that names a field before it',
      { a: ['1'], $or: [{ a: ['2'] }, { b: ['3'] }] },
      { a: '2' },
      true,
    ],
    ['a field named after the branches', { $or: [{ a: ['2'] }, { b: ['3'] }], a: ['1'] }, { a: '2' }, false],
    ['$or as a field of its own', { $or: { m: ['x'] } }, { $or: { m: 'x' } }, true],
    ['$or as a list of values', { $or: ['x'] }, { $or: 'x' }, true],
    ['$or of names that are operators', { $or: [{ prefix: 'a' }, { suffix: 'b' }] }, { $or: 'xb' }, true],
    ['no object', { a: [{ exists: false }] }, [], false],
    ['null', { a: [{ exists: false }] }, null, false],
  ])('%s', (_name, pattern, event, matches) => {
    const compiled = compileEventPattern(pattern);
    expect(compiled.matches(event)).toBe(matches);
    expect(compileEventPattern(JSON.stringify(pattern)).matches(event)).toBe(matches);
    expect(compileEventPattern(Buffer.from(JSON.stringify(pattern))).matches(event)).toBe(matches);
  });

  test('knows a prototype from a field of its name', () => {
    const pattern = compileEventPattern('{"__proto__":{"f":["x"]}}');
    expect(pattern.matches(JSON.parse('{"__proto__":{"f":"x"}}'))).toBe(true);
    expect(pattern.matches(Object.create({ f: 'x' }))).toBe(false);
  });

  test('can be handed on without its object', () => {
    const { matches } = compileEventPattern({ a: ['x'] });
    expect([{ a: 'x' }, { a: 'y' }].map(matches)).toEqual([true, false]);
  });
});

test('a fraction that no double is equal to counts as the one next to it, in patterns and events', () => {
  for (const pattern of ['{"a":[1E-325]}', '{"a":[{"numeric":["=",1E-325]}]}']) {
    const { matches } = compileEventPattern(pattern);
    expect([0, -0, 1e-323].map(a => matches({ a }))).toEqual([true, true, false]);
  }
});
