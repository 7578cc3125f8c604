import {
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  paginateListAccessKeys,
} from '@aws-sdk/client-iam';
import type { ContainmentMarks, RoleState, UserState } from '../../../ports/containment.ts';
import type { Reading } from '../../../ports/reading.ts';
import { ask, gone, pagesOf, reading, tagRecord } from './ask.ts';

const absent = 'NoSuchEntityException';

/** Looks at an IAM user, and at one of the user's access keys where one is named. */
export async function observeUser(
  { userName, accessKeyId }: { readonly userName: string; readonly accessKeyId?: string },
  { policyName }: ContainmentMarks,
  iam: IAMClient,
): Promise<UserState> {
  const [tags, policy, accessKey] = await Promise.all([
    reading(async () => {
      const answer = await ask('iam:GetUser', () => iam.send(new GetUserCommand({ UserName: userName })));
      return tagRecord(answer?.User?.Tags);
    }),
    readPolicy('iam:GetUserPolicy', () =>
      iam.send(new GetUserPolicyCommand({ UserName: userName, PolicyName: policyName })),
    ),
    accessKeyId === undefined ? undefined : reading(() => readAccessKey(iam, userName, accessKeyId)),
  ]);
  return {
    kind: 'user',
    tags,
    policy: policyOfOwner(policy, tags, 'iam:GetUserPolicy'),
    ...(accessKey === undefined ? {} : { accessKey }),
  };
}

/** Looks at an IAM role. */
export async function observeRole(
  roleName: string,
  { policyName }: ContainmentMarks,
  iam: IAMClient,
): Promise<RoleState> {
  const [role, policy] = await Promise.all([
    reading(async () => {
      const answer = await ask('iam:GetRole', () => iam.send(new GetRoleCommand({ RoleName: roleName })));
      return { path: answer?.Role?.Path ?? '/', tags: tagRecord(answer?.Role?.Tags) };
    }),
    readPolicy('iam:GetRolePolicy', () =>
      iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName: policyName })),
    ),
  ]);
  return { kind: 'role', role, policy: policyOfOwner(policy, role, 'iam:GetRolePolicy') };
}

/** The document comes percent-encoded (RFC 3986): GetUserPolicy, GetRolePolicy. */
function readPolicy(
  api: string,
  call: () => Promise<{ readonly PolicyDocument: string | undefined }>,
): Promise<Reading<string | undefined>> {
  const decoded = async () => {
    const { PolicyDocument = '' } = await call();
    return decodeURIComponent(PolicyDocument);
  };
  return reading(() => ask(api, decoded, [absent]));
}

/** IAM has one code for a policy that is not there and for an owner that is not: the owner's own reading tells which. */
function policyOfOwner(
  policy: Reading<string | undefined>,
  owner: Reading<unknown>,
  api: string,
): Reading<string | undefined> {
  const isAbsent = policy.state === 'read' && policy.value === undefined;
  const isOwnerGone = owner.state === 'unreadable' && owner.reason === 'gone';
  return isAbsent && isOwnerGone ? { ...owner, api } : policy;
}

async function readAccessKey(
  client: IAMClient,
  UserName: string,
  id: string,
): Promise<'Active' | 'Inactive'> {
  const api = 'iam:ListAccessKeys';
  const pages = await ask(api, () => pagesOf(paginateListAccessKeys({ client }, { UserName })));
  const key = (pages ?? [])
    .flatMap(({ AccessKeyMetadata }) => AccessKeyMetadata ?? [])
    .find(({ AccessKeyId }) => AccessKeyId === id);
  if (key === undefined) throw gone(api, absent);
  // An expired key, of a user that signs in to one service alone, can be used no more.
  return key.Status === 'Active' ? 'Active' : 'Inactive';
}
