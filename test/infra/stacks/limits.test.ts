import { describe, expect, test } from '@jest/globals';
import { deployedPolicy } from '../simulate-role.ts';
import { render, resourcesOf, synthesizeAll } from '../synthesized-stack.ts';
import { wholePipeline } from '../whole-pipeline.ts';

const named = (count: number, name: (place: number) => string) =>
  Array.from({ length: count }, (_, place) => name(place)).join(',');

/** The whole pipeline with lists about as long as the configuration takes them. */
const fullest = synthesizeAll({
  ...wholePipeline,
  scanAccounts: ['111122223333', named(89, place => String(200000000000 + place))].join(','),
  protectedRoles: named(40, place => `administrators-of-team-${place}-and-more`),
  exemptIds: named(40, place => `i-0123456789abc${String(place).padStart(4, '0')}`),
  // The longest that an address can be written.
  thirdPartyAddresses: named(100, place => `2001:0db8:1234:5678:9abc:def0:255.255.255.${100 + place}/128`),
});

const sizes = (type: string, sizeOf: (properties: Record<string, unknown>) => number) =>
  fullest.flatMap(([id, stack]) =>
    resourcesOf(stack, type).map(([logicalId, { Properties }]): [string, number] => [
      `${id}/${logicalId}`,
      sizeOf(Properties),
    ]),
  );

const tooLarge = (found: readonly [string, number][], limit: number) =>
  found.filter(([, size]) => size > limit);

describe('what AWS limits, with long lists in the configuration', () => {
  test('inline policies have room (IAM quotas: 10 240 characters a role)', () => {
    const found = sizes(
      'AWS::IAM::Policy',
      ({ PolicyDocument }) => JSON.stringify(deployedPolicy(PolicyDocument)).length,
    );
    expect(found.length).toBeGreaterThan(15);
    expect(tooLarge(found, 10_240)).toEqual([]);
  });

  test('managed policies have room (IAM quotas: 6 144 characters)', () => {
    const found = sizes(
      'AWS::IAM::ManagedPolicy',
      ({ PolicyDocument }) => JSON.stringify(deployedPolicy(PolicyDocument)).length,
    );
    expect(tooLarge(found, 6144)).toEqual([]);
  });

  test('environments of functions have room (Lambda quotas: 4 KB)', () => {
    const found = sizes('AWS::Lambda::Function', ({ Environment }) => {
      const { Variables = {} } = (render(Environment) ?? {}) as { Variables?: Record<string, string> };
      return Object.entries(Variables).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    });
    expect(Math.max(...found.map(([, size]) => size))).toBeGreaterThan(2000);
    // References are longer once they are resolved.
    expect(tooLarge(found, 3700)).toEqual([]);
  });

  test('event patterns have room (EventBridge quotas: 2 048 characters), and rules (300 on a bus)', () => {
    const found = sizes('AWS::Events::Rule', ({ EventPattern }) =>
      EventPattern === undefined ? 0 : JSON.stringify(render(EventPattern)).length,
    );
    expect(found.length).toBeGreaterThan(5);
    expect(found.length).toBeLessThan(30);
    expect(tooLarge(found, 2048)).toEqual([]);
  });

  test('stacks have room (CloudFormation quotas: 500 resources)', () => {
    const counts = fullest.map(([id, { json }]): [string, number] => [
      id,
      Object.keys(json.Resources).length,
    ]);
    expect(tooLarge(counts, 400)).toEqual([]);
  });
});
