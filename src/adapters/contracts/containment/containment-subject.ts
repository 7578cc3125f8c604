import type {
  Containment,
  ContainmentAnswer,
  ContainmentApi,
  ContainmentMarks,
  ContainmentTarget,
  InstanceFacts,
  StateOf,
  TargetGroupFacts,
} from '../../../ports/containment.ts';
import type { JsonObject } from '../../../ports/json.ts';
import type { Reading } from '../../../ports/reading.ts';
import type { Contract } from '../contract.ts';

export interface ScalingSizes {
  readonly desired: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** An instance that was put up for one case. */
export interface ContractInstance
  extends Pick<InstanceFacts, 'vpcId' | 'interfaces' | 'volumes' | 'rootVolume' | 'tags'> {
  readonly instanceId: string;
  /** The Auto Scaling group that it is in, where one was asked for. */
  readonly autoScalingGroup: string;
  /** As it is registered: by its id under two ports, neither the group's own, and by an address. */
  readonly targetGroups: readonly TargetGroupFacts[];
}

export interface ContainmentSubject {
  readonly containment: Containment;
  readonly account: string;
  readonly region: string;
  /**
   * Puts up a running instance in a VPC of its own, with two interfaces, two volumes and some tags, registered with two
   * target groups, and in an Auto Scaling group of these sizes where there are any.
   */
  createInstance(scaling?: ScalingSizes): Promise<ContractInstance>;
  /** Puts up a user with these tags and two active access keys. */
  createUser(
    tags: Readonly<Record<string, string>>,
  ): Promise<{ readonly userName: string; readonly accessKeyIds: readonly [string, string] }>;
  /** Puts up a role with these tags. Under `/aws-service-role/` it is linked to a service. */
  createRole(tags: Readonly<Record<string, string>>, path: string): Promise<{ readonly roleName: string }>;
  /** Puts up a bucket with these tags, without a policy and without a block of public access. */
  createBucket(tags: Readonly<Record<string, string>>): Promise<{ readonly bucket: string }>;
}

export type ContainmentCases = Contract<ContainmentSubject>['cases'];

/** Marks that no other case uses, their names full of what filters take for wildcards. */
export function newMarks(): ContainmentMarks {
  const id = crypto.randomUUID();
  return {
    openGroupName: `contract-open-${id}`,
    closedGroupName: `contract-closed-${id}`,
    snapshotTag: { key: 'contract:finding', value: `*${id}?\\` },
    policyName: `contract-${id}`,
  };
}

/** The calls and observations of one case, on one target. */
export class Scene<Target extends ContainmentTarget> {
  readonly #subject: ContainmentSubject;
  readonly #target: Target;
  readonly marks = newMarks();

  constructor(subject: ContainmentSubject, target: Target) {
    this.#subject = subject;
    this.#target = target;
  }

  observe(): Promise<StateOf<Target>> {
    return this.#subject.containment.observe(this.#target, this.marks);
  }

  call(api: ContainmentApi, input: JsonObject): Promise<ContainmentAnswer> {
    return this.#subject.containment.perform({ api, region: this.#subject.region, input });
  }
}

export function instanceScene(subject: ContainmentSubject, instanceId: string) {
  const { account, region } = subject;
  return new Scene(subject, { kind: 'instance', account, region, instanceId });
}

export function read<Value>(value: Value): Reading<Value> {
  return { state: 'read', value };
}

/** What was read, or nothing that equals anything where it was not. */
export function whatIsRead<Value>(reading: Reading<Value>): Value | Reading<Value> {
  return reading.state === 'read' ? reading.value : reading;
}
