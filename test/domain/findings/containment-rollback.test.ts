import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { closedBucketRule } from '../../../src/domain/findings/closed-bucket.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';
import type { ContainmentApi, ContainmentCall } from '../../../src/ports/containment.ts';
import { type FailureKind, PortError } from '../../../src/ports/failure.ts';
import {
  accessKeyId,
  credentialsFinding,
  instanceFinding,
  instanceId,
  memoryAccount,
  RemediationWorld,
  type WorldOptions,
} from './remediation-world.ts';

const request = { findingId: 'f1', by: 'kim', reason: 'false alarm' };
const sessionFinding = credentialsFinding({
  principal: {
    userType: 'AssumedRole',
    userName: 'app',
    principalId: 'AROAEXAMPLE:s',
    accessKeyId: 'ASIAEXAMPLE',
  },
});
const bucketFinding = credentialsFinding({
  type: 'Discovery:S3/MaliciousIPCaller',
  resourceType: 'S3Bucket',
  buckets: ['papers'],
});
const later = '2026-11-21T13:55:00.000Z';

/** A world in which these findings were dealt with. */
async function worldAfter(findings: readonly GuardDutyFinding[], options: WorldOptions = {}) {
  const world = new RemediationWorld(options);
  for (const finding of findings) await world.remediator.remediate(finding);
  world.clock.advance(60_000);
  return world;
}

function stateOf(world: RemediationWorld) {
  return { ...world.containment.state, snapshots: [] };
}

