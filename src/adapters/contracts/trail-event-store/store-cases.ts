import assert from 'node:assert/strict';
import type { TrailEvent } from '../../../ports/trail-event-store.ts';
import { assertPortError } from '../assert-port-error.ts';
import { assertSameJson } from '../assert-same-json.ts';
import {
  assertStored,
  eventOf,
  type TrailEventStoreCase,
  type TrailEventStoreSubject,
} from './sample-events.ts';

const stored = { outcome: 'stored' };
const taken = { outcome: 'taken' };
const present = { outcome: 'present', announced: [], storedAt: eventOf().storedAt };

const records: Readonly<Record<string, string>> = {
  'no text': '',
  'JSON with every escape':
    '{"a":"\\u0000\\ud800 \\"quoted\\" \\\\ \\/","1":1e999,"a":12345678901234567890.10}',
  'white space as it stood': ' { "a" :\n\t[ ] }\r\n',
  'other scripts': '{"name":"Überweisung – 発注書 📄 \u2028"}',
  'a quarter of a megabyte': JSON.stringify({ requestParameters: 'é"\\'.repeat(41_000) }),
};

/** Storing and finding. */
export const storeCases: readonly TrailEventStoreCase[] = [
  {
    name: 'an event is found as it was stored, announced under no rule',
    async run({ store }) {
      const event = eventOf({ rules: ['one', 'two', 'three'] });
      assertSameJson(await store.store(event), stored);
      await assertStored(store, event);
    },
  },
  {
    name: 'what an event does not have stays absent',
    async run({ store }) {
      const { sourceIPAddress, errorCode, record, source, ...bare } = eventOf({ via: 'event-bus' });
      const variants: readonly TrailEvent[] = [
        bare,
        { ...bare, eventId: `${bare.eventId}-address`, sourceIPAddress: 'AWS Internal' },
        { ...bare, eventId: `${bare.eventId}-error`, errorCode: 'Client.UnauthorizedOperation' },
        { ...bare, eventId: `${bare.eventId}-record`, record: '{}' },
        {
          ...bare,
          eventId: `${bare.eventId}-suppressed`,
          suppressed: [{ rule: 'a', owner: 'b', reason: 'c' }],
        },
      ];
      for (const event of variants) await store.store(event);
      for (const event of variants) {
        await assertStored(store, event);
        const found = Object.keys((await store.find(event.eventId)) ?? {});
        assert.deepEqual(found.sort(), [...Object.keys(event), 'announced'].sort());
      }
    },
  },
  {
    name: 'the first record of a log keeps its place, and empty facts stay empty',
    async run({ store }) {
      const source = { bucket: 'logs', key: 'k', versionId: 'null', index: 0 };
      const event = eventOf({ source, eventSource: '', sourceIPAddress: '', errorCode: '', region: '' });
      await store.store(event);
      await assertStored(store, event);
    },
  },
  ...Object.entries(records).map(([name, record]) => ({
    name: `a record is kept to the character: ${name}`,
    async run({ store }: TrailEventStoreSubject) {
      const event = eventOf({ record });
      await store.store(event);
      assert.equal((await store.find(event.eventId))?.record, record);
    },
  })),
  {
    name: 'an event that is not there is not found',
    async run({ store }) {
      const event = eventOf();
      await store.store(event);
      for (const id of [crypto.randomUUID(), `${event.eventId} `, event.eventId.toUpperCase(), '__proto__']) {
        assert.equal(await store.find(id), undefined);
      }
    },
  },
  {
    name: 'an event above the limit is refused for good, and not stored',
    async run({ store, tooManyBytes }) {
      const event = eventOf({ record: 'x'.repeat(tooManyBytes) });
      await assertPortError(store.store(event), { kind: 'permanent', code: 'ItemTooLarge' });
      assert.equal(await store.find(event.eventId), undefined);
      const half = { ...event, record: 'x'.repeat(Math.floor(tooManyBytes / 2)) };
      assertSameJson(await store.store(half), stored);
      await assertStored(store, half);
    },
  },
  {
    name: 'an event again is present, and stays as it was',
    async run({ store }) {
      const event = eventOf({ eventName: 'StopLogging' });
      await store.store(event);
      const again: TrailEvent = {
        ...event,
        eventTime: '2026-11-22T09:00:00.000Z',
        eventName: 'changed',
        eventSource: 'changed',
        account: '999999999999',
        region: 'changed',
        principal: 'changed',
        sourceIPAddress: 'changed',
        errorCode: 'changed',
        ruleSet: 'changed',
        source: { bucket: 'changed', key: 'changed', versionId: 'changed', index: 9 },
        storedAt: '2026-11-22T09:00:00.000Z',
        record: 'changed',
      };
      assertSameJson(await store.store(again), present);
      await assertStored(store, event);
    },
  },
  {
    name: 'what an event did not have is not added by a repetition that has it',
    async run({ store }) {
      const whole = eventOf();
      const { sourceIPAddress, errorCode, record, ...bare } = whole;
      await store.store(bare);
      await store.store(whole);
      await assertStored(store, bare);
    },
  },
  {
    name: 'an event of another fingerprint finds the id taken, and changes nothing',
    async run({ store }) {
      const event = eventOf();
      const other = { ...event, fingerprint: '0'.repeat(64), rules: ['another'], record: 'another' };
      await store.store(event);
      await store.markAnnounced(event.eventId, event.rules);
      assertSameJson(await store.store(other), taken);
      assertSameJson(await store.store(other), taken);
      await assertStored(store, event, event.rules);
    },
  },
  {
    name: 'rules are united, whatever order they come in',
    async run({ store }) {
      const event = eventOf({ rules: ['b', 'a'] });
      for (const rules of [['b', 'a'], ['c'], ['a', 'd'], ['b']]) await store.store({ ...event, rules });
      await assertStored(store, { ...event, rules: ['a', 'b', 'c', 'd'] });
    },
  },
  {
    name: 'of 50 repetitions at once exactly one is stored, and the rules of all are united',
    async run({ store }) {
      const event = eventOf();
      const claims = Array.from({ length: 50 }, (_, index) => ({ ...event, rules: [`rule-${index}`] }));
      const outcomes = await Promise.all(claims.map(claim => store.store(claim)));
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'stored').length, 1);
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'present').length, 49);
      await assertStored(store, { ...event, rules: claims.flatMap(({ rules }) => rules) });
    },
  },
  {
    name: 'of 20 events at once under one id one is stored, and the others find it taken',
    async run({ store }) {
      const event = eventOf();
      const claims = Array.from({ length: 20 }, (_, index) => ({ ...event, fingerprint: `print-${index}` }));
      const outcomes = await Promise.all(claims.map(claim => store.store(claim)));
      const winners = claims.filter((_, index) => outcomes[index]?.outcome === 'stored');
      assert.equal(winners.length, 1);
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'taken').length, 19);
      await assertStored(store, winners[0] ?? event);
    },
  },
  {
    name: 'ids that differ in little are different events',
    async run({ store }) {
      const event = eventOf();
      const ids = [event.eventId, `${event.eventId}#`, `${event.eventId}#1`, event.eventId.toUpperCase()];
      for (const eventId of ids) assertSameJson(await store.store({ ...event, eventId }), stored);
      for (const eventId of ids) await assertStored(store, { ...event, eventId });
    },
  },
  {
    name: 'a lone surrogate is kept or becomes U+FFFD, and the event is found and marked under its id',
    async run({ store }) {
      const unique = crypto.randomUUID();
      const eventId = `before \ud83d after ${unique}`;
      const event = eventOf({ eventId, eventName: 'a\udc00', rules: ['r\ud800'], record: '"\udfff"' });
      assertSameJson(await store.store(event), stored);
      assertSameJson(await store.store(event), present);
      await store.markAnnounced(eventId, event.rules);
      const found = await store.find(eventId);
      for (const [actual, expected] of [
        [found?.eventId, eventId],
        [found?.eventName, event.eventName],
        [found?.record, event.record],
        [found?.rules[0], event.rules[0]],
        [found?.announced[0], event.rules[0]],
      ]) {
        assert.equal(actual?.toWellFormed(), expected?.toWellFormed());
      }
    },
  },
  {
    name: 'who changes an event that was given or found does not change the store',
    async run({ store }) {
      const event = eventOf();
      const given = structuredClone(event);
      await store.store(given);
      (given.rules as string[]).push('changed');
      (given.source as { key: string }).key = 'changed';
      const found = await store.find(event.eventId);
      assert.ok(found !== undefined);
      (found.rules as string[]).push('changed');
      (found.announced as string[]).push('changed');
      (found.source as { key: string }).key = 'changed';
      await assertStored(store, event);
    },
  },
];
