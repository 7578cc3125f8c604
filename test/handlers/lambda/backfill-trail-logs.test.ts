import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAlertWindows } from '../../../src/adapters/memory/memory-alert-windows.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { backfillOfBatch } from '../../../src/handlers/lambda/backfill-of-batch.ts';
import {
  backfillTrailLogs,
  type TrailBackfillPorts,
} from '../../../src/handlers/lambda/backfill-trail-logs.ts';
import { BackfillWorld, keyOf, logOf, rules } from '../../domain/trail/backfill/backfill-fixtures.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

const batch = {
  ...{ schemaVersion: 1, backfill: 'november', bucket: 'logs', prefix: 'AWSLogs/' },
  ...{ from: null, to: null, announce: false },
};

/** The function on ports in memory. */
class FunctionWorld extends BackfillWorld {
  readonly alerts = new MemoryAlertChannel();
  readonly audit = new MemoryAuditLog();
  readonly windows = new MemoryAlertWindows();
  remaining = 900_000;
  readonly faults = new FaultInjector();

  get ports(): TrailBackfillPorts {
    const ledger = this.faults.wrap('ledger', this.ledger);
    const alerts = this.faults.wrap('alerts', this.alerts);
    const backfillOf = backfillOfBatch({
      ...{ ledger, alerts, clock: this.clock, random: () => 0.5, windowMinutes: 15 },
      pause: async () => undefined,
      rules: async () => rules,
      objects: this.faults.wrap('objects', this.objects),
      events: this.faults.wrap('events', this.events),
      windows: this.faults.wrap('windows', this.windows),
    });
    const conclusion = { ledger, alerts, clock: this.clock, audit: this.faults.wrap('audit', this.audit) };
    return { backfillOf, conclusion, remainingTime: () => this.remaining };
  }

  /** The items of a Map over the bucket. */
  items(keys?: readonly string[]) {
    return this.objects
      .list('logs')
      .filter(({ ref }) => keys === undefined || keys.includes(ref.key))
      .map(({ ref, size, etag }) => ({
        ...{
          Key: ref.key,
          Etag: `"${etag}"`,
          Size: size,
          LastModified: 1_795_248_000,
          StorageClass: 'STANDARD',
        },
      }));
  }
}

let telemetry: RecordedTelemetry;
let world: FunctionWorld;

