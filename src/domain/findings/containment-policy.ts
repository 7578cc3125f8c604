import type { Timestamp } from '../../ports/clock.ts';
import type { ContainmentMarks, ContainmentTarget } from '../../ports/containment.ts';

/** What may be done about findings, and what may not. */
export interface ContainmentPolicy {
  /** `contain` does what is planned; `plan` only tells of it. */
  readonly mode: 'plan' | 'contain';
  /** Findings below it are told of, 1 to 10. */
  readonly minimumSeverity: number;
  /** 12 digits; findings of other accounts are told of. */
  readonly ownAccount: string;
  /** ARN of the role that contains: it is never contained, and keeps access to a contained bucket. */
  readonly remediationRoleArn: string;
  /** ARNs of principals that keep access to a contained bucket; `*` stands for any run of characters. */
  readonly responders: readonly string[];
  /** Names of roles that are never contained; `*` stands for any run of characters. */
  readonly protectedRoles: readonly string[];
  readonly exempt: {
    /** What bears it is exempt. */
    readonly tag: { readonly key: string; readonly value: string };
    /** Ids of instances, names of users, roles and buckets. */
    readonly ids: readonly string[];
    readonly accounts: readonly string[];
  };
  /** When it is decided: sessions issued before are denied. */
  readonly now: Timestamp;
}

/** What holds where nothing else is said: plan, never contain; high and critical findings; not the pipeline's own roles. */
export const defaultContainmentPolicy = {
  mode: 'plan',
  minimumSeverity: 7,
  responders: [],
  protectedRoles: ['sallyport-*'],
  exempt: { tag: { key: 'sallyport-exempt', value: 'true' }, ids: [], accounts: [] },
} as const satisfies Partial<ContainmentPolicy>;

/** Tag on what is quarantined; its value is the finding's id. Our security groups bear it too, with the instance's id. */
export const quarantineTagKey = 'sallyport-quarantine';

/**
 * The names under which the marks and parts of a containment are found again. Security groups are an instance's own, so that
 * taking them away never touches another; a policy is a principal's own; snapshots are a finding's.
 */
export function marksOf(target: ContainmentTarget, findingId: string): ContainmentMarks {
  const owner = target.kind === 'instance' ? target.instanceId : target.kind;
  return {
    openGroupName: `sallyport-open-${owner}`,
    closedGroupName: `sallyport-closed-${owner}`,
    snapshotTag: { key: 'sallyport-finding', value: findingId },
    policyName: 'sallyport-containment',
  };
}
