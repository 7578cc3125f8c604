import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { trailRulePacks } from '../../../src/domain/trail/rule-packs.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import { trailRulesJsonSchema } from '../../../src/domain/trail/trail-rules-json-schema.ts';
import fc from '../../seeded-properties.ts';

const path = fileURLToPath(new URL('../../../docs/trail-rules.schema.json', import.meta.url));
const published = JSON.parse(readFileSync(path, 'utf8')) as object;
const accepts = new Ajv2020({ validateFormats: false }).compile(published);

test('docs/trail-rules.schema.json is what the code reads', () => {
  // Where not: node src/handlers/cli/write-trail-rules-schema.ts > docs/trail-rules.schema.json, and format it.
  expect(published).toEqual(trailRulesJsonSchema());
});

function compiles(file: unknown): boolean {
  try {
    compileTrailRules(file);
    return true;
  } catch {
    return false;
  }
}

const rule = { id: 'a', monitoredEvents: ['StopLogging'] };
const byPattern = (pattern: unknown) => ({ rules: [{ id: 'a', pattern }] });
const suppressed = (more: object) => ({
  rules: [
    {
      ...rule,
      suppress: [{ pattern: { a: ['b'] }, owner: 'o', reason: 'r', expires: '2027-01-31', ...more }],
    },
  ],
});

describe.each<[string, unknown]>([
  ...Object.entries(trailRulePacks).map(([name, file]): [string, unknown] => [`the pack ${name}`, file]),
  ['names', { monitoredEvents: ['ConsoleLogin', 'StopLogging'] }],
  ['a pack by its name', { packs: ['cis-aws-foundations'], schemaVersion: 1 }],
  [
    'everything',
    {
      $schema: 'https://example.com/trail-rules.schema.json',
      rules: [
        {
          ...rule,
          title: 't',
          severity: 'high',
          references: ['x'],
          groupBy: ['a.b'],
          examples: { match: [{}] },
        },
      ],
    },
  ],
  ['a suppression until a day', suppressed({})],
  ['a suppression until an instant', suppressed({ expires: '2027-01-31T12:00:00Z' })],
  [
    'all operators',
    byPattern({
      a: [{ prefix: 'x' }, { prefix: { 'equals-ignore-case': 'x' } }, { suffix: 'x' }, { wildcard: 'a*b' }],
      b: [{ numeric: ['>', 1, '<=', 5] }, { cidr: '203.0.113.0/24' }, { 'equals-ignore-case': 'x' }],
      c: [{ 'anything-but': ['a', 'b'] }, { exists: false }, null, true, 1.5],
      d: { $or: [{ e: ['x'] }, { 'f.g': ['y'] }] },
    }),
  ],
  ['no packs beside names', { packs: [], monitoredEvents: ['a'] }],
  ['a title of 200 characters outside the basic plane', { rules: [{ ...rule, title: astral(200) }] }],
  [
    'texts as they may be spelled',
    byPattern({ a: [{ wildcard: '*a\\*\\\\*' }, { cidr: '010.0.0.0/+8' }, { prefix: '' }] }),
  ],
  ['a range of IPv6', byPattern({ a: [{ cidr: '2001:db8::/32' }, { cidr: '::/0' }] })],
  [
    'each form of anything-but',
    byPattern({
      a: [1, [1, 2], 'a', ['a'], { prefix: 'a' }, { suffix: ['a', 'b'] }, { wildcard: ['a*'] }].map(
        operand => ({
          'anything-but': operand,
        }),
      ),
    }),
  ],
  ['a $or that is a field', byPattern({ $or: ['a'], b: { $or: { prefix: ['c'] } } })],
  ['a $or within a $or', byPattern({ $or: [{ a: ['b'] }, { $or: [{ c: ['d'] }, { e: { f: ['g'] } }] }] })],
  ['fields of the record that only begin like detail', byPattern({ details: ['a'], b: { detail: ['c'] } })],
])('%s', (_what, file) => {
  test('is accepted by the schema and the code', () => {
    expect([accepts(JSON.parse(JSON.stringify(file))), compiles(file)]).toEqual([true, true]);
  });
});

/** Characters of two UTF-16 units each. */
function astral(characters: number): string {
  return '\u{1f6a8}'.repeat(characters);
}

