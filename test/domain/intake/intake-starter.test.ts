import { describe, expect, test } from '@jest/globals';
import type { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryWorkflowEngine } from '../../../src/adapters/memory/memory-workflow-engine.ts';
import { IntakeStarter, type UploadNotification } from '../../../src/domain/intake/intake-starter.ts';
import { defaultObjectKeyPolicy } from '../../../src/domain/kernel/object-key-policy.ts';
import { notifiedIdentity, uploadIdentity } from '../../../src/domain/kernel/upload-identity.ts';
import type { WorkflowStatus } from '../../../src/ports/workflow-engine.ts';
import { describeEachCrash } from '../../each-crash.ts';

const upload: UploadNotification = {
  bucket: 'uploads',
  key: 'invoices/2026/offer (final).pdf',
  versionId: 'v1',
  occurredAt: '2026-11-21T08:00:00.000Z',
};
const hostile: UploadNotification = { ...upload, key: '../../etc/passwd' };
const identity = uploadIdentity({ bucket: upload.bucket, key: upload.key, versionId: 'v1' });

function world(faults?: FaultInjector) {
  const workflows = new MemoryWorkflowEngine();
  const audit = new MemoryAuditLog();
  const alerts = new MemoryAlertChannel();
  const clock = new ManualClock();
  const starter = new IntakeStarter({
    workflows: faults?.wrap('workflows', workflows) ?? workflows,
    audit: faults?.wrap('audit', audit) ?? audit,
    alerts: faults?.wrap('alerts', alerts) ?? alerts,
    clock,
    maximumReruns: 3,
  });
  return { workflows, audit, alerts, clock, starter };
}

describe('an admitted upload', () => {
  test('starts an execution named by the SHA-256 of bucket, key and version', async () => {
    const { starter, workflows } = world();
    expect(await starter.admit(upload)).toEqual({
      outcome: 'started',
      correlationId: identity,
      executionName: identity,
      rerun: 0,
    });
    expect(identity).toMatch(/^[0-9a-f]{64}$/);
    expect(workflows.runs).toEqual([
      {
        name: identity,
        status: 'RUNNING',
        input: {
          schemaVersion: 1,
          bucket: 'uploads',
          key: upload.key,
          versionId: 'v1',
          correlationId: identity,
        },
      },
    ]);
  });

  test('is told apart by bucket, by key and by version', async () => {
    const { starter, workflows } = world();
    for (const other of [
      upload,
      { ...upload, versionId: 'v2' },
      { ...upload, key: 'b' },
      { ...upload, bucket: 'b' },
    ]) {
      expect(await starter.admit(other)).toMatchObject({ outcome: 'started' });
    }
    expect(workflows.runs).toHaveLength(4);
  });

  test('gives the same input whenever its notification comes, so that the engine knows the repetition', async () => {
    const { starter, workflows, clock } = world();
    await starter.admit(upload);
    clock.advance(60_000);
    await starter.admit({ ...upload, occurredAt: '2026-11-21T08:00:01.000Z' });
    expect(workflows.runs).toHaveLength(1);
  });

  test.each(['RUNNING', 'SUCCEEDED'] as const)('whose run is %s is already started', async status => {
    const { starter, workflows } = world();
    await starter.admit(upload);
    if (status === 'SUCCEEDED') workflows.finish(identity, status);
    expect(await starter.admit(upload)).toEqual({
      outcome: 'already-started',
      correlationId: identity,
      executionName: identity,
    });
    expect(workflows.runs).toHaveLength(1);
  });

  test.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)(
    'whose run ended %s is started again',
    async status => {
      const { starter, workflows } = world();
      await starter.admit(upload);
      workflows.finish(identity, status);
      expect(await starter.admit(upload)).toMatchObject({
        outcome: 'started',
        executionName: `${identity}-r1`,
        rerun: 1,
      });
      expect(await starter.admit(upload)).toMatchObject({ outcome: 'already-started' });
      workflows.finish(`${identity}-r1`, status);
      expect(await starter.admit(upload)).toMatchObject({
        outcome: 'started',
        executionName: `${identity}-r2`,
      });
      expect(workflows.runs.map(({ input }) => JSON.stringify(input))).toHaveLength(3);
      expect(new Set(workflows.runs.map(({ input }) => JSON.stringify(input))).size).toBe(1);
    },
  );

  test('is given up, loudly, when every execution it may have has failed', async () => {
    const { starter, workflows } = world();
    for (let attempt = 0; attempt <= 3; attempt += 1) {
      await starter.admit(upload);
      workflows.finish(attempt === 0 ? identity : `${identity}-r${attempt}`, 'FAILED');
    }
    await expect(starter.admit(upload)).rejects.toMatchObject({ kind: 'permanent', code: 'TooManyReruns' });
  });

  test('waits for an execution that exists but cannot be described yet', async () => {
    const { audit, alerts, clock } = world();
    const starter = new IntakeStarter({
      workflows: {
        start: async () => ({ outcome: 'name-taken' }),
        status: async (): Promise<WorkflowStatus | undefined> => undefined,
      },
      audit,
      alerts,
      clock,
    });
    await expect(starter.admit(upload)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'ExecutionNotYetVisible',
    });
  });

  test('may be started anew a hundred times unless it is told otherwise', async () => {
    const { audit, alerts, clock } = world();
    const names: string[] = [];
    const start = async ({ name }: { name: string }) => {
      names.push(name);
      return { outcome: 'name-taken' } as const;
    };
    const workflows = { start, status: async () => 'FAILED' as const };
    const starter = new IntakeStarter({ workflows, audit, alerts, clock });
    await expect(starter.admit(upload)).rejects.toMatchObject({ code: 'TooManyReruns' });
    expect(names).toHaveLength(101);
    expect(names.at(-1)).toBe(`${identity}-r100`);
  });

  test('is known as running without a look at its run', async () => {
    const { audit, alerts, clock } = world();
    const workflows = {
      start: async () => ({ outcome: 'already-running' }) as const,
      status: async () => Promise.reject(new Error('not to be asked')),
    };
    const starter = new IntakeStarter({ workflows, audit, alerts, clock });
    expect(await starter.admit(upload)).toMatchObject({ outcome: 'already-started' });
  });

  test('is not audited or announced as refused', async () => {
    const { starter, audit, alerts } = world();
    await starter.admit(upload);
    expect(audit.entries).toEqual([]);
    expect(alerts.published).toEqual([]);
  });
});

