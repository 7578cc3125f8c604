import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { MemoryContainment } from '../../../src/adapters/memory/memory-containment.ts';
import type { ContainmentApi } from '../../../src/ports/containment.ts';
import { type FailureKind, PortError } from '../../../src/ports/failure.ts';
import {
  accessKeyId,
  credentialsFinding,
  instanceFinding,
  instanceId,
  memoryAccount,
  RemediationWorld,
} from './remediation-world.ts';

const later = (hours: number) =>
  new Date(Date.parse('2026-11-21T07:55:00Z') + hours * 3_600_000).toISOString();

describe('a finding is contained', () => {
  test('an instance: every step is done, with evidence of before and after, and told once', async () => {
    const world = new RemediationWorld();
    const result = await world.remediator.remediate(instanceFinding());

    expect(result).toMatchObject({ outcome: 'contained', isAnnounced: true });
    const [remediation] = world.ledger.remediations;
    expect(remediation).toMatchObject({
      findingId: 'f1',
      generation: '2026-11-21T07:55:00.000Z',
      target: `111122223333/us-east-1/instance/${instanceId}`,
      outcome: 'contained',
      announcedAt: '2026-11-21T08:00:00.000Z',
    });
    const { tag, 'snapshot-volumes': snapshots } = remediation?.steps ?? {};
    expect(tag).toEqual({
      stepId: 'tag',
      status: 'done',
      at: '2026-11-21T08:00:00.000Z',
      before: { 'tag.sallyport-quarantine': null },
      after: { 'tag.sallyport-quarantine': 'f1' },
      requestId: 'memory-1',
    });
    expect(snapshots).toMatchObject({
      before: { 'snapshots.complete': false },
      after: { 'snapshots.complete': true },
    });
    const [instance] = world.containment.state.instances;
    const closed = world.containment.state.securityGroups.find(({ name }) => name.includes('closed'));
    expect(instance?.interfaces.map(({ groups }) => groups)).toEqual([[closed?.id], [closed?.id]]);
    expect(world.alerts.published).toMatchObject([{ kind: 'finding.contained', severity: 'high' }]);
  });

  test('what another step has done on the way is its doing, and not called for', async () => {
    const world = new RemediationWorld();
    await world.remediator.remediate(instanceFinding());
    const statuses = Object.entries(world.statuses());
    // Whoever leaves an Auto Scaling group leaves its target groups only where the group registered it.
    expect(statuses.filter(([, status]) => status !== 'done')).toEqual([['close-inbound', 'already-there']]);

    const other = new RemediationWorld();
    other.containment.change(account => {
      for (const group of account.autoScalingGroups) {
        group.targetGroups = account.targetGroups.map(({ arn }) => arn);
      }
    });
    await other.remediator.remediate(instanceFinding());
    const deregistration = Object.entries(other.statuses()).find(([id]) => id.startsWith('deregister:'));
    expect(deregistration?.[1]).toBe('done');
    expect(other.calls()['elasticloadbalancing:DeregisterTargets']).toBeUndefined();
  });

  describe('target groups that can be read only after the plan is made', () => {
    const describeGroups = 'elasticloadbalancing:DescribeTargetGroups';

    async function remediated(change: Parameters<MemoryContainment['change']>[0]) {
      const world = new RemediationWorld();
      const { containment, ledger } = world;
      containment.change(change);
      containment.breakReading(describeGroups, { reason: 'failed', code: 'InternalFailure' });
      const open = ledger.open.bind(ledger);
      ledger.open = async remediation => {
        containment.mend(describeGroups);
        return open(remediation);
      };
      const { outcome } = await world.remediator.remediate(instanceFinding());
      return { world, outcome, status: world.statuses()['deregister'] };
    }

    test.each([true, false])('the instance is still registered: not contained, scaled %p', async isScaled => {
      const { world, outcome, status } = await remediated(account => {
        if (!isScaled) account.autoScalingGroups.length = 0;
      });
      expect({ outcome, status }).toEqual({ outcome: 'partially-contained', status: 'failed' });
      expect(world.containment.state.targetGroups[0]?.targets).toHaveLength(1);
      const request = { findingId: 'f1', by: 'kim', reason: 'false alarm' };
      expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
      expect(world.statuses()['detach-from-auto-scaling']).toBe(isScaled ? 'undone' : undefined);
    });

    test('its Auto Scaling group has deregistered it: found so, and the group puts it back', async () => {
      const { world, outcome, status } = await remediated(account => {
        for (const group of account.autoScalingGroups) {
          group.targetGroups = account.targetGroups.map(({ arn }) => arn);
        }
      });
      expect({ outcome, status }).toEqual({ outcome: 'contained', status: 'already-there' });
      expect(world.containment.state.targetGroups[0]?.targets).toEqual([]);
      const request = { findingId: 'f1', by: 'kim', reason: 'false alarm' };
      expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
      expect(world.containment.state.targetGroups[0]?.targets).toHaveLength(1);
    });
  });

  test('credentials: the key is inactive, and the user denied everything', async () => {
    const world = new RemediationWorld();
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({ outcome: 'contained' });
    const [user] = world.containment.state.users;
    expect(user?.accessKeys).toEqual({ [accessKeyId]: 'Inactive' });
    expect(Object.keys(user?.policies ?? {})).toEqual(['sallyport-containment']);
  });

  test('the audit log tells what was decided, each step with its evidence, and the end', async () => {
    const world = new RemediationWorld();
    await world.remediator.remediate(credentialsFinding());
    const entries = world.audit.entries;
    expect(entries.map(({ action }) => action)).toEqual([
      'finding.decide',
      'finding.step',
      'finding.step',
      'finding.conclude',
    ]);
    expect(
      entries.every(({ requestId, correlationId }) => requestId === 'f1' && correlationId === 'f1'),
    ).toBe(true);
    expect(entries[1]).toMatchObject({
      outcome: 'done',
      details: { api: expect.stringMatching(/^iam:/), requestId: 'memory-1', reason: null },
    });
    expect(entries[3]).toMatchObject({ outcome: 'contained', details: { announced: true } });
  });
});

