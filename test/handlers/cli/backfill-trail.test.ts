import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryAlertWindows } from '../../../src/adapters/memory/memory-alert-windows.ts';
import { MemoryObjectListing } from '../../../src/adapters/memory/memory-object-listing.ts';
import { FileBackfillLedger } from '../../../src/adapters/node/file-backfill-ledger.ts';
import type { BackfillDeskRequest, BackfillDesks } from '../../../src/handlers/cli/backfill-desk.ts';
import { backfillTrailBy } from '../../../src/handlers/cli/backfill-trail.ts';
import type { Timer } from '../../../src/handlers/cli/timer.ts';
import { BackfillWorld, keyOf } from '../../domain/trail/backfill/backfill-fixtures.ts';
import { Collector, chunksOf, run as runProgram } from './streams.ts';

let folder: string;
let world: BackfillWorld;
let asked: BackfillDeskRequest[];
let faults: FaultInjector;
let alerts: MemoryAlertChannel;
/** Ticks of the progress line, so that a test can let time pass. */
let tick: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-backfill-'));
  world = new BackfillWorld();
  asked = [];
  faults = new FaultInjector();
  alerts = new MemoryAlertChannel();
  tick = () => undefined;
});
afterEach(() => rm(folder, { recursive: true }));

const desks: BackfillDesks = {
  openListing: async () => ({
    listing: faults.wrap('listing', new MemoryObjectListing(world.objects)),
    close: () => undefined,
  }),
  openDesk: async request => {
    asked.push(request);
    const ledger =
      'file' in request.ledger
        ? await FileBackfillLedger.open(join(folder, request.ledger.file))
        : world.ledger;
    return {
      objects: faults.wrap('objects', world.objects),
      events: faults.wrap('events', world.events),
      store: request.eventsTable,
      ledger: faults.wrap('ledger', ledger),
      telling: request.alerts && { alerts, windows: new MemoryAlertWindows() },
      close: async () => {
        if (ledger instanceof FileBackfillLedger) await ledger.close();
      },
    };
  },
};

const timer: Timer = {
  now: () => 0,
  every: (_, told) => {
    tick = told;
    return () => undefined;
  },
};

