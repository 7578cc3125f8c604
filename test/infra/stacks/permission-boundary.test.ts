import { describe, expect, test } from '@jest/globals';
import { render, resourcesOf, synthesizeAll } from '../synthesized-stack.ts';

const scanned = { account: '111122223333', scanAccounts: '111122223333,444455556666' };
const bounded = synthesizeAll({ ...scanned, permissionsBoundary: 'platform/team-boundary' });
const byArn = synthesizeAll({
  ...scanned,
  permissionsBoundary: 'arn:aws:iam::111122223333:policy/platform/team-boundary',
});

type Stacks = ReturnType<typeof synthesizeAll>;

/** Every role of every stack, with its boundary. */
const boundariesOf = (stacks: Stacks) =>
  stacks.flatMap(([id, stack]) =>
    resourcesOf(stack, 'AWS::IAM::Role').map(([role, { Properties }]) => [
      `${id} ${role}`,
      render(Properties['PermissionsBoundary']),
    ]),
  );

describe('a permissions boundary', () => {
  test.each([
    ['by name', bounded],
    ['by ARN', byArn],
  ])('given %s, bounds every role of every stack, each by the policy of its own account', (_name, stacks) => {
    const boundaries = boundariesOf(stacks);
    expect(stacks.map(([id]) => id)).toContain('ComplianceReaderStack');
    expect(boundaries.length).toBeGreaterThan(15);
    const other = boundaries.filter(
      ([, boundary]) =>
        boundary !== 'arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/platform/team-boundary',
    );
    expect(other).toEqual([]);
  });

  test('may be one that AWS keeps', () => {
    const stacks = synthesizeAll({ permissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' });
    expect(new Set(boundariesOf(stacks).map(([, boundary]) => boundary))).toEqual(
      new Set(['arn:<AWS::Partition>:iam::aws:policy/PowerUserAccess']),
    );
  });

  test('is a choice: without one, no role has any', () => {
    expect(new Set(boundariesOf(synthesizeAll()).map(([, boundary]) => boundary))).toEqual(
      new Set([undefined]),
    );
  });
});

describe('B3, A8: identities', () => {
  test('no stack has a user, a group or an access key', () => {
    const identities = bounded.flatMap(([id, { json }]) =>
      Object.entries(json.Resources)
        .filter(([, { Type }]) =>
          /^AWS::IAM::(User|Group|AccessKey|UserToGroupAddition|UserPolicy|GroupPolicy)$/.test(Type),
        )
        .map(([name]) => `${id} ${name}`),
    );
    expect(identities).toEqual([]);
  });

  test('each function has a role of its own, which Lambda alone assumes', () => {
    const roles = bounded.flatMap(([id, stack]) =>
      resourcesOf(stack, 'AWS::Lambda::Function').map(([, { Properties }]) => {
        const role = String(render(Properties['Role'])).replace(/^<(.*)\.Arn>$/, '$1');
        expect(render(stack.json.Resources[role]?.Properties['AssumeRolePolicyDocument'])).toMatchObject({
          Statement: [
            { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
          ],
        });
        return `${id} ${role}`;
      }),
    );
    expect(roles.length).toBeGreaterThan(9);
    expect(new Set(roles).size).toBe(roles.length);
  });

  test('each inline policy is of one role', () => {
    const shared = bounded.flatMap(([id, stack]) =>
      resourcesOf(stack, 'AWS::IAM::Policy')
        .filter(([, { Properties }]) => {
          const {
            Roles = [],
            Users,
            Groups,
          } = Properties as { Roles?: unknown[]; Users?: unknown; Groups?: unknown };
          return Roles.length !== 1 || Users !== undefined || Groups !== undefined;
        })
        .map(([name]) => `${id} ${name}`),
    );
    expect(shared).toEqual([]);
  });
});