test('denies sessions up to when it was decided, not only up to when the finding was made', async () => {
  const world = new RemediationWorld();
  const principal = { userType: 'AssumedRole', userName: 'app', accessKeyId: 'ASIAEXAMPLE' };
  await world.remediator.remediate(credentialsFinding({ principal }));
  const [policy] = Object.values(world.containment.state.roles[0]?.policies ?? {});
  expect(policy).toContain('"aws:TokenIssueTime":"2026-11-21T08:00:00.000Z"');
});

test('what was concluded is audited, then announced, and only then marked as announced', async () => {
  const faults = new FaultInjector();
  await new RemediationWorld({ faults }).remediator.remediate(credentialsFinding());
  const told = faults.calls.slice(faults.calls.lastIndexOf('ledger.conclude'));
  expect([...new Set(told)].slice(0, 4)).toEqual([
    'ledger.conclude',
    'audit.append',
    'alerts.publish',
    'ledger.markAnnounced',
  ]);
});

test('an instance is contained in the region of its finding', async () => {
  const { instances, securityGroups } = memoryAccount().state;
  const containment = new MemoryContainment({ region: 'eu-central-1', instances, securityGroups });
  const world = new RemediationWorld({ containment });
  const finding = instanceFinding({ region: 'eu-central-1' });
  expect(await world.remediator.remediate(finding)).toMatchObject({ outcome: 'contained' });
  expect(new Set(containment.performed.map(({ region }) => region))).toEqual(new Set(['eu-central-1']));
});

describe('nothing is called', () => {
  test.each([
    ['in mode plan', {}, { mode: 'plan' as const }, 'planned', 'high'],
    ['about a sample', { sample: true }, {}, 'notify-only', 'info'],
    ['below the minimum severity', { severity: 5 }, {}, 'notify-only', 'medium'],
    ['in another account', { accountId: '444455556666' }, {}, 'notify-only', 'high'],
    [
      'about what is exempt',
      {},
      { exempt: { tag: { key: 'Name', value: 'web' }, ids: [], accounts: [] } },
      'exempt',
      'high',
    ],
    [
      'about a critical finding that is only told of',
      { type: 'AttackSequence:IAM/CompromisedCredentials', severity: 9.5 },
      {},
      'notify-only',
      'critical',
    ],
  ] as const)('%s', async (_, fields, policy, outcome, severity) => {
    const world = new RemediationWorld({ policy });
    const finding = instanceFinding(fields);
    expect(await world.remediator.remediate(finding)).toMatchObject({ outcome, isAnnounced: true });
    expect(world.containment.performed).toEqual([]);
    expect(world.alerts.published).toMatchObject([{ kind: `finding.${outcome}`, severity }]);
    expect(world.audit.entries.map(({ action }) => action)).toEqual(['finding.decide', 'finding.conclude']);
    expect(await world.remediator.remediate(finding)).toMatchObject({ outcome: 'repeated' });
    expect(world.alerts.published).toHaveLength(1);
  });

  test('for a generation that comes late', async () => {
    const world = new RemediationWorld();
    await world.remediator.remediate(instanceFinding({ updatedAt: later(6) }));
    const calls = world.containment.performed.length;
    const result = await world.remediator.remediate(instanceFinding());
    expect(result).toMatchObject({ outcome: 'superseded', remediation: { generation: later(6) } });
    expect(world.containment.performed).toHaveLength(calls);
    expect(world.ledger.remediations).toHaveLength(1);
  });

  test('while its tags cannot be read for load: the delivery comes again', async () => {
    const world = new RemediationWorld();
    world.containment.breakReading('ec2:DescribeInstances', {
      reason: 'throttled',
      code: 'RequestLimitExceeded',
    });
    await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
      kind: 'throttled',
      code: 'TargetUnreadable',
    });
    expect(world.pauses).toEqual([500, 1000, 2000, 4000, 8000]);
    expect(world.ledger.remediations).toEqual([]);
    world.containment.mend('ec2:DescribeInstances');
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
  });

  test('while its tags cannot be read for want of a permission: it counts as exempt', async () => {
    const world = new RemediationWorld();
    world.containment.breakReading('ec2:DescribeInstances', {
      reason: 'denied',
      code: 'UnauthorizedOperation',
    });
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'exempt' });
    expect(world.alerts.published[0]?.text).toContain('cannot be read (ec2:DescribeInstances');
  });
});