async function run(
  args: readonly string[],
  { answer, isTTY = false }: { readonly answer?: string; readonly isTTY?: boolean } = {},
) {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const stdin = Object.assign(chunksOf(answer === undefined ? [] : [answer]), { isTTY });
  const code = await backfillTrailBy(desks, timer).run(args, { stdin, stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const ledgerFile = 'ledger.jsonl';
const november = ['--from', '2026-11-01', '--to', '2026-11-30'];
/** `sallyport trail backfill` over the whole bucket, with a ledger in the folder of the test. */
const whole = (...more: readonly string[]) => [
  ...['s3://logs', ...november, '--events-table', 'events', '--rules', 'account-changes'],
  ...['--ledger', ledgerFile, '--yes', ...more],
];

test('says what there is and what it costs, analyzes it, and sums up', async () => {
  await world.putLogs(12);

  const { code, stdout, stderr } = await run(whole());

  expect(code).toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toMatch(
    /^12 logs, 0\.0 MB, of one region\nless than 0\.01 USD for 10 LIST and 24 HEAD and GET requests\n/,
  );
  expect(stderr).toMatch(
    /12 logs: 12 analyzed, 0 skipped, 0 unreadable, 0 missing, 0 failed; 0 of them in an earlier run\n24 records, 12 matched, 12 events were not stored before, 0 alerts\n$/,
  );
  expect(world.events.events).toHaveLength(12);
  expect(asked).toEqual([{ eventsTable: 'events', eventDays: 365, ledger: { file: ledgerFile } }]);
});

test('the same command goes on where it was left', async () => {
  await world.putLogs(6);
  faults.failCall(2, 'before', { of: 'objects.read', kind: 'denied', code: 'AccessDenied' });

  const first = await run(whole('--concurrency', '1'));
  expect(first.code).toBe(2);
  expect(first.stdout).toMatch(/^failed {6}s3:\/\/logs\/AWSLogs\/\S+ {2}\(AccessDenied: Injected fault/);
  expect(first.stderr).toContain('the same command, when the cause is mended, tries what failed again');

  await world.put(keyOf('2026-11-03', 77), Buffer.from('{"Records":[]}'));
  const again = await run(whole());
  expect(again.code).toBe(0);
  expect(again.stderr).toContain(
    '7 logs: 7 analyzed, 0 skipped, 0 unreadable, 0 missing, 0 failed; 5 of them',
  );
});

test('logs that cannot be read are told each time, and are no success', async () => {
  await world.putLogs(2);
  const broken = keyOf('2026-11-03', 77);
  await world.put(broken, Buffer.from('{"Records":[{'));

  for (const before of [0, 3]) {
    const { code, stdout, stderr } = await run(whole());
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^unreadable {2}s3://logs/${broken} {2}\\(truncated: `));
    expect(stderr).toContain(`1 unreadable, 0 missing, 0 failed; ${before} of them in an earlier run`);
  }
});

test('with --json there is a line for each log, and one that sums up', async () => {
  const [key] = await world.putLogs(1);

  const { stdout } = await run(whole('--json'));

  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual([
    {
      ...{ type: 'log', outcome: 'analyzed', before: false, bucket: 'logs', key, fault: null },
      ...{ etag: expect.any(String), at: expect.any(String), bytes: expect.any(Number) },
      ...{ records: 2, matches: 1, stored: 1, alerts: 0 },
    },
    {
      ...{
        type: 'summary',
        objects: 1,
        before: 0,
        bytes: expect.any(Number),
        records: 2,
        matches: 1,
        stored: 1,
      },
      ...{ alerts: 0, outcomes: { analyzed: 1, skipped: 0, unreadable: 0, missing: 0, failed: 0 } },
    },
  ]);
});

describe('before it begins', () => {
  test('--estimate says what there is, and does nothing', async () => {
    await world.putLogs(3);
    const args = ['s3://logs/AWSLogs/', ...november, '--estimate'];

    const text = await run(args);
    const json = await run([...args, '--json']);

    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^3 logs, /);
    expect(JSON.parse(json.stdout)).toMatchObject({ type: 'estimate', objects: 3, requests: { read: 6 } });
    expect(asked).toEqual([]);
    expect(faults.calls.filter(call => !call.startsWith('listing.'))).toEqual([]);
  });

  test.each([
    ['y\n', 0, 3],
    ['YES\n', 0, 3],
    ['n\n', 2, 0],
    ['\n', 2, 0],
    ['', 2, 0],
  ])('a terminal is asked; after %j the exit code is %i', async (answer, code, stored) => {
    await world.putLogs(3);
    const args = whole().filter(arg => arg !== '--yes');

    const answered = await run(args, { answer, isTTY: true });

    expect(answered.stderr).toContain('Go on? [y/N] ');
    expect(answered.code).toBe(code);
    expect(world.events.events).toHaveLength(stored);
  });

  test('where nobody can be asked, nothing is done', async () => {
    await world.putLogs(1);

    await expect(run(whole().filter(arg => arg !== '--yes'))).rejects.toThrow('give --yes, or --estimate');
    expect(faults.calls).toEqual([]);
  });
});

test('people are told only where a topic is named', async () => {
  await world.putLogs(2);
  const topic = 'arn:aws:sns:eu-central-1:111122223333:alerts';

  await run(whole('--alert-topic', topic, '--alert-windows-table', 'windows'));

  expect(asked).toMatchObject([{ alerts: { topic, windowsTable: 'windows' } }]);
  expect(alerts.published.length).toBeGreaterThan(0);
});

test('a table takes the place of the file', async () => {
  await world.putLogs(2);
  const args = whole('--ledger-table', 'backfills').filter(arg => arg !== '--ledger' && arg !== ledgerFile);

  expect((await run(args)).code).toBe(0);
  expect(asked).toMatchObject([{ ledger: { table: 'backfills' } }]);
  expect(world.ledger.all).toHaveLength(2);
});

test('the backfill is called after its question, or as it is told', async () => {
  await world.putLogs(1);
  await run(whole());
  await run(whole('--run', 'mine'));

  const ids = (await readFile(join(folder, ledgerFile), 'utf8')).split('\n').slice(1, -1);
  expect(ids.map(line => (JSON.parse(line) as { backfill: string }).backfill)).toEqual([
    expect.stringMatching(/^2026-11-01_2026-11-30_[0-9a-f]{8}$/),
    'mine',
  ]);
});

test('progress is told while it runs', async () => {
  await world.putLogs(3);
  const put = world.events.store.bind(world.events);
  world.events.store = async event => {
    tick();
    return put(event);
  };

  const { stderr } = await run(whole('--concurrency', '1'));

  expect(stderr).toMatch(/\n2 of 3 logs \(66 %\), 0\.0 MB, 2 matches, 0 not read, about 0 min left\n/);
});

test('where one log after the other fails, the others are not tried', async () => {
  await world.putLogs(80);
  for (let call = 1; call <= 80; call += 1)
    faults.failCall(call, 'before', { of: 'objects.read', kind: 'denied', code: 'ExpiredToken' });

  const { code, stderr } = await run(whole('--concurrency', '1'));

  expect(code).toBe(2);
  expect(stderr).toContain('50 logs failed one after the other: the others were not tried');
  expect(stderr.match(/^sallyport: the credentials have expired: /gm)).toHaveLength(1);
  expect(faults.calls.filter(call => call === 'objects.read').length).toBeLessThan(60);
});

test('days without a log are no success, and a bucket without a trail is told', async () => {
  await world.put(keyOf('2026-01-01', 1), Buffer.from('{"Records":[]}'));
  const none = await run(whole());
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('there is a trail, but no log of these days');
  const estimate = await run(['s3://logs', ...november, '--estimate']);
  expect(estimate.code).toBe(1);
  expect(estimate.stdout).toMatch(/^0 logs, 0\.0 MB, of one region\n/);
  expect(estimate.stderr).toBe('sallyport: there is a trail, but no log of these days\n');

  world = new BackfillWorld();
  await expect(run(whole())).rejects.toMatchObject({ code: 'NoTrail' });
});

test('a port that fails says which call failed', async () => {
  await world.putLogs(1);
  faults.failFrom(1, 'before', { of: 'listing.folders', kind: 'denied', code: 'AccessDenied' });

  await expect(run(whole())).rejects.toThrow(/Injected fault before the effect of listing\.folders/);
});

test.each([
  [['s3://logs'], '--from is needed'],
  [['s3://logs', '--from', '2026-11-01'], '--to is needed'],
  [['s3://logs', '--from', '2026-11-31', '--to', '2026-12-01'], 'is no day such as'],
  [['s3://logs', '--from', '2026-11-02', '--to', '2026-11-01'], 'comes before the first'],
  [[...november], 'give one bucket'],
  [['logs', ...november], 'is no s3://bucket'],
  [['s3://logs', 's3://more', ...november], 'give one bucket'],
  [['s3://logs', ...november], '--events-table is needed'],
  [whole('--rate', '0'), '--rate takes a whole number from 1 to 10000'],
  [whole('--concurrency', 'many'), '--concurrency takes a whole number'],
  [whole('--run', 'a/b'), '--run takes'],
  [whole('--alert-topic', 'alerts'), '--alert-topic takes the ARN'],
  [whole('--alert-windows-table', 'w'), '--alert-topic is needed'],
  [whole('--ledger-table', 't'), 'do not go together'],
  [whole('--event-days', '0'), '--event-days takes'],
])('%j is refused: %s', async (args, message) => {
  await expect(run(args)).rejects.toThrow(message);
  expect(faults.calls).toEqual([]);
});

test('the program knows the verb, and its help', async () => {
  const { code, stdout } = await runProgram(['trail', 'backfill', '--help']);

  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: sallyport trail backfill s3:\/\//);
});
