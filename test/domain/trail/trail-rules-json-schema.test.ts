import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { trailRulePacks } from '../../../src/domain/trail/rule-packs.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import { trailRulesJsonSchema } from '../../../src/domain/trail/trail-rules-json-schema.ts';

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
])('%s', (_what, file) => {
  test('is accepted by the schema and the code', () => {
    expect([accepts(JSON.parse(JSON.stringify(file))), compiles(file)]).toEqual([true, true]);
  });
});

describe.each<[string, unknown]>([
  ['nothing', {}],
  ['a list', []],
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
  ['a suppression without an owner', suppressed({ owner: '' })],
  ['a suppression that never expires', suppressed({ expires: 'never' })],
  ['a path with a blank', { rules: [{ ...rule, groupBy: ['a b'] }] }],
  ['an example that is no record', { rules: [{ ...rule, examples: { match: ['StopLogging'] } }] }],
])('%s', (_what, file) => {
  test('is refused by the schema and the code', () => {
    expect([accepts(JSON.parse(JSON.stringify(file))), compiles(file)]).toEqual([false, false]);
  });
});