describe('a step that fails', () => {
  const refusals: readonly [ContainmentApi, FailureKind, string, string][] = [
    ['ec2:CreateTags', 'denied', 'UnauthorizedOperation', 'partially-contained'],
    ['ec2:CreateSnapshots', 'permanent', 'SnapshotLimitExceeded', 'partially-contained'],
    ['autoscaling:DetachInstances', 'conflict', 'ScalingActivityInProgress', 'partially-contained'],
    ['ec2:CreateSecurityGroup', 'permanent', 'SecurityGroupLimitExceeded', 'partially-contained'],
  ];
  test.each(refusals)('%s: stops those that depend on it, no others', async (api, kind, code, outcome) => {
    const world = new RemediationWorld();
    world.containment.refuse(api, { kind, code });
    const result = await world.remediator.remediate(instanceFinding());
    expect(result).toMatchObject({ outcome });
    const [remediation] = world.ledger.remediations;
    const plan = remediation?.plan as unknown as { steps: { id: string; api: string; after: string[] }[] };
    for (const { id, api: called, after } of plan.steps) {
      const record = remediation?.steps[id];
      const dependsOnFailed = after.some(
        before => !/done|there/.test(remediation?.steps[before]?.status ?? ''),
      );
      if (dependsOnFailed)
        expect(record).toMatchObject({ status: 'skipped', reason: { code: 'depends-on-failed' } });
      else if (called === api) expect(record).toMatchObject({ status: 'failed', reason: { code } });
      else expect(record?.status).toMatch(/^(done|already-there)$/);
    }
    const [alert] = world.alerts.published;
    expect(alert).toMatchObject({ kind: 'finding.partially-contained', severity: 'critical' });
    expect(alert?.title).toContain('NOT wholly contained');
    expect(alert?.text).toContain(code);
    expect(alert?.text).toContain('sallyport finding rollback f1 ');
  });

  test('none that contains is done: failed, and no way back is offered', async () => {
    const world = new RemediationWorld();
    for (const api of ['iam:UpdateAccessKey', 'iam:PutUserPolicy'] as const) {
      world.containment.refuse(api, { kind: 'denied', code: 'AccessDenied' });
    }
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({ outcome: 'failed' });
    const [alert] = world.alerts.published;
    expect(alert).toMatchObject({ kind: 'finding.failed', severity: 'critical' });
    expect(alert?.text).not.toContain('sallyport finding rollback');
  });

  test('and only kept evidence of what another finding has contained: not wholly contained', async () => {
    const world = new RemediationWorld();
    await world.remediator.remediate(instanceFinding());
    world.containment.refuse('ec2:CreateSnapshots', { kind: 'permanent', code: 'SnapshotLimitExceeded' });
    const result = await world.remediator.remediate(instanceFinding({ id: 'f2' }));
    expect(result).toMatchObject({ outcome: 'partially-contained' });
  });

  test('since the service refuses it at length, in characters that are not for print: it is told in short', async () => {
    const world = new RemediationWorld();
    world.containment.perform = ({ api }) =>
      Promise.reject(
        new PortError({
          kind: 'denied',
          operation: 'Containment.perform',
          code: 'AccessDenied',
          message: `\u001b[31m${api} ${'x'.repeat(1000)}`,
        }),
      );
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({ outcome: 'failed' });
    const { reason } = world.ledger.remediations[0]?.steps['deactivate-key'] ?? {};
    expect(reason?.message).toMatch(/^[^\p{Cc}]{20,510}$/u);
  });

  test('for a while: the others are done, and the delivery comes again and goes on', async () => {
    const world = new RemediationWorld();
    world.containment.refuse('ec2:CreateTags', { kind: 'throttled', code: 'RequestLimitExceeded' });
    await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
      kind: 'throttled',
      code: 'RequestLimitExceeded',
    });
    const { tag, ...others } = world.statuses();
    expect(tag).toBe('begun');
    expect(Object.keys(others).length).toBeGreaterThan(5);
    expect(Object.values(others).every(status => /done|there/.test(status))).toBe(true);
    expect(world.alerts.published).toEqual([]);
    world.containment.mend('ec2:CreateTags');
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    expect(world.calls()['ec2:CreateSnapshots']).toBe(1);
  });

  test('for a while, and another depends on it: neither is called failed', async () => {
    const world = new RemediationWorld();
    world.containment.refuse('ec2:CreateSecurityGroup', { kind: 'retryable', code: 'InternalError' });
    await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
      code: 'InternalError',
    });
    expect(Object.values(world.statuses())).not.toContain('skipped');
    world.containment.mend('ec2:CreateSecurityGroup');
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
  });

  test('since the state is not as planned: it is not called', async () => {
    const world = new RemediationWorld();
    const ledger = world.ledger;
    const open = ledger.open.bind(ledger);
    ledger.open = async remediation => {
      world.containment.change(({ users }) => {
        for (const user of users) user.policies = { 'sallyport-containment': '{"Statement":[]}' };
      });
      return open(remediation);
    };
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({
      outcome: 'partially-contained',
    });
    expect(world.ledger.remediations[0]?.steps).toMatchObject({
      'deny-user': { status: 'failed', reason: { code: 'precondition-not-met' } },
    });
    expect(world.calls()['iam:PutUserPolicy']).toBeUndefined();
  });

  test.each([
    ['denied', 'AccessDenied', 'precondition-unreadable'],
    ['throttled', 'Throttling', undefined],
  ] as const)('since the state cannot be read (%s): it is not called', async (reason, code, failure) => {
    const world = new RemediationWorld();
    const open = world.ledger.open.bind(world.ledger);
    world.ledger.open = async remediation => {
      world.containment.breakReading('iam:ListAccessKeys', { reason, code });
      return open(remediation);
    };
    const remediation = world.remediator.remediate(credentialsFinding());
    if (failure === undefined) {
      await expect(remediation).rejects.toMatchObject({ kind: 'throttled', code: 'TargetUnreadable' });
    } else {
      expect(await remediation).toMatchObject({ outcome: 'partially-contained' });
      const failed = Object.values(world.ledger.remediations[0]?.steps ?? {}).filter(
        it => it.status === 'failed',
      );
      expect(failed).toMatchObject([{ reason: { code: failure, message: expect.stringContaining(code) } }]);
    }
    expect(world.calls()['iam:UpdateAccessKey']).toBeUndefined();
  });

  test.each([
    [undefined, 'effect-not-observed', 'partially-contained'],
    [{ reason: 'denied', code: 'AccessDenied' } as const, 'effect-unreadable', 'partially-contained'],
    [{ reason: 'throttled', code: 'Throttling' } as const, undefined, undefined],
  ])('since its effect is not seen (%j): it is no success', async (unreadable, code, outcome) => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      if (call.api !== 'iam:UpdateAccessKey') return perform(call);
      if (unreadable !== undefined) world.containment.breakReading('iam:ListAccessKeys', unreadable);
      return { requestId: 'r-1' };
    };
    const remediation = world.remediator.remediate(credentialsFinding());
    if (code === undefined) {
      await expect(remediation).rejects.toMatchObject({ kind: 'throttled' });
      return;
    }
    expect(await remediation).toMatchObject({ outcome });
    const steps = Object.values(world.ledger.remediations[0]?.steps ?? {});
    expect(steps.filter(({ status }) => status === 'failed')).toMatchObject([
      { requestId: 'r-1', reason: { code } },
    ]);
    expect(world.alerts.published[0]?.text).toContain('sallyport finding rollback');
  });
});