describe('a refused upload', () => {
  test('never reaches the workflow; it is audited and announced', async () => {
    const { starter, workflows, audit, alerts } = world();
    const outcome = await starter.admit(hostile);
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(workflows.runs).toEqual([]);
    expect(audit.entries.map(({ action, outcome, object }) => ({ action, outcome, object }))).toEqual([
      {
        action: 'upload.refuse',
        outcome: 'refused',
        object: { bucket: 'uploads', key: hostile.key, versionId: 'v1' },
      },
      {
        action: 'upload.announce-refusal',
        outcome: 'announced',
        object: { bucket: 'uploads', key: hostile.key, versionId: 'v1' },
      },
    ]);
    expect(alerts.published).toHaveLength(1);
    expect(alerts.published[0]).toMatchObject({
      kind: 'upload.refused',
      correlationId: outcome.correlationId,
      occurredAt: upload.occurredAt,
      details: { bucket: 'uploads', key: hostile.key, versionId: 'v1' },
    });
    expect(alerts.published[0]?.text).toContain('../../etc/passwd');
  });

  test('is audited with its reasons, when it happened and when it was noted', async () => {
    const { starter, audit, clock } = world();
    clock.advance(5_000);
    const { correlationId } = await starter.admit({ ...hostile, occurredAt: '2026-11-21T08:00:00.123Z' });
    expect(audit.entries[0]).toMatchObject({
      id: `${correlationId}:upload.refuse`,
      requestId: correlationId,
      correlationId,
      timestamp: '2026-11-21T08:00:00.000Z',
      details: {
        occurredAt: '2026-11-21T08:00:00.123Z',
        recordedAt: '2026-11-21T08:00:05.000Z',
        reasons: expect.arrayContaining([
          { code: 'dot-segment', position: 0, explanation: expect.stringMatching(/./) },
        ]),
      },
    });
  });

  test('is announced with a title, a severity and its reasons', async () => {
    const { starter, alerts } = world();
    const { correlationId } = await starter.admit({ ...hostile, bucket: 'up\nloads' });
    expect(alerts.published[0]).toMatchObject({
      id: `${correlationId}:upload.refused`,
      severity: 'medium',
      title: 'Upload refused: dot-segment',
      text: expect.stringMatching(
        /Bucket: {2}up\\u\{a\}loads\n(?:.|\n)*\n- dot-segment at 0: .*\n(?:.*\n)*- dot-segment at 3: /,
      ),
    });
  });

  test('delivered twice at once, in two forms of one event, is audited once', async () => {
    const { starter, audit } = world();
    await Promise.all([
      starter.admit({ ...hostile, occurredAt: '2026-11-21T08:00:00.123Z' }),
      starter.admit({ ...hostile, occurredAt: '2026-11-21T08:00:00.000Z' }),
    ]);
    expect(audit.entries.map(({ action }) => action)).toEqual(['upload.refuse', 'upload.announce-refusal']);
  });

  test('may be refused by the policy that is given', async () => {
    const { workflows, audit, alerts, clock } = world();
    const keyPolicy = { ...defaultObjectKeyPolicy, reservedRoots: ['invoices'] };
    const starter = new IntakeStarter({ workflows, audit, alerts, clock, keyPolicy });
    expect(await starter.admit(upload)).toMatchObject({
      outcome: 'refused',
      reasons: [{ code: 'reserved-name' }],
    });
  });

  test('is audited and announced once however often it is delivered', async () => {
    const { starter, audit, alerts, clock } = world();
    await starter.admit(hostile);
    clock.advance(1000);
    // The EventBridge form of the same event bears a time without milliseconds.
    await starter.admit({ ...hostile, occurredAt: '2026-11-21T08:00:01.000Z' });
    expect(audit.entries).toHaveLength(2);
    expect(alerts.published).toHaveLength(1);
  });

  test('shows its key escaped to people, and whole to machines', async () => {
    const { starter, alerts } = world();
    const key = 'invoice\u202Efdp.exe';
    await starter.admit({ ...upload, key });
    expect(alerts.published[0]?.text).toContain('invoice\\u{202e}fdp.exe');
    expect(alerts.published[0]?.text).not.toContain('\u202E');
    expect(alerts.published[0]?.details).toMatchObject({ key });
  });

  test('with a forged endless key stays within what an entry may hold', async () => {
    const { starter, audit, alerts } = world();
    await starter.admit({
      ...upload,
      bucket: 'b'.repeat(200_000),
      key: 'a/'.repeat(200_000),
      versionId: 'v'.repeat(200_000),
    });
    expect(JSON.stringify(audit.entries).length).toBeLessThan(20_000);
    expect(JSON.stringify(alerts.published).length).toBeLessThan(20_000);
  });
});

