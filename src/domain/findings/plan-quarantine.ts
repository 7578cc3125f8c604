import type { ContainmentMarks, ContainmentTarget, InstanceState } from '../../ports/containment.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { quarantineTagKey } from './containment-policy.ts';
import type { FindingInstance } from './guard-duty-finding.ts';
import {
  absent,
  before,
  call,
  differs,
  equals,
  fact,
  present,
  reversibleStep,
  type TargetPlan,
} from './plan-step.ts';
import type { Condition, PlanNote, PlanStep } from './remediation-plan.ts';

type InstanceTarget = Extract<ContainmentTarget, { readonly kind: 'instance' }>;
type GroupFacts = Extract<InstanceState['groups'], { readonly state: 'read' }>['value'];

/** One network interface that is yet to be cut off. */
interface InterfaceToClose {
  /** Absent where the plan does not know it: the steps then stand for each. */
  readonly id?: string;
  /** Its groups; absent where the plan does not know them. */
  readonly groups?: readonly string[];
  /** The groups to go back to. */
  readonly home?: readonly string[];
  /** Whether it stands in the open group alone: an earlier containment came that far. */
  readonly standsOpen?: boolean;
}

const everywhere4: JsonObject = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const everywhere6: JsonObject = { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
const everywhere: JsonObject = { ...everywhere4, ...everywhere6 };

/**
 * Cuts every network interface off, in two steps: through a group that lets all in and out, under which flows are not
 * tracked, into one that lets nothing in or out. A tracked flow would outlive a direct swap.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 *
 * Both groups are ready before the first interface stands open, and it stands open for one call. What the open group lets
 * in is taken back at the end whatever became of the swaps.
 *
 * @param after Steps without which nothing is cut off.
 */
export function planQuarantine(
  target: InstanceTarget,
  state: InstanceState | undefined,
  marks: ContainmentMarks,
  said: FindingInstance,
  after: readonly string[],
): Pick<TargetPlan, 'steps' | 'notes'> {
  const groups = state?.groups.state === 'read' ? state.groups.value : {};
  const toClose = interfacesToClose(state, groups, said);
  const vpc = vpcOf(state, said);
  const mustOpen = toClose.some(({ standsOpen }) => standsOpen !== true);
  const ready = [
    ...(mustOpen ? openGroupSteps(target, marks, vpc, groups.open) : []),
    ...(toClose.length > 0 ? closedGroupSteps(target, marks, vpc, groups.closed) : []),
  ];
  const needed = [...after, ...ready.map(({ id }) => id)];
  const swaps = toClose.flatMap(it => swapSteps(it, needed));
  const shut = mustOpen || groups.open?.allowsIngress === true ? [shutOpenGroup()] : [];
  return { steps: [...ready, ...swaps, ...shut], notes: notesOf(groups, toClose) };
}

function interfacesToClose(
  state: InstanceState | undefined,
  { open, closed }: GroupFacts,
  said: FindingInstance,
): readonly InterfaceToClose[] {
  if (state?.instance.state !== 'read') {
    if (said.interfaces.length === 0) return [{}];
    return said.interfaces.map(({ id, groups }) =>
      groups === undefined ? { id } : { id, groups, home: groups },
    );
  }
  const isAlone = (groups: readonly string[], group: string | undefined) =>
    groups.length === 1 && groups[0] === group;
  return state.instance.value.interfaces
    .filter(({ groups }) => !isAlone(groups, closed?.id))
    .map(({ id, groups }) => {
      // The way back never leads into our groups, unless nothing else is known: it then stands in an earlier plan.
      const others = groups.filter(group => group !== open?.id && group !== closed?.id);
      const home = others.length === 0 ? groups : others;
      return { id, groups, home, standsOpen: isAlone(groups, open?.id) };
    });
}

function notesOf({ closed }: GroupFacts, toClose: readonly InterfaceToClose[]): readonly PlanNote[] {
  const changed =
    'the closed security group has come to let something in: somebody has changed it, and people must take it back';
  const unseen =
    'the finding lists no network interface; they are looked for in the account, and the swaps are made for each';
  return [
    ...(closed?.allowsIngress === true ? [{ code: 'closed-group-changed', explanation: changed }] : []),
    ...(toClose.some(({ id }) => id === undefined)
      ? [{ code: 'interfaces-unseen', explanation: unseen }]
      : []),
  ];
}

function vpcOf(state: InstanceState | undefined, said: FindingInstance): JsonValue {
  if (state?.instance.state === 'read') return state.instance.value.vpcId;
  return said.interfaces.find(({ vpcId }) => vpcId !== undefined)?.vpcId ?? fact('instance.vpc');
}

function createGroup(
  which: 'open' | 'closed',
  { instanceId }: InstanceTarget,
  name: string,
  vpc: JsonValue,
): PlanStep {
  const id = `group.${which}.id`;
  return reversibleStep(
    `create-${which}-group`,
    which === 'open' ? 'Create the group that flows are not tracked under.' : 'Create the closed group.',
    call(
      'ec2:CreateSecurityGroup',
      {
        GroupName: name,
        Description: `Quarantine of ${instanceId}, ${which}`,
        VpcId: vpc,
        TagSpecifications: [
          { ResourceType: 'security-group', Tags: [{ Key: quarantineTagKey, Value: instanceId }] },
        ],
      },
      [absent(id)],
    ),
    {
      effect: [present(id)],
      inverse: call('ec2:DeleteSecurityGroup', { GroupId: fact(id) }, [present(id)]),
    },
  );
}

/** A new group lets nothing in, and out to all of IPv4; in a VPC that has IPv6, out to all of that too. */
function openGroupSteps(
  target: InstanceTarget,
  marks: ContainmentMarks,
  vpc: JsonValue,
  standing: GroupFacts['open'],
): readonly PlanStep[] {
  if (standing?.isOpen === true) return [];
  const created = standing === undefined ? [createGroup('open', target, marks.openGroupName, vpc)] : [];
  const inbound =
    standing?.allowsIngress === true
      ? []
      : [
          reversibleStep(
            'open-inbound',
            'Let everything into the open group.',
            onGroup('ec2:AuthorizeSecurityGroupIngress', 'open', [everywhere], 'allows-ingress', false),
            {
              effect: [equals('group.open.allows-ingress', true)],
              inverse: onGroup(
                'ec2:RevokeSecurityGroupIngress',
                'open',
                [everywhere],
                'allows-ingress',
                true,
              ),
              after: created.map(({ id }) => id),
            },
          ),
        ];
  const outbound = reversibleStep(
    'open-outbound',
    'Let the open group out to all of IPv6, where it does not yet.',
    onGroup('ec2:AuthorizeSecurityGroupEgress', 'open', [everywhere6], 'is-open', false),
    {
      effect: [equals('group.open.is-open', true)],
      inverse: onGroup('ec2:RevokeSecurityGroupEgress', 'open', [everywhere6], 'is-open', true),
      after: [...created, ...inbound].map(({ id }) => id),
    },
  );
  return [...created, ...inbound, outbound];
}

function closedGroupSteps(
  target: InstanceTarget,
  marks: ContainmentMarks,
  vpc: JsonValue,
  standing: GroupFacts['closed'],
): readonly PlanStep[] {
  if (standing?.allowsEgress === false) return [];
  const created = standing === undefined ? [createGroup('closed', target, marks.closedGroupName, vpc)] : [];
  const stripped = reversibleStep(
    'close-outbound',
    'Take from the closed group what a new group lets out.',
    call(
      'ec2:RevokeSecurityGroupEgress',
      { GroupId: fact('group.closed.id'), IpPermissions: fact('group.closed.egress') },
      [equals('group.closed.allows-egress', true), present('group.closed.egress')],
    ),
    {
      effect: [equals('group.closed.allows-egress', false)],
      inverse: onGroup('ec2:AuthorizeSecurityGroupEgress', 'closed', [everywhere4], 'allows-egress', false),
      after: created.map(({ id }) => id),
    },
  );
  return [...created, stripped];
}

function onGroup(
  api: Parameters<typeof call>[0],
  which: 'open' | 'closed',
  permissions: readonly JsonObject[],
  property: string,
  value: boolean,
) {
  const id = `group.${which}.id`;
  return call(api, { GroupId: fact(id), IpPermissions: permissions }, [
    present(id),
    equals(`group.${which}.${property}`, value),
  ]);
}

function swapSteps(
  { id, groups, home, standsOpen }: InterfaceToClose,
  needed: readonly string[],
): readonly PlanStep[] {
  const name = id ?? 'each';
  const standing = `interface.${name}.groups`;
  const place = `stands-in.${name}`;
  const swap = (to: JsonValue, precondition: readonly Condition[]) =>
    call(
      'ec2:ModifyNetworkInterfaceAttribute',
      { NetworkInterfaceId: id ?? fact('interface.each.id'), Groups: to },
      precondition,
    );
  const back = (from: string) => swap(home ?? before(standing), [equals(place, from)]);
  const isClosed = [
    present('group.closed.id'),
    equals('group.closed.allows-egress', false),
    equals('group.closed.allows-ingress', false),
  ];
  const toOpen = reversibleStep(
    `swap-to-open:${name}`,
    'Put the interface into the open group alone: its flows are not tracked any more.',
    swap(
      [fact('group.open.id')],
      [
        groups === undefined ? differs(place, 'closed') : equals(standing, groups),
        present('group.open.id'),
        equals('group.open.is-open', true),
        ...isClosed,
      ],
    ),
    { effect: [equals(place, 'open')], inverse: back('open'), after: needed },
  );
  const toClosed = reversibleStep(
    `swap-to-closed:${name}`,
    'Put the interface into the closed group alone: nothing comes in or goes out.',
    swap([fact('group.closed.id')], [equals(place, 'open'), ...isClosed]),
    {
      effect: [equals(place, 'closed')],
      inverse: back('closed'),
      after: standsOpen === true ? needed : [toOpen.id],
    },
  );
  return standsOpen === true ? [toClosed] : [toOpen, toClosed];
}

/** Depends on no step: an interface that could not be put into the closed group must not stay where all is let in. */
function shutOpenGroup(): PlanStep {
  return reversibleStep(
    'close-inbound',
    'Take back what the open group lets in.',
    onGroup('ec2:RevokeSecurityGroupIngress', 'open', [everywhere], 'allows-ingress', true),
    {
      // Holds too where there is no such group.
      effect: [differs('group.open.allows-ingress', true)],
      inverse: onGroup('ec2:AuthorizeSecurityGroupIngress', 'open', [everywhere], 'allows-ingress', false),
    },
  );
}