describe('a call that was answered and whose effect was not seen', () => {
  test('is called failed, though something else cannot be read for load', async () => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      if (call.api !== 'iam:UpdateAccessKey') return perform(call);
      world.containment.breakReading('iam:GetUserPolicy', { reason: 'throttled', code: 'Throttling' });
      return {};
    };
    await expect(world.remediator.remediate(credentialsFinding())).rejects.toMatchObject({
      code: 'TargetUnreadable',
    });
    expect(world.ledger.remediations[0]?.steps).toMatchObject({
      'deactivate-key': { status: 'failed', reason: { code: 'effect-not-observed' } },
    });
  });

  test.each([
    ['is seen later: it is done', true, 'done', 'contained'],
    ['is never seen: it is not made again', false, 'failed', 'partially-contained'],
  ])('%s', async (_, isSeen, status, outcome) => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    let calls = 0;
    world.containment.perform = async call => {
      if (call.api !== 'iam:UpdateAccessKey') return perform(call);
      calls += 1;
      return { requestId: 'r-1' };
    };
    world.containment.refuse('iam:PutUserPolicy', { kind: 'throttled', code: 'Throttling' });
    await expect(world.remediator.remediate(credentialsFinding())).rejects.toMatchObject({
      code: 'Throttling',
    });
    world.containment.mend('iam:PutUserPolicy');
    if (isSeen) {
      world.containment.change(({ users }) => {
        for (const { accessKeys = {} } of users) accessKeys[accessKeyId] = 'Inactive';
      });
    }
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({ outcome });
    expect(calls).toBe(1);
    const steps = Object.values(world.ledger.remediations[0]?.steps ?? {});
    expect(steps.find(({ requestId }) => requestId === 'r-1')?.status).toBe(status);
  });
});