const asked = (operator: string, operand: unknown) => byPattern({ a: [{ [operator]: operand }] });

describe.each<[string, unknown]>([
  ['nothing', {}],
  ['a list', []],
  ['packs, but none', { packs: [] }],
  ['a pack that is none', { packs: ['cis-aws-foundation'] }],
  ['more packs than are taken', { packs: Array(21).fill('cis-aws-foundations') }],
  ['more names than a list may have', { monitoredEvents: Array(10_001).fill('a') }],
  ['more values than a list may have', byPattern({ a: Array(10_001).fill('b') })],
  ['an unknown key', { monitoredEvents: ['a'], monitored: [] }],
  ['another version', { schemaVersion: 2, monitoredEvents: ['a'] }],
  ['no names', { monitoredEvents: [] }],
  ['a rule without an id', { rules: [{ monitoredEvents: ['a'] }] }],
  ['a rule that asks for nothing', { rules: [{ id: 'a' }] }],
  ['a rule that asks in both ways', { rules: [{ ...rule, pattern: { a: ['b'] } }] }],
  ['an unknown severity', { rules: [{ ...rule, severity: 'loud' }] }],
  ['a pattern that is empty', byPattern({})],
  ['a pattern whose field is no list', byPattern({ a: 'b' })],
  ['a pattern whose list is empty', byPattern({ a: [] })],
  ['a pattern with an unknown operator', byPattern({ a: [{ regex: '.*' }] })],
  ['a pattern with two operators at once', byPattern({ a: [{ prefix: 'a', suffix: 'b' }] })],
  ['a pattern within a pattern that is none', byPattern({ a: { b: { c: [] } } })],
  ['a title that is too long', { rules: [{ ...rule, title: 'x'.repeat(201) }] }],
  ['a title that is too long outside the basic plane', { rules: [{ ...rule, title: astral(201) }] }],
  ['a text for a list of paths', { rules: [{ ...rule, groupBy: 'userIdentity.arn' }] }],
  ['a pattern around the record', byPattern({ detail: { eventName: ['a'] } })],
  ['a pattern of an envelope', byPattern({ eventName: ['a'], 'detail-type': ['b'] })],
  ['a pattern around the record, its path in one', byPattern({ 'detail.eventName': ['a'] })],
  ['a suppression of an envelope', suppressed({ pattern: { detail: { a: ['b'] } } })],
  ['a comparison that is none', asked('numeric', ['==', 1])],
  ['a comparison with a text', asked('numeric', ['>', '1'])],
  ['a range with its upper end first', asked('numeric', ['<', 5, '>', 1])],
  ['half a range', asked('numeric', ['>', 1, '<='])],
  ['one address as a range', asked('cidr', '203.0.113.7/32')],
  ['one address of IPv6 as a range', asked('cidr', '2001:db8::1/128')],
  ['a range without its size', asked('cidr', '203.0.113.0')],
  ['a range of no address', asked('cidr', '203.0.256.0/24')],
  ['two asterisks in a row', asked('wildcard', 'a**')],
  ['a backslash before a letter', asked('wildcard', 'a\\b')],
  ['a prefix under another operator', asked('prefix', { wildcard: 'a*' })],
  ['a list of suffixes', asked('suffix', ['a', 'b'])],
  ['a text for exists', asked('exists', 'true')],
  ['anything but nothing', asked('anything-but', [])],
  ['anything but a truth', asked('anything-but', true)],
  ['anything but texts and numbers', asked('anything-but', ['a', 1])],
  ['anything but an empty prefix', asked('anything-but', { prefix: '' })],
  ['anything but a range', asked('anything-but', { cidr: '203.0.113.0/24' })],
  ['a $or of one pattern', byPattern({ $or: [{ a: ['b'] }] })],
  ['a $or of patterns, one of them empty', byPattern({ $or: [{ a: ['b'] }, {}] })],
  ['an operator as a field within $or', byPattern({ $or: [{ a: ['b'] }, { c: { prefix: ['d'] } }] })],
  ['a suppression until a day that is none', suppressed({ expires: '2027-02-29' })],
  ['a suppression without an owner', suppressed({ owner: '' })],
  ['a suppression that never expires', suppressed({ expires: 'never' })],
  ['a path with a blank', { rules: [{ ...rule, groupBy: ['a b'] }] }],
  ['an example that is no record', { rules: [{ ...rule, examples: { match: ['StopLogging'] } }] }],
])('%s', (_what, file) => {
  test('is refused by the schema and the code', () => {
    expect([accepts(JSON.parse(JSON.stringify(file))), compiles(file)]).toEqual([false, false]);
  });
});

