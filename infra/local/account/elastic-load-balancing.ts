import type { LocalEc2 } from './local-ec2.ts';
import type { LocalService } from './local-service.ts';
import {
  createQueryService,
  pageOf,
  type QueryAnswer,
  QueryError,
  type QueryParameters,
} from './query-protocol.ts';

export interface LocalTargetGroup {
  readonly arn: string;
  readonly targetType: 'instance' | 'ip' | 'lambda' | 'alb';
  /** A group of functions has neither VPC nor port. */
  readonly vpcId?: string;
  readonly port?: number;
  readonly targets: LocalTarget[];
}

export interface LocalTarget {
  readonly id: string;
  readonly port: number;
  /** `healthy` where absent. */
  state?: string;
}

/** What the emulated Elastic Load Balancing holds, in one region. */
export class LocalLoadBalancing {
  readonly targetGroups = new Map<string, LocalTargetGroup>();

  addTargetGroup(group: LocalTargetGroup): void {
    this.targetGroups.set(group.arn, group);
  }

  targetGroup(arn: string): LocalTargetGroup {
    const group = this.targetGroups.get(arn);
    if (group === undefined) {
      throw new QueryError('TargetGroupNotFound', `Target groups '${arn}' not found`);
    }
    return group;
  }

  /** Puts a target into a group, at the group's port where none is named. */
  register(arn: string, id: string, port?: number): void {
    const group = this.targetGroup(arn);
    const target = { id, port: port ?? group.port ?? 0 };
    this.deregister(arn, id, target.port);
    group.targets.push(target);
  }

  deregister(arn: string, id: string, port?: number): void {
    const group = this.targetGroup(arn);
    const index = group.targets.findIndex(
      target => target.id === id && target.port === (port ?? group.port ?? 0),
    );
    if (index >= 0) group.targets.splice(index, 1);
  }
}

/**
 * Elastic Load Balancing, as far as targets are looked up, registered and deregistered.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
 */
export function createElasticLoadBalancingService(
  balancing: LocalLoadBalancing,
  ec2: LocalEc2,
): LocalService {
  return createQueryService({
    protocol: 'query',
    namespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    actions: {
      DescribeTargetGroups: parameters => describeTargetGroups(balancing, parameters),
      DescribeTargetHealth: parameters => describeTargetHealth(balancing, parameters),
      RegisterTargets: parameters => registerTargets(balancing, ec2, parameters),
      DeregisterTargets: parameters => deregisterTargets(balancing, parameters),
    },
  });
}

function describeTargetGroups(balancing: LocalLoadBalancing, parameters: QueryParameters): QueryAnswer {
  const arns = parameters.texts('TargetGroupArns');
  const groups =
    arns.length === 0 ? [...balancing.targetGroups.values()] : arns.map(arn => balancing.targetGroup(arn));
  const { page, next } = pageOf(
    groups,
    parameters.optionalNumber('PageSize') ?? 400,
    parameters.optionalText('Marker'),
  );
  return {
    TargetGroups: page.map(({ arn, targetType, vpcId, port }) => ({
      TargetGroupArn: arn,
      TargetGroupName: arn.split('/')[1],
      TargetType: targetType,
      VpcId: vpcId,
      Port: port,
    })),
    NextMarker: next,
  };
}

function describeTargetHealth(balancing: LocalLoadBalancing, parameters: QueryParameters): QueryAnswer {
  const group = balancing.targetGroup(parameters.text('TargetGroupArn'));
  const asked = parameters.structures('Targets').map(target => targetOf(target, group));
  const targets: readonly LocalTarget[] =
    asked.length === 0
      ? group.targets
      : asked.map(
          wanted => group.targets.find(target => isSame(target, wanted)) ?? { ...wanted, state: 'unused' },
        );
  return {
    TargetHealthDescriptions: targets.map(target => ({
      Target: { Id: target.id, Port: target.port },
      TargetHealth: {
        State: target.state ?? 'healthy',
        Reason: group.targets.includes(target) ? undefined : 'Target.NotRegistered',
      },
    })),
  };
}

function registerTargets(
  balancing: LocalLoadBalancing,
  ec2: LocalEc2,
  parameters: QueryParameters,
): QueryAnswer {
  const group = balancing.targetGroup(parameters.text('TargetGroupArn'));
  const targets = parameters.structures('Targets').map(target => targetOf(target, group));
  for (const { id } of group.targetType === 'instance' ? targets : []) {
    const instance = ec2.instances.get(id);
    if (instance?.status !== 'running' || instance.vpcId !== group.vpcId) {
      throw new QueryError('InvalidTarget', `The target '${id}' is not running in the VPC of the group`);
    }
  }
  for (const { id, port } of targets) balancing.register(group.arn, id, port);
  return undefined;
}

function deregisterTargets(balancing: LocalLoadBalancing, parameters: QueryParameters): QueryAnswer {
  const group = balancing.targetGroup(parameters.text('TargetGroupArn'));
  for (const target of parameters.structures('Targets')) {
    const { id, port } = targetOf(target, group);
    balancing.deregister(group.arn, id, port);
  }
  return undefined;
}

function targetOf(target: QueryParameters, group: LocalTargetGroup): { id: string; port: number } {
  return { id: target.text('Id'), port: target.optionalNumber('Port') ?? group.port ?? 0 };
}

function isSame(one: LocalTarget, other: LocalTarget): boolean {
  return one.id === other.id && one.port === other.port;
}
