import { describe, expect, test } from '@jest/globals';
import { parseTemplate } from '../../../infra/local/cloud-assembly.ts';
import { orderResources } from '../../../infra/local/order-resources.ts';

function order(resources: Readonly<Record<string, object>>): readonly string[] {
  const Resources = Object.fromEntries(
    Object.entries(resources).map(([id, more]) => [id, { Type: 'AWS::SQS::Queue', ...more }]),
  );
  return orderResources(parseTemplate({ Resources }, 'fixture'), 'intake');
}

describe('orderResources', () => {
  test.each<[string, object]>([
    ['Ref', { Properties: { a: [{ Ref: 'Second' }] } }],
    ['GetAtt as a list', { Properties: { a: { 'Fn::GetAtt': ['Second', 'Arn'] } } }],
    ['GetAtt as a text', { Properties: { a: { 'Fn::GetAtt': 'Second.Arn' } } }],
    ['Sub', { Properties: { a: { 'Fn::Sub': `x\${Second.Arn}` } } }],
    ['Sub with variables', { Properties: { a: { 'Fn::Sub': [`\${x}`, { x: { Ref: 'Second' } }] } } }],
    ['DependsOn one', { DependsOn: 'Second' }],
    ['DependsOn many', { DependsOn: ['Third', 'Second'] }],
  ])('puts a resource behind the one it needs by %s', (_name, first) => {
    const ordered = order({ First: first, Second: {}, Third: {} });
    expect(ordered).toHaveLength(3);
    expect(ordered.indexOf('Second')).toBeLessThan(ordered.indexOf('First'));
  });

  test('does not take a literal of Sub for a reference', () => {
    expect(order({ First: { Properties: { a: { 'Fn::Sub': `\${!Second}` } } }, Second: {} })).toEqual([
      'First',
      'Second',
    ]);
  });

  test('leaves parameters and pseudo parameters alone', () => {
    expect(order({ First: { Properties: { a: { Ref: 'AWS::Region' } } } })).toEqual(['First']);
  });

  test.each(['Third', 'constructor'])('refuses to wait for %s, which is no resource', other => {
    expect(() => order({ First: { DependsOn: ['Second', other] }, Second: {} })).toThrow(
      `Stack intake: First.DependsOn names "${other}", which is no resource`,
    );
  });

  test('names the circle', () => {
    const needs = (id: string) => ({ Properties: { a: { Ref: id } } });
    const circle = { Start: needs('First'), First: needs('Second'), Second: needs('First') };
    expect(() => order(circle)).toThrow(
      'Stack intake: the resources depend on each other in a circle: First -> Second -> First',
    );
  });
});
