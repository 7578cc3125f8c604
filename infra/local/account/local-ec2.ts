import { QueryError } from './query-protocol.ts';

export interface LocalInstance {
  readonly id: string;
  readonly vpcId: string;
  /** `running`, `stopped`, `terminated`… */
  status: string;
  readonly tags: Map<string, string>;
  isProtected: boolean;
  readonly interfaces: readonly LocalInterface[];
  /** Ids of its volumes, that of its root first. */
  readonly volumes: readonly string[];
}

export interface LocalInterface {
  readonly id: string;
  readonly addresses: readonly string[];
  /** Ids of its security groups. */
  groups: readonly string[];
}

export interface LocalSecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: Map<string, string>;
  /** Of each direction, the rules by what tells one from another. */
  readonly ingress: Map<string, LocalRule>;
  readonly egress: Map<string, LocalRule>;
}

/** One peer's rule. */
export interface LocalRule {
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly kind: 'ipv4' | 'ipv6' | 'group' | 'prefix-list';
  readonly peer: string;
}

export interface LocalSnapshot {
  readonly id: string;
  readonly volumeId: string;
  readonly status: string;
  readonly tags: Map<string, string>;
}

export interface InstanceSeed {
  readonly id: string;
  readonly vpcId: string;
  /** @defaultValue `running` */
  readonly status?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly interfaces: readonly {
    readonly id: string;
    readonly groups: readonly string[];
    readonly addresses?: readonly string[];
  }[];
  readonly volumes: readonly string[];
}

export interface SecurityGroupSeed {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly ingress?: readonly LocalRule[];
  /** @defaultValue out to everywhere by IPv4 */
  readonly egress?: readonly LocalRule[];
}

const outToEverywhere: LocalRule = { protocol: '-1', kind: 'ipv4', peer: '0.0.0.0/0' };

/** What the emulated EC2 holds, in one region. */
export class LocalEc2 {
  readonly instances = new Map<string, LocalInstance>();
  readonly groups = new Map<string, LocalSecurityGroup>();
  readonly snapshots = new Map<string, LocalSnapshot>();
  #ids = 0;

  addInstance(seed: InstanceSeed): LocalInstance {
    const { id, vpcId, status = 'running', tags = {}, volumes } = seed;
    const interfaces = seed.interfaces.map(({ addresses = [], ...rest }) => ({ ...rest, addresses }));
    const instance = {
      id,
      vpcId,
      status,
      tags: new Map(Object.entries(tags)),
      isProtected: false,
      interfaces,
      volumes,
    };
    this.instances.set(id, instance);
    return instance;
  }

  addSecurityGroup(seed: SecurityGroupSeed): LocalSecurityGroup {
    const { ingress = [], egress = [outToEverywhere], ...rest } = seed;
    const group = {
      ...rest,
      description: seed.name,
      tags: new Map<string, string>(),
      ingress: new Map(ingress.map(rule => [ruleKey(rule), rule])),
      egress: new Map(egress.map(rule => [ruleKey(rule), rule])),
    };
    this.groups.set(group.id, group);
    return group;
  }

  addSnapshot(volumeId: string, tags: ReadonlyMap<string, string>, status = 'pending'): LocalSnapshot {
    const snapshot = { id: this.newId('snap'), volumeId, status, tags: new Map(tags) };
    this.snapshots.set(snapshot.id, snapshot);
    return snapshot;
  }

  /** As EC2 writes them: `sg-` and 17 hexadecimal digits. */
  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}-0ec2${this.#ids.toString(16).padStart(13, '0')}`;
  }

  instance(id: string): LocalInstance {
    const instance = this.instances.get(id);
    if (instance === undefined) {
      throw new QueryError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
    }
    return instance;
  }

  group(id: string): LocalSecurityGroup {
    const group = this.groups.get(id);
    if (group === undefined) {
      throw new QueryError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
    }
    return group;
  }
}

/** What tells one rule of a group from another. */
export function ruleKey({ protocol, fromPort = -1, toPort = -1, peer }: LocalRule): string {
  return JSON.stringify(protocol === '-1' ? [protocol, peer] : [protocol, fromPort, toPort, peer]);
}
