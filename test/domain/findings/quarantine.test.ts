import { describe, expect, test } from '@jest/globals';
import type { MemoryContainment } from '../../../src/adapters/memory/memory-containment.ts';
import type { ContainmentApi, ContainmentCall } from '../../../src/ports/containment.ts';
import { type FailureKind, PortError } from '../../../src/ports/failure.ts';
import { instanceFinding, openInterfaces, RemediationWorld } from './remediation-world.ts';

const later = '2026-11-21T13:55:00.000Z';
const hold = { since: '2026-11-21T07:58:00.000Z', by: 'kim', reason: 'false alarm' };
const swap: ContainmentApi = 'ec2:ModifyNetworkInterfaceAttribute';

/** What happens at the calls of one API, by their ordinals from 1. */
function atCalls(
  containment: MemoryContainment,
  api: ContainmentApi,
  act: (ordinal: number, perform: () => ReturnType<MemoryContainment['perform']>) => Promise<object>,
): void {
  const perform = containment.perform.bind(containment);
  let ordinal = 0;
  containment.perform = async (call: ContainmentCall) => {
    if (call.api !== api) return perform(call);
    ordinal += 1;
    return act(ordinal, () => perform(call));
  };
}

function refusal(kind: FailureKind, code: string): PortError {
  return new PortError({ kind, operation: 'Containment.perform', code, message: 'refused' });
}

/** The names of each interface's groups. */
function places({ state }: MemoryContainment): readonly (readonly string[])[] {
  const nameOf = (id: string) => state.securityGroups.find(group => group.id === id)?.name ?? id;
  return state.instances
    .flatMap(({ interfaces }) => interfaces)
    .map(({ groups }) => groups.map(id => nameOf(id).replace(/^sallyport-(open|closed)-.*/, '$1')));
}

const home = [['sg-ssh', 'sg-web'], ['sg-web']];
const closed = [['closed'], ['closed']];
const groupNames = ({ state }: MemoryContainment) => state.securityGroups.map(({ name }) => name);

describe('a quarantine that has begun comes to its end', () => {
  test('though the finding is held meanwhile: the way back is for who holds it', async () => {
    const world = new RemediationWorld();
    atCalls(world.containment, swap, async (ordinal, perform) => {
      if (ordinal === 1) await world.ledger.hold('f1', hold);
      return perform();
    });
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    expect(places(world.containment)).toEqual(closed);
  });

  test('as far as interfaces stand open, though the time is over; the next delivery does the others', async () => {
    const world = new RemediationWorld();
    atCalls(world.containment, swap, async (ordinal, perform) => {
      if (ordinal === 1) world.clock.advance(105_000);
      return perform();
    });
    await expect(world.remediator.remediate(instanceFinding(), 120_000)).rejects.toMatchObject({
      code: 'OutOfTime',
    });
    expect(places(world.containment)).toEqual([['closed'], ['sg-web']]);
    expect(groupNames(world.containment).filter(name => name.includes('open'))).toEqual([]);
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    expect(places(world.containment)).toEqual(closed);
  });

  test('and does not begin where the time may not be enough for the whole of it', async () => {
    const world = new RemediationWorld();
    atCalls(world.containment, 'ec2:RevokeSecurityGroupEgress', async (_, perform) => {
      world.clock.advance(90_000);
      return perform();
    });
    await expect(world.remediator.remediate(instanceFinding(), 120_000)).rejects.toMatchObject({
      code: 'OutOfTime',
      message: expect.stringContaining('create-open-group'),
    });
    expect(places(world.containment)).toEqual(home);
    expect(groupNames(world.containment).filter(name => name.includes('open'))).toEqual([]);
  });
});

