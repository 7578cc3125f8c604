import { describe, expect, test } from '@jest/globals';
import { compileEventPattern } from '../../../../src/domain/trail/event-pattern/compile-event-pattern.ts';
import {
  EventPatternError,
  isEventPatternError,
} from '../../../../src/domain/trail/event-pattern/event-pattern-error.ts';

function errorOf(pattern: unknown): EventPatternError {
  try {
    compileEventPattern(pattern);
  } catch (error) {
    if (isEventPatternError(error)) return error;
    throw error;
  }
  throw new Error('the pattern compiles');
}

function nested(levels: number): unknown {
  let pattern: unknown = ['x'];
  for (let level = 0; level < levels; level += 1) pattern = { a: pattern };
  return pattern;
}

const or = (branches: number, name: string) =>
  Array.from({ length: branches }, (_, index) => ({ [name]: [index] }));

describe('EventPatternError', () => {
  test.each<[string, unknown, string, string]>([
    ['no object', [], '', 'must be an object of fields'],
    ['a text that is no JSON', '{"a":', '', 'the text is no JSON'],
    ['an empty object', { a: {} }, 'a', 'asks for nothing'],
    ['an empty list', { a: { b: [] } }, 'a.b', 'matches nothing'],
    ['a bare value', { a: { b: 'x' } }, 'a.b', 'a list of values, or an object'],
    ['null for a list', { a: null }, 'a', 'a list of values, or an object'],
    ['a list in a list', { a: [['x']] }, 'a[0]', 'a value is'],
    ['undefined', { a: [undefined] }, 'a[0]', 'a value is'],
    ['an unknown operator', { a: ['x', { regex: 'x' }] }, 'a[1].regex', 'no operator has this name'],
    ['an operator with capitals', { a: [{ Prefix: 'x' }] }, 'a[0].Prefix', 'no operator has this name'],
    ['an inherited name', { a: [{ constructor: 'x' }] }, 'a[0].constructor', 'no operator has this name'],
    ['no operator', { a: [{}] }, 'a[0]', 'an operator is missing'],
    ['two operators', { a: [{ prefix: 'x', suffix: 'y' }] }, 'a[0]', 'one operator at a time'],
    ['a prefix that is no text', { a: [{ prefix: 1 }] }, 'a[0].prefix', 'must be a text'],
    ['a list of prefixes', { a: [{ prefix: ['x'] }] }, 'a[0].prefix', 'must be a text'],
    ['a prefix by wildcard', { a: [{ prefix: { wildcard: 'x' } }] }, 'a[0].prefix.wildcard', 'a prefix is'],
    ['exactly a number', { a: [{ exactly: 1 }] }, 'a[0].exactly', 'must be a text'],
    [
      'any case of a list',
      { a: [{ 'equals-ignore-case': ['x'] }] },
      'a[0].equals-ignore-case',
      'must be a text',
    ],
    ['two asterisks', { a: [{ wildcard: 'x**' }] }, 'a[0].wildcard', 'two asterisks in a row, at 1'],
    ['a bare backslash', { a: [{ wildcard: 'x\\' }] }, 'a[0].wildcard', 'a backslash stands before'],
    ['exists of a text', { a: [{ exists: 'true' }] }, 'a[0].exists', 'must be true or false'],
    ['no comparison', { a: [{ numeric: [] }] }, 'a[0].numeric', 'one comparison'],
    ['an unknown comparison', { a: [{ numeric: ['!=', 1] }] }, 'a[0].numeric[0]', 'must be one of = <'],
    ['a text for a number', { a: [{ numeric: ['>', '1'] }] }, 'a[0].numeric[1]', 'must be a number'],
    ['a range from above', { a: [{ numeric: ['<', 5, '>', 1] }] }, 'a[0].numeric[0]', 'must be one of > >='],
    ['a range upside down', { a: [{ numeric: ['>', 5, '<', 5] }] }, 'a[0].numeric', 'below the upper'],
    ['numeric of one number', { a: [{ numeric: 5 }] }, 'a[0].numeric', 'must be a list'],
    [
      'a number beyond counting',
      { a: [{ numeric: ['=', 2 ** 63 - 1024] }] },
      'a[0].numeric[1]',
      'more digits',
    ],
    ['an address for a range', { a: [{ cidr: '192.0.2.1' }] }, 'a[0].cidr', 'one slash'],
    ['two slashes', { a: [{ cidr: '192.0.2.0/24/1' }] }, 'a[0].cidr', 'one slash'],
    ['a range of one address', { a: [{ cidr: '192.0.2.0/32' }] }, 'a[0].cidr', '0 to 31 bits'],
    ['a range of one address in IPv6', { a: [{ cidr: '2001:db8::/128' }] }, 'a[0].cidr', '0 to 127 bits'],
    ['a range of no number', { a: [{ cidr: '192.0.2.0/x' }] }, 'a[0].cidr', 'a number of bits'],
    ['a range of a name', { a: [{ cidr: 'example/8' }] }, 'a[0].cidr', 'is no address'],
    [
      'anything-but null',
      { a: [{ 'anything-but': null }] },
      'a[0].anything-but',
      'must be a text or a number',
    ],
    ['anything-but nothing', { a: [{ 'anything-but': [] }] }, 'a[0].anything-but', 'excludes nothing'],
    [
      'anything-but of both kinds',
      { a: [{ 'anything-but': [1, 'x'] }] },
      'a[0].anything-but[1]',
      'must be a text or a number',
    ],
    [
      'anything-but an empty prefix',
      { a: [{ 'anything-but': { prefix: '' } }] },
      'a[0].anything-but.prefix',
      'excludes every',
    ],
    [
      'anything-but numeric',
      { a: [{ 'anything-but': { numeric: ['=', 1] } }] },
      'a[0].anything-but.numeric',
      'no such operator',
    ],
    [
      'anything-but no prefixes',
      { a: [{ 'anything-but': { prefix: [] } }] },
      'a[0].anything-but.prefix',
      'excludes nothing',
    ],
    ['$or of one pattern', { $or: [{ a: ['x'] }] }, '$or', 'two patterns or more'],
    ['$or of a text and a pattern', { $or: [{ a: ['x'] }, 'y'] }, '$or[1]', 'must be an object of fields'],
    [
      'an operator within $or',
      { $or: [{ prefix: ['x'] }, { a: ['y'] }] },
      '$or[0].prefix',
      'is the name of an operator',
    ],
    [
      'what is wrong beside $or',
      { $or: [{ a: ['x'] }, { b: ['y'] }], c: [{ like: 'z' }] },
      'c[0].like',
      'no operator has this name',
    ],
    [
      'a wildcard excluded under $or as a field',
      { $or: { a: [{ 'anything-but': { wildcard: 'x*' } }] } },
      '$or',
      'two patterns',
    ],
  ])('tells where and why: %s', (_name, pattern, path, reason) => {
    const error = errorOf(pattern);
    expect(error.path).toBe(path);
    expect(error.reason).toContain(reason);
    expect(error.message).toBe(path === '' ? error.reason : `${path}: ${error.reason}`);
  });

  test.each<[string, unknown, string]>([
    ['JSON of more than a mebibyte', JSON.stringify({ a: ['x'.repeat(1024 * 1024)] }), '1048576 characters'],
    ['a value of more than a mebibyte', { a: ['x'.repeat(1024 * 1024)] }, '1048576 characters'],
    ['more than a hundred levels', nested(101), '100 levels deep'],
    ['half a million dots', { ['.'.repeat(500_000)]: ['x'] }, '100 levels deep'],
    ['100 000 levels, as JSON', `${'{"a":'.repeat(100_000)}["x"]${'}'.repeat(100_000)}`, '100 levels deep'],
    ['1001 alternatives', { $or: or(1001, 'a') }, '1000 alternatives'],
    ['1024 alternatives of many $or', { $or: or(32, 'a'), b: { $or: or(32, 'c') } }, '1000 alternatives'],
    ['257 fields', Object.fromEntries(or(257, 'a').map((_, index) => [`a${index}`, ['x']])), '256 fields'],
    ['50 001 values', { a: Array<string>(50_001).fill('x') }, '50000 values'],
    ['1001 operators', { a: Array<unknown>(1001).fill({ prefix: 'x' }) }, '1000 operators'],
    [
      '1001 operators within one',
      { a: [{ 'anything-but': { suffix: Array(1001).fill('x') } }] },
      '1000 operators',
    ],
    [
      '1001 operators of two fields',
      { a: Array<unknown>(500).fill({ prefix: 'x' }), b: Array<unknown>(501).fill({ wildcard: '*x' }) },
      '1000 operators',
    ],
  ])('bounds %s', (_name, pattern, reason) => {
    expect(errorOf(pattern).reason).toContain(reason);
  });

  test('takes what is within the bounds', () => {
    const deep = nested(100);
    expect(compileEventPattern(deep).matches(JSON.parse(JSON.stringify(deep)))).toBe(true);
    expect(compileEventPattern({ $or: or(1000, 'a') }).matches({ a: 999 })).toBe(true);
    const ranges = Array<unknown>(2000).fill({ cidr: '192.0.2.0/24' });
    expect(compileEventPattern({ a: ranges }).matches({ a: '192.0.2.7' })).toBe(true);
    expect(compileEventPattern({ a: [{ 'anything-but': Array(2000).fill('x') }] }).matches({ a: 'y' })).toBe(
      true,
    );
  });

  test('shows names of the pattern printable and cut', () => {
    const { message } = errorOf({ ['\u202e'.repeat(5) + 'x'.repeat(500)]: 'y' });
    expect(message).toContain('\\u{202e}');
    expect(message.length).toBeLessThan(500);
  });

  test('is told from others', () => {
    const ofAnotherCopy = Object.assign(new Error('x'), {
      name: 'EventPatternError',
      code: 'InvalidEventPattern',
    });
    expect(isEventPatternError(ofAnotherCopy)).toBe(true);
    expect(isEventPatternError(new EventPatternError('a', 'b', { cause: 'c' }))).toBe(true);
    expect(isEventPatternError(Object.assign(new Error('x'), { name: 'EventPatternError' }))).toBe(false);
    expect(isEventPatternError({ name: 'EventPatternError', code: 'InvalidEventPattern' })).toBe(false);
  });
});