test('what cannot be read for load, and does not matter to a step, does not hold it up', async () => {
  const world = new RemediationWorld();
  const open = world.ledger.open.bind(world.ledger);
  world.ledger.open = async remediation => {
    world.containment.breakReading('elasticloadbalancing:DescribeTargetGroups', {
      reason: 'throttled',
      code: 'Throttling',
    });
    world.containment.change(({ instances }) => {
      for (const { tags = {} } of instances) tags['sallyport-quarantine'] = 'another finding';
    });
    return open(remediation);
  };
  await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
    code: 'TargetUnreadable',
  });
  expect(world.statuses()).toMatchObject({ tag: 'already-there', 'snapshot-volumes': 'done' });
});

test('what may not be read at all is waited for by no step, and told at once', async () => {
  const world = new RemediationWorld();
  const denied = { reason: 'denied', code: 'UnauthorizedOperation' } as const;
  for (const api of [
    'ec2:DescribeInstanceAttribute',
    'ec2:DescribeSnapshots',
    'ec2:DescribeSecurityGroups',
    'elasticloadbalancing:DescribeTargetGroups',
  ]) {
    world.containment.breakReading(api, denied);
  }
  expect(await world.remediator.remediate(instanceFinding())).toMatchObject({
    outcome: 'partially-contained',
  });
  expect(world.pauses).toEqual([]);
  expect(world.statuses()).toMatchObject({
    'protect-from-termination': 'failed',
    'snapshot-volumes': 'failed',
    'swap-to-open:eni-1': 'skipped',
  });
});

test('what failed in one delivery is not tried again in the next, which has the rest to do', async () => {
  const world = new RemediationWorld();
  world.containment.refuse('ec2:CreateTags', { kind: 'denied', code: 'UnauthorizedOperation' });
  world.containment.refuse('ec2:CreateSnapshots', { kind: 'throttled', code: 'RequestLimitExceeded' });
  await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
    code: 'RequestLimitExceeded',
  });
  world.containment.mend('ec2:CreateTags');
  world.containment.mend('ec2:CreateSnapshots');
  expect(await world.remediator.remediate(instanceFinding())).toMatchObject({
    outcome: 'partially-contained',
  });
  expect(world.calls()['ec2:CreateTags']).toBeUndefined();
  expect(world.statuses()).toMatchObject({ tag: 'failed', 'snapshot-volumes': 'done' });
});

test('of a quarantine in whose middle the mode becomes plan, the steps that are left are told as left', async () => {
  const world = new RemediationWorld();
  world.containment.refuse('ec2:RevokeSecurityGroupEgress', { kind: 'throttled', code: 'Throttling' });
  await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({ code: 'Throttling' });
  const { containment, ledger } = world;
  const planning = new RemediationWorld({ containment, ledger, policy: { mode: 'plan' } });
  expect(await planning.remediator.remediate(instanceFinding())).toMatchObject({
    outcome: 'partially-contained',
  });
  expect(planning.statuses()).toMatchObject({ tag: 'done', 'swap-to-open:eni-1': 'skipped' });
  expect(planning.alerts.published[0]?.text).toContain('mode-plan: the mode has become plan meanwhile');
});

test('a containment in whose middle the mode becomes plan is told as far as it came', async () => {
  const world = new RemediationWorld();
  world.containment.refuse('iam:PutUserPolicy', { kind: 'throttled', code: 'Throttling' });
  await expect(world.remediator.remediate(credentialsFinding())).rejects.toMatchObject({
    code: 'Throttling',
  });
  const { containment, ledger } = world;
  const planning = new RemediationWorld({ containment, ledger, policy: { mode: 'plan' } });
  const calls = containment.performed.length;
  const result = await planning.remediator.remediate(credentialsFinding());
  expect(result).toMatchObject({ outcome: 'partially-contained' });
  expect(containment.performed).toHaveLength(calls);
  expect(planning.alerts.published[0]?.title).toContain('NOT wholly contained');
});

