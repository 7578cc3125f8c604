import assert from 'node:assert/strict';
import { assertSameJson } from '../assert-same-json.ts';
import { assertStored, eventOf, type TrailEventStoreCase } from './sample-events.ts';

/** Marks of what was announced. */
export const announcedCases: readonly TrailEventStoreCase[] = [
  {
    name: 'what was announced is told to who stores the event again, and to who finds it',
    async run({ store }) {
      const event = eventOf({ rules: ['a', 'b'] });
      await store.store(event);
      await store.markAnnounced(event.eventId, ['a']);
      const outcome = await store.store({ ...event, rules: ['a', 'c'] });
      assertSameJson(outcome, { outcome: 'present', announced: ['a'], storedAt: event.storedAt });
      await assertStored(store, { ...event, rules: ['a', 'b', 'c'] }, ['a']);
    },
  },
  {
    name: 'marks are united, and a repetition changes nothing',
    async run({ store }) {
      const event = eventOf({ rules: ['a', 'b', 'c'] });
      await store.store(event);
      for (const rules of [['b'], ['a', 'b'], ['b'], []]) await store.markAnnounced(event.eventId, rules);
      await assertStored(store, event, ['a', 'b']);
    },
  },
  {
    name: '30 marks at once are all noted, beside stores of the same event',
    async run({ store }) {
      const event = eventOf({ rules: Array.from({ length: 30 }, (_, index) => `rule-${index}`) });
      await store.store(event);
      await Promise.all(
        event.rules.map(async rule => {
          await store.markAnnounced(event.eventId, [rule]);
          await store.store(event);
        }),
      );
      await assertStored(store, event, event.rules);
    },
  },
  {
    name: 'a mark on an event that is not there is none, and leaves no event behind',
    async run({ store }) {
      const event = eventOf();
      await store.markAnnounced(event.eventId, event.rules);
      assert.equal(await store.find(event.eventId), undefined);
      assertSameJson(await store.store(event), { outcome: 'stored' });
      await assertStored(store, event);
    },
  },
  {
    name: 'a mark touches its event alone',
    async run({ store }) {
      const [event, other] = [eventOf(), eventOf()];
      await store.store(event);
      await store.store(other);
      await store.markAnnounced(event.eventId, event.rules);
      await assertStored(store, other);
    },
  },
  {
    name: 'who changes the marks that were given or told does not change the store',
    async run({ store }) {
      const event = eventOf({ rules: ['a'] });
      const given = ['a'];
      await store.store(event);
      await store.markAnnounced(event.eventId, given);
      given.push('changed');
      const outcome = await store.store(event);
      assert.equal(outcome.outcome, 'present');
      (outcome.announced as string[]).push('changed');
      await assertStored(store, event, ['a']);
    },
  },
];
