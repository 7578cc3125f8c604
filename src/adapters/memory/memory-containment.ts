import type {
  Containment,
  ContainmentAnswer,
  ContainmentApi,
  ContainmentCall,
  ContainmentMarks,
  ContainmentState,
  ContainmentTarget,
  StateOf,
} from '../../ports/containment.ts';
import type { FailureKind } from '../../ports/failure.ts';
import type { Unreadable, UnreadableReason } from '../../ports/reading.ts';
import { refusal } from './containment/call-input.ts';
import type { MemoryAccount } from './containment/memory-account.ts';
import { observeBucket } from './containment/observe-bucket.ts';
import { observeInstance } from './containment/observe-instance.ts';
import { observeRole, observeUser } from './containment/observe-principal.ts';
import { performBucketPolicyCall, performPublicAccessBlockCall } from './containment/perform-bucket-call.ts';
import {
  createSecurityGroup,
  deleteSecurityGroup,
  modifyNetworkInterface,
  performRuleCall,
} from './containment/perform-group-call.ts';
import { deleteInlinePolicy, putInlinePolicy, updateAccessKey } from './containment/perform-identity-call.ts';
import {
  createSnapshots,
  modifyInstanceAttribute,
  performTagCall,
} from './containment/perform-instance-call.ts';
import { attachInstances, detachInstances, performTargetCall } from './containment/perform-scaling-call.ts';
import { type BrokenReading, type Reader, readerOf } from './containment/reader.ts';

export type * from './containment/memory-account.ts';

export interface MemoryContainmentOptions extends Partial<MemoryAccount> {
  /** @defaultValue `111122223333` */
  readonly account?: string;
  /** The one region that there is. @defaultValue `us-east-1` */
  readonly region?: string;
}

type Perform = (call: ContainmentCall, account: MemoryAccount, newId: () => string) => void;

const performers: Readonly<Record<ContainmentApi, Perform>> = {
  'ec2:CreateTags': performTagCall,
  'ec2:DeleteTags': performTagCall,
  'ec2:ModifyInstanceAttribute': modifyInstanceAttribute,
  'ec2:CreateSnapshots': createSnapshots,
  'ec2:CreateSecurityGroup': createSecurityGroup,
  'ec2:DeleteSecurityGroup': deleteSecurityGroup,
  'ec2:AuthorizeSecurityGroupIngress': performRuleCall,
  'ec2:RevokeSecurityGroupIngress': performRuleCall,
  'ec2:AuthorizeSecurityGroupEgress': performRuleCall,
  'ec2:RevokeSecurityGroupEgress': performRuleCall,
  'ec2:ModifyNetworkInterfaceAttribute': modifyNetworkInterface,
  'autoscaling:DetachInstances': detachInstances,
  'autoscaling:AttachInstances': attachInstances,
  'elasticloadbalancing:DeregisterTargets': performTargetCall,
  'elasticloadbalancing:RegisterTargets': performTargetCall,
  'iam:UpdateAccessKey': updateAccessKey,
  'iam:PutUserPolicy': putInlinePolicy,
  'iam:DeleteUserPolicy': deleteInlinePolicy,
  'iam:PutRolePolicy': putInlinePolicy,
  'iam:DeleteRolePolicy': deleteInlinePolicy,
  's3:PutPublicAccessBlock': performPublicAccessBlockCall,
  's3:DeletePublicAccessBlock': performPublicAccessBlockCall,
  's3:PutBucketPolicy': performBucketPolicyCall,
  's3:DeleteBucketPolicy': performBucketPolicyCall,
};

/**
 * A small account in memory: instances with their interfaces, volumes and groups, users, roles and buckets. It answers
 * the calls of a containment, and refuses what AWS refuses, under AWS's codes: what is not there, a second group of the same
 * name, a group that is in use, a detachment below the minimum, an attachment above the maximum. It holds one region; in
 * every other, and in every other account, there is nothing.
 *
 * @example
 * const containment = new MemoryContainment({ users: [{ name: 'eve', accessKeys: { [accessKeyId]: 'Active' } }] });
 * await containment.perform({
 *   api: 'iam:UpdateAccessKey',
 *   region: 'us-east-1',
 *   input: { UserName: 'eve', AccessKeyId: accessKeyId, Status: 'Inactive' },
 * });
 * expect(containment.state.users[0]?.accessKeys).toEqual({ [accessKeyId]: 'Inactive' });
 */
