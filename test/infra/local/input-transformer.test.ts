import { describe, expect, test } from '@jest/globals';
import { compileInput, type TargetInput } from '../../../infra/local/input-transformer.ts';
import fc from '../../seeded-properties.ts';

const event = {
  source: 'aws.states',
  resources: ['arn:one', 'arn:two'],
  detail: { name: 'run "1"\n', count: 3, nothing: null, nested: { 'a-b': [true] } },
};
const rule = { arn: 'arn:rule', name: 'abandoned' };
const paths = {
  name: '$.detail.name',
  count: '$.detail.count',
  nested: '$.detail.nested',
  first: '$.resources[0]',
  deep: '$.detail.nested.a-b[0]',
  absent: '$.detail.absent.deeper',
};

function make(target: TargetInput): string {
  return compileInput(target, 'rule.Targets.t')(event, rule);
}

describe('compileInput', () => {
  test.each<[string, TargetInput, unknown]>([
    ['the event itself', {}, event],
    ['a constant', { Input: '{"a":1}' }, { a: 1 }],
    ['a part of the event', { InputPath: '$.detail.nested' }, { 'a-b': [true] }],
    ['the whole event by path', { InputPath: '$' }, event],
  ])('gives %s', (_name, target, expected) => {
    expect(JSON.parse(make(target))).toEqual(expected);
  });

  test.each<[string, string, unknown]>([
    ['a text within quotes', '{"a":"run <name>!"}', { a: 'run run "1"\n!' }],
    ['a text without quotes', '{"a":<name>}', { a: 'run "1"\n' }],
    ['a number within quotes', '{"a":"<count> times"}', { a: '3 times' }],
    ['a number without quotes', '{"a":<count>}', { a: 3 }],
    ['an object without quotes', '{"a":<nested>}', { a: { 'a-b': [true] } }],
    ['an object within quotes', '{"a":"<nested>"}', { a: '{"a-b":[true]}' }],
    ['an element of a list', '{"a":<first>,"b":<deep>}', { a: 'arn:one', b: true }],
    ['nothing within quotes', '{"a":"x<absent>y"}', { a: 'xy' }],
    ['nothing without quotes', '{"a":<absent>}', { a: '' }],
    ['escaped quotes before it', '{"a":"say \\"<name>\\"","b":<count>}', { a: 'say "run "1"\n"', b: 3 }],
    ['an escaped backslash at the end', '{"a":"x\\\\","b":<name>}', { a: 'x\\', b: 'run "1"\n' }],
    [
      'the rule',
      '{"a":<aws.events.rule-arn>,"b":"<aws.events.rule-name>"}',
      { a: 'arn:rule', b: 'abandoned' },
    ],
    ['the event', '{"a":<aws.events.event.json>}', { a: event }],
    [
      'the event without its detail',
      '{"a":<aws.events.event>}',
      { a: { source: 'aws.states', resources: event.resources } },
    ],
    ['a text alone', '"<name> ended"', 'run "1"\n ended'],
  ])('fills in %s', (_name, InputTemplate, expected) => {
    const text = make({ InputTransformer: { InputPathsMap: paths, InputTemplate } });
    expect(JSON.parse(text)).toEqual(expected);
  });

  test('keeps the output valid JSON whatever the texts are', () => {
    const InputTransformer = { InputPathsMap: { x: '$.x' }, InputTemplate: '{"bare":<x>,"quoted":"<x>"}' };
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), x => {
        const text = compileInput({ InputTransformer }, 'rule')({ x }, rule);
        expect(JSON.parse(text)).toEqual({ bare: x, quoted: x });
      }),
    );
  });

  test.each<[string, TargetInput, string]>([
    ['a placeholder without a path', { InputTransformer: { InputTemplate: '"<name>"' } }, 'names <name>'],
    ['a path with a wildcard', { InputPath: '$.detail.*' }, 'rule.Targets.t: the local run reads JSON paths'],
    ['a path with a filter', { InputPath: '$.a[?(@.b)]' }, 'not "$.a[?(@.b)]"'],
  ])('refuses %s when it is compiled', (_name, target, message) => {
    expect(() => compileInput(target, 'rule.Targets.t')).toThrow(message);
  });
});
