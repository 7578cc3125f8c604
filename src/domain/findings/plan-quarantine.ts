import type { ContainmentMarks, InstanceState } from '../../ports/containment.ts';
import type { JsonValue } from '../../ports/json.ts';
import type { FindingInstance } from './guard-duty-finding.ts';
import type { InterfaceHomes } from './interface-homes.ts';
import {
  closedGroupSteps,
  deleteOpenGroup,
  type GroupFacts,
  type InstanceTarget,
  openGroupSteps,
  quarantineUnit,
} from './plan-quarantine-groups.ts';
import {
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

/** One network interface that is yet to be cut off. */
interface InterfaceToClose {
  /** Absent where the plan does not know it: the steps then stand for each. */
  readonly id?: string;
  /** The groups to go back to, none of them ours; absent where the plan was made without looking. */
  readonly home?: readonly string[];
}

/** How the interfaces of an instance stand. */
interface Standing {
  readonly toClose: readonly InterfaceToClose[];
  /** Ids of those that stand in the open group alone, and nobody knows from where. */
  readonly homeless: readonly string[];
  /** Whether one stands in the closed group. */
  readonly isClosedWorn: boolean;
}

/**
 * Cuts every network interface off, in two steps: through a group that lets all in and out, under which flows are not
 * tracked, into one that lets nothing in or out. A tracked flow would outlive a direct swap.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 *
 * The closed group is ready, and seen to let nothing through, before the open one is made. From then on it is one unit:
 * an interface stands open for one call; where the next cannot be made, it goes home; and the open group is deleted whatever
 * became of the swaps.
 *
 * @param homes Where interfaces that stand in our own groups came from.
 * @param after Steps without which nothing is cut off.
 */
export function planQuarantine(
  target: InstanceTarget,
  state: InstanceState | undefined,
  marks: ContainmentMarks,
  said: FindingInstance,
  homes: InterfaceHomes,
  after: readonly string[],
): Pick<TargetPlan, 'steps' | 'notes'> {
  const groups = state?.groups.state === 'read' ? state.groups.value : {};
  const { toClose, homeless, isClosedWorn } = standingOf(state, groups, said, homes);
  const place = { target, marks, vpc: vpcOf(state, said) };
  const mustClose = toClose.length > 0;
  const { open } = groups;
  const isLetThrough = groups.closed?.allowsIngress === true || groups.closed?.allowsEgress === true;
  const closed =
    mustClose || (isClosedWorn && isLetThrough) ? closedGroupSteps(place, groups.closed, isClosedWorn) : [];
  const isLeaking = open?.allowsIngress === true || open?.allowsEgress === true;
  const needed = [...after, ...closed.map(({ id }) => id)];
  const opened = mustClose || isLeaking ? openGroupSteps(place, open, needed) : [];
  const swaps = toClose.flatMap(it => swapSteps(it, [...needed, ...opened.map(({ id }) => id)]));
  const deleted = mustClose || open !== undefined ? [deleteOpenGroup(place)] : [];
  return {
    steps: [...closed, ...opened, ...swaps, ...deleted],
    notes: notesOf(groups, toClose, homeless),
  };
}

function standingOf(
  state: InstanceState | undefined,
  { open, closed }: GroupFacts,
  said: FindingInstance,
  homes: InterfaceHomes,
): Standing {
  if (state?.instance.state !== 'read') {
    const toClose = said.interfaces.map(({ id, groups }) =>
      groups === undefined ? { id } : { id, home: groups },
    );
    return { toClose: toClose.length === 0 ? [{}] : toClose, homeless: [], isClosedWorn: false };
  }
  const { interfaces } = state.instance.value;
  const isOurs = (group: string) => group === open?.id || group === closed?.id;
  const astray = interfaces
    .filter(({ groups }) => !(groups.length === 1 && groups[0] === closed?.id))
    .map(({ id, groups }) => {
      const others = groups.filter(group => !isOurs(group));
      const earlier = Object.hasOwn(homes, id) ? (homes[id] ?? []).filter(group => !isOurs(group)) : [];
      return { id, home: others.length > 0 ? others : earlier };
    });
  return {
    toClose: astray.filter(({ home }) => home.length > 0),
    homeless: astray.filter(({ home }) => home.length === 0).map(({ id }) => id),
    isClosedWorn: closed !== undefined && interfaces.some(({ groups }) => groups.includes(closed.id)),
  };
}

function notesOf(
  { closed }: GroupFacts,
  toClose: readonly InterfaceToClose[],
  homeless: readonly string[],
): readonly PlanNote[] {
  const changed =
    'the closed security group has come to let something in: somebody has changed it; it is taken back';
  const unseen =
    'the finding lists no network interface; they are looked for in the account, and the swaps are made for each';
  const unknown = `nobody knows from which security groups ${homeless.join(', ')} came: with no way back it is not swapped on; the open group that it stands in is emptied of its rules instead, and people must put it where it belongs`;
  return [
    ...(closed?.allowsIngress === true ? [{ code: 'closed-group-changed', explanation: changed }] : []),
    ...(homeless.length > 0 ? [{ code: 'home-unknown', explanation: unknown }] : []),
    ...(toClose.some(({ id }) => id === undefined)
      ? [{ code: 'interfaces-unseen', explanation: unseen }]
      : []),
  ];
}

function vpcOf(state: InstanceState | undefined, said: FindingInstance): JsonValue {
  if (state?.instance.state === 'read') return state.instance.value.vpcId;
  return said.interfaces.find(({ vpcId }) => vpcId !== undefined)?.vpcId ?? fact('instance.vpc');
}

function swapSteps({ id, home }: InterfaceToClose, needed: readonly string[]): readonly PlanStep[] {
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
        present(standing),
        home === undefined ? differs(place, 'closed') : equals(`home.${name}`, home),
        equals('group.open.is-open', true),
        ...isClosed,
      ],
    ),
    {
      effect: [equals(place, 'open')],
      needless: [equals(place, 'closed')],
      inverse: back('open'),
      after: needed,
      unit: quarantineUnit,
    },
  );
  const toClosed = reversibleStep(
    `swap-to-closed:${name}`,
    'Put the interface into the closed group alone: nothing comes in or goes out.',
    swap([fact('group.closed.id')], [equals(place, 'open'), ...isClosed]),
    {
      effect: [equals(place, 'closed')],
      inverse: back('closed'),
      // What failed before keeps an interface that is found open from being closed, too: it goes home.
      after: [...needed, toOpen.id],
      unit: quarantineUnit,
      otherwise: [toOpen.id],
    },
  );
  return [toOpen, toClosed];
}
