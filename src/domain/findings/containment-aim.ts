import type { ContainmentTarget } from '../../ports/containment.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { ContainmentPolicy } from './containment-policy.ts';
import type { FindingPrincipal, GuardDutyFinding } from './guard-duty-finding.ts';
import { matchesPattern } from './name-pattern.ts';
import type { Disposition, PlanNote } from './remediation-plan.ts';
import type { RoutedType } from './route-finding.ts';

/** What a finding's containment would be aimed at, as far as the finding says. */
export interface ContainmentAim {
  /** `notify` where there is nothing to contain, or nothing that may be. */
  readonly disposition: Disposition;
  /** There is one unless it is `notify`. */
  readonly target?: ContainmentTarget;
  readonly notes: readonly PlanNote[];
  /** What people do for the very finding. */
  readonly manual: readonly string[];
}

type Where = Pick<GuardDutyFinding, 'accountId' | 'region'>;

/** Aims at what the route of a finding's type is for. */
export function aimOf(
  finding: GuardDutyFinding,
  route: RoutedType,
  policy: ContainmentPolicy,
): ContainmentAim {
  const aim = aimByRoute(finding, route, policy);
  const { ignored = [] } = finding;
  if (ignored.length === 0) return aim;
  const explanation = `not as AWS documents them, so they were left out: ${ignored.join(', ')}`;
  return { ...aim, notes: [...aim.notes, { code: 'fields-ignored', explanation }] };
}

function aimByRoute(finding: GuardDutyFinding, route: RoutedType, policy: ContainmentPolicy): ContainmentAim {
  switch (route.disposition) {
    case 'contain-instance':
      return aimAtInstance(finding, route);
    case 'contain-credentials':
      return aimAtCredentials(finding, policy);
    case 'contain-bucket':
      return aimAtBucket(finding);
    case 'notify':
      return { disposition: 'notify', notes: [], manual: [] };
  }
}

function notify(code: string, explanation: string): ContainmentAim {
  return { disposition: 'notify', notes: [{ code, explanation }], manual: [] };
}

/**
 * Which part the instance has in it. Where the route presumes nothing, as of malware, it does not matter who brought it
 * there: it has none.
 */
export function partOf(
  { role }: Pick<GuardDutyFinding, 'role'>,
  { presumed }: Pick<RoutedType, 'presumed'>,
): 'ACTOR' | 'TARGET' | undefined {
  return presumed === undefined ? undefined : (role ?? presumed);
}

function aimAtInstance(finding: GuardDutyFinding, route: RoutedType): ContainmentAim {
  const { instance, resourceType, accountId, region } = finding;
  if (resourceType !== undefined && resourceType !== 'Instance') {
    // The node that it runs on carries others: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-remediate-runtime-monitoring.html
    return notify(
      'not-an-instance',
      `what is affected is no instance of its own (${printableText(resourceType, 40)}): people contain it`,
    );
  }
  if (instance === undefined) {
    return notify('target-unnamed', 'the finding does not name the instance: it may have been terminated');
  }
  const role = partOf(finding, route);
  if (role === 'TARGET') {
    return notify(
      'target-not-actor',
      'the instance had it done to it: it is attacked, not known to be taken',
    );
  }
  const explanation = 'the instance does it itself, so it counts as compromised; people must find out how';
  return {
    disposition: 'contain-instance',
    target: { kind: 'instance', account: accountId, region, instanceId: instance.instanceId },
    notes: role === 'ACTOR' ? [{ code: 'actor', explanation }] : [],
    manual: [],
  };
}

function aimAtCredentials(finding: GuardDutyFinding, policy: ContainmentPolicy): ContainmentAim {
  const { principal, instance } = finding;
  if (principal === undefined) return notify('target-unnamed', 'the finding names no principal');
  const aim = aimAtPrincipal(principal, finding, policy);
  if (instance === undefined) return aim;
  const look = `Look at instance ${instance.instanceId}: the finding names it beside the credentials.`;
  return { ...aim, manual: [look, ...aim.manual] };
}

function aimAtPrincipal(
  principal: FindingPrincipal,
  where: Where,
  policy: ContainmentPolicy,
): ContainmentAim {
  const userType = principal.userType ?? userTypeOf(principal);
  switch (userType) {
    case 'IAMUser':
      return aimAtUser(principal, where);
    case 'AssumedRole':
    case 'Role':
      return aimAtRole(principal, where, policy);
    case 'Root':
      return notify('root', 'the root user can be denied nothing: change its password and delete its keys');
    case 'FederatedUser':
    case 'SAMLUser':
    case 'WebIdentityUser':
    case 'IdentityCenterUser':
    case 'Directory':
      return notify('federated-user', 'a federated user is blocked at its identity provider, not here');
    case 'AWSAccount':
      return notify('other-account-principal', 'the principal is of another account, which must contain it');
    case 'AWSService':
      return notify(
        'aws-service',
        'an AWS service acted, on behalf of somebody: people must find out of whom',
      );
    default:
      return notify('principal-unknown', `of a principal of type ${quoted(userType)} nothing is contained`);
  }
}