describe('what is eventually consistent', () => {
  test('is waited for: an effect that is seen later is an effect', async () => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      if (call.api !== 'iam:UpdateAccessKey') return perform(call);
      world.meanwhile.push(
        () => undefined,
        () => void perform(call),
      );
      return {};
    };
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({ outcome: 'contained' });
    expect(world.pauses).toEqual([500, 1000]);
  });

  test('is waited for after a crash, before a call that has no token is made again', async () => {
    const faults = new FaultInjector();
    const world = new RemediationWorld({ faults });
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      if (call.api !== 'ec2:CreateSnapshots') return perform(call);
      world.meanwhile.push(
        () => undefined,
        () => void perform(call),
      );
      faults.failFrom(faults.calls.length, 'after');
      return {};
    };
    await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
      code: 'InjectedFault',
    });
    faults.reset();
    world.clock.advance(20 * 60_000);
    world.pauses.length = 0;
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    expect(world.pauses).toEqual([500, 1000]);
    expect(world.containment.state.snapshots).toHaveLength(2);
    expect(world.statuses()['snapshot-volumes']).toBe('done');
  });

  test.each<[string, ContainmentApi, FailureKind, string]>([
    [
      'a group that is not found yet',
      'ec2:ModifyNetworkInterfaceAttribute',
      'not-found',
      'InvalidGroup.NotFound',
    ],
    ['an activity that is under way', 'autoscaling:DetachInstances', 'conflict', 'ScalingActivityInProgress'],
  ])('is tried again: %s', async (_, api, kind, code) => {
    const world = new RemediationWorld();
    world.containment.refuse(api, { kind, code });
    world.meanwhile.push(
      () => undefined,
      () => world.containment.mend(api),
    );
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    expect(world.pauses).toEqual([500, 1000]);
  });

  test('is looked at after a refusal: what was done all the same is done', async () => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    let refused = 0;
    world.containment.perform = async call => {
      const answer = await perform(call);
      if (call.api !== 'ec2:CreateSecurityGroup' || refused++ > 0) return answer;
      // As after a time-out of the SDK, which then sends the call once more.
      return perform(call);
    };
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
    const [record] = Object.values(world.ledger.remediations[0]?.steps ?? {}).filter(
      it => it.requestId === undefined,
    );
    expect(record).toMatchObject({ status: 'done' });
  });
});

describe('a finding that is reported again', () => {
  test('is planned again from what stands; people are told again only once something has changed', async () => {
    const world = new RemediationWorld();
    const remediate = (hours: number) =>
      world.remediator.remediate(instanceFinding({ updatedAt: later(hours) }));
    await remediate(0);
    const calls = world.containment.performed.length;

    expect(await remediate(6)).toMatchObject({ outcome: 'contained', isAnnounced: false });
    expect(await remediate(12)).toMatchObject({ outcome: 'contained', isAnnounced: false });
    expect(world.containment.performed).toHaveLength(calls);
    expect(world.alerts.published).toHaveLength(1);
    const concluded = world.audit.entries.filter(({ action }) => action === 'finding.conclude');
    expect(concluded.map(({ details }) => details['announced'])).toEqual([true, false, false]);

    world.containment.change(({ instances }) => {
      for (const { interfaces } of instances) for (const it of interfaces) it.groups = ['sg-web'];
    });
    expect(await remediate(18)).toMatchObject({ outcome: 'contained', isAnnounced: true });
    expect(world.alerts.published).toHaveLength(2);
  });

  test('is told though nothing has changed, where the generation before failed to be', async () => {
    const faults = new FaultInjector();
    const world = new RemediationWorld({ faults });
    faults.failCall(1, 'before', { of: 'alerts.publish' });
    await expect(world.remediator.remediate(instanceFinding())).rejects.toThrow();
    const again = instanceFinding({ updatedAt: later(6) });
    expect(await world.remediator.remediate(again)).toMatchObject({
      outcome: 'contained',
      isAnnounced: true,
    });
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'superseded' });
    expect(world.alerts.published.map(({ kind }) => kind)).toEqual(['finding.contained']);
  });

  test('and fails as before, is not told again; once it does not fail, it is', async () => {
    const world = new RemediationWorld();
    world.containment.refuse('iam:UpdateAccessKey', { kind: 'denied', code: 'AccessDenied' });
    const remediate = (hours: number) =>
      world.remediator.remediate(credentialsFinding({ updatedAt: later(hours) }));
    expect(await remediate(0)).toMatchObject({ outcome: 'partially-contained', isAnnounced: true });
    expect(await remediate(6)).toMatchObject({ outcome: 'partially-contained', isAnnounced: false });
    world.containment.mend('iam:UpdateAccessKey');
    expect(await remediate(12)).toMatchObject({ outcome: 'contained', isAnnounced: true });
  });

  test('and fails for another reason, is told again', async () => {
    const world = new RemediationWorld();
    const remediate = (hours: number) =>
      world.remediator.remediate(credentialsFinding({ updatedAt: later(hours) }));
    world.containment.refuse('iam:UpdateAccessKey', { kind: 'denied', code: 'AccessDenied' });
    expect(await remediate(0)).toMatchObject({ outcome: 'partially-contained', isAnnounced: true });
    world.containment.refuse('iam:UpdateAccessKey', { kind: 'permanent', code: 'UnmodifiableEntity' });
    expect(await remediate(6)).toMatchObject({ outcome: 'partially-contained', isAnnounced: true });
  });

  test('and is about another target, is told again', async () => {
    const world = new RemediationWorld({ policy: { mode: 'plan' } });
    world.containment.change(({ users }) => void users.push({ name: 'mallory' }));
    for (const [hours, userName, isAnnounced] of [
      [0, 'eve', true],
      [6, 'eve', false],
      [12, 'mallory', true],
    ] as const) {
      const principal = { userType: 'IAMUser', userName, accessKeyId: 'ASIAEXAMPLE' };
      const finding = credentialsFinding({ updatedAt: later(hours), principal });
      expect(await world.remediator.remediate(finding)).toMatchObject({ outcome: 'planned', isAnnounced });
    }
  });

  test('and is more severe, is told again', async () => {
    const world = new RemediationWorld({ policy: { mode: 'plan' } });
    for (const [hours, severity, isAnnounced] of [
      [0, 7, true],
      [6, 8.9, false],
      [12, 9, true],
    ] as const) {
      const finding = instanceFinding({ updatedAt: later(hours), severity });
      expect(await world.remediator.remediate(finding)).toMatchObject({ outcome: 'planned', isAnnounced });
    }
  });
});