export class MemoryContainment implements Containment {
  readonly #account: string;
  readonly #region: string;
  #held: MemoryAccount;
  readonly #performed: ContainmentCall[] = [];
  readonly #broken = new Map<string, BrokenReading>();
  readonly #refused = new Map<string, { readonly kind: FailureKind; readonly code: string }>();
  #ids = 0;

  constructor(options: MemoryContainmentOptions = {}) {
    const { account = '111122223333', region = 'us-east-1', ...things } = options;
    this.#account = account;
    this.#region = region;
    this.#held = structuredClone({ ...nothing(), ...things });
  }

  /** A copy of everything that there is. */
  get state(): MemoryAccount {
    return structuredClone(this.#held);
  }

  /** The calls that had their effect, in order. */
  get performed(): readonly ContainmentCall[] {
    return structuredClone(this.#performed);
  }

  /** Changes what there is, as somebody else would meanwhile. */
  change(edit: (account: MemoryAccount) => void): void {
    edit(this.#held);
  }

  /** From now on nothing can be read by this call, for example `iam:GetUser`. */
  breakReading(api: string, fault: { readonly reason: UnreadableReason; readonly code: string }): void {
    this.#broken.set(api, fault);
  }

  /** From now on this call fails, before its effect. */
  refuse(api: ContainmentApi, fault: { readonly kind: FailureKind; readonly code: string }): void {
    this.#refused.set(api, fault);
  }

  /** Takes back what `breakReading` or `refuse` did to this call. */
  mend(api: string): void {
    this.#broken.delete(api);
    this.#refused.delete(api);
  }

  async observe<Target extends ContainmentTarget>(
    target: Target,
    marks: ContainmentMarks,
  ): Promise<StateOf<Target>> {
    return this.#observe(target, marks) as StateOf<Target>;
  }

  async perform(call: ContainmentCall): Promise<ContainmentAnswer> {
    const fault = this.#refused.get(call.api);
    if (fault !== undefined) throw refusal(call.api, fault.kind, fault.code, 'the account refuses it');
    const isHere = call.api.startsWith('iam:') || call.region === this.#region;
    // Worked on as a copy: a call that is refused on its way changes nothing.
    const held = structuredClone(isHere ? this.#held : nothing());
    performers[call.api](call, held, () => this.#newId());
    this.#held = held;
    this.#performed.push(structuredClone(call));
    return { requestId: `memory-${this.#performed.length}` };
  }

  #observe(target: ContainmentTarget, marks: ContainmentMarks): ContainmentState {
    const isHere = target.account === this.#account;
    const read: Reader = isHere ? readerOf(this.#broken) : ([api = '']) => otherAccount(api);
    const isInRegion = !('region' in target) || target.region === this.#region;
    const held = isInRegion ? this.#held : nothing();
    switch (target.kind) {
      case 'instance':
        return observeInstance(target, marks, held, read);
      case 'user':
        return observeUser(target, marks, held, read);
      case 'role':
        return observeRole(target, marks, held, read);
      case 'bucket':
        return observeBucket(target, held, read);
    }
  }

  #newId(): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(17, '0');
  }
}

/** Whoever looks with one account's permissions does not see another's things of the same name. */
function otherAccount(api: string): Unreadable {
  return { state: 'unreadable', reason: 'failed', api, code: 'OtherAccount' };
}

function nothing(): MemoryAccount {
  return {
    instances: [],
    securityGroups: [],
    snapshots: [],
    autoScalingGroups: [],
    targetGroups: [],
    users: [],
    roles: [],
    buckets: [],
    dualStackVpcs: [],
  };
}