/** What the ids tell where the type is not said; https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export function userTypeOf({ principalId, accessKeyId }: FindingPrincipal): string | undefined {
  if (principalId?.startsWith('AROA') === true) return 'AssumedRole';
  if (principalId?.startsWith('AIDA') === true || accessKeyId?.startsWith('AKIA') === true) return 'IAMUser';
  return undefined;
}

function aimAtUser({ userName, accessKeyId }: FindingPrincipal, { accountId }: Where): ContainmentAim {
  if (userName === undefined) return notify('target-unnamed', 'the finding does not name the user');
  const user = { kind: 'user', account: accountId, userName } as const;
  const aim = (target: ContainmentTarget): ContainmentAim => ({
    disposition: 'contain-credentials',
    target,
    notes: [],
    manual: [],
  });
  if (accessKeyId?.startsWith('AKIA') === true) return aim({ ...user, accessKeyId });
  // A sign-in to the console is a session, too, and may bear no key.
  if (accessKeyId === undefined || accessKeyId.startsWith('ASIA')) return aim(user);
  return notify('credential-unknown', 'the key is neither a long-term key (AKIA) nor of a session (ASIA)');
}

function aimAtRole(
  { userName: roleName }: FindingPrincipal,
  { accountId }: Where,
  { remediationRoleArn, protectedRoles }: ContainmentPolicy,
): ContainmentAim {
  if (roleName === undefined) return notify('target-unnamed', 'the finding does not name the role');
  const own = remediationRoleArn.split('/').at(-1) ?? '';
  if (roleName.toLowerCase() === own.toLowerCase()) {
    return notify('own-role', 'the role is the one that contains: it would lock itself out');
  }
  if (roleName.startsWith('AWSServiceRoleFor')) return serviceLinkedRole;
  if (roleName.startsWith('AWSReservedSSO_')) {
    return notify(
      'identity-center-role',
      'the role is managed by IAM Identity Center: end the sessions there',
    );
  }
  if (protectedRoles.some(pattern => matchesPattern(roleName, pattern))) {
    return notify('protected-role', 'the role is named as one that is never contained');
  }
  return {
    disposition: 'contain-credentials',
    target: { kind: 'role', account: accountId, roleName },
    notes: [],
    manual: [],
  };
}

/** Of roles whose path, seen in the account, says so too. */
export const serviceLinkedRole: ContainmentAim = notify(
  'service-linked-role',
  'a service-linked role belongs to an AWS service, and cannot be changed: people must find out who made the service act',
);

function aimAtBucket({ buckets, accountId, region, principal }: GuardDutyFinding): ContainmentAim {
  const [bucket, ...others] = buckets;
  const credentials = credentialsOf(principal);
  if (bucket === undefined) {
    // As of calls that are about all buckets: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-s3.html
    const unnamed = notify('target-unnamed', 'the finding names no bucket');
    if (credentials === undefined) return unnamed;
    return {
      ...unnamed,
      notes: [...unnamed.notes, principalNamed(credentials)],
      manual: [
        `Contain the credentials that the calls were made with, unless they are known to be safe: ${credentials}.`,
      ],
    };
  }
  if (bucket.endsWith('--x-s3')) {
    return notify('directory-bucket', 'a directory bucket has no public access to block: people contain it');
  }
  const notes: PlanNote[] = [];
  const manual: string[] = [];
  if (others.length > 0) {
    const explanation = `the finding names ${buckets.length} buckets: the first is contained, the others are for people`;
    notes.push({ code: 'more-buckets', explanation });
    manual.push(`Contain the other buckets, too: ${others.slice(0, 20).join(', ')}.`);
  }
  if (credentials !== undefined) notes.push(principalNamed(credentials));
  const target = { kind: 'bucket', account: accountId, region, bucket } as const;
  return { disposition: 'contain-bucket', target, notes, manual };
}

/** The user or role, and the key; `undefined` where neither is named. */
function credentialsOf({ userType, userName, accessKeyId }: FindingPrincipal = {}): string | undefined {
  const named = [
    ...(userName === undefined ? [] : [quoted(userName)]),
    ...(userName === undefined || userType === undefined ? [] : [`(${printableText(userType, 40)})`]),
    ...(accessKeyId === undefined ? [] : [`key ${accessKeyId}`]),
  ];
  return named.length === 0 ? undefined : named.join(' ');
}

function principalNamed(credentials: string): PlanNote {
  const explanation = `the calls were made with credentials of ${credentials}: people must judge those`;
  return { code: 'principal-named', explanation };
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'that is not said' : `"${printableText(text, 100)}"`;
}
