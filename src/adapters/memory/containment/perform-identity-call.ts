import type { ContainmentCall } from '../../../ports/containment.ts';
import { CallInput } from './call-input.ts';
import { entryOf, type MemoryAccount, withEntry, withoutEntry } from './memory-account.ts';

/**
 * Characters, white space aside, of all inline policies together.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const longestPolicies = { user: 2048, role: 10_240 };

/** Switches an access key on or off. */
export function updateAccessKey(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'UserName', 'AccessKeyId', 'Status');
  const user = ownerOf('user', input, account);
  const id = input.text('AccessKeyId');
  const status = input.text('Status');
  if (status !== 'Active' && status !== 'Inactive') {
    throw input.refuse('permanent', 'ValidationError', 'a key is Active or Inactive');
  }
  if (entryOf(user.accessKeys, id) === undefined) {
    throw input.refuse('not-found', 'NoSuchEntityException', `${user.name} has no such key`);
  }
  user.accessKeys = withEntry(user.accessKeys, id, status);
}

/** Puts an inline policy on a user or a role, in place of one of that name. */
export function putInlinePolicy(call: ContainmentCall, account: MemoryAccount): void {
  const kind = kindOf(call);
  const input = CallInput.of(call, nameMember[kind], 'PolicyName', 'PolicyDocument');
  const owner = modifiableOwnerOf(kind, input, account);
  const document = input.text('PolicyDocument');
  if (!isPolicyDocument(document)) {
    throw input.refuse('permanent', 'MalformedPolicyDocumentException', 'the policy is no policy');
  }
  const policies = withEntry(owner.policies, input.text('PolicyName'), document);
  const length = Object.values(policies).join('').replace(/\s/g, '').length;
  if (length > longestPolicies[kind]) {
    throw input.refuse(
      'permanent',
      'LimitExceededException',
      `the inline policies have ${length} characters`,
    );
  }
  owner.policies = policies;
}

/** Takes an inline policy off a user or a role. */
export function deleteInlinePolicy(call: ContainmentCall, account: MemoryAccount): void {
  const kind = kindOf(call);
  const input = CallInput.of(call, nameMember[kind], 'PolicyName');
  const owner = modifiableOwnerOf(kind, input, account);
  const name = input.text('PolicyName');
  if (entryOf(owner.policies, name) === undefined) {
    throw input.refuse('not-found', 'NoSuchEntityException', `there is no policy ${name}`);
  }
  owner.policies = withoutEntry(owner.policies, name);
}

/** Whether a text is a JSON object with statements: the least that both IAM and S3 ask of a policy. */
export function isPolicyDocument(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null && 'Statement' in document;
  } catch {
    return false;
  }
}

type OwnerKind = 'user' | 'role';

interface Owner {
  readonly name: string;
  readonly path?: string;
  policies?: Record<string, string>;
  accessKeys?: Record<string, 'Active' | 'Inactive'>;
}

const nameMember = { user: 'UserName', role: 'RoleName' } as const;

function kindOf({ api }: ContainmentCall): OwnerKind {
  return api.endsWith('UserPolicy') ? 'user' : 'role';
}

function ownerOf(kind: OwnerKind, input: CallInput, account: MemoryAccount): Owner {
  const name = input.text(nameMember[kind]);
  const owners: readonly Owner[] = kind === 'user' ? account.users : account.roles;
  const owner = owners.find(candidate => candidate.name === name);
  if (owner === undefined) {
    throw input.refuse('not-found', 'NoSuchEntityException', `there is no ${kind} ${name}`);
  }
  return owner;
}

function modifiableOwnerOf(kind: OwnerKind, input: CallInput, account: MemoryAccount): Owner {
  const owner = ownerOf(kind, input, account);
  // "Only the service that depends on the service-linked role can modify or delete the role": PutRolePolicy.
  if (kind === 'role' && owner.path?.startsWith('/aws-service-role/')) {
    throw input.refuse('permanent', 'UnmodifiableEntityException', `${owner.name} is linked to a service`);
  }
  return owner;
}
