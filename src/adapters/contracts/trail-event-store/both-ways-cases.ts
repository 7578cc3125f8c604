import { assertSameJson } from '../assert-same-json.ts';
import { assertListed, assertStored, day, eventOf, type TrailEventStoreCase } from './sample-events.ts';

const storedAt = eventOf().storedAt;
const stored = { outcome: 'stored' };
const present = { outcome: 'present', announced: [], storedAt };
const taken = { outcome: 'taken' };

/** An event as the bus and as a log spell it: the log's says more, and comes later. */
function bothWays() {
  const log = eventOf({ rules: ['a', 'b'] });
  const { source, record, ...bare } = log;
  const bus = {
    ...bare,
    via: 'event-bus' as const,
    fingerprint: 'b'.repeat(64),
    eventName: log.eventName,
    ruleSet: 'b'.repeat(64),
    rules: ['b', 'c'],
    record: '{"eventVersion":"1.11","less":true}',
  };
  return { bus, log: { ...log, storedAt: '2026-11-21T08:20:00.000Z' } };
}

/** An event that comes by the event bus and in a log. */
export const bothWaysCases: readonly TrailEventStoreCase[] = [
  {
    name: 'both ways: what a log says stands in place of what the bus said, but for its rules, marks and time',
    async run({ store }) {
      const { bus, log } = bothWays();
      assertSameJson(await store.store(bus), stored);
      await store.markAnnounced(bus.eventId, ['c']);
      assertSameJson(await store.store(log), { ...present, announced: ['c'] });
      await assertStored(store, { ...log, storedAt, rules: ['a', 'b', 'c'] }, ['c']);
      assertSameJson(await store.store(log), { ...present, announced: ['c'] });
      assertSameJson(await store.store(bus), { ...present, announced: ['c'] });
      await assertStored(store, { ...log, storedAt, rules: ['a', 'b', 'c'] }, ['c']);
    },
  },
  {
    name: 'both ways: what the log said first stands, with the rules of both',
    async run({ store }) {
      const { bus, log } = bothWays();
      assertSameJson(await store.store(log), stored);
      assertSameJson(await store.store(bus), { ...present, storedAt: log.storedAt });
      await assertStored(store, { ...log, rules: ['a', 'b', 'c'] });
    },
  },
  {
    name: 'both ways: one that comes by the bus again is present, however it is spelled',
    async run({ store }) {
      const { bus } = bothWays();
      await store.store(bus);
      assertSameJson(await store.store({ ...bus, fingerprint: 'another', record: 'another' }), present);
      await assertStored(store, bus);
    },
  },
  {
    name: 'both ways: another identity is another event, whichever comes first',
    async run({ store }) {
      const { bus, log } = bothWays();
      await store.store(bus);
      assertSameJson(await store.store({ ...log, identity: 'another' }), taken);
      assertSameJson(await store.store({ ...bus, identity: 'another' }), taken);
      await assertStored(store, bus);
      const other = bothWays();
      await store.store(other.log);
      assertSameJson(await store.store({ ...other.bus, identity: 'another' }), taken);
      await assertStored(store, other.log);
    },
  },
  {
    name: 'both ways: once a log has come, another record of a log is told apart, whatever its identity',
    async run({ store }) {
      const { bus, log } = bothWays();
      await store.store(bus);
      await store.store(log);
      assertSameJson(await store.store({ ...log, fingerprint: 'forged', record: 'forged' }), taken);
      await assertStored(store, { ...log, storedAt, rules: ['a', 'b', 'c'] });
    },
  },
  {
    name: 'both ways: of 20 deliveries at once one is stored, and the log stands in the end',
    async run({ store }) {
      const { bus, log } = bothWays();
      const deliveries = Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0 ? bus : { ...log, storedAt },
      );
      const outcomes = await Promise.all(deliveries.map(event => store.store(event)));
      const count = (wanted: string) => outcomes.filter(({ outcome }) => outcome === wanted).length;
      assertSameJson([count('stored'), count('present')], [1, 19]);
      await assertStored(store, { ...log, storedAt, rules: ['a', 'b', 'c'] });
    },
  },
  {
    name: 'both ways: an event is listed once, as the log says',
    async run({ store }) {
      const { bus, log } = bothWays();
      const otherName = `${log.principal}-as-the-bus-says`;
      await store.store({ ...bus, principal: otherName });
      await store.store(log);
      const expected = { ...log, rules: ['a', 'b', 'c'] };
      await assertListed(() => store.ofEventName(log.eventName, day), [expected]);
      await assertListed(() => store.ofPrincipal(log.principal, day), [expected]);
      await assertListed(() => store.ofPrincipal(otherName, day), []);
    },
  },
];