describe('an interface that cannot be closed', () => {
  test.each([
    ['for good', 'denied', 1],
    ['for now', 'throttled', 2],
  ] as const)('%s, goes home, and the open group is deleted', async (_, kind, deliveries) => {
    const world = new RemediationWorld();
    let mayClose = false;
    atCalls(world.containment, swap, async (_, perform) => perform());
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      const closedId = world.containment.state.securityGroups.find(({ name }) => name.includes('closed'))?.id;
      const groups = call.input['Groups'];
      if (!mayClose && call.api === swap && Array.isArray(groups) && groups.includes(closedId ?? '')) {
        throw refusal(kind, 'Refused');
      }
      return perform(call);
    };
    if (deliveries === 1) {
      const result = await world.remediator.remediate(instanceFinding());
      expect(result).toMatchObject({ outcome: 'partially-contained' });
      expect(world.statuses()).toMatchObject({
        'swap-to-open:eni-1': 'undone',
        'swap-to-closed:eni-1': 'failed',
        'delete-open-group': 'done',
      });
      expect(world.alerts.published[0]?.text).toContain('failed: Put the interface into the closed group');
    } else {
      await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({ code: 'Refused' });
    }
    expect(places(world.containment)).toEqual(home);
    expect(groupNames(world.containment).filter(name => name.includes('open'))).toEqual([]);
    mayClose = true;
    const next = instanceFinding(deliveries === 1 ? { updatedAt: later } : {});
    expect(await world.remediator.remediate(next)).toMatchObject({ outcome: 'contained' });
    expect(places(world.containment)).toEqual(closed);
  });

  test('goes home, and where that cannot be noted, the delivery is to come again', async () => {
    const world = new RemediationWorld();
    atCalls(world.containment, swap, async (ordinal, perform) => {
      if (ordinal === 2) throw refusal('denied', 'UnauthorizedOperation');
      return perform();
    });
    const note = world.ledger.noteStep.bind(world.ledger);
    world.ledger.noteStep = async (...parameters) => {
      if (parameters[2].status === 'undone') throw refusal('retryable', 'LedgerDown');
      return note(...parameters);
    };
    await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({ code: 'LedgerDown' });
    expect(places(world.containment)[0]).toEqual(home[0]);
    expect(world.alerts.published).toEqual([]);
  });

  test('nor go home: the open group around it lets nothing in or out, and people are told', async () => {
    const world = new RemediationWorld();
    atCalls(world.containment, swap, async (ordinal, perform) => {
      if (ordinal > 1) throw refusal('denied', 'UnauthorizedOperation');
      return perform();
    });
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({
      outcome: 'partially-contained',
    });
    expect(places(world.containment)).toEqual([['open'], ['sg-web']]);
    expect(openInterfaces(world.containment)).toEqual([]);
    expect(world.statuses()).toMatchObject({
      'swap-to-open:eni-1': 'undo-failed',
      'delete-open-group': 'failed',
    });
    expect(world.alerts.published[0]).toMatchObject({
      severity: 'critical',
      text: expect.stringContaining('undo-failed: Put the interface into the open group'),
    });
  });

  test('since nobody can see where it stands, is put home unseen', async () => {
    const world = new RemediationWorld();
    atCalls(world.containment, swap, async (ordinal, perform) => {
      const answer = await perform();
      const fault = { reason: 'throttled', code: 'RequestLimitExceeded' } as const;
      if (ordinal === 1) world.containment.breakReading('ec2:DescribeInstances', fault);
      return answer;
    });
    await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
      code: 'TargetUnreadable',
    });
    expect(places(world.containment)).toEqual(home);
    world.containment.mend('ec2:DescribeInstances');
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    expect(places(world.containment)).toEqual(closed);
  });

  test('since its delivery died, and the finding is held since, goes home', async () => {
    const world = new RemediationWorld();
    const note = world.ledger.noteStep.bind(world.ledger);
    let isDead = false;
    atCalls(world.containment, swap, async (ordinal, perform) => {
      if (isDead) throw new Error('the process is dead');
      const answer = await perform();
      isDead = ordinal === 1;
      return answer;
    });
    world.ledger.noteStep = async (...parameters) => {
      if (isDead) throw new Error('the process is dead');
      return note(...parameters);
    };
    await expect(world.remediator.remediate(instanceFinding())).rejects.toThrow('dead');
    isDead = false;
    expect(places(world.containment)).toEqual([['open'], ['sg-web']]);
    await world.ledger.hold('f1', hold);
    await world.remediator.remediate(instanceFinding());
    expect(places(world.containment)).toEqual(home);
    expect(openInterfaces(world.containment)).toEqual([]);
  });
});

