import assert from 'node:assert/strict';
import type { TrailEvent, TrailEventStore } from '../../../ports/trail-event-store.ts';
import { assertSameJson } from '../assert-same-json.ts';
import { eventually } from '../eventually.ts';
import {
  assertListed,
  day,
  eventOf,
  listOf,
  summaryOf,
  type TrailEventStoreCase,
  type TrailEventStoreSubject,
} from './sample-events.ts';

/** The two listings are alike: one is by event name, the other one by principal. */
const listings = [
  {
    by: 'event name',
    field: 'eventName',
    list: (store: TrailEventStore, name: string, of: string) => store.ofEventName(name, of),
  },
  {
    by: 'principal',
    field: 'principal',
    list: (store: TrailEventStore, name: string, of: string) => store.ofPrincipal(name, of),
  },
] as const;

const names: Readonly<Record<string, string>> = {
  'with spaces and quotes': ` "quoted" 'single' \\ back `,
  'like a key of the store': 'StopLogging#2026-11-21#03',
  'with a null character': 'a\u0000b',
  emoji: '📄 👩‍👩‍👧',
  'other scripts': '発注書 – Überweisung',
  'of 3000 characters': 'n'.repeat(3000),
  'of 600 characters in three bytes each': '発'.repeat(600),
  'like a digest': `sha256:${'0'.repeat(64)}`,
};

