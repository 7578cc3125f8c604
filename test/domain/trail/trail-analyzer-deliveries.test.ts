import { expect, test } from '@jest/globals';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import type { Alert } from '../../../src/ports/alert-channel.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import fc from '../../seeded-properties.ts';
import { eventId, trailLog, trailRecord } from './trail-fixtures.ts';
import { announcements, busEvent, gathered, minute, trailWorld } from './trail-world.ts';

const names = ['CreateUser', 'DeleteUser', 'ListUsers'];
const rules = compileTrailRules({
  monitoredEvents: ['CreateUser', 'DeleteUser'],
  rules: [
    {
      id: 'users',
      title: 'A user changed',
      monitoredEvents: ['CreateUser'],
      suppress: [
        {
          pattern: { userAgent: ['tool-1'] },
          owner: 'identity team',
          reason: 'the nightly clean-up',
          expires: '2027-01-01T00:00:00.000Z',
        },
      ],
    },
  ],
});

/** One event is the same wherever it stands: its number decides its name, principal and time. */
const recordOf = (number: number) =>
  trailRecord({
    eventID: eventId(number),
    eventName: names[number % names.length] ?? '',
    eventTime: `2026-11-21T08:${String(number % 60).padStart(2, '0')}:00Z`,
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/user-${number % 4}` },
    userAgent: `tool-${number % 5}`,
  });

/** As the event bus has it: without what it may leave out. */
const busRecordOf = (number: number): JsonObject => {
  const { managementEvent: _, eventCategory: __, ...record } = recordOf(number);
  return record;
};

const isSuppressed = (rule: string, number: number) => rule === 'users' && number % 5 === 1;

const logsOfNumbers = fc.array(fc.array(fc.nat(40), { maxLength: 12 }), { minLength: 1, maxLength: 5 });

interface Delivery {
  readonly what: { readonly log: number } | { readonly number: number } | 'a run of the summarizer';
  /** With what came before it. */
  readonly together: boolean;
  readonly minutes: number;
  /** Which call fails, and whether before its effect. */
  readonly fault: readonly [number, boolean] | null;
}

const deliveries = fc.array(
  fc.record<Delivery>({
    what: fc.oneof(
      { weight: 3, arbitrary: fc.record({ log: fc.nat() }) },
      { weight: 2, arbitrary: fc.record({ number: fc.nat(40) }) },
      { weight: 1, arbitrary: fc.constant('a run of the summarizer' as const) },
    ),
    together: fc.boolean(),
    minutes: fc.nat(40),
    fault: fc.option(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean())),
  }),
  { maxLength: 12 },
);

/** What the last alert of each window of a kind says of its totals. */
function lastTotals(kind: string, alerts: readonly Alert[]): ReadonlyMap<string, JsonObject> {
  const last = alerts.filter(alert => alert.kind === kind);
  return new Map(last.map(({ correlationId = '', details }) => [correlationId, details]));
}

type World = ReturnType<typeof trailWorld>;
type Plan = readonly Delivery[];

function deliveriesTo({ analyzer, summarizer }: World, logs: number) {
  const deliverLog = (log: number) => analyzer.analyze({ bucket: 'logs', key: `${log % logs}.json.gz` });
  const deliver = (what: Delivery['what']): Promise<unknown> => {
    if (typeof what === 'string') return summarizer.summarize();
    return 'log' in what ? deliverLog(what.log) : analyzer.analyzeEvent(busEvent(busRecordOf(what.number)));
  };
  return {
    deliver,
    deliverAll: () => Promise.all(Array.from({ length: logs }, (_, log) => deliverLog(log))),
  };
}

/** Plays the plan, faults and all; then what failed comes again, in another order, and windows and days end. */
async function play(world: World, plan: Plan, logs: number): Promise<void> {
  const { faults, clock, summarizer } = world;
  const { deliver, deliverAll } = deliveriesTo(world, logs);
  let running: Promise<unknown>[] = [];
  for (const { what, together, minutes, fault } of plan) {
    if (!together) await Promise.all(running.splice(0));
    clock.advance(minutes * minute);
    if (fault !== null) faults.failCall(faults.calls.length + fault[0], fault[1] ? 'before' : 'after');
    running = [...running, deliver(what).catch(() => undefined)];
  }
  await Promise.all(running);
  faults.reset();
  for (const { what } of plan.toReversed()) await deliver(what);
  await deliverAll();
  for (const minutes of [0, 60, 48 * 60, 60]) {
    clock.advance(minutes * minute);
    expect((await summarizer.summarize()).failures).toEqual([]);
  }
}

/** Stored once: by the log, where it is in one. */
function assertStored({ events }: World, numbers: readonly number[], logged: ReadonlySet<number>): void {
  const expected = numbers.map(number => [eventId(number), logged.has(number) ? 'log' : 'event-bus']);
  expect(events.events.map(event => [event.eventId, event.via]).toSorted()).toEqual(expected.toSorted());
  for (const event of events.events) expect(event.announced.toSorted()).toEqual(event.rules.toSorted());
}

/** Counted once: by the last summary of its window, by that of its day, or alone and announced at once. */
async function assertTold({ windows, alerts }: World, numbers: readonly number[]): Promise<void> {
  const matches = numbers.flatMap(number =>
    rules.match(recordOf(number)).map(rule => ({ rule, number, name: `${rule} ${eventId(number)}` })),
  );
  expect(await gathered(windows)).toEqual(matches.map(({ name }) => name).toSorted());
  const summaries = lastTotals('trail.summary', alerts.published);
  const days = lastTotals('trail.suppressed', alerts.published);
  const alone = windows.windows.filter(
    ({ id, kind, announced }) => kind === 'matches' && announced && !summaries.has(id),
  );
  const sum = (totals: ReadonlyMap<string, JsonObject>, name: string) =>
    [...totals.values()].reduce((total, details) => total + Number(details[name]), 0);
  const suppressed = matches.filter(({ rule, number }) => isSuppressed(rule, number));
  expect(sum(summaries, 'suppressed') + sum(days, 'suppressed')).toBe(suppressed.length);
  expect(sum(summaries, 'alerted') + alone.length).toBe(matches.length - suppressed.length);
  // Nobody is woken for what is suppressed.
  const atOnce = new Set(announcements(alerts.published));
  expect(suppressed.filter(({ name }) => atOnce.has(name))).toEqual([]);
}

test('whatever comes both ways, twice, out of order, at one time or breaks off: each match is stored once, told and counted once', async () => {
  await fc.assert(
    fc.asyncProperty(logsOfNumbers, deliveries, async (logs, plan) => {
      const world = trailWorld({ rules, concurrency: 3, mostWaiting: 5 });
      for (const [index, numbers] of logs.entries()) {
        await world.put(trailLog(...numbers.map(recordOf)), `${index}.json.gz`);
      }
      await play(world, plan, logs.length);

      const onTheBus = plan.flatMap(({ what }) =>
        typeof what === 'object' && 'number' in what ? [what.number] : [],
      );
      const all = [...new Set([...logs.flat(), ...onTheBus])];
      const matching = all.filter(number => number % names.length !== 2);
      assertStored(world, matching, new Set(logs.flat()));
      await assertTold(world, matching);

      // And once all is done, nothing is said again.
      const before = world.alerts.published.length;
      await deliveriesTo(world, logs.length).deliverAll();
      world.clock.advance(48 * 60 * minute);
      await world.summarizer.summarize();
      expect(world.alerts.published).toHaveLength(before);
    }),
    { numRuns: 150 },
  );
});