beforeEach(async () => {
  telemetry = await recordedTelemetry();
  world = new FunctionWorld();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const call = (input: unknown) => backfillTrailLogs(input, world.ports, telemetry);
const outcomes = () => Object.fromEntries(world.ledger.all.map(({ key, outcome }) => [key, outcome]));
const metric = (name: string) =>
  telemetry
    .metricsOf(name)
    .flatMap(({ value }) => value)
    .reduce((sum, value) => sum + value, 0);

describe('begin', () => {
  const begin = (request: unknown, execution = 'run 1+', deployed: object = {}) =>
    call({ step: 'begin', bucket: 'logs', execution, request, ...deployed });

  test('fills in what the input leaves out, and makes an id of the name', async () => {
    expect(await begin({})).toEqual({ ...batch, backfill: 'run-1-' });
  });

  test('looks where the workflow was deployed to look, unless it is told another prefix', async () => {
    const deployed = { defaultPrefix: 'org/logs/AWSLogs/' };
    expect(await begin({}, 'run', deployed)).toMatchObject({ prefix: 'org/logs/AWSLogs/' });
    expect(await begin({ prefix: 'AWSLogs/1/' }, 'run', deployed)).toMatchObject({ prefix: 'AWSLogs/1/' });
    await expect(begin({}, 'run', { defaultPrefix: '' })).rejects.toMatchObject({
      name: 'Sallyport.InvalidInput',
    });
  });

  test('takes what it is given', async () => {
    const request = {
      prefix: 'AWSLogs/1/',
      from: '2026-11-01',
      to: '2026-11-02',
      announce: true,
      backfill: 'b.1',
    };
    expect(await begin(request)).toEqual({ ...batch, ...request });
  });

  test.each([
    ['a day that is none', { from: '2026-02-30' }],
    ['days in the wrong order', { from: '2026-11-02', to: '2026-11-01' }],
    ['an id that is no id', { backfill: 'a/b' }],
    ['a misspelled name', { form: '2026-11-01' }],
    ['no prefix at all', { prefix: '' }],
  ])('refuses %s', async (_, request) => {
    await expect(begin(request)).rejects.toMatchObject({ name: 'Sallyport.InvalidInput' });
  });
});

describe('analyze', () => {
  test('analyzes the logs of a batch, notes what became of them, and tells nobody', async () => {
    const keys = await world.putLogs(3);

    const answer = await call({ step: 'analyze', batch, objects: world.items() });

    expect(answer).toMatchObject({ objects: 3, outcomes: { analyzed: 3 }, tally: { matches: 3, stored: 3 } });
    expect(outcomes()).toEqual(Object.fromEntries(keys.map(key => [key, 'analyzed'])));
    expect(world.alerts.published).toEqual([]);
    expect(metric('TrailLogsAnalyzed')).toBe(3);
    expect(metric('TrailEventsStored')).toBe(3);
  });

  test('tells people where it is asked to', async () => {
    await world.putLogs(1);

    await call({ step: 'analyze', batch: { ...batch, announce: true }, objects: world.items() });

    expect(world.alerts.published).toHaveLength(1);
  });

  test('leaves alone what was settled before, and measures it once', async () => {
    await world.putLogs(2);
    await call({ step: 'analyze', batch, objects: world.items() });

    expect(await call({ step: 'analyze', batch, objects: world.items() })).toMatchObject({ objects: 2 });
    expect(metric('TrailLogsAnalyzed')).toBe(2);
  });

  test('takes the logs of the days that were asked for, and nothing that is no log', async () => {
    const inside = [keyOf('2026-11-02', 1), keyOf('2026-11-03', 2)];
    const outside = [
      ...[keyOf('2026-11-01', 3), keyOf('2026-11-04', 4)],
      ...[keyOf('2026-11-02', 5).replace('/CloudTrail/', '/CloudTrail-Digest/'), 'copies/one.json'],
      'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/02/',
    ];
    for (const [index, key] of [...inside, ...outside].entries()) await world.put(key, logOf(index));
    const days = { from: '2026-11-02', to: '2026-11-03' };

    await call({ step: 'analyze', batch: { ...batch, ...days }, objects: world.items() });
    expect(Object.keys(outcomes()).toSorted()).toEqual(inside);

    await call({ step: 'analyze', batch: { ...batch, to: '2026-11-03' }, objects: world.items() });
    expect(Object.keys(outcomes()).toSorted()).toEqual([keyOf('2026-11-01', 3), ...inside]);

    await call({ step: 'analyze', batch, objects: world.items() });
    expect(Object.keys(outcomes())).toContain('copies/one.json');
  });

  test('a log that cannot be read fails nothing: it is noted, logged and counted', async () => {
    const broken = keyOf('2026-11-02', 9);
    await world.put(broken, Buffer.from('{"Records":[{'));
    await world.putLogs(1);
    const gone = { Key: keyOf('2026-11-02', 10), Etag: '"e"' };

    const answer = await call({ step: 'analyze', batch, objects: [...world.items(), gone] });

    expect(answer).toMatchObject({ objects: 3, outcomes: { analyzed: 1, unreadable: 1, missing: 1 } });
    expect(metric('TrailLogsFailed')).toBe(2);
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({
        message: 'Log not analyzed',
        key: broken,
        outcome: 'unreadable',
        code: 'truncated',
      }),
    );
  });

  test.each([
    ['throttled', 'Sallyport.Throttled'],
    ['retryable', 'Sallyport.Retryable'],
  ] as const)('a port that stays %s fails the batch after all its neighbours', async (kind, name) => {
    const keys = await world.putLogs(5);
    for (let ordinal = 1; ordinal <= 30; ordinal += 1) {
      world.faults.failCall(ordinal, 'before', { of: 'objects.read', kind });
    }

    await expect(call({ step: 'analyze', batch, objects: world.items() })).rejects.toMatchObject({ name });
    expect(Object.values(outcomes())).toEqual(keys.map(() => 'failed'));

    world.faults.reset();
    expect(await call({ step: 'analyze', batch, objects: world.items() })).toMatchObject({
      outcomes: { analyzed: 5, failed: 0 },
    });
  });

  test('a lasting failure of one log is noted, and does not fail the batch', async () => {
    await world.putLogs(2);
    world.faults.failCall(1, 'before', { of: 'objects.read', kind: 'denied', code: 'AccessDenied' });

    expect(await call({ step: 'analyze', batch, objects: world.items() })).toMatchObject({
      outcomes: { analyzed: 1, failed: 1 },
    });
  });

  test('a batch that is not through in time says so, and the next call goes on', async () => {
    await world.putLogs(8);
    const { ports } = world;
    let left = 4;
    const remainingTime = () => {
      left -= 1;
      return left < 0 ? 1000 : 900_000;
    };
    const input = { step: 'analyze', batch, objects: world.items() };

    await expect(backfillTrailLogs(input, { ...ports, remainingTime }, telemetry)).rejects.toMatchObject({
      name: 'Sallyport.TimedOut',
    });
    const done = Object.keys(outcomes()).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(8);
    expect(await call(input)).toMatchObject({ objects: 8, outcomes: { analyzed: 8 } });
  });

  test.each([
    ['no objects', []],
    ['an object without a key', [{ Etag: '"e"' }]],
    ['an object without an entity tag', [{ Key: 'a' }]],
  ])('%s is no batch', async (_, objects) => {
    await expect(call({ step: 'analyze', batch, objects })).rejects.toMatchObject({
      name: 'Sallyport.InvalidInput',
    });
  });
});

test('give-up notes what no invocation came to the end of, with its error, and leaves alone what is settled', async () => {
  const [first = '', second = ''] = await world.putLogs(2);
  await call({ step: 'analyze', batch, objects: world.items([first]) });

  await call({
    ...{ step: 'give-up', batch, objects: world.items() },
    failure: { Error: 'Runtime.ExitError', Cause: 'out of memory' },
  });

  expect(outcomes()).toEqual({ [first]: 'analyzed', [second]: 'failed' });
  expect(world.ledger.all.find(({ key }) => key === second)?.fault).toEqual({
    ...{ code: 'Runtime.ExitError', message: 'out of memory' },
  });
});

describe('conclude', () => {
  test('answers what became of the logs where all were read', async () => {
    await world.putLogs(3);
    await call({ step: 'analyze', batch, objects: world.items() });

    expect(await call({ step: 'conclude', batch })).toMatchObject({ objects: 3, outcomes: { analyzed: 3 } });
    expect(metric('TrailBackfillsConcluded')).toBe(1);
    expect(world.alerts.published).toMatchObject([{ severity: 'info' }]);
  });

  test.each([
    ['a log that is unreadable', [keyOf('2026-11-02', 9)], /1 are unreadable/],
    ['no log at all', [], /No log was found/],
  ])('fails for %s: that is no success', async (_, broken, message) => {
    for (const key of broken) await world.put(key, Buffer.from('{"Records":[{'));
    if (broken.length > 0) await call({ step: 'analyze', batch, objects: world.items() });

    await expect(call({ step: 'conclude', batch })).rejects.toMatchObject({
      name: 'Sallyport.BackfillIncomplete',
      message: expect.stringMatching(message),
    });
    expect(metric('TrailBackfillsIncomplete')).toBe(1);
    expect(world.alerts.published).toMatchObject([{ severity: 'high' }]);
  });
});

test.each([
  undefined,
  {},
  { step: 'other' },
  { step: 'conclude' },
  { step: 'conclude', batch: { schemaVersion: 2 } },
])('%j is refused', async input => {
  await expect(call(input)).rejects.toMatchObject({ name: 'Sallyport.InvalidInput' });
});

await describeEachCrash('a batch is analyzed', async faults => {
  const crashing = new FunctionWorld();
  Object.defineProperty(crashing, 'faults', { value: faults });
  await crashing.putLogs(2);
  const quiet = {
    logger: { info() {}, error() {} },
    metrics: { addMetric() {} },
  } as unknown as RecordedTelemetry;
  return {
    deliver: () =>
      backfillTrailLogs({ step: 'analyze', batch, objects: crashing.items() }, crashing.ports, quiet).catch(
        error => {
          throw (error as Error).cause ?? error;
        },
      ),
    verify: () => {
      expect(crashing.events.events).toHaveLength(2);
      expect(crashing.ledger.all.map(({ outcome }) => outcome)).toEqual(['analyzed', 'analyzed']);
    },
  };
});