describe('an object without a version', () => {
  test.each([undefined, 'null'])('(version id %p) is refused as unversioned', async versionId => {
    const { starter, workflows, alerts } = world();
    const { versionId: _, ...rest } = upload;
    const outcome = await starter.admit(versionId === undefined ? rest : { ...rest, versionId });
    expect(outcome).toMatchObject({ outcome: 'refused', reasons: [{ code: 'unversioned' }] });
    expect(outcome.correlationId).toBe(
      notifiedIdentity({ ...rest, ...(versionId === undefined ? {} : { versionId }) }),
    );
    expect(workflows.runs).toEqual([]);
    expect(alerts.published).toHaveLength(1);
  });

  test('is refused anew when it is written anew: each write has its own time', async () => {
    const { starter, audit, alerts } = world();
    const { versionId: _, ...unversioned } = upload;
    await starter.admit(unversioned);
    await starter.admit({ ...unversioned, occurredAt: '2026-11-21T09:00:00.000Z' });
    expect(alerts.published).toHaveLength(2);
    expect(audit.entries).toHaveLength(4);
  });

  test('with a hostile key is refused for both', async () => {
    const { starter } = world();
    const { versionId: _, ...unversioned } = hostile;
    const outcome = await starter.admit(unversioned);
    const codes = outcome.outcome === 'refused' ? outcome.reasons.map(({ code }) => code) : [];
    expect(codes[0]).toBe('unversioned');
    expect(codes.length).toBeGreaterThan(1);
  });
});

await describeEachCrash('admitting an upload', faults => {
  const { starter, workflows } = world(faults);
  return {
    deliver: () => starter.admit(upload),
    verify: () => expect(workflows.runs.map(({ name }) => name)).toEqual([identity]),
  };
});

await describeEachCrash('admitting an upload whose first run has failed', async faults => {
  const { starter, workflows } = world(faults);
  await starter.admit(upload);
  workflows.finish(identity, 'FAILED');
  return {
    deliver: () => starter.admit(upload),
    verify: () => expect(workflows.runs.map(({ name }) => name)).toEqual([identity, `${identity}-r1`]),
  };
});

await describeEachCrash('refusing an upload', faults => {
  const { starter, audit, alerts, workflows } = world(faults);
  return {
    deliver: () => starter.admit(hostile),
    verify: () => {
      expect(audit.entries.map(({ action }) => action)).toEqual(['upload.refuse', 'upload.announce-refusal']);
      // An alert may come twice, under one id: a lost one would be worse.
      expect(alerts.published.length).toBeLessThanOrEqual(2);
      expect(new Set(alerts.published.map(({ id }) => id)).size).toBe(1);
      expect(workflows.runs).toEqual([]);
    },
  };
});
