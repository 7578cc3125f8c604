import { expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import { MemoryTrailEventStore } from '../../../src/adapters/memory/memory-trail-event-store.ts';
import { TrailAnalyzer } from '../../../src/domain/trail/trail-analyzer.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import type { Alert } from '../../../src/ports/alert-channel.ts';
import fc from '../../seeded-properties.ts';
import { eventId, trailLog, trailRecord } from './trail-fixtures.ts';

const names = ['CreateUser', 'DeleteUser', 'ListUsers'];
const rules = compileTrailRules({
  monitoredEvents: ['CreateUser', 'DeleteUser'],
  rules: [{ id: 'users', title: 'A user changed', monitoredEvents: ['CreateUser'] }],
});

/** One event is the same wherever it stands: its number decides its name, principal and time. */
const recordOf = (number: number) =>
  trailRecord({
    eventID: eventId(number),
    eventName: names[number % names.length] ?? '',
    eventTime: `2026-11-21T08:${String(number % 60).padStart(2, '0')}:00Z`,
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/user-${number % 4}` },
  });

const logsOfNumbers = fc.array(fc.array(fc.nat(40), { maxLength: 12 }), { minLength: 1, maxLength: 6 });
/** Which log, whether together with the one before, and which call fails before or after its effect. */
const deliveries = fc.array(
  fc.record({
    log: fc.nat(),
    together: fc.boolean(),
    fault: fc.option(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.boolean())),
  }),
  { maxLength: 12 },
);

/** What alerts have told of: rule and event. */
const told = (alerts: readonly Alert[]) =>
  alerts.flatMap(({ details }) =>
    (details['events'] as readonly { eventId: string }[]).map(event => `${details['rule']} ${event.eventId}`),
  );

test('whatever comes twice, out of order, at the same time or breaks off: each match is stored once, and announced', async () => {
  await fc.assert(
    fc.asyncProperty(logsOfNumbers, deliveries, async (logs, plan) => {
      const faults = new FaultInjector();
      const clock = new ManualClock();
      const objects = new MemoryObjectStore({ clock, buckets: ['logs'] });
      const events = new MemoryTrailEventStore();
      const alerts = new MemoryAlertChannel();
      const analyzer = new TrailAnalyzer({
        objects: faults.wrap('objects', objects),
        events: faults.wrap('events', events),
        alerts: faults.wrap('alerts', alerts),
        ...{ clock, rules, concurrency: 3, mostWaiting: 5 },
      });
      for (const [index, numbers] of logs.entries()) {
        await objects.put({ bucket: 'logs', key: `${index}.json.gz` }, trailLog(...numbers.map(recordOf)));
      }
      const deliver = (log: number) =>
        analyzer.analyze({ bucket: 'logs', key: `${log % logs.length}.json.gz` });
      let running: Promise<unknown>[] = [];
      for (const { log, together, fault } of plan) {
        if (!together) await Promise.all(running.splice(0));
        if (fault !== null) faults.failCall(faults.calls.length + fault[0], fault[1] ? 'before' : 'after');
        running = [...running, deliver(log).catch(() => undefined)];
      }
      await Promise.all(running);
      faults.reset();
      // What failed comes again in the end, in any order.
      for (const log of logs.keys()) await deliver(logs.length - 1 - log);

      const matching = [...new Set(logs.flat())].filter(number => number % names.length !== 2);
      expect(events.events.map(event => event.eventId).toSorted()).toEqual(matching.map(eventId).toSorted());
      const wanted = events.events.flatMap(event => event.rules.map(rule => `${rule} ${event.eventId}`));
      const marked = events.events.flatMap(event => event.announced.map(rule => `${rule} ${event.eventId}`));
      expect(marked.toSorted()).toEqual(wanted.toSorted());
      expect([...new Set(told(alerts.published))].toSorted()).toEqual(wanted.toSorted());
      // And once all is done, nothing is said again.
      const before = alerts.published.length;
      for (const log of logs.keys()) await deliver(log);
      expect(alerts.published).toHaveLength(before);
    }),
    { numRuns: 150 },
  );
});