export const listingCases: readonly TrailEventStoreCase[] = listings.flatMap(({ by, field, list }) => [
  {
    name: `by ${by}: an event is listed with all that tells it from others`,
    async run({ store }: TrailEventStoreSubject) {
      const { sourceIPAddress, errorCode, ...bare } = eventOf();
      for (const event of [eventOf({ rules: ['a', 'b'] }), bare]) {
        await store.store(event);
        await store.markAnnounced(event.eventId, event.rules);
        await assertListed(() => list(store, event[field], day), [event]);
      }
    },
  },
  {
    name: `by ${by}: a rule that is added is listed`,
    async run({ store }: TrailEventStoreSubject) {
      const event = eventOf({ rules: ['a'] });
      await store.store(event);
      await store.store({ ...event, rules: ['b'] });
      await eventually(async () => {
        const [listed] = await listOf(list(store, event[field], day));
        assertSameJson(listed?.rules.toSorted(), ['a', 'b']);
      });
    },
  },
  {
    name: `by ${by}: many events come in the order of their times, whenever they arrived`,
    async run({ store }: TrailEventStoreSubject) {
      const name = crypto.randomUUID();
      const events = Array.from({ length: 40 }, (_, index) => {
        const time = new Date(Date.UTC(2026, 10, 21, 8, 0, 0, index)).toISOString();
        return eventOf({ [field]: name, eventTime: time });
      });
      await storeAll(store, shuffled(events));
      await assertListed(() => list(store, name, day), events);
    },
  },
  {
    name: `by ${by}: events of one time are all listed, each once`,
    async run({ store }: TrailEventStoreSubject) {
      const name = crypto.randomUUID();
      const events = Array.from({ length: 30 }, () => eventOf({ [field]: name }));
      await storeAll(store, [...events, ...events]);
      await eventually(async () => {
        const ids = (await listOf(list(store, name, day))).map(({ eventId }) => eventId);
        assert.deepEqual(ids.sort(), events.map(({ eventId }) => eventId).sort());
      });
    },
  },
  {
    name: `by ${by}: a day begins and ends at midnight, UTC`,
    async run({ store }: TrailEventStoreSubject) {
      const name = crypto.randomUUID();
      const at = (eventTime: string) => eventOf({ [field]: name, eventTime });
      const before = at('2026-11-20T23:59:59.999Z');
      const within = [at('2026-11-21T00:00:00.000Z'), at('2026-11-21T23:59:59.999Z')];
      const after = at('2026-11-22T00:00:00.000Z');
      await storeAll(store, [after, ...within, before]);
      await assertListed(() => list(store, name, '2026-11-20'), [before]);
      await assertListed(() => list(store, name, '2026-11-21'), within);
      await assertListed(() => list(store, name, '2026-11-22'), [after]);
      await assertListed(() => list(store, name, '2026-11-23'), []);
    },
  },
  ...Object.entries(names).map(([description, text]) => ({
    name: `by ${by}: a name ${description} is found, and none that differs in its end`,
    async run({ store }: TrailEventStoreSubject) {
      const name = `${crypto.randomUUID()}${text}`;
      const event = eventOf({ [field]: name });
      const other = eventOf({ [field]: `${name}#` });
      await storeAll(store, [event, other]);
      await assertListed(() => list(store, name, day), [event]);
      await assertListed(() => list(store, `${name}#`, day), [other]);
      await assertListed(() => list(store, name.slice(0, -1), day), []);
    },
  })),
  ...['', '__proto__', 'constructor', '#', `sha256:${'0'.repeat(64)}`].map(name => ({
    name: `by ${by}: the name ${JSON.stringify(name)} is one like any other`,
    async run({ store }: TrailEventStoreSubject) {
      const event = eventOf({ [field]: name, eventTime: '2026-11-19T08:00:00.000Z' });
      await store.store(event);
      await eventually(async () => {
        const listed = await listOf(list(store, name, '2026-11-19'));
        assert.ok(listed.some(({ eventId }) => eventId === event.eventId));
        assert.ok(listed.every(summary => summary[field] === name));
      });
    },
  })),
  {
    name: `by ${by}: a lone surrogate in a name is no hindrance`,
    async run({ store }: TrailEventStoreSubject) {
      const name = `\ud800${crypto.randomUUID()}`;
      const event = eventOf({ [field]: name });
      await store.store(event);
      await eventually(async () => {
        const ids = (await listOf(list(store, name, day))).map(({ eventId }) => eventId);
        assert.deepEqual(ids, [event.eventId]);
      });
    },
  },
  {
    name: `by ${by}: a reader may stop early, and start again`,
    async run({ store }: TrailEventStoreSubject) {
      const name = crypto.randomUUID();
      const events = ['08', '09', '10'].map(hour =>
        eventOf({ [field]: name, eventTime: `${day}T${hour}:00:00.000Z` }),
      );
      await storeAll(store, events);
      await assertListed(() => list(store, name, day), events);
      for (const _ of events) {
        for await (const summary of list(store, name, day)) {
          assert.equal(summary.eventId, events[0]?.eventId);
          break;
        }
      }
    },
  },
  {
    name: `by ${by}: what was refused is not listed, and the one that holds the id is`,
    async run({ store }: TrailEventStoreSubject) {
      const event = eventOf();
      const other = { ...eventOf(), eventId: event.eventId, fingerprint: 'another' };
      await store.store(event);
      await store.store(other);
      await assertListed(() => list(store, event[field], day), [event]);
      await assertListed(() => list(store, other[field], day), []);
    },
  },
  {
    name: `by ${by}: who changes what was listed does not change the store`,
    async run({ store }: TrailEventStoreSubject) {
      const event = eventOf();
      await store.store(event);
      await assertListed(() => list(store, event[field], day), [event]);
      for await (const summary of list(store, event[field], day)) (summary.rules as string[]).push('changed');
      await assertListed(() => list(store, event[field], day), [event]);
    },
  },
  {
    name: `by ${by}: a summary holds no record and no marks`,
    async run({ store }: TrailEventStoreSubject) {
      const event = eventOf();
      await store.store(event);
      await assertListed(() => list(store, event[field], day), [event]);
      const [listed] = await listOf(list(store, event[field], day));
      assert.deepEqual(Object.keys(listed ?? {}).sort(), Object.keys(summaryOf(event)).sort());
    },
  },
]);

async function storeAll(store: TrailEventStore, events: readonly TrailEvent[]): Promise<void> {
  await Promise.all(events.map(event => store.store(event)));
}

/** In an order that is another one, and the same in each run. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item, index) => ({ item, rank: (index * 17) % items.length }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