describe('a rollback', () => {
  test.each([
    ['an instance', instanceFinding()],
    ['a user', credentialsFinding()],
    ['a role', sessionFinding],
    ['a bucket', bucketFinding],
  ])('leaves %s as it was, and holds the finding', async (_, finding) => {
    const world = await worldAfter([finding]);
    expect(stateOf(world)).not.toEqual(memoryAccount().state);

    const result = await world.rollback.rollBack(request);

    expect(result).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
    expect(await world.ledger.holdOf('f1')).toEqual({
      since: '2026-11-21T08:01:00.000Z',
      by: 'kim',
      reason: 'false alarm',
    });
    const { steps } = result as Extract<typeof result, { steps: unknown }>;
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.every(({ status }) => status === 'undone')).toBe(true);
    const alert = world.alerts.published.at(-1);
    expect(alert).toMatchObject({ kind: 'finding.rolled-back', severity: 'medium', account: '111122223333' });
    expect(alert?.text).toContain('sallyport finding rollback f1 --release');
    expect(world.audit.entries.at(-1)).toMatchObject({
      action: 'finding.roll-back',
      outcome: 'rolled-back',
      details: { by: 'kim', reason: 'false alarm' },
    });
  });

  test('keeps evidence', async () => {
    const world = await worldAfter([instanceFinding()]);
    await world.rollback.rollBack(request);
    expect(world.containment.state.snapshots).toHaveLength(2);
    expect(world.statuses()['snapshot-volumes']).toBe('done');
  });

  test('is made once: delivered again, it calls nothing and audits nothing more', async () => {
    const world = await worldAfter([instanceFinding()]);
    const delivered = { ...request, invocationId: 'i1' };
    const first = await world.rollback.rollBack(delivered);
    const calls = world.containment.performed.length;
    const entries = world.audit.entries.length;
    world.clock.advance(60_000);
    expect(await world.rollback.rollBack(delivered)).toEqual(first);
    expect(world.containment.performed).toHaveLength(calls);
    expect(world.audit.entries).toHaveLength(entries);
    expect(new Set(world.alerts.published.map(({ id }) => id)).size).toBe(2);
  });

  test('takes all generations of the finding, the latest first', async () => {
    const world = await worldAfter([credentialsFinding()]);
    world.containment.change(({ users }) => {
      for (const { accessKeys = {} } of users) accessKeys[accessKeyId] = 'Active';
    });
    await world.remediator.remediate(credentialsFinding({ updatedAt: later }));
    await world.rollback.rollBack(request);
    expect(stateOf(world)).toEqual(memoryAccount().state);
    const generations = world.ledger.remediations.map(({ steps }) =>
      Object.values(steps).map(it => it.status),
    );
    expect(generations.flat().every(status => status === 'undone')).toBe(true);
    expect(generations).toHaveLength(2);
  });

  test('of what nobody knows does nothing, and holds nothing', async () => {
    const world = new RemediationWorld();
    expect(await world.rollback.rollBack(request)).toEqual({ outcome: 'unknown' });
    expect(await world.ledger.holdOf('f1')).toBeUndefined();
    expect(world.alerts.published).toEqual([]);
  });

  test.each([
    ['planned', { mode: 'plan' as const }, {}],
    ['a sample', {}, { sample: true }],
  ])('of what was only %s holds it, and claims to have undone nothing', async (_, policy, fields) => {
    const world = await worldAfter([instanceFinding(fields)], { policy });
    expect(await world.rollback.rollBack(request)).toEqual({ outcome: 'nothing-to-undo', steps: [] });
    expect(await world.ledger.holdOf('f1')).toMatchObject({ by: 'kim' });
    const alert = world.alerts.published.at(-1);
    expect(alert).toMatchObject({
      kind: 'finding.nothing-to-undo',
      severity: 'info',
      title: expect.stringMatching(/^Nothing was contained for it; the finding is held now: /),
    });
    expect(alert?.text).toContain('There was nothing to undo.');
    expect(world.audit.entries.at(-1)).toMatchObject({
      action: 'finding.roll-back',
      outcome: 'nothing-to-undo',
    });
  });

  test('of a containment that failed has nothing to undo', async () => {
    const world = new RemediationWorld();
    for (const api of ['iam:UpdateAccessKey', 'iam:PutUserPolicy'] as const) {
      world.containment.refuse(api, { kind: 'denied', code: 'AccessDenied' });
    }
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({ outcome: 'failed' });
    expect(await world.rollback.rollBack(request)).toEqual({ outcome: 'nothing-to-undo', steps: [] });
  });

  test('waits for a delivery that has the target, which sees the hold', async () => {
    const world = await worldAfter([instanceFinding()]);
    const target = `111122223333/us-east-1/instance/${instanceId}`;
    await world.ledger.lease(target, 'another', '2026-11-21T08:00:00.000Z', '2026-11-21T09:00:00.000Z');
    await expect(world.rollback.rollBack(request)).rejects.toMatchObject({ code: 'TargetBusy' });
    expect(await world.ledger.holdOf('f1')).toMatchObject({ by: 'kim' });
    await world.ledger.release(target, 'another');
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
  });

  test('undoes what a delivery begins before it meets the hold', async () => {
    const world = new RemediationWorld();
    await world.ledger.hold('f1', { since: later, by: 'kim', reason: 'test' });
    const { ledger } = world;
    const opened = async () => {
      const finding = credentialsFinding({ updatedAt: later });
      const other = new RemediationWorld({ containment: world.containment, ledger });
      await ledger.liftHold('f1');
      const note = ledger.noteStep.bind(ledger);
      // It dies after its first step.
      let notes = 0;
      ledger.noteStep = async (...args) => {
        notes += 1;
        if (notes > 2) throw new Error('the function died');
        return note(...args);
      };
      await expect(other.remediator.remediate(finding)).rejects.toThrow('the function died');
      ledger.noteStep = note;
    };
    await world.remediator.remediate(credentialsFinding());
    await ledger.liftHold('f1');
    const hold = ledger.hold.bind(ledger);
    ledger.hold = async (...args) => {
      await opened();
      return hold(...args);
    };
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('ends with its time, and goes on when it is asked for again', async () => {
    const world = await worldAfter([instanceFinding()]);
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      world.clock.advance(50_000);
      return perform(call);
    };
    await expect(world.rollback.rollBack(request, { milliseconds: 60_000 })).rejects.toMatchObject({
      code: 'OutOfTime',
    });
    world.containment.perform = perform;
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test.each<[ContainmentApi]>([
    ['ec2:ModifyNetworkInterfaceAttribute'],
    ['ec2:RevokeSecurityGroupEgress'],
    ['autoscaling:DetachInstances'],
  ])('undoes what a containment did that did not come beyond %s', async api => {
    const world = new RemediationWorld();
    world.containment.refuse(api, { kind: 'denied', code: 'UnauthorizedOperation' });
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({
      outcome: 'partially-contained',
    });
    world.containment.mend(api);
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('does not take a target that cannot be read for one that is gone', async () => {
    const world = await worldAfter([credentialsFinding()]);
    world.containment.breakReading('iam:GetUser', { reason: 'denied', code: 'AccessDenied' });
    await world.rollback.rollBack(request);
    world.containment.mend('iam:GetUser');
    expect(world.alerts.published.at(-1)?.text).not.toContain('target-gone');
    expect(world.containment.state.users[0]?.accessKeys).toEqual({ [accessKeyId]: 'Active' });
  });

  test('undoes what a delivery does between the hold and the lease', async () => {
    const world = new RemediationWorld();
    const noteStep = world.ledger.noteStep.bind(world.ledger);
    world.ledger.noteStep = () => Promise.reject(new Error('the function died'));
    await expect(world.remediator.remediate(credentialsFinding())).rejects.toThrow('the function died');
    world.ledger.noteStep = noteStep;
    expect(world.statuses()).toEqual({});
    const lease = world.ledger.lease.bind(world.ledger);
    world.ledger.lease = async (...args) => {
      world.ledger.lease = lease;
      // It had looked for a hold before there was one.
      const at = '2026-11-21T08:00:30.000Z';
      await noteStep('f1', '2026-11-21T07:55:00.000Z', { stepId: 'deactivate-key', status: 'done', at });
      world.containment.change(({ users }) => {
        for (const { accessKeys = {} } of users) accessKeys[accessKeyId] = 'Inactive';
      });
      return lease(...args);
    };
    expect(await world.rollback.rollBack(request)).toMatchObject({
      outcome: 'rolled-back',
      steps: [{ stepId: 'deactivate-key', status: 'undone' }],
    });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test.each([
    ['not seen', undefined],
    ['not to be read', { reason: 'denied', code: 'AccessDenied' } as const],
  ])('undoes a step whose call was answered and whose effect was %s', async (_, unreadable) => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    let late: (() => void) | undefined;
    world.containment.perform = async call => {
      if (call.api !== 'iam:UpdateAccessKey') return perform(call);
      late = () => void perform(call);
      if (unreadable !== undefined) world.containment.breakReading('iam:ListAccessKeys', unreadable);
      return {};
    };
    expect(await world.remediator.remediate(credentialsFinding())).toMatchObject({
      outcome: 'partially-contained',
    });
    late?.();
    world.containment.perform = perform;
    world.containment.mend('iam:ListAccessKeys');
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('undoes a step of which nobody noted the end', async () => {
    const world = new RemediationWorld();
    const noteStep = world.ledger.noteStep.bind(world.ledger);
    world.ledger.noteStep = async (findingId, generation, step) => {
      if (step.status !== 'begun') throw new Error('the function died');
      return noteStep(findingId, generation, step);
    };
    await expect(world.remediator.remediate(credentialsFinding())).rejects.toThrow('the function died');
    world.ledger.noteStep = noteStep;
    expect(Object.values(world.statuses())).toEqual(['begun']);
    world.clock.advance(20 * 60_000);
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });
});

describe('whoever asks, for whatever', () => {
  const asked = (world: RemediationWorld) =>
    world.audit.entries
      .filter(({ action }) => action === 'finding.roll-back' || action === 'finding.release')
      .map(({ action, outcome, requestId, details: { by, reason } }) => [
        ...[action, outcome, requestId],
        ...[by, reason],
      ]);

  test('is in the audit log, with what came of it, in order', async () => {
    const world = await worldAfter([credentialsFinding()]);
    await world.rollback.rollBack(request);
    world.clock.advance(60_000);
    await world.rollback.rollBack({ ...request, by: 'lee', reason: 'to be sure' });
    await world.rollback.rollBack({ ...request, findingId: 'f9' });
    await world.rollback.release(request);
    world.clock.advance(60_000);
    await world.rollback.release({ ...request, by: 'lee' });
    expect(asked(world)).toEqual([
      ['finding.roll-back', 'rolled-back', 'f1', 'kim', 'false alarm'],
      ['finding.roll-back', 'rolled-back', 'f1', 'lee', 'to be sure'],
      ['finding.roll-back', 'unknown', 'f9', 'kim', 'false alarm'],
      ['finding.release', 'released', 'f1', 'kim', 'false alarm'],
      ['finding.release', 'not-held', 'f1', 'lee', 'false alarm'],
    ]);
  });

  test('is there once, though the same is delivered again later', async () => {
    const world = await worldAfter([credentialsFinding()]);
    for (const invocationId of ['i1', 'i1', 'i2']) {
      world.clock.advance(60_000);
      await world.rollback.rollBack({ ...request, invocationId });
      await world.rollback.rollBack({ ...request, findingId: 'f9', invocationId });
    }
    for (const invocationId of ['i3', 'i3', 'i4', 'i4']) {
      world.clock.advance(60_000);
      await world.rollback.release({ ...request, invocationId });
    }
    expect(asked(world).map(([, outcome]) => outcome)).toEqual([
      ...['rolled-back', 'unknown', 'rolled-back', 'unknown', 'released', 'not-held'],
    ]);
  });

  test('for what fails is there, with how it failed, and how it ended when it came again', async () => {
    const world = await worldAfter([credentialsFinding()]);
    const { findingsOn } = world.ledger;
    world.ledger.findingsOn = () => {
      throw new PortError({ kind: 'retryable', operation: 'x', code: 'Unavailable', message: 'no' });
    };
    const delivered = { ...request, invocationId: 'i1' };
    await expect(world.rollback.rollBack(delivered, { force: true })).rejects.toThrow('no');
    expect(world.audit.entries.at(-1)).toMatchObject({
      outcome: 'failed',
      details: { by: 'kim', force: true, code: 'Unavailable' },
    });
    world.ledger.findingsOn = findingsOn;
    await world.rollback.rollBack(delivered, { force: true });
    expect(asked(world).map(([, outcome]) => outcome)).toEqual(['failed', 'rolled-back']);
  });

  test('and the audit log that fails is what is thrown', async () => {
    const world = await worldAfter([credentialsFinding()]);
    world.audit.append = () => Promise.reject(new Error('no audit log'));
    await expect(world.rollback.rollBack(request)).rejects.toThrow('no audit log');
  });
});

describe('a look that is older than what was done', () => {
  test('is not believed: what it does not show is looked for again', async () => {
    const world = await worldAfter([credentialsFinding()]);
    const before = memoryAccount();
    const observe = world.containment.observe.bind(world.containment);
    let looks = 0;
    world.containment.observe = (target, marks) => {
      looks += 1;
      return looks <= 2 ? before.observe(target, marks) : observe(target, marks);
    };
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('that lasts is looked at again by a later rollback', async () => {
    const world = await worldAfter([credentialsFinding()]);
    const before = memoryAccount();
    const { observe } = world.containment;
    world.containment.observe = (target, marks) => before.observe(target, marks);
    const unseen = await world.rollback.rollBack(request);
    expect(unseen).toMatchObject({
      steps: [{ reason: { code: 'not-there' } }, { reason: { code: 'not-there' } }],
    });
    expect(await world.rollback.rollBack(request)).toEqual(unseen);
    world.containment.observe = observe;
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });
});

describe('what is eventually consistent', () => {
  /** Dies with the note of how its first step ended. */
  async function diesAtFirstStep(world: RemediationWorld) {
    const noteStep = world.ledger.noteStep.bind(world.ledger);
    world.ledger.noteStep = async (findingId, generation, step) => {
      if (step.status !== 'begun') throw new Error('the function died');
      return noteStep(findingId, generation, step);
    };
    await expect(world.remediator.remediate(credentialsFinding())).rejects.toThrow('the function died');
    world.ledger.noteStep = noteStep;
    world.clock.advance(20 * 60_000);
    world.pauses.length = 0;
  }

  test('is waited for: a call that was made shows its effect later, which is undone', async () => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    let late: (() => void) | undefined;
    world.containment.perform = async call => {
      late = () => void perform(call);
      return {};
    };
    await diesAtFirstStep(world);
    world.containment.perform = perform;
    world.meanwhile.push(
      () => undefined,
      () => late?.(),
    );
    const result = await world.rollback.rollBack(request);
    for (const happens of world.meanwhile.splice(0)) happens();
    expect(result).toMatchObject({ outcome: 'rolled-back', steps: [{ status: 'undone' }] });
    expect(world.pauses).toEqual([500, 1000]);
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('is not told as changed where the call of a step that was begun was never made', async () => {
    const world = new RemediationWorld();
    world.containment.refuse('iam:UpdateAccessKey', { kind: 'throttled', code: 'Throttling' });
    world.containment.refuse('iam:PutUserPolicy', { kind: 'throttled', code: 'Throttling' });
    await expect(world.remediator.remediate(credentialsFinding())).rejects.toThrow();
    expect(new Set(Object.values(world.statuses()))).toEqual(new Set(['begun']));
    const result = await world.rollback.rollBack(request);
    const { steps } = result as Extract<typeof result, { steps: unknown }>;
    expect(steps.map(({ status, reason }) => [status, reason?.code])).toEqual([
      ['undone', 'not-there'],
      ['undone', 'not-there'],
    ]);
  });

  test('is waited for on the way back, too', async () => {
    const world = await worldAfter([credentialsFinding()]);
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      if (call.api !== 'iam:UpdateAccessKey') return perform(call);
      world.meanwhile.push(
        () => undefined,
        () => void perform(call),
      );
      return {};
    };
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(world.pauses).toEqual([500, 1000]);
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('is looked at after a refusal: what was undone all the same is undone', async () => {
    const world = await worldAfter([credentialsFinding()]);
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => {
      await perform(call);
      throw new PortError({
        kind: 'not-found',
        operation: 'Containment.perform',
        code: 'NoSuchEntityException',
        message: 'there is none any more',
      });
    };
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });
});

describe('a step that cannot be undone', () => {
  test('and is then undone by hand, is told as undone, and not as changed', async () => {
    const world = await worldAfter([credentialsFinding()]);
    world.containment.refuse('iam:UpdateAccessKey', { kind: 'denied', code: 'AccessDenied' });
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
    world.containment.change(({ users }) => {
      for (const { accessKeys = {} } of users) accessKeys[accessKeyId] = 'Active';
    });
    const result = await world.rollback.rollBack(request);
    expect(result).toMatchObject({ outcome: 'rolled-back' });
    const { steps } = result as Extract<typeof result, { steps: unknown }>;
    expect(steps.find(({ stepId }) => stepId === 'deactivate-key')).toMatchObject({
      reason: { code: 'not-there' },
    });
  });

  test('is told, does not stop the others, and is tried again', async () => {
    const world = await worldAfter([credentialsFinding()]);
    world.containment.refuse('iam:UpdateAccessKey', { kind: 'denied', code: 'AccessDenied' });
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
    expect(world.containment.state.users[0]?.policies ?? {}).toEqual({});
    const alert = world.alerts.published.at(-1);
    expect(alert).toMatchObject({ kind: 'finding.partially-rolled-back', severity: 'high' });
    expect(alert?.title).toContain('NOT wholly rolled back');
    expect(alert?.text).toMatch(/- undo-failed: .+AccessDenied/);

    world.containment.mend('iam:UpdateAccessKey');
    world.clock.advance(60_000);
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
    const ends = world.audit.entries.filter(({ action }) => action === 'finding.roll-back');
    expect(ends.map(({ outcome, timestamp }) => [outcome, timestamp])).toEqual([
      ['partially-rolled-back', '2026-11-21T08:01:00.000Z'],
      ['rolled-back', '2026-11-21T08:02:00.000Z'],
    ]);
  });

  test('for a while is told, too: who asked tries again', async () => {
    const world = await worldAfter([credentialsFinding()]);
    world.containment.refuse('iam:UpdateAccessKey', { kind: 'throttled', code: 'Throttling' });
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
    world.containment.mend('iam:UpdateAccessKey');
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
  });

  test('keeps what it stands on', async () => {
    const world = await worldAfter([instanceFinding()]);
    const deleted = world.calls()['ec2:DeleteSecurityGroup'];
    world.containment.refuse('ec2:ModifyNetworkInterfaceAttribute', {
      kind: 'denied',
      code: 'UnauthorizedOperation',
    });
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
    const reasons = Object.values(world.ledger.remediations[0]?.steps ?? {}).map(it => it.reason?.code);
    expect(reasons).toContain('needed-by-others');
    // The closed group least of all: the interfaces stand in it, and it must let nothing out.
    expect(world.calls()['ec2:DeleteSecurityGroup']).toBe(deleted);
    const closed = world.containment.state.securityGroups.find(({ name }) => name.includes('closed'));
    expect(closed?.egress).toEqual([]);
    world.containment.mend('ec2:ModifyNetworkInterfaceAttribute');
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('since its effect cannot be read: nothing is called', async () => {
    const world = await worldAfter([credentialsFinding()]);
    world.containment.breakReading('iam:ListAccessKeys', { reason: 'denied', code: 'AccessDenied' });
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
    expect(world.alerts.published.at(-1)?.text).toContain('unreadable: cannot be told');
    expect(world.containment.state.users[0]?.accessKeys).toEqual({ [accessKeyId]: 'Inactive' });
  });

  test('since its effect is seen still: it is no success', async () => {
    const world = await worldAfter([credentialsFinding()]);
    const perform = world.containment.perform.bind(world.containment);
    world.containment.perform = async call => (call.api === 'iam:UpdateAccessKey' ? {} : perform(call));
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
    expect(world.alerts.published.at(-1)?.text).toContain('effect-still-observed');
  });
});

describe('what somebody has changed meanwhile', () => {
  test('is left, and told', async () => {
    const world = await worldAfter([instanceFinding()]);
    world.containment.change(({ instances }) => {
      for (const { interfaces } of instances) for (const it of interfaces) it.groups = ['sg-web', 'sg-ssh'];
    });
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    const [first] = world.containment.state.instances.flatMap(({ interfaces }) => interfaces.slice(1));
    expect(first?.groups.toSorted()).toEqual(['sg-ssh', 'sg-web']);
    expect(world.alerts.published.at(-1)?.text).toContain('changed-meanwhile');
  });

  test.each([
    ['a user', credentialsFinding(), 'users'],
    ['a role', sessionFinding, 'roles'],
    ['a bucket', bucketFinding, 'buckets'],
    ['an instance', instanceFinding(), 'instances'],
  ] as const)('%s that is gone: there is nothing to undo', async (_, finding, kind) => {
    const world = await worldAfter([finding]);
    world.containment.change(account => void account[kind].splice(0));
    const calls = world.containment.performed.length;
    const result = await world.rollback.rollBack(request);
    expect(result).toMatchObject({ outcome: 'rolled-back' });
    const { steps } = result as Extract<typeof result, { steps: unknown }>;
    expect(new Set(steps.map(({ reason }) => reason?.code))).toEqual(new Set(['target-gone']));
    expect(world.containment.performed).toHaveLength(calls);
  });

  test('is terminated: there is nothing to undo', async () => {
    const world = await worldAfter([instanceFinding()]);
    world.containment.change(({ instances }) => {
      for (const instance of instances) if (instance.id === instanceId) instance.status = 'terminated';
    });
    const calls = world.containment.performed.length;
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
    expect(world.containment.performed).toHaveLength(calls);
  });
});

test('a way back whose input asks for a fact that is not there is not called', async () => {
  const world = new RemediationWorld();
  const open = world.ledger.open.bind(world.ledger);
  world.ledger.open = async remediation => {
    const text = JSON.stringify(remediation).replaceAll('"Status":"Active"', '"Status":{"$fact":"no.such"}');
    return open(JSON.parse(text));
  };
  const stored = new RemediationWorld({ ledger: world.ledger, containment: world.containment });
  // The plan in the ledger is what a delivery that comes again works by.
  world.ledger.noteStep = () => Promise.reject(new Error('the function died'));
  await expect(world.remediator.remediate(credentialsFinding())).rejects.toThrow('the function died');
  Reflect.deleteProperty(world.ledger, 'noteStep');
  await stored.remediator.remediate(credentialsFinding());
  expect(await stored.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
  expect(stored.alerts.published.at(-1)?.text).toContain('input-not-known');
  expect(stored.containment.state.users[0]?.accessKeys).toEqual({ [accessKeyId]: 'Inactive' });
});

test('a policy that stands, but not as it was left, is for people', async () => {
  const world = await worldAfter([bucketFinding]);
  world.containment.change(({ buckets }) => {
    for (const bucket of buckets) {
      const policy = JSON.parse(bucket.policy ?? '{}') as { Statement: object[] };
      policy.Statement.push({ Sid: 'Mine', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' });
      bucket.policy = JSON.stringify(policy);
    }
  });
  expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
  expect(world.containment.state.buckets[0]?.policy).toContain('Mine');
  expect(world.alerts.published.at(-1)?.text).toContain(
    'changed-meanwhile: somebody has changed what the way back',
  );
});

test.each([
  [
    'cannot look into a bucket',
    (world: RemediationWorld) => {
      world.containment.breakReading('s3:GetBucketPolicy', { reason: 'denied', code: 'AccessDenied' });
    },
    bucketFinding,
    true,
  ],
  [
    'may not open a bucket',
    (world: RemediationWorld) => {
      world.containment.refuse('s3:DeleteBucketPolicy', { kind: 'denied', code: 'AccessDenied' });
    },
    bucketFinding,
    true,
  ],
  [
    'meets a conflict at a bucket',
    (world: RemediationWorld) => {
      world.containment.refuse('s3:DeleteBucketPolicy', { kind: 'denied', code: 'OperationAborted' });
    },
    bucketFinding,
    false,
  ],
  [
    'may not give a key back',
    (world: RemediationWorld) => {
      world.containment.refuse('iam:UpdateAccessKey', { kind: 'denied', code: 'AccessDenied' });
    },
    credentialsFinding(),
    false,
  ],
] as const)(
  'whoever %s is told who is let in, where that is the reason',
  async (_, disturb, finding, isTold) => {
    const world = await worldAfter([finding]);
    disturb(world);
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
    expect(world.alerts.published.at(-1)?.text.includes(closedBucketRule)).toBe(isTold);
  },
);

test('a defect of a port is no outcome: it is thrown', async () => {
  const world = await worldAfter([credentialsFinding()]);
  world.containment.perform = () => Promise.reject(new TypeError('a defect'));
  await expect(world.rollback.rollBack(request)).rejects.toThrow('a defect');
});

describe('a target that another finding needs contained', () => {
  const both = [instanceFinding(), instanceFinding({ id: 'f2' })];
  const back = (world: RemediationWorld, findingId: string, force = false) =>
    world.rollback.rollBack({ ...request, findingId }, { force });

  test('stays as the other needs it, which is said; the last one opens it', async () => {
    const world = await worldAfter(both);
    const contained = stateOf(world);
    const result = await back(world, 'f1');
    expect(result).toMatchObject({ outcome: 'rolled-back' });
    const { steps } = result as Extract<typeof result, { steps: unknown }>;
    expect(new Set(steps.map(({ status }) => status))).toEqual(new Set(['kept']));
    expect(steps[0]?.reason).toEqual({
      code: 'needed-by-findings',
      message: 'another finding needs it: f2',
    });
    expect(stateOf(world)).toEqual(contained);
    const alert = world.alerts.published.at(-1);
    expect(alert?.title).toContain('rolled back, as far as no other finding needs it');
    expect(alert?.text).toContain('another finding needs it: f2');

    world.clock.advance(60_000);
    const last = await back(world, 'f2');
    expect(stateOf(world)).toEqual(memoryAccount().state);
    expect(last).toMatchObject({
      outcome: 'rolled-back',
      steps: expect.arrayContaining([
        expect.objectContaining({
          findingId: 'f1',
          status: 'undone',
          reason: { code: 'last-need-gone', message: 'finding f2 was the last that needed it' },
        }),
      ]),
    });
    expect(await back(world, 'f2')).toEqual(last);
  });

  test('is opened where the other finding only planned, or contains something else by now', async () => {
    const world = await worldAfter([credentialsFinding()]);
    const { containment, ledger } = world;
    const planning = new RemediationWorld({ containment, ledger, policy: { mode: 'plan' } });
    containment.change(({ users }) => void users.push({ name: 'mallory' }));
    const mallory = { userType: 'IAMUser', userName: 'mallory', accessKeyId: 'ASIAEXAMPLE' };
    // Of a session: what is in place is not planned again, and counts as needed.
    const session = { userType: 'IAMUser', userName: 'eve', accessKeyId: `${accessKeyId}X` };
    const other = credentialsFinding({ id: 'f2', principal: session });
    expect(await planning.remediator.remediate(other)).toMatchObject({ outcome: 'planned' });
    await world.remediator.remediate({ ...other, updatedAt: later, principal: mallory });
    expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'rolled-back' });
  });

  test('is opened once the other was rolled back, which itself undoes nothing', async () => {
    const world = await worldAfter(both);
    const calls = world.containment.performed.length;
    expect(await back(world, 'f2')).toMatchObject({ outcome: 'nothing-to-undo' });
    expect(world.containment.performed).toHaveLength(calls);
    expect(await back(world, 'f1')).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('is opened by force', async () => {
    const world = await worldAfter(both);
    expect(await back(world, 'f1', true)).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('is not taken from a finding that was released and contained again', async () => {
    const world = await worldAfter(both);
    await back(world, 'f1');
    await world.rollback.release(request);
    world.clock.advance(60_000);
    await world.remediator.remediate(instanceFinding({ updatedAt: later }));
    const contained = stateOf(world);
    await back(world, 'f2');
    expect(stateOf(world)).toEqual(contained);
    await back(world, 'f1');
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  const otherKey = 'AKIAIOSFODNN7ANOTHER';
  const principal = { userType: 'IAMUser', userName: 'eve', principalId: 'AIDAEXAMPLE' };
  const ofKey = credentialsFinding();
  const ofOtherKey = credentialsFinding({ id: 'f2', principal: { ...principal, accessKeyId: otherKey } });
  const ofSession = credentialsFinding({ id: 'f2', principal: { ...principal, accessKeyId: 'ASIAEXAMPLE' } });

  function twoKeys() {
    const containment = memoryAccount();
    containment.change(({ users }) => {
      for (const { accessKeys = {} } of users) accessKeys[otherKey] = 'Active';
    });
    return containment;
  }

  test('of two keys of one user each is given back with its own finding, the denial with the last', async () => {
    const world = await worldAfter([ofKey, ofOtherKey], { containment: twoKeys() });
    expect(await back(world, 'f1')).toMatchObject({
      steps: [
        { stepId: 'deactivate-key', status: 'undone' },
        { stepId: 'deny-user', status: 'kept' },
      ],
    });
    expect(world.containment.state.users[0]).toMatchObject({
      accessKeys: { [accessKeyId]: 'Active', [otherKey]: 'Inactive' },
      policies: { 'sallyport-containment': expect.any(String) },
    });
    await back(world, 'f2');
    expect(stateOf(world)).toEqual(twoKeys().state);
  });

  test.each([
    ['f1', 'f2'],
    ['f2', 'f1'],
  ])(
    'a denial in place of another is undone to what stood before the first: %s, then %s',
    async (...order) => {
      for (const force of [false, true]) {
        const world = new RemediationWorld();
        await world.remediator.remediate(ofSession);
        world.clock.advance(60_000);
        await world.remediator.remediate(ofKey);
        world.clock.advance(60_000);
        const [first, second] = order;
        await back(world, first ?? '', force);
        expect(Object.keys(world.containment.state.users[0]?.policies ?? {})).toEqual([
          'sallyport-containment',
        ]);
        await back(world, second ?? '', force);
        expect(stateOf(world)).toEqual(memoryAccount().state);
      }
    },
  );

  test('is left to the other as it was for that one, where its own stands below', async () => {
    const world = await worldAfter([ofSession]);
    const sessionsDenied = stateOf(world);
    await world.remediator.remediate(ofKey);
    await back(world, 'f1');
    expect(stateOf(world)).toEqual(sessionsDenied);
  });

  test('stays for nobody whose containment was rolled back, though released since', async () => {
    const world = await worldAfter(both);
    await back(world, 'f1');
    await world.rollback.release(request);
    await back(world, 'f2');
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('is opened, too, where deliveries took turns, and an earlier plan stands on a later one', async () => {
    const world = new RemediationWorld();
    const perform = world.containment.perform.bind(world.containment);
    const failing = (kind: FailureKind, isHit: (call: ContainmentCall) => boolean) => {
      world.containment.perform = async call => {
        if (!isHit(call)) return perform(call);
        throw new PortError({ kind, operation: call.api, code: 'Injected', message: 'no' });
      };
    };
    failing('throttled', () => true);
    await world.remediator.remediate(instanceFinding()).catch(() => undefined);
    world.clock.advance(60_000);
    failing('denied', ({ input }) => input['NetworkInterfaceId'] === 'eni-2');
    expect(await world.remediator.remediate(instanceFinding({ id: 'f2' }))).toMatchObject({
      outcome: 'partially-contained',
    });
    world.containment.perform = perform;
    world.clock.advance(60_000);
    await world.remediator.remediate(instanceFinding());
    expect(world.statuses('f1')).toMatchObject({ 'swap-to-closed:eni-2': 'done' });
    await back(world, 'f1');
    expect(await back(world, 'f2')).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('what cannot be undone of it stays with what stands below, and goes when it is asked for again', async () => {
    const world = new RemediationWorld();
    await world.remediator.remediate(ofSession);
    world.clock.advance(60_000);
    await world.remediator.remediate(ofKey);
    world.clock.advance(60_000);
    await back(world, 'f2');
    world.containment.refuse('iam:PutUserPolicy', { kind: 'denied', code: 'AccessDenied' });
    expect(await back(world, 'f1')).toMatchObject({ outcome: 'partially-rolled-back' });
    world.containment.mend('iam:PutUserPolicy');
    expect(await back(world, 'f1')).toMatchObject({ outcome: 'rolled-back' });
    expect(stateOf(world)).toEqual(memoryAccount().state);
  });

  test('whatever call fails or gets lost, it ends as it was once it is asked for again', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let ordinal = 1; ; ordinal += 1) {
        const faults = new FaultInjector();
        const world = await worldAfter([ofKey, ofOtherKey], { containment: twoKeys(), faults });
        await back(world, 'f1');
        world.clock.advance(60_000);
        faults.reset();
        faults.failCall(ordinal, moment);
        await back(world, 'f2').catch(() => undefined);
        const isReached = faults.pending === 0;
        faults.reset();
        world.clock.advance(60 * 60_000);
        expect(await back(world, 'f2')).toMatchObject({ outcome: 'rolled-back' });
        expect(stateOf(world)).toEqual(twoKeys().state);
        if (!isReached) break;
      }
    }
  });
});

describe('what was there before', () => {
  test('is left by the way back, and no claim on it stays', async () => {
    const world = new RemediationWorld();
    const open = world.ledger.open.bind(world.ledger);
    world.ledger.open = async remediation => {
      // Somebody does it before the plan comes to it.
      world.containment.change(({ instances }) => {
        for (const instance of instances) instance.terminationProtection = true;
      });
      return open(remediation);
    };
    await world.remediator.remediate(instanceFinding());
    await world.rollback.rollBack(request);
    expect(world.containment.state.instances[0]?.terminationProtection).toBe(true);
    const records = Object.values(world.ledger.remediations[0]?.steps ?? {});
    expect(records.map(({ reason }) => reason?.code)).toContain('was-there-before');
    expect(world.calls()['ec2:ModifyInstanceAttribute']).toBeUndefined();
  });

  test('in all its steps, is nothing that the finding has contained', async () => {
    const other = await worldAfter([credentialsFinding({ id: 'f2' })]);
    const world = new RemediationWorld();
    const open = world.ledger.open.bind(world.ledger);
    world.ledger.open = async remediation => {
      world.containment.change(account => {
        account.users.splice(0, 1, ...other.containment.state.users);
      });
      return open(remediation);
    };
    await world.remediator.remediate(credentialsFinding());
    expect(new Set(Object.values(world.statuses()))).toEqual(new Set(['already-there']));
    const answer = await world.rollback.rollBack(request);
    expect(answer).toMatchObject({
      outcome: 'nothing-to-undo',
      steps: [{ reason: { code: 'was-there-before' } }, { reason: { code: 'was-there-before' } }],
    });
    expect(world.containment.state.users).toEqual(other.containment.state.users);
    const alert = world.alerts.published.at(-1);
    expect(alert).toMatchObject({ kind: 'finding.nothing-to-undo', severity: 'info' });
    expect(alert?.text).toMatch(/in place when it came, and is left:\n- deactivate-key: /);
    expect(alert?.text).not.toContain('undone');
    expect(await world.rollback.rollBack(request)).toEqual(answer);
  });
});

describe('a release', () => {
  test('lets the finding be contained again, by its next generation', async () => {
    const world = await worldAfter([instanceFinding()]);
    await world.rollback.rollBack(request);
    expect(await world.rollback.release({ ...request, reason: 'test is over' })).toEqual({
      outcome: 'released',
    });
    expect(world.alerts.published.at(-1)).toMatchObject({ kind: 'finding.released', severity: 'info' });
    expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'repeated' });
    expect(await world.remediator.remediate(instanceFinding({ updatedAt: later }))).toMatchObject({
      outcome: 'contained',
      isAnnounced: true,
    });
  });

  test('of what is not held does nothing', async () => {
    const world = await worldAfter([instanceFinding()]);
    const alerts = world.alerts.published.length;
    expect(await world.rollback.release(request)).toEqual({ outcome: 'not-held' });
    expect(world.alerts.published).toHaveLength(alerts);
  });
});
