import { describe, expect, test } from '@jest/globals';
import type { TrailBackfillOptions } from '../../../../src/domain/trail/backfill/trail-backfill.ts';
import { backfillWork } from '../../../../src/domain/trail/backfill/trail-backfill.ts';
import { compileTrailRules } from '../../../../src/domain/trail/trail-rules.ts';
import type { BackfillEntry } from '../../../../src/ports/backfill-ledger.ts';
import { type FailureKind, PortError } from '../../../../src/ports/failure.ts';
import { eventId, trailLog, trailRecord } from '../trail-fixtures.ts';
import { allOf, BackfillWorld, keyOf, logOf, november, rules } from './backfill-fixtures.ts';

function portError(kind: FailureKind, code: string): PortError {
  return new PortError({ kind, code, operation: 'ObjectStore.read', message: `${code} of it` });
}

/** An analyzer that fails as often as said for each key, and then finds nothing. */
function failing(failures: Readonly<Record<string, readonly Error[]>>): TrailBackfillOptions['analyzer'] {
  const left = new Map(Object.entries(failures).map(([key, errors]) => [key, [...errors]]));
  return {
    analyze: async ({ key }) => {
      const error = left.get(key)?.shift();
      if (error !== undefined) throw error;
      return {
        ...{ outcome: 'analyzed', bytes: 1, records: 1, matches: 0, stored: 0, alerts: 0, suppressed: 0 },
      };
    },
  };
}

const outcomesOf = (entries: readonly BackfillEntry[]) =>
  Object.fromEntries(entries.map(({ key, outcome }) => [key, outcome]));

test('each log is analyzed, its matches stored, nobody told, and what became of it noted', async () => {
  const world = new BackfillWorld();
  const keys = await world.putLogs(5);

  const results = await allOf(world.backfill().run(world.logs(november)));

  expect(results.every(({ before }) => !before)).toBe(true);
  expect(world.events.events.map(event => event.eventId).toSorted()).toEqual(
    keys.map((_, index) => eventId(2 * index)).toSorted(),
  );
  expect(world.events.events.every(({ announced }) => announced.length === 0)).toBe(true);
  expect(outcomesOf(world.ledger.all)).toEqual(Object.fromEntries(keys.map(key => [key, 'analyzed'])));
  expect(world.ledger.all[0]).toEqual({
    ...{ schemaVersion: 1, backfill: 'november', bucket: 'logs', outcome: 'analyzed', work: rules.hash },
    key: expect.any(String),
    etag: expect.stringMatching(/^[0-9a-f]{32}$/),
    tally: { bytes: expect.any(Number), records: 2, matches: 1, stored: 1, alerts: 0 },
    at: '2026-11-21T08:00:00.000Z',
  });
});