describe('concurrent deliveries', () => {
  /** Two remediators, each a function of its own, on one account and ledger. */
  function two() {
    const one = new RemediationWorld();
    const { containment, ledger, clock } = one;
    return [one, new RemediationWorld({ containment, ledger, clock })] as const;
  }

  test.each([
    ['of the same finding', instanceFinding(), instanceFinding()],
    ['of two findings about one instance', instanceFinding(), instanceFinding({ id: 'f2' })],
    ['of two generations', instanceFinding(), instanceFinding({ updatedAt: later(1) })],
  ])('%s: one waits, and each effect is there once', async (_, first, second) => {
    const [one, other] = two();
    const results = await Promise.allSettled([
      one.remediator.remediate(first),
      other.remediator.remediate(second),
    ]);
    const busy = results.filter(({ status }) => status === 'rejected');
    expect(busy).toMatchObject(busy.map(() => ({ reason: { kind: 'retryable', code: 'TargetBusy' } })));
    for (const delivery of [
      () => one.remediator.remediate(first),
      () => other.remediator.remediate(second),
    ]) {
      expect((await delivery()).outcome).toMatch(/^(contained|repeated|superseded)$/);
    }

    const counts = one.calls();
    const findings = new Set([first.id, second.id]).size;
    expect(counts['ec2:CreateSnapshots']).toBe(findings);
    expect(counts['ec2:CreateSecurityGroup']).toBe(2);
    expect(counts['autoscaling:DetachInstances']).toBe(1);
    const told = [...one.alerts.published, ...other.alerts.published].map(({ id }) => id);
    expect(new Set(told).size).toBe(told.length);
    expect(one.containment.state.snapshots).toHaveLength(2 * findings);
  });

  test('a target that another has is waited for a little, then left', async () => {
    const world = new RemediationWorld();
    const target = `111122223333/us-east-1/instance/${instanceId}`;
    await world.ledger.lease(target, 'another', '2026-11-21T08:00:00.000Z', '2026-11-21T08:02:00.000Z');
    await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({ code: 'TargetBusy' });
    expect(world.pauses).toEqual([500, 1000, 2000, 4000, 8000]);
    world.meanwhile.push(() => void world.ledger.release(target, 'another'));
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
  });

  test('a delivery that has a few seconds uses them', async () => {
    const world = new RemediationWorld();
    expect(await world.remediator.remediate(instanceFinding(), 10_000)).toMatchObject({
      outcome: 'contained',
    });
  });

  test('what went wrong counts, also where the target cannot be let go', async () => {
    const world = new RemediationWorld();
    world.containment.refuse('iam:UpdateAccessKey', { kind: 'throttled', code: 'Throttling' });
    world.ledger.release = () => Promise.reject(new Error('the ledger is away'));
    await expect(world.remediator.remediate(credentialsFinding())).rejects.toMatchObject({
      code: 'Throttling',
    });
  });

  test('a delivery whose time is over begins no step, and lets the target go', async () => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      world.clock.advance(50_000);
      return perform(call);
    };
    await expect(world.remediator.remediate(instanceFinding(), 120_000)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'OutOfTime',
    });
    expect(world.containment.performed).toHaveLength(2);
    world.containment.perform = perform;
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
  });
});