const deep = (levels: number): object => (levels === 0 ? { a: ['b'] } : { a: deep(levels - 1) });

describe.each<[string, unknown, RegExp]>([
  ['an id that stands twice', { rules: [rule, rule] }, /is the id of another rule/],
  ['a name that is an id, too', { monitoredEvents: ['a'], rules: [rule] }, /is the id of another rule/],
  ['a lower end above the upper one', asked('numeric', ['>', 5, '<', 1]), /must be below/],
  ['a number with too many digits', asked('anything-but', 2 ** 53), /more digits than/],
  ['a group of IPv6 that is none', asked('cidr', '2001:db8::12345/64'), /is no address/],
  ['a depth that is too much', byPattern(deep(200)), /more than 100 deep/],
  ['a $or that is a field beside one that is none', mixed(), /must be a list of two patterns/],
])('%s', (_what, file, message) => {
  test('is what a schema cannot tell, and the code does', () => {
    expect(accepts(JSON.parse(JSON.stringify(file)))).toBe(true);
    expect(() => compileTrailRules(file)).toThrow(message);
  });
});

function mixed(): unknown {
  return byPattern({ $or: [{ a: ['b'] }, { c: ['d'] }], e: { $or: ['f'] } });
}

const whole = {
  packs: [],
  monitoredEvents: ['a b'],
  rules: [
    {
      ...{ ...rule, title: 't', severity: 'high', references: ['r'], groupBy: ['a.b'] },
      suppress: suppressed({}).rules[0]?.suppress,
      examples: { match: [{}], noMatch: [{ a: 1 }] },
    },
    {
      id: 'b',
      pattern: {
        a: [{ prefix: 'x' }, { suffix: { 'equals-ignore-case': 'y' } }, { exactly: 'z' }, 'v', 1, null],
        b: { c: [{ numeric: ['>', 1, '<=', 5] }, { cidr: '203.0.113.0/24' }, { exists: true }] },
        $or: [{ d: [{ wildcard: 'a*b' }] }, { e: [{ 'anything-but': { wildcard: ['a*'] } }] }],
        f: [{ 'anything-but': ['a'] }, { 'anything-but': { prefix: 'b' } }, { 'anything-but': [1, 2] }],
      },
    },
  ],
};

/** Every place in a value. */
function placesIn(value: unknown, place: readonly string[] = []): readonly (readonly string[])[] {
  const within = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [place, ...within.flatMap(([key, inner]) => placesIn(inner, [...place, key]))];
}

/** A copy that has something else at a place, or nothing. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const entries = Object.entries(value as object)
    .map(([name, inner]) => [name, name === key ? changed(inner, rest, to) : inner])
    .filter(([, inner]) => inner !== undefined);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

test('wherever something else stands in a file, schema and code agree, but for what no schema can tell', () => {
  const texts = [
    '',
    'a',
    'b',
    '$or',
    'prefix',
    'a**',
    '10.0.0.0/8',
    '10.0.0.1/32',
    '2027-02-29',
    'x'.repeat(300),
  ];
  const other = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, true, 0, 1.5, [], {}, ...texts),
    fc.constantFrom(...texts).map(text => [text]),
    fc.constantFrom(...texts).map(text => ({ [text]: ['a'] })),
    fc
      .constantFrom('prefix', 'suffix', 'wildcard', 'exists', 'cidr', 'anything-but')
      .map(name => ({ [name]: 'a' })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...placesIn(whole)), other, (place, to) => {
      const file: unknown = JSON.parse(JSON.stringify(changed(whole, place, to) ?? null));
      if (accepts(file))
        expect(refusalOf(file)).toMatch(/^$|is the id of another|must be below|list of two patterns/);
      else expect(refusalOf(file)).not.toBe('');
    }),
    { numRuns: 1000 },
  );
});

function refusalOf(file: unknown): string {
  try {
    compileTrailRules(file);
    return '';
  } catch (error) {
    return String(error);
  }
}
