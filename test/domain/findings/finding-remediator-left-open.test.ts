import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';
import type { ContainmentApi } from '../../../src/ports/containment.ts';
import { PortError } from '../../../src/ports/failure.ts';
import {
  instanceFinding,
  memoryAccount,
  openInterfaces,
  RemediationWorld,
  type WorldOptions,
} from './remediation-world.ts';

const swap: ContainmentApi = 'ec2:ModifyNetworkInterfaceAttribute';
const hold = { since: '2026-11-21T08:00:00.000Z', by: 'kim', reason: 'false alarm' };
const later = instanceFinding({ updatedAt: '2026-11-21T13:55:00.000Z' });
const latest = instanceFinding({ updatedAt: '2026-11-21T19:55:00.000Z' });
const warning = 'DANGER: an interface stands in the open group';

/** Where a delivery died right after an interface was put into the open group. */
async function brokenOff(swaps = 1): Promise<RemediationWorld> {
  const faults = new FaultInjector();
  const world = new RemediationWorld({ faults });
  let made = 0;
  const perform = world.containment.perform.bind(world.containment);
  world.containment.perform = async call => {
    const answer = await perform(call);
    if (call.api === swap) made += 1;
    if (made === swaps) faults.failFrom(1, 'before');
    return answer;
  };
  await expect(world.remediator.remediate(instanceFinding())).rejects.toThrow();
  world.containment.perform = perform;
  faults.reset();
  world.clock.advance(20 * 60_000);
  expect(openInterfaces(world.containment)).toEqual(swaps === 1 ? ['eni-1'] : []);
  return world;
}

/** The same account and ledger, under another policy. */
function under(world: RemediationWorld, policy: WorldOptions['policy'], faults = new FaultInjector()) {
  const { containment, ledger, clock } = world;
  return new RemediationWorld({ containment, ledger, clock, faults, ...(policy && { policy }) });
}

/** The role of the mode `plan` may change nothing. */
function denyChanges({ containment }: RemediationWorld): () => void {
  const perform = containment.perform.bind(containment);
  containment.perform = async () => {
    throw new PortError({ kind: 'denied', operation: 'Containment.perform', code: 'Denied', message: 'no' });
  };
  return () => {
    containment.perform = perform;
  };
}

function exempt({ containment }: RemediationWorld): void {
  containment.change(({ instances: [instance] }) => {
    if (instance !== undefined) instance.tags = { ...instance.tags, 'sallyport:exempt': 'true' };
  });
}

function interfaces({ containment }: RemediationWorld): readonly unknown[] | undefined {
  return containment.state.instances[0]?.interfaces;
}

const home = memoryAccount().state.instances[0]?.interfaces;

const cases: readonly {
  readonly name: string;
  readonly finding: GuardDutyFinding;
  readonly policy?: WorldOptions['policy'];
  readonly prepare?: (world: RemediationWorld) => unknown;
  readonly outcome: string;
}[] = [
  {
    name: 'the mode has become plan, and it is delivered again',
    finding: instanceFinding(),
    policy: { mode: 'plan' },
    outcome: 'partially-contained',
  },
  {
    name: 'the mode has become plan, and a later generation comes',
    finding: later,
    policy: { mode: 'plan' },
    outcome: 'planned',
  },
  { name: 'the instance has become exempt', finding: later, prepare: exempt, outcome: 'exempt' },
  {
    name: 'the instance has been named as exempt',
    finding: later,
    policy: { exempt: { tag: { key: 'k', value: 'v' }, ids: ['i-0abc'], accounts: [] } },
    outcome: 'exempt',
  },
  {
    name: 'the finding has become less severe',
    finding: { ...later, severity: 5 },
    outcome: 'notify-only',
  },
  {
    name: 'the finding is held, and it is delivered again',
    finding: instanceFinding(),
    prepare: ({ ledger }) => ledger.hold('f1', hold),
    outcome: 'partially-contained',
  },
  {
    name: 'the finding is held, and a later generation comes',
    finding: later,
    prepare: ({ ledger }) => ledger.hold('f1', hold),
    outcome: 'notify-only',
  },
  {
    name: 'another finding on an instance that has become exempt comes',
    finding: { ...later, id: 'f2' },
    prepare: exempt,
    outcome: 'exempt',
  },
];