describe('two findings about one instance', () => {
  /** F1 dies with an interface in the open group, so that F2 finds it there. */
  async function interleaved(): Promise<RemediationWorld> {
    const world = new RemediationWorld();
    const note = world.ledger.noteStep.bind(world.ledger);
    const { perform } = world.containment;
    let isDead = false;
    atCalls(world.containment, swap, async (ordinal, act) => {
      const answer = await act();
      isDead = ordinal === 1;
      return answer;
    });
    const dying = world.containment.perform;
    world.containment.perform = async call => {
      if (isDead) throw new Error('the process is dead');
      return dying(call);
    };
    world.ledger.noteStep = async (...parameters) => {
      if (isDead) throw new Error('the process is dead');
      return note(...parameters);
    };
    await expect(world.remediator.remediate(instanceFinding())).rejects.toThrow('dead');
    isDead = false;
    world.containment.perform = perform.bind(world.containment);
    world.ledger.noteStep = note;
    return world;
  }

  test('the second knows from the first where an interface came from', async () => {
    const world = await interleaved();
    expect(places(world.containment)).toEqual([['open'], ['sg-web']]);
    const second = instanceFinding({ id: 'f2' });
    expect(await world.remediator.remediate(second)).toMatchObject({ outcome: 'contained' });
    const stored = world.ledger.remediations.find(({ findingId }) => findingId === 'f2');
    expect(stored?.plan['steps']).toContainEqual(
      expect.objectContaining({
        id: 'swap-to-closed:eni-1',
        inverse: expect.objectContaining({
          input: { NetworkInterfaceId: 'eni-1', Groups: ['sg-ssh', 'sg-web'] },
        }),
      }),
    );
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    expect(places(world.containment)).toEqual(closed);
    for (const findingId of ['f1', 'f2']) {
      await world.rollback.rollBack({ findingId, by: 'kim', reason: 'test' }, { force: true });
    }
    expect(places(world.containment)).toEqual(home);
  });

  test.each([
    'ec2:CreateTags',
    'autoscaling:DetachInstances',
    'ec2:RevokeSecurityGroupEgress',
    'ec2:DeleteSecurityGroup',
  ] as const)(
    'what the other has contained meanwhile is found so, and is no failure: after %s',
    async api => {
      const world = new RemediationWorld();
      world.containment.refuse(api, { kind: 'throttled', code: 'Throttling' });
      await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
        code: 'Throttling',
      });
      world.containment.mend(api);
      expect(await world.remediator.remediate(instanceFinding({ id: 'f2' }))).toMatchObject({
        outcome: 'contained',
      });
      expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
      expect(world.statuses('f1')['swap-to-closed:eni-1']).toMatch(/^(already-there|done)$/);
      expect(world.containment.state.securityGroups.filter(({ name }) => name.includes('open'))).toEqual([]);
    },
  );
});

test('a closed group that somebody has opened is closed by the next generation, and people are told', async () => {
  const world = new RemediationWorld();
  await world.remediator.remediate(instanceFinding());
  world.containment.change(({ securityGroups }) => {
    for (const group of securityGroups.filter(({ name }) => name.includes('closed'))) {
      group.ingress.push({ protocol: 'tcp', fromPort: 22, toPort: 22, peer: '0.0.0.0/0' });
      group.egress.push({ protocol: '-1', peer: '0.0.0.0/0' });
    }
  });
  expect(openInterfaces(world.containment)).toEqual(['eni-1', 'eni-2']);
  expect(await world.remediator.remediate(instanceFinding({ updatedAt: later }))).toMatchObject({
    outcome: 'contained',
    isAnnounced: true,
  });
  expect(openInterfaces(world.containment)).toEqual([]);
  await world.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'test' });
  expect(places(world.containment)).toEqual(home);
});

