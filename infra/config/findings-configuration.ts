import * as z from 'zod';
import { accountId, list, whole } from './configuration-values.ts';
import { misplacedArns, type Place } from './misplaced-arns.ts';

/** What is done about the findings of GuardDuty. */
export const findingsConfiguration = {
  /**
   * `plan` announces what would be done about a finding. `contain` does it, and lets the function: without it, its role
   * can change nothing, a rollback included.
   */
  remediationMode: z.enum(['plan', 'contain']).default('plan'),
  /** GuardDuty's severity (1 to 10) from which a finding is taken up; 9 to 10 is critical. */
  minimumFindingSeverity: z.coerce.number().min(1).max(10).default(7),
  /**
   * ARNs of the roles and users that keep access to a contained bucket, beside the remediation role; `*` stands for any
   * run of characters. Without any, a contained bucket is taken back by the function, or by the account's root user.
   */
  responderArns: list(
    z
      .string()
      .regex(
        /^arn:[\w-]+:iam::\d{12}:(role|user)\/[\w+=.@/*-]+$/,
        'must be the ARN of a role or user, such as arn:aws:iam::111122223333:role/responder',
      ),
  ).default([]),
  /** Names of roles that are never contained, beside the pipeline's own; `*` stands for any run of characters. */
  protectedRoles: list(z.string().regex(/^[\w+=.@*-]{1,64}$/, 'must be the name of a role')).default([]),
  /** `key=value`: what bears the tag is exempt from containment. */
  exemptTag: z
    .string()
    .regex(/^[^=]{1,128}=.{0,256}$/, 'must be key=value')
    .default('sallyport-exempt=true'),
  /** Ids of instances, users, roles and buckets that are exempt from containment. */
  exemptIds: list(z.string().min(1)).default([]),
  /** Accounts whose findings are exempt from containment, 12 digits each. */
  exemptAccounts: list(accountId).default([]),
  /** Days for which a remediation, and with it the way back, is kept. */
  remediationRetentionDays: whole(30, 3650).default(365),
  /** Invocations of the remediator at one time. */
  findingMaximumConcurrency: whole(2, 1000).default(5),
  /** Receives of one finding before it goes to the dead-letter queue. */
  findingMaxReceiveCount: whole(1, 1000).default(5),
  /** Days for which the findings queue keeps a finding; the dead-letter queue's 14 must exceed it. */
  findingRetentionDays: whole(4, 13).default(7),
  /** Seconds the remediator may take for one finding. */
  remediatorTimeoutSeconds: whole(30, 900).default(120),
  /**
   * Minutes that a finding may wait for the remediator before an alarm. A receive that failed comes again after six
   * times remediatorTimeoutSeconds: two take 12 minutes at the default, three 24.
   */
  findingOldestMessageMinutes: whole(1, 1440).default(30),
};

type FindingsConfiguration = z.output<z.ZodObject<typeof findingsConfiguration>>;

/** Characters of the lists that the remediator is given in its environment, of the 4 KB that Lambda takes in all. */
const mostListCharacters = 2500;

/** Characters of the ARNs that the remediator's policy keeps from it; each stands there twice, of 6,144 in all. */
const mostRoleCharacters = 2800;

/** Lists that are too long for what is made of them, and ARNs of another partition, one line each. */
export function findingsFaults(context: FindingsConfiguration & Place): string[] {
  const names = ['responderArns', 'protectedRoles', 'exemptIds', 'exemptAccounts'] as const;
  const listed = names.reduce((sum, name) => sum + context[name].join(',').length, 0);
  const arnPrefix = 'arn:aws:iam::111122223333:role/'.length;
  const roles = context.protectedRoles.reduce((sum, role) => sum + arnPrefix + role.length, 0);
  return [
    ...misplacedArns('responderArns', context.responderArns, context, ['partition']),
    ...(listed <= mostListCharacters
      ? []
      : [
          `${names.join(', ')}: have ${listed} characters together, and the function's environment has room for ${mostListCharacters}; use patterns, or exemptTag`,
        ]),
    ...(roles <= mostRoleCharacters
      ? []
      : [
          `protectedRoles: as ARNs the ${context.protectedRoles.length} names have ${roles} characters, and the function's policy has room for ${mostRoleCharacters}; use patterns`,
        ]),
  ];
}
