import type { ContainmentMarks, ContainmentTarget, InstanceState } from '../../ports/containment.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { quarantineTagKey } from './containment-policy.ts';
import { absent, call, equals, fact, present, reversibleStep } from './plan-step.ts';
import type { PlannedCall, PlanStep } from './remediation-plan.ts';

export type InstanceTarget = Extract<ContainmentTarget, { readonly kind: 'instance' }>;
export type GroupFacts = Extract<InstanceState['groups'], { readonly state: 'read' }>['value'];

/** The steps between which an interface may stand where everything is let in. */
export const quarantineUnit = 'quarantine';

/** What the groups of one quarantine have in common. */
export interface QuarantinePlace {
  readonly target: InstanceTarget;
  readonly marks: ContainmentMarks;
  readonly vpc: JsonValue;
}

const everywhere4: JsonObject = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const everywhere6: JsonObject = { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] };

/** Holds once no interface is yet to be put into the open group. */
const noneToOpen = [equals('interfaces.elsewhere', false)];

/**
 * A group that lets everything in and out. A new one lets nothing in, and out to all of IPv4; in a VPC that has IPv6, out
 * to all of that too. Ways back only ever close it.
 */
export function openGroupSteps(
  place: QuarantinePlace,
  standing: GroupFacts['open'],
  after: readonly string[],
): readonly PlanStep[] {
  const common = { needless: noneToOpen, unit: quarantineUnit };
  const create = reversibleStep(
    'create-open-group',
    'Create the group that flows are not tracked under.',
    createCall('open', place),
    { effect: [present('group.open.id')], inverse: deleteCall('open'), after, ...common },
  );
  const created = standing === undefined ? [create] : [];
  const inbound = reversibleStep(
    'open-inbound',
    'Let everything into the open group.',
    onGroup(
      'ec2:AuthorizeSecurityGroupIngress',
      'open',
      standing?.allowsIngress === true
        ? fact('group.open.ingress-to-add')
        : [{ ...everywhere4, ...everywhere6 }],
      'lets-all-in',
      false,
    ),
    {
      effect: [equals('group.open.lets-all-in', true)],
      inverse: onGroup(
        'ec2:RevokeSecurityGroupIngress',
        'open',
        fact('group.open.ingress'),
        'lets-all-in',
        true,
      ),
      after: [...after, ...created.map(({ id }) => id)],
      ...common,
    },
  );
  const outbound = reversibleStep(
    'open-outbound',
    'Let the open group out to where it is not yet, IPv6 as a rule.',
    onGroup(
      'ec2:AuthorizeSecurityGroupEgress',
      'open',
      fact('group.open.egress-to-add'),
      'lets-all-out',
      false,
    ),
    {
      effect: [equals('group.open.lets-all-out', true)],
      inverse: onGroup(
        'ec2:RevokeSecurityGroupEgress',
        'open',
        fact('group.open.egress'),
        'lets-all-out',
        true,
      ),
      after: [...after, ...created.map(({ id }) => id), inbound.id],
      ...common,
    },
  );
  return [...created, inbound, outbound];
}

/**
 * Depends on no step: whatever became of the swaps, the open group lets nothing in or out afterwards. One that cannot be
 * deleted is emptied of its rules. The way back would be a group that lets nothing in; nobody needs it where no interface
 * stands in one.
 */
export function deleteOpenGroup(place: QuarantinePlace): PlanStep {
  const inverse = { ...createCall('open', place), needless: [equals('interfaces.in-open', false)] };
  return reversibleStep(
    'delete-open-group',
    'Delete the open group.',
    call('ec2:DeleteSecurityGroup', { GroupId: fact('group.open.id') }, [
      present('group.open.id'),
      equals('interfaces.in-open', false),
    ]),
    {
      effect: [absent('group.open.id')],
      inverse,
      unit: quarantineUnit,
      otherwise: ['open-outbound', 'open-inbound'],
    },
  );
}

/**
 * A group that lets nothing in or out. What it lets through is taken from it in each delivery: somebody may open it between
 * two of them.
 *
 * @param isWorn Whether an interface stands in it: what it has come to let through is then taken back for good, since no way
 * back opens what an interface stands in.
 */
export function closedGroupSteps(
  place: QuarantinePlace,
  standing: GroupFacts['closed'],
  isWorn: boolean,
): readonly PlanStep[] {
  const create = reversibleStep(
    'create-closed-group',
    'Create the closed group.',
    createCall('closed', place),
    { effect: [present('group.closed.id')], inverse: deleteCall('closed') },
  );
  const created = standing === undefined ? [create] : [];
  const after = created.map(({ id }) => id);
  const take = (direction: 'Ingress' | 'Egress', does: string): PlanStep => {
    const rules = `group.closed.${direction.toLowerCase()}`;
    const property = `allows-${direction.toLowerCase()}`;
    const effect = [equals(`group.closed.${property}`, false)];
    const there = onGroup(`ec2:RevokeSecurityGroup${direction}`, 'closed', fact(rules), property, true);
    const id = direction === 'Ingress' ? 'close-inbound' : 'close-outbound';
    if (isWorn || direction === 'Ingress') {
      return { id, does, ...there, effect, evidence: true, reversible: true, upheld: true, after };
    }
    const back = onGroup(
      'ec2:AuthorizeSecurityGroupEgress',
      'closed',
      [everywhere4],
      'allows-egress',
      false,
      equals('interfaces.in-closed', false),
    );
    return reversibleStep(id, does, there, { effect, inverse: back, upheld: true, after });
  };
  return [
    ...created,
    take('Egress', 'Take from the closed group what it lets out.'),
    take('Ingress', 'Take from the closed group what somebody has come to let in.'),
  ];
}

function createCall(
  which: 'open' | 'closed',
  { target: { instanceId }, marks, vpc }: QuarantinePlace,
): PlannedCall {
  return call(
    'ec2:CreateSecurityGroup',
    {
      GroupName: which === 'open' ? marks.openGroupName : marks.closedGroupName,
      Description: `Quarantine of ${instanceId}, ${which}`,
      VpcId: vpc,
      TagSpecifications: [
        { ResourceType: 'security-group', Tags: [{ Key: quarantineTagKey, Value: instanceId }] },
      ],
    },
    [absent(`group.${which}.id`)],
  );
}

function deleteCall(which: 'open' | 'closed'): PlannedCall {
  const id = `group.${which}.id`;
  return call('ec2:DeleteSecurityGroup', { GroupId: fact(id) }, [
    present(id),
    equals(`interfaces.in-${which}`, false),
  ]);
}

/** A call about rules of a group that has this property: which a group that is not there has not. */
function onGroup(
  api: Parameters<typeof call>[0],
  which: 'open' | 'closed',
  permissions: JsonValue,
  property: string,
  value: boolean,
  ...others: PlannedCall['precondition']
): PlannedCall {
  return call(api, { GroupId: fact(`group.${which}.id`), IpPermissions: permissions }, [
    equals(`group.${which}.${property}`, value),
    ...others,
  ]);
}
