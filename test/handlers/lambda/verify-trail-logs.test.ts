import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { IntegrityWatch, type WatchRequest } from '../../../src/domain/trail/integrity/integrity-watch.ts';
import { type VerifyPorts, verifyTrailLogs } from '../../../src/handlers/lambda/verify-trail-logs.ts';
import { bucket, firstHour, SignedChain, TrailWorld } from '../../domain/trail/integrity/signed-trail.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const hour = 3_600_000;
const at = (hours: number) => new Date(firstHour + hours * hour).toISOString();
/** What EventBridge hands a function on a schedule. */
const scheduled = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111122223333',
  time: '2026-11-21T00:01:31Z',
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:111122223333:rule/verify'],
  detail: {},
};

async function built() {
  const faults = new FaultInjector();
  const world = new TrailWorld();
  const chain = new SignedChain(world);
  await chain.deliverHours(6);
  const alerts = new MemoryAlertChannel();
  const telemetry = await recordedTelemetry();
  const watch = new IntegrityWatch({
    verifier: world.verifier(),
    audit: new MemoryAuditLog(),
    alerts: faults.wrap('alerts', alerts),
  });
  const ports: VerifyPorts = {
    watch,
    clock: world.clock,
    scope: { bucket, prefix: '', hours: 3 },
    remainingTime: () => 900_000,
  };
  return { world, chain, alerts, telemetry, ports, faults };
}

test('the hours before the time of the event are verified', async () => {
  const { ports, telemetry, alerts } = await built();

  expect(await verifyTrailLogs(scheduled, ports, telemetry)).toEqual({
    outcome: 'valid',
    digests: { valid: 3, tampered: 0, missing: 0, unverifiable: 0 },
    logs: { valid: 6, tampered: 0, missing: 0, unverifiable: 0 },
    pending: 0,
    alerts: 0,
  });
  expect(alerts.published).toEqual([]);
  expect(telemetry.metricsOf('TrailFilesVerified')).toMatchObject([{ value: 9 }]);
  expect(telemetry.metricsOf('TrailVerificationsNotClean')).toMatchObject([{ value: 0 }]);
});

test('what is not valid is told, counted, and logged', async () => {
  const { world, chain, ports, telemetry, alerts } = await built();
  await world.remove(chain.digest(2).key);

  expect(await verifyTrailLogs(scheduled, ports, telemetry)).toMatchObject({ outcome: 'broken', alerts: 1 });
  expect(alerts.published).toMatchObject([{ kind: 'trail.integrity', severity: 'critical' }]);
  expect(telemetry.metricsOf('TrailFilesMissing')).toMatchObject([{ value: 1 }]);
  expect(telemetry.metricsOf('TrailFilesUnverifiable')).toMatchObject([{ value: 2 }]);
  expect(telemetry.metricsOf('TrailVerificationsNotClean')).toMatchObject([{ value: 1 }]);
  expect(telemetry.logs().at(-1)).toMatchObject({ message: 'Trail verified', outcome: 'broken' });
});

test('an announcement that fails is made when the event comes again, under the same id', async () => {
  const { world, chain, ports, telemetry, alerts, faults } = await built();
  await world.remove(chain.digest(2).key);
  faults.failCall(1, 'after', { kind: 'throttled' });

  await expect(verifyTrailLogs(scheduled, ports, telemetry)).rejects.toMatchObject({
    name: 'Sallyport.Throttled',
  });
  await verifyTrailLogs(scheduled, ports, telemetry);

  expect(new Set(alerts.published.map(({ id }) => id)).size).toBe(1);
  expect(alerts.published).toHaveLength(2);
});

test('no time left is told', async () => {
  const { ports, telemetry, alerts } = await built();
  let left = 300_000;
  const remainingTime = () => {
    left -= 100_000;
    return left;
  };

  const answer = await verifyTrailLogs(scheduled, { ...ports, remainingTime }, telemetry);

  expect([answer.outcome, alerts.published.length]).toEqual(['unfinished', 1]);
  expect(telemetry.metricsOf('TrailVerificationsNotClean')).toMatchObject([{ value: 1 }]);
});

describe('the input', () => {
  async function requestOf(input: unknown, scope: Partial<VerifyPorts['scope']> = {}) {
    const { ports, telemetry } = await built();
    const requests: WatchRequest[] = [];
    const watch: VerifyPorts['watch'] = {
      watch: async request => {
        requests.push(request);
        return ports.watch.watch(request);
      },
    };
    await verifyTrailLogs(input, { ...ports, watch, scope: { ...ports.scope, ...scope } }, telemetry);
    return requests[0];
  }

  test.each([undefined, null, {}])('%j means the hours before now', async input => {
    expect(await requestOf(input)).toMatchObject({
      from: '2026-11-21T09:00:00.000Z',
      to: '2026-11-21T12:00:00.000Z',
    });
  });

  test('may name other hours, accounts and regions', async () => {
    const asked = {
      from: at(0),
      to: '2026-11-21T03:01:31+01:00',
      accounts: ['111122223333'],
      regions: ['us-east-1'],
    };
    expect(await requestOf(asked, { prefix: 'a/b', regions: ['eu-central-1'] })).toEqual({
      bucket,
      prefix: 'a/b/',
      from: at(0),
      to: '2026-11-21T02:01:31.000Z',
      accounts: ['111122223333'],
      regions: ['us-east-1'],
      runId: `trail-verify:${bucket}:a/b:${at(0)}:2026-11-21T02:01:31.000Z:111122223333:us-east-1`,
    });
  });

  test.each([
    'text',
    { time: 'yesterday' },
    { accounts: ['1'] },
    { from: at(2), to: at(1) },
    { from: at(2), to: at(2) },
  ])('%j is refused', async input => {
    const { ports, telemetry } = await built();
    await expect(verifyTrailLogs(input, ports, telemetry)).rejects.toMatchObject({
      name: 'Sallyport.InvalidInput',
    });
  });
});