describe('a held finding', () => {
  const hold = { since: '2026-11-21T07:58:00.000Z', by: 'kim', reason: 'false alarm' };

  test('is told of once, and left alone', async () => {
    const world = new RemediationWorld();
    await world.ledger.hold('f1', hold);
    const remediate = (hours: number) =>
      world.remediator.remediate(instanceFinding({ updatedAt: later(hours) }));
    expect(await remediate(0)).toMatchObject({ outcome: 'notify-only', isAnnounced: true });
    expect(await remediate(6)).toMatchObject({ outcome: 'notify-only', isAnnounced: false });
    expect(world.containment.performed).toEqual([]);
    expect(world.alerts.published[0]?.text).toContain(
      'held since 2026-11-21T07:58:00.000Z by kim (false alarm)',
    );
    await world.ledger.liftHold('f1');
    expect(await remediate(12)).toMatchObject({ outcome: 'contained', isAnnounced: true });
  });

  test('is told of without steps, though none of them would be taken', async () => {
    const world = new RemediationWorld({ policy: { mode: 'plan' } });
    await world.ledger.hold('f1', hold);
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({
      outcome: 'notify-only',
      remediation: { plan: { steps: [] } },
    });
  });

  test('is held in the middle: no step more is begun, and what was done is told', async () => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      if (call.api === 'ec2:CreateSnapshots') await world.ledger.hold('f1', hold);
      return perform(call);
    };
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({
      outcome: 'partially-contained',
    });
    const { 'snapshot-volumes': snapshots, tag, ...others } = world.statuses();
    expect([tag, snapshots]).toEqual(['done', 'done']);
    expect(Object.values(others)).toContain('skipped');
    expect(world.alerts.published[0]?.text).toContain('held: the finding was held meanwhile');
  });

  test('is held before the first step: nothing was done, and that is no failure', async () => {
    const world = new RemediationWorld();
    const open = world.ledger.open.bind(world.ledger);
    world.ledger.open = async remediation => {
      await world.ledger.hold('f1', hold);
      return open(remediation);
    };
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'notify-only' });
    expect(world.containment.performed).toEqual([]);
    expect(world.alerts.published).toMatchObject([{ kind: 'finding.notify-only', severity: 'high' }]);
    expect(world.alerts.published[0]?.text).toContain('held: the finding was held meanwhile');
  });

  test('is rolled back while a delivery is to come again: what was undone stays noted', async () => {
    const world = new RemediationWorld();
    world.containment.refuse('iam:PutUserPolicy', { kind: 'throttled', code: 'Throttling' });
    await expect(world.remediator.remediate(credentialsFinding())).rejects.toThrow();
    await world.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'false alarm' });
    const statuses = world.statuses();
    expect(statuses).toMatchObject({ 'deactivate-key': 'undone' });
    await world.remediator.remediate(credentialsFinding());
    expect(world.statuses()).toEqual(statuses);
  });

  test('is held while a delivery that died is to come again: what it may have done stays noted', async () => {
    const faults = new FaultInjector();
    const world = new RemediationWorld({ faults });
    faults.failFrom(faults.calls.length + 1, 'after', { of: 'containment.perform' });
    await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
      code: 'InjectedFault',
    });
    faults.reset();
    expect(world.statuses()).toEqual({ tag: 'begun' });
    await world.ledger.hold('f1', hold);
    world.clock.advance(20 * 60_000);
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'failed' });
    expect(world.statuses()).toMatchObject({ tag: 'begun', 'snapshot-volumes': 'skipped' });
  });
});

test('a plan that the ledger cannot give back is refused', async () => {
  const world = new RemediationWorld();
  await world.ledger.open({
    schemaVersion: 1,
    findingId: 'f1',
    generation: '2026-11-21T07:55:00.000Z',
    decidedAt: '2026-11-21T07:56:00.000Z',
    plan: { schemaVersion: 2 },
  });
  await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({
    kind: 'permanent',
    code: 'UnreadablePlan',
  });
});

test('a plan whose steps ask for a fact that is not there fails those steps', async () => {
  const world = new RemediationWorld({ containment: memoryAccount() });
  const open = world.ledger.open.bind(world.ledger);
  world.ledger.open = async remediation => {
    const text = JSON.stringify(remediation).replaceAll(
      '"Status":"Inactive"',
      '"Status":{"$fact":"no.such"}',
    );
    const { plan } = JSON.parse(text);
    await open({ ...remediation, plan });
    const stored = await world.ledger.find(remediation.findingId, remediation.generation);
    if (stored === undefined) throw new Error('it was opened');
    return { outcome: 'present', remediation: stored };
  };
  expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({
    outcome: 'partially-contained',
  });
  const failed = Object.values(world.ledger.remediations[0]?.steps ?? {}).filter(
    it => it.status === 'failed',
  );
  expect(failed).toMatchObject([
    { reason: { code: 'input-not-known', message: 'there is no fact no.such' } },
  ]);
});
