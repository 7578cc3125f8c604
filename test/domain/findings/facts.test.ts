import { describe, expect, test } from '@jest/globals';
import { conditionHolds, factsOf, resolveInput } from '../../../src/domain/findings/facts.ts';
import { canonicalPolicy, sameJson } from '../../../src/domain/findings/json-equality.ts';
import { matchesPattern } from '../../../src/domain/findings/name-pattern.ts';
import { policyWith } from '../../../src/domain/findings/policy-statement.ts';
import type { InstanceState, UserState } from '../../../src/ports/containment.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import type { Reading, Unreadable } from '../../../src/ports/reading.ts';
import fc from '../../seeded-properties.ts';

const read = <Value>(value: Value): Reading<Value> => ({ state: 'read', value });
const unread = (reason: Unreadable['reason']): Unreadable => ({
  state: 'unreadable',
  reason,
  api: 'x:Y',
  code: 'Z',
});
const everywhere4 = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const everywhere6 = { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
const group = (id: string) => ({
  id,
  isOpen: false,
  allowsIngress: false,
  allowsEgress: true,
  ingress: [],
  egress: [everywhere4],
});

const instance: InstanceState = {
  kind: 'instance',
  instance: read({
    status: 'running',
    vpcId: 'vpc-1',
    tags: { 'a.b': 'c' },
    interfaces: [
      { id: 'eni-1', groups: ['sg-open'] },
      { id: 'eni-2', groups: ['sg-closed'] },
      { id: 'eni-3', groups: ['sg-closed', 'sg-x'] },
      { id: 'eni-4', groups: ['sg-x'] },
    ],
    volumes: ['vol-1', 'vol-2'],
  }),
  terminationProtection: read(false),
  snapshots: read([{ id: 'snap-1', volumeId: 'vol-1' }]),
  autoScaling: read({ group: 'fleet', lifecycle: 'InService', desired: 2, minimum: 1, maximum: 3 }),
  targetGroups: read([{ arn: 'arn:tg', target: 'i-1', port: 80 }]),
  groups: read({ open: group('sg-open'), closed: group('sg-closed') }),
};

describe('the facts of an instance', () => {
  test('are named', () => {
    expect(factsOf(instance)).toEqual({
      instance: true,
      'instance.status': 'running',
      'instance.vpc': 'vpc-1',
      tag: true,
      'tag.a.b': 'c',
      interface: true,
      'interface.eni-1.groups': ['sg-open'],
      'interface.eni-2.groups': ['sg-closed'],
      'interface.eni-3.groups': ['sg-closed', 'sg-x'],
      'interface.eni-4.groups': ['sg-x'],
      'stands-in': true,
      'stands-in.eni-1': 'open',
      'stands-in.eni-2': 'closed',
      'stands-in.eni-3': 'elsewhere',
      'stands-in.eni-4': 'elsewhere',
      home: true,
      'home.eni-1': [],
      'home.eni-2': [],
      'home.eni-3': ['sg-x'],
      'home.eni-4': ['sg-x'],
      interfaces: true,
      'interfaces.elsewhere': true,
      'interfaces.in-open': true,
      'interfaces.in-closed': true,
      'termination-protection': true,
      'termination-protection.enabled': false,
      snapshots: true,
      'snapshots.complete': false,
      'snapshots.ids': ['snap-1'],
      'auto-scaling': true,
      'auto-scaling.group': 'fleet',
      'auto-scaling.may-decrement': true,
      target: true,
      'target.arn:tg:i-1:80': true,
      'target-groups': true,
      'target-groups.registered': true,
      group: true,
      'group.open.id': 'sg-open',
      'group.open.is-open': false,
      'group.open.allows-ingress': false,
      'group.open.allows-egress': true,
      'group.open.ingress': [],
      'group.open.egress': [everywhere4],
      'group.open.ingress-to-add': [everywhere4, everywhere6],
      'group.open.egress-to-add': [everywhere6],
      'group.open.lets-all-in': false,
      'group.open.lets-all-out': false,
      'group.closed.id': 'sg-closed',
      'group.closed.allows-ingress': false,
      'group.closed.allows-egress': true,
      'group.closed.ingress': [],
      'group.closed.egress': [everywhere4],
    });
  });

  test('are none of a part that could not be read', () => {
    const facts = factsOf({ ...instance, groups: unread('denied'), snapshots: unread('throttled') });
    expect(Object.keys(facts).filter(name => /^(group|stands-in|snapshots)/.test(name))).toEqual([]);
  });

  test('say that nothing is there of what is gone', () => {
    const gone = unread('gone');
    const facts = factsOf({ ...instance, instance: gone, groups: gone, terminationProtection: gone });
    expect(facts).toMatchObject({
      instance: true,
      tag: true,
      interface: true,
      'stands-in': true,
      group: true,
    });
    expect(facts).not.toHaveProperty(['instance.status']);
  });

  test('count an instance that is on its way out of its group as out', () => {
    const autoScaling = read({ group: 'fleet', lifecycle: 'Detaching', desired: 2, minimum: 1, maximum: 3 });
    expect(factsOf({ ...instance, autoScaling })).not.toHaveProperty(['auto-scaling.group']);
  });
});

describe('the facts of others', () => {
  const text =
    '{"Version":"2012-10-17","Statement":{"Sid":"A","Effect":"Deny","Action":["x"],"Resource":["b","a"]}}';
  const document = {
    Version: '2012-10-17',
    Statement: { Sid: 'A', Effect: 'Deny', Action: 'x', Resource: ['a', 'b'] },
  };

  test('of a user', () => {
    const state: UserState = { kind: 'user', tags: read({}), policy: read(text) };
    expect(factsOf(state)).toEqual({
      tag: true,
      policy: true,
      'policy.text': text,
      'policy.document': document,
      'policy.statement.A': document.Statement,
    });
    expect(factsOf({ ...state, accessKey: read('Active') })).toMatchObject({ 'access-key.status': 'Active' });
  });

  test('of a role', () => {
    const role = read({ path: '/', tags: { a: 'b' } });
    expect(factsOf({ kind: 'role', role, policy: read('no JSON') })).toEqual({
      tag: true,
      'tag.a': 'b',
      policy: true,
      'policy.text': 'no JSON',
      'policy.document': 'no JSON',
    });
  });

  test('of a bucket', () => {
    expect(
      factsOf({
        kind: 'bucket',
        tags: read({}),
        publicAccessBlock: read(undefined),
        policy: read(undefined),
      }),
    ).toEqual({ tag: true, 'public-access-block': true, 'bucket-policy': true });
  });
});

describe('a condition', () => {
  const facts = { tag: true, 'tag.a': [1, { b: 2, c: 3 }] };
  test.each([
    ['tag.a', 'equals', [1, { c: 3, b: 2 }], 'holds'],
    ['tag.a', 'equals', [1], 'does-not'],
    ['tag.a', 'equals', undefined, 'does-not'],
    ['tag.a', 'differs', [1], 'holds'],
    ['tag.a', 'differs', [1, { b: 2, c: 3 }], 'does-not'],
    ['tag.a', 'present', undefined, 'holds'],
    ['tag.a', 'absent', undefined, 'does-not'],
    ['tag.b', 'equals', 1, 'does-not'],
    ['tag.b', 'differs', 1, 'holds'],
    ['tag.b', 'present', undefined, 'does-not'],
    ['tag.b', 'absent', undefined, 'holds'],
    ['role.path', 'absent', undefined, 'unknown'],
    ['role', 'absent', undefined, 'unknown'],
    ['tag', 'absent', undefined, 'does-not'],
    ['toString', 'present', undefined, 'unknown'],
  ] as const)('%s %s %j: %s', (fact, holds, value, answer) => {
    const condition = value === undefined ? { fact, holds } : { fact, holds, value };
    expect(conditionHolds(condition, facts)).toBe(answer);
  });
});

describe('an input is resolved', () => {
  const facts = { 'group.open.id': 'sg-1', 'bucket-policy.text': '{"Id":"x","Statement":[{"Sid":"A"}]}' };

  test('at any depth, with everything else as it was', () => {
    const input = { a: [{ $fact: 'group.open.id' }, 1, null], b: { c: { $fact: 'group.open.id' }, d: 'x' } };
    expect(resolveInput(input, facts)).toEqual({ a: ['sg-1', 1, null], b: { c: 'sg-1', d: 'x' } });
  });

  test.each([
    ['bucket-policy.text', '{"Id":"x","Statement":[{"Sid":"A"},{"Sid":"B"}]}'],
    ['bucket-policy.none', '{"Version":"2012-10-17","Statement":[{"Sid":"B"}]}'],
  ])('with a statement added to %s', (of, text) => {
    expect(resolveInput({ p: { $policy: { of, and: { Sid: 'B' } } } }, facts)).toEqual({ p: text });
  });

  test.each<[JsonObject, string]>([
    [{ a: { $fact: 'group.closed.id' } }, 'there is no fact group.closed.id'],
    [{ a: { $fact: 7 } }, 'there is no fact 7'],
    [{ a: { $fact: 'toString' } }, 'there is no fact toString'],
    [{ a: { $before: 'group.open.id' } }, 'not known afterwards'],
    [{ a: { $policy: { of: 'group.open.id', and: { Sid: 'B' } } } }, 'is no policy'],
    [{ a: { $policy: { of: 'bucket-policy.text', and: 1 } } }, 'is no policy'],
  ])('not where there is nothing to put in: %j', (input, message) => {
    expect(() => resolveInput(input, facts)).toThrow(new RegExp(message));
  });
});

describe('values', () => {
  test('are the same in whatever order their members stand', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), record => {
        const turned = Object.fromEntries(Object.entries(record).toReversed());
        expect(sameJson(record as JsonObject, turned as JsonObject)).toBe(true);
        expect(sameJson(record as JsonObject, { ...(turned as JsonObject), ' extra': 1 })).toBe(
          ' extra' in record && record[' extra'] === 1,
        );
      }),
    );
    expect(sameJson([1, 2], [2, 1])).toBe(false);
  });

  test('policies are the same with a list of one, and in any order of texts', () => {
    expect(canonicalPolicy({ A: ['x'], B: ['b', 'a'], C: [] })).toEqual({ A: 'x', B: ['a', 'b'], C: [] });
    expect(canonicalPolicy([{ Sid: 'b' }, { Sid: 'a' }])).toEqual([{ Sid: 'b' }, { Sid: 'a' }]);
  });

  test.each(['7', '{"Statement":[1]}', '{}', 'x'])('%s is no policy to add to', text => {
    expect(policyWith(text, { Sid: 'B' })).toBeUndefined();
  });
});

describe('a pattern of names', () => {
  test.each([
    ['deploy', 'deploy', true],
    ['Deploy', 'dEploy', true],
    ['deployer', 'deploy', false],
    ['deployer', 'deploy*', true],
    ['deploy', 'deploy*', true],
    ['a-deploy', '*deploy', true],
    ['a-deploy-b', '*deploy*', true],
    ['a-b-c', 'a*b*c', true],
    ['a-c-b', 'a*b*c', false],
    ['aba', 'ab*ba', false],
    ['anything', '*', true],
    ['', '*', true],
    ['x', '', false],
    ['a.b', 'a?b', false],
  ])('%s, %s: %s', (name, pattern, answer) => {
    expect(matchesPattern(name, pattern)).toBe(answer);
  });

  test('fits what it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b') }), { minLength: 1 }), pieces => {
        expect(matchesPattern(pieces.join('-'), pieces.join('*'))).toBe(true);
      }),
    );
  });
});
