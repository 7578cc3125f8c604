import type {
  ContainmentMarks,
  ContainmentTarget,
  RoleState,
  UserState,
} from '../../../ports/containment.ts';
import { entryOf, type MemoryAccount } from './memory-account.ts';
import { gone, type Reader } from './reader.ts';

const absent = 'NoSuchEntityException';

/** What stands of an IAM user. */
export function observeUser(
  { userName, accessKeyId }: Extract<ContainmentTarget, { readonly kind: 'user' }>,
  { policyName }: ContainmentMarks,
  { users }: MemoryAccount,
  read: Reader,
): UserState {
  const user = users.find(({ name }) => name === userName);
  const state: UserState = {
    kind: 'user',
    tags: read(['iam:GetUser'], () => (user === undefined ? gone('iam:GetUser', absent) : (user.tags ?? {}))),
    policy: read(['iam:GetUserPolicy'], () =>
      user === undefined ? gone('iam:GetUserPolicy', absent) : entryOf(user.policies, policyName),
    ),
  };
  if (accessKeyId === undefined) return state;
  const accessKey = read(
    ['iam:ListAccessKeys'],
    () => entryOf(user?.accessKeys, accessKeyId) ?? gone('iam:ListAccessKeys', absent),
  );
  return { ...state, accessKey };
}

/** What stands of an IAM role. */
export function observeRole(
  { roleName }: Extract<ContainmentTarget, { readonly kind: 'role' }>,
  { policyName }: ContainmentMarks,
  { roles }: MemoryAccount,
  read: Reader,
): RoleState {
  const role = roles.find(({ name }) => name === roleName);
  return {
    kind: 'role',
    role: read(['iam:GetRole'], () =>
      role === undefined ? gone('iam:GetRole', absent) : { path: role.path ?? '/', tags: role.tags ?? {} },
    ),
    policy: read(['iam:GetRolePolicy'], () =>
      role === undefined ? gone('iam:GetRolePolicy', absent) : entryOf(role.policies, policyName),
    ),
  };
}