describe('going on', () => {
  test('leaves what is settled alone, and tells it again as it was', async () => {
    const world = new BackfillWorld();
    await world.putLogs(4);
    await world.put(keyOf('2026-11-05', 9), Buffer.from('{"Records":[{"eventName":"Cre'));
    const first = await allOf(world.backfill().run(world.logs(november)));
    world.analyzed.length = 0;

    const again = await allOf(world.backfill().run(world.logs(november)));

    expect(world.analyzed).toEqual([]);
    expect(again.every(({ before }) => before)).toBe(true);
    const byKey = (a: { entry: BackfillEntry }, b: { entry: BackfillEntry }) =>
      a.entry.key < b.entry.key ? -1 : 1;
    expect(again.toSorted(byKey).map(({ entry }) => entry)).toEqual(
      first.toSorted(byKey).map(({ entry }) => entry),
    );
    expect(again.filter(({ entry }) => entry.outcome === 'unreadable')).toHaveLength(1);
  });

  test('takes what was left open, was added, or has changed', async () => {
    const world = new BackfillWorld();
    const keys = await world.putLogs(4);
    const [failed = '', changed = '', ...settled] = keys;
    await allOf(
      world
        .backfill({ analyzer: failing({ [failed]: [portError('denied', 'AccessDenied')] }) })
        .run(world.logs(november)),
    );
    expect(outcomesOf(world.ledger.all)[failed]).toBe('failed');
    const added = keyOf('2026-11-01', 50, { region: 'af-south-1' });
    await world.put(added, logOf(50));
    await world.put(changed, logOf(51));

    await allOf(world.backfill().run(world.logs(november)));

    expect(world.analyzed.toSorted()).toEqual([failed, changed, added].toSorted());
    expect(outcomesOf(world.ledger.all)).toEqual(
      Object.fromEntries([failed, changed, added, ...settled].map(key => [key, 'analyzed'])),
    );
  });

  test.each([
    ['other rules', backfillWork(compileTrailRules({ monitoredEvents: ['ListUsers'] }), false)],
    ['announcing', backfillWork(rules, true)],
  ])('with %s is other work: everything is analyzed again', async (_, work) => {
    const world = new BackfillWorld();
    const keys = await world.putLogs(3);
    await allOf(world.backfill().run(world.logs(november)));
    world.analyzed.length = 0;

    await allOf(world.backfill({ work }).run(world.logs(november)));

    expect(world.analyzed.toSorted()).toEqual(keys.toSorted());
  });

  test('under another id begins anew, and stores nothing twice', async () => {
    const world = new BackfillWorld();
    const keys = await world.putLogs(3);
    await allOf(world.backfill().run(world.logs(november)));

    await allOf(world.backfill({ backfill: 'again' }).run(world.logs(november)));

    expect(world.analyzed).toHaveLength(2 * keys.length);
    expect(world.events.events).toHaveLength(keys.length);
  });
});

describe('what cannot be read', () => {
  test('is told and noted with its reason, and the others go on', async () => {
    const world = new BackfillWorld();
    const [good = '', hidden = '', other = ''] = await world.putLogs(3);
    const broken = keyOf('2026-11-09', 7);
    const record = trailRecord({ eventID: eventId(99) });
    await world.put(broken, trailLog(record, record).subarray(0, -9));
    const listed = [good, broken, hidden, other].map(key => ({
      ...{ bucket: 'logs', key, etag: 'e', size: 1, lastModified: '2026-11-21T08:00:00.000Z' },
    }));
    world.objects.hide({ bucket: 'logs', key: hidden });

    const results = await allOf(world.backfill({ concurrency: 1 }).run(listed));

    expect(results.map(({ entry }) => [entry.outcome, entry.fault?.code])).toEqual([
      ['analyzed', undefined],
      ['unreadable', 'truncated'],
      ['missing', 'missing'],
      ['analyzed', undefined],
    ]);
    expect(world.ledger.all).toHaveLength(4);
  });

  test('of a port that fails for good is failed at once, by its code and kind', async () => {
    const world = new BackfillWorld();
    const [key = ''] = await world.putLogs(2);
    const analyzer = failing({
      [key]: Array.from({ length: 9 }, () => portError('permanent', 'ItemTooLarge')),
    });

    const results = await allOf(world.backfill({ analyzer }).run(world.logs(november)));

    const failed = results.find(({ entry }) => entry.key === key);
    expect(failed).toMatchObject({
      before: false,
      failure: 'permanent',
      entry: { outcome: 'failed', fault: { code: 'ItemTooLarge', message: 'ItemTooLarge of it' } },
    });
    expect(world.pauses).toEqual([]);
    expect(results).toHaveLength(2);
  });

  test('because of a defect is failed as well, and no kind is made up', async () => {
    const world = new BackfillWorld();
    const [key = ''] = await world.putLogs(1);

    const [result] = await allOf(
      world
        .backfill({ analyzer: failing({ [key]: [new TypeError('x is undefined')] }) })
        .run(world.logs(november)),
    );

    expect(result?.entry.fault).toEqual({ code: 'Unexpected', message: 'x is undefined' });
    expect(result !== undefined && 'failure' in result).toBe(false);
  });
});