describe('an interface that a broken delivery has left in the open group', () => {
  test.each(cases)('goes home where $name', async ({ finding, policy, prepare, outcome }) => {
    const broken = await brokenOff();
    await prepare?.(broken);
    const world = under(broken, policy);
    expect(await world.remediator.remediate(finding)).toMatchObject({ outcome });
    expect(interfaces(world)).toEqual(home);
    expect(broken.ledger.remediations[0]?.steps['swap-to-open:eni-1']?.status).toBe('undone');
    expect(world.alerts.published).toHaveLength(1);
    expect(world.alerts.published[0]?.text).not.toContain(warning);
    const undone = world.audit.entries.filter(
      ({ outcome: became, details }) => became === 'undone' && details['step'] === 'swap-to-open:eni-1',
    );
    expect(undone).toHaveLength(1);
  });

  test.each(cases)('is told of as critical where it cannot, and $name', async each => {
    const broken = await brokenOff();
    await each.prepare?.(broken);
    const allow = denyChanges(broken);
    const world = under(broken, each.policy);
    expect(await world.remediator.remediate(each.finding)).toMatchObject({ outcome: each.outcome });
    expect(openInterfaces(world.containment)).toEqual(['eni-1']);
    expect(world.alerts.published).toMatchObject([{ severity: 'critical' }]);
    expect(world.alerts.published[0]?.text).toContain(warning);

    // Once it can, the next generation puts it home, though the one before has come to its end.
    allow();
    await world.remediator.remediate({ ...latest, id: each.finding.id, severity: each.finding.severity });
    expect(interfaces(world)).toEqual(home);
    expect(world.alerts.published.slice(1).map(({ text }) => text.includes(warning))).not.toContain(true);
  });

  test('goes home before a later generation is contained, and is cut off with it', async () => {
    const broken = await brokenOff();
    expect(await broken.remediator.remediate(later)).toMatchObject({ outcome: 'contained' });
    expect(openInterfaces(broken.containment)).toEqual([]);
    expect(broken.alerts.published[0]?.text).not.toContain(warning);
    await broken.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'false alarm' });
    expect(interfaces(broken)).toEqual(home);
  });

  test('is left to a delivery that is at work on the instance', async () => {
    const broken = await brokenOff();
    const { clock, ledger, remediator } = broken;
    const now = clock.now().toISOString();
    const until = new Date(clock.now().getTime() + 60_000).toISOString();
    await ledger.lease('111122223333/us-east-1/instance/i-0abc', 'another', now, until);
    const milder = { ...later, severity: 5 };
    await expect(remediator.remediate(milder)).rejects.toMatchObject({ code: 'TargetBusy' });
    expect(ledger.remediations).toHaveLength(1);
    clock.advance(60_000);
    expect(await remediator.remediate(milder)).toMatchObject({ outcome: 'notify-only' });
    expect(interfaces(broken)).toEqual(home);
  });

  test('and that people have put home since, is told of as home', async () => {
    const broken = await brokenOff();
    broken.containment.change(({ instances: [instance] }) => {
      const [first] = instance?.interfaces ?? [];
      if (first !== undefined) first.groups = ['sg-ssh', 'sg-web'];
    });
    const world = under(broken, { mode: 'plan' });
    await world.remediator.remediate(instanceFinding());
    expect(world.statuses()).toMatchObject({ 'swap-to-open:eni-1': 'undone' });
    expect(world.calls()[swap]).toBe(1);
    expect(world.alerts.published[0]?.text).not.toContain(warning);
  });

  test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'goes home though the later delivery dies, too, at its call %i',
    async ordinal => {
      const broken = await brokenOff();
      const faults = new FaultInjector();
      const world = under(broken, { mode: 'plan' }, faults);
      faults.failFrom(ordinal, 'after');
      await expect(world.remediator.remediate(later)).rejects.toThrow();
      faults.reset();
      world.clock.advance(20 * 60_000);
      expect(await world.remediator.remediate(later)).toMatchObject({ outcome: 'planned' });
      expect(interfaces(world)).toEqual(home);
    },
  );

  test('is closed by another finding that is contained, with no word of what stood open', async () => {
    const broken = await brokenOff();
    expect(await broken.remediator.remediate({ ...later, id: 'f2' })).toMatchObject({ outcome: 'contained' });
    expect(openInterfaces(broken.containment)).toEqual([]);
    expect(broken.alerts.published[0]?.text).not.toContain(warning);
  });

  test('and was closed, though that was not noted, stays closed, and can be rolled back', async () => {
    const broken = await brokenOff(2);
    const world = under(broken, { mode: 'plan' });
    await world.remediator.remediate(instanceFinding());
    expect(world.calls()[swap]).toBe(2);
    expect(world.statuses()).toMatchObject({ 'swap-to-open:eni-1': 'done', 'swap-to-closed:eni-1': 'begun' });
    expect(world.alerts.published[0]?.text).not.toContain(warning);
    await world.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'false alarm' });
    expect(interfaces(world)).toEqual(home);
  });

  test('is not begun to be put home where there is no time for it', async () => {
    const broken = await brokenOff();
    await expect(under(broken, { mode: 'plan' }).remediator.remediate(later, 0)).rejects.toMatchObject({
      code: 'OutOfTime',
    });
    expect(openInterfaces(broken.containment)).toEqual(['eni-1']);
  });
});

test('a containment that was rolled back before it could be told is not told as standing', async () => {
  const faults = new FaultInjector();
  const world = new RemediationWorld({ faults });
  faults.failCall(1, 'before', { of: 'alerts.publish' });
  await expect(world.remediator.remediate(instanceFinding())).rejects.toThrow();
  await world.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'false alarm' });
  expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ isAnnounced: false });
  expect(world.alerts.published.map(({ kind }) => kind)).toEqual(['finding.rolled-back']);
  expect(world.ledger.remediations[0]?.announcedAt).toBeDefined();
  expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'repeated' });
});

test('a containment that took back what it had opened is told, though late', async () => {
  const faults = new FaultInjector();
  const world = new RemediationWorld({ faults });
  const perform = world.containment.perform.bind(world.containment);
  let swaps = 0;
  world.containment.perform = async call => {
    if (call.api === swap) swaps += 1;
    // Of each interface's swaps, to open, to closed and home, the second.
    if (call.api === swap && swaps % 3 === 2) {
      throw new PortError({ kind: 'denied', operation: 'op', code: 'Denied', message: 'no' });
    }
    return perform(call);
  };
  faults.failCall(1, 'before', { of: 'alerts.publish' });
  await expect(world.remediator.remediate(instanceFinding())).rejects.toThrow();
  expect(world.statuses()).toMatchObject({ 'swap-to-open:eni-1': 'undone', 'swap-to-open:eni-2': 'undone' });
  expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ isAnnounced: true });
  expect(world.alerts.published).toMatchObject([{ kind: 'finding.partially-contained' }]);
});