describe('an interface that somebody moves meanwhile stays where they have put it', () => {
  const move = ({ containment }: RemediationWorld, groups: string[]) =>
    containment.change(({ instances }) => {
      for (const each of instances.flatMap(({ interfaces }) => interfaces)) {
        if (each.id === 'eni-1') each.groups = groups;
      }
    });

  test('between planning and running: the plan does not know the way back to it', async () => {
    const world = new RemediationWorld();
    const open = world.ledger.open.bind(world.ledger);
    world.ledger.open = async remediation => {
      move(world, ['sg-ssh']);
      return open(remediation);
    };
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({
      outcome: 'partially-contained',
    });
    expect(world.statuses()).toMatchObject({
      'swap-to-open:eni-1': 'failed',
      'swap-to-closed:eni-1': 'skipped',
    });
    expect(places(world.containment)).toEqual([['sg-ssh'], ['closed']]);
    await world.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'test' });
    expect(places(world.containment)).toEqual([['sg-ssh'], ['sg-web']]);
  });

  test('out of the open group: its flows are tracked again, so it is not closed', async () => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    const note = world.ledger.noteStep.bind(world.ledger);
    const dead = async () => {
      throw new Error('the process is dead');
    };
    world.ledger.noteStep = async (...parameters) => {
      await note(...parameters);
      const { stepId, status } = parameters[2];
      if (stepId !== 'swap-to-closed:eni-1' || status !== 'begun') return;
      world.ledger.noteStep = dead;
      world.containment.perform = dead;
    };
    await expect(world.remediator.remediate(instanceFinding())).rejects.toThrow('dead');
    expect(places(world.containment)).toEqual([['open'], ['sg-web']]);
    world.ledger.noteStep = note;
    world.containment.perform = perform;
    world.clock.advance(20 * 60_000);
    world.meanwhile.push(() => move(world, ['sg-ssh']));
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({
      outcome: 'partially-contained',
    });
    expect(world.statuses()['swap-to-closed:eni-1']).toBe('failed');
    expect(places(world.containment)).toEqual([['sg-ssh'], ['closed']]);
  });
});

test.each([
  ['in', 4],
  ['out', 4],
  ['in', 2],
  ['out', 2],
] as const)(
  'a closed group that somebody has let %s by is closed by the next delivery, which began at swap %d',
  async (way, swaps) => {
    const world = new RemediationWorld();
    const { containment, ledger } = world;
    const { noteStep, conclude } = ledger;
    const perform = containment.perform.bind(containment);
    const dead = async () => {
      throw new Error('the process is dead');
    };
    atCalls(containment, swap, async (ordinal, act) => {
      const answer = await act();
      if (ordinal === swaps) Object.assign(ledger, { noteStep: dead, conclude: dead });
      return answer;
    });
    await expect(world.remediator.remediate(instanceFinding())).rejects.toThrow('dead');
    Object.assign(ledger, { noteStep, conclude });
    containment.perform = perform;
    world.clock.advance(20 * 60_000);
    containment.change(({ securityGroups }) => {
      for (const group of securityGroups.filter(({ name }) => name.includes('closed'))) {
        group[way === 'in' ? 'ingress' : 'egress'].push({ protocol: '-1', peer: '0.0.0.0/0' });
      }
    });
    expect(openInterfaces(containment)).not.toEqual([]);
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    expect(places(containment)).toEqual(closed);
    expect(openInterfaces(containment)).toEqual([]);
    await world.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'test' });
    expect(places(containment)).toEqual(home);
    expect(groupNames(containment)).toEqual(['sg-web', 'sg-ssh']);
  },
);

test('an interface of which nobody knows where it came from is cut off where it stands', async () => {
  const world = new RemediationWorld();
  const rules = () => ['0.0.0.0/0', '::/0'].map(peer => ({ protocol: '-1', peer }));
  world.containment.change(({ instances, securityGroups }) => {
    const name = 'sallyport-open-i-0abc';
    securityGroups.push({ id: 'sg-o', name, vpcId: 'vpc-1', ingress: rules(), egress: rules() });
    for (const each of instances.flatMap(({ interfaces }) => interfaces)) {
      if (each.id === 'eni-2') each.groups = ['sg-o'];
    }
  });
  expect(await world.remediator.remediate(instanceFinding())).toMatchObject({
    outcome: 'partially-contained',
  });
  expect(places(world.containment)).toEqual([['closed'], ['open']]);
  expect(openInterfaces(world.containment)).toEqual([]);
  expect(world.alerts.published[0]?.text).toContain('nobody knows from which security groups eni-2 came');
});