describe('its pace', () => {
  test('slows down for a port that throttles, later and later', async () => {
    const world = new BackfillWorld();
    const [key = ''] = await world.putLogs(1);
    const throttled = portError('throttled', 'SlowDown');

    const [result] = await allOf(
      world
        .backfill({ analyzer: failing({ [key]: [throttled, throttled, portError('retryable', 'TimeOut')] }) })
        .run(world.logs(november)),
    );

    expect(result?.entry.outcome).toBe('analyzed');
    expect(world.pauses).toEqual([100, 200, 400]);
  });

  test('gives a port up that throttles for ever, and says so', async () => {
    const world = new BackfillWorld();
    const [key = ''] = await world.putLogs(1);
    const throttled = Array.from({ length: 99 }, () => portError('throttled', 'SlowDown'));

    const [result] = await allOf(
      world.backfill({ analyzer: failing({ [key]: throttled }), attempts: 3 }).run(world.logs(november)),
    );

    expect(result).toMatchObject({
      failure: 'throttled',
      entry: { outcome: 'failed', fault: { code: 'SlowDown' } },
    });
    expect(world.pauses).toHaveLength(2);
  });

  test('is no faster than asked for, and is not lost on logs that are settled', async () => {
    const world = new BackfillWorld();
    await world.putLogs(5);

    await allOf(world.backfill({ objectsPerSecond: 4, concurrency: 1 }).run(world.logs(november)));
    expect(world.pauses).toEqual([250, 250, 250, 250]);

    await allOf(world.backfill({ objectsPerSecond: 4, concurrency: 1 }).run(world.logs(november)));
    expect(world.pauses).toHaveLength(4);
  });

  test('is as many at a time as asked for, and never more', async () => {
    const world = new BackfillWorld();
    await world.putLogs(20);
    let running = 0;
    let most = 0;
    const analyzer: TrailBackfillOptions['analyzer'] = {
      analyze: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(resolve => setImmediate(resolve));
        running -= 1;
        return { outcome: 'missing' };
      },
    };

    expect(await allOf(world.backfill({ analyzer, concurrency: 3 }).run(world.logs(november)))).toHaveLength(
      20,
    );
    expect(most).toBe(3);
  });

  test('ends when there is no time for another log; the others are left for later', async () => {
    const world = new BackfillWorld();
    const keys = await world.putLogs(6);
    const hasTime = () => world.analyzed.length < 2;

    expect(await allOf(world.backfill({ hasTime, concurrency: 1 }).run(world.logs(november)))).toHaveLength(
      2,
    );
    await allOf(world.backfill().run(world.logs(november)));

    expect(world.analyzed.toSorted()).toEqual(keys.toSorted());
  });
});

test('a ledger that fails ends it: what is not noted does not count as done', async () => {
  const world = new BackfillWorld();
  await world.putLogs(5);
  const ledger = {
    find: world.ledger.find.bind(world.ledger),
    entries: world.ledger.entries.bind(world.ledger),
    note: async () => Promise.reject(portError('denied', 'AccessDenied')),
  };

  await expect(allOf(world.backfill({ ledger }).run(world.logs(november)))).rejects.toMatchObject({
    code: 'AccessDenied',
  });
});

test('logs that are given up are noted as failed, unless they are settled', async () => {
  const world = new BackfillWorld();
  const [first = '', second = ''] = await world.putLogs(2);
  const listed = world.objects.list('logs').map(({ ref, size, etag, lastModified }) => ({
    ...{ bucket: 'logs', key: ref.key, size, etag, lastModified },
  }));
  await allOf(world.backfill().run(listed.filter(({ key }) => key === first)));

  await world.backfill().giveUp(listed, { code: 'Runtime.ExitError', message: 'out of memory' });

  expect(outcomesOf(world.ledger.all)).toEqual({ [first]: 'analyzed', [second]: 'failed' });
  expect(world.ledger.all[1]?.fault).toEqual({ code: 'Runtime.ExitError', message: 'out of memory' });
});
