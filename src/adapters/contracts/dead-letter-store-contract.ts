import assert from 'node:assert/strict';
import type { DeadLetter, DeadLetterStore, StoredDeadLetter } from '../../ports/dead-letter-store.ts';
import type { QueueMessage } from '../../ports/message-queue.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

export interface DeadLetterStoreSubject {
  readonly store: DeadLetterStore;
}

const announcedAt = '2026-11-21T09:00:00.000Z';
const redrivenAt = '2026-11-22T10:00:00.000Z';
const dismissedAt = '2026-11-22T12:00:00.000Z';
const later = '2026-11-23T11:00:00.000Z';

const messages: Readonly<Record<string, QueueMessage>> = {
  'of no text': { body: '' },
  'of JSON within JSON': { body: JSON.stringify({ Message: JSON.stringify({ Records: [{ a: '"\\' }] }) }) },
  'of control characters': { body: 'bell \u0007 null \u0000 escape \u001b[31m tab \t \r\n \u2028 \u007f' },
  'in other scripts': { body: 'Überweisung – 発注書 📄 👩‍👩‍👧' },
  'of 256 KiB': { body: 'é"\\x'.repeat(52_428) },
  'with no attributes': { body: 'x', attributes: {} },
  'with attributes of every type': {
    body: 'x',
    attributes: {
      text: { dataType: 'String', value: '"quoted" 発注書\n' },
      labelled: { dataType: 'String.country', value: 'DE' },
      number: { dataType: 'Number', value: '12345678901234567890.10' },
      binary: { dataType: 'Binary.gzip', value: 'H4sIAAAAAAAAAwMAAAAAAAAAAAA=' },
      'a.b-c_d': { dataType: 'String', value: ' ' },
    },
  },
  'with attributes that have names of JavaScript’s own': {
    body: 'x',
    attributes: Object.fromEntries(
      ['__proto__', 'constructor', 'toString'].map(name => [name, { dataType: 'String', value: name }]),
    ),
  },
};

/** What every {@link DeadLetterStore} promises. */
export const deadLetterStoreContract: Contract<DeadLetterStoreSubject> = {
  port: 'DeadLetterStore',
  cases: [
    {
      name: 'a letter is found as it was stored',
      async run({ store }) {
        const letter = letterOf({ cause: { code: 'damaged-gzip', message: 'unexpected end of file' } });
        assertSameJson(await store.store(letter), { outcome: 'stored' });
        assertSameJson(await store.find(letter.id), letter);
      },
    },
    {
      name: 'what a letter does not have stays absent',
      async run({ store }) {
        const letter = letterOf();
        await store.store(letter);
        const found = await store.find(letter.id);
        assert.deepEqual(Object.keys(found ?? {}).sort(), Object.keys(letter).sort());
        assert.deepEqual(Object.keys(found?.message ?? {}), ['body']);
      },
    },
    ...Object.entries(messages).map(([name, message]) => ({
      name: `a message is kept whole: ${name}`,
      async run({ store }: DeadLetterStoreSubject) {
        const letter = letterOf({ message });
        await store.store(letter);
        assertSameJson(await store.find(letter.id), letter);
        assertSameJson(await waitingOf(store, [letter]), [letter]);
      },
    })),
    {
      name: 'the same id again is present, with the letter that was stored first, and changes nothing',
      async run({ store }) {
        const letter = letterOf();
        await store.store(letter);
        const again: DeadLetter = {
          ...letter,
          queueArn: 'arn:aws:sqs:eu-central-1:111122223333:another',
          message: { body: 'another', attributes: { a: { dataType: 'String', value: 'b' } } },
          receiveCount: 9,
          lastSeenAt: later,
          cause: { code: 'another', message: 'another' },
        };
        assertSameJson(await store.store(again), { outcome: 'present', letter });
        assertSameJson(await store.find(letter.id), letter);
      },
    },
    {
      name: 'of 30 stores at once exactly one is stored, and the others learn which',
      async run({ store }) {
        const claims = Array.from({ length: 30 }, (_, index) => ({ ...letterOf(), receiveCount: index }));
        const id = claims[0]?.id ?? '';
        const letters = claims.map(claim => ({ ...claim, id }));
        const outcomes = await Promise.all(letters.map(letter => store.store(letter)));
        const winners = letters.filter((_, index) => outcomes[index]?.outcome === 'stored');
        assert.equal(winners.length, 1);
        for (const outcome of outcomes) {
          if (outcome.outcome === 'present') assertSameJson(outcome.letter, winners[0]);
        }
      },
    },
    {
      name: 'what became of a letter is told, by the first mark of each kind',
      async run({ store }) {
        const letter = letterOf();
        await store.store(letter);
        await store.markAnnounced(letter.id, announcedAt);
        await store.markAnnounced(letter.id, later);
        assertSameJson(await store.find(letter.id), { ...letter, announcedAt });
        await store.markRedriven(letter.id, redrivenAt);
        await store.markRedriven(letter.id, later);
        assertSameJson(await store.find(letter.id), { ...letter, announcedAt, redrivenAt });
        await store.markDismissed(letter.id, dismissedAt);
        await store.markDismissed(letter.id, later);
        const whole = { ...letter, announcedAt, redrivenAt, dismissedAt };
        assertSameJson(await store.find(letter.id), whole);
        assertSameJson(await store.store(letter), { outcome: 'present', letter: whole });
      },
    },
    {
      name: 'a letter may be sent back before it was announced',
      async run({ store }) {
        const letter = letterOf();
        await store.store(letter);
        await store.markRedriven(letter.id, redrivenAt);
        assertSameJson(await store.find(letter.id), { ...letter, redrivenAt });
        await store.markAnnounced(letter.id, announcedAt);
        assertSameJson(await store.find(letter.id), { ...letter, announcedAt, redrivenAt });
      },
    },
    {
      name: 'a letter may be dismissed before it was announced',
      async run({ store }) {
        const letter = letterOf();
        await store.store(letter);
        await store.markDismissed(letter.id, dismissedAt);
        assertSameJson(await store.find(letter.id), { ...letter, dismissedAt });
        await store.markAnnounced(letter.id, announcedAt);
        assertSameJson(await store.find(letter.id), { ...letter, announcedAt, dismissedAt });
        assertSameJson(await waitingOf(store, [letter]), []);
      },
    },
    {
      name: 'of 20 marks of a kind at once one is kept',
      async run({ store }) {
        const letter = letterOf();
        await store.store(letter);
        const times = Array.from({ length: 20 }, (_, index) => `2026-11-21T08:00:00.0${index + 10}Z`);
        await Promise.all(
          times.flatMap(time => [store.markRedriven(letter.id, time), store.markDismissed(letter.id, time)]),
        );
        const kept = await store.find(letter.id);
        assert.ok(times.includes(String(kept?.redrivenAt)));
        assert.ok(times.includes(String(kept?.dismissedAt)));
      },
    },
    {
      name: 'a mark on a letter that is not there is none, and leaves no letter behind',
      async run({ store }) {
        const letter = letterOf();
        await store.markAnnounced(letter.id, announcedAt);
        await store.markRedriven(letter.id, redrivenAt);
        await store.markDismissed(letter.id, dismissedAt);
        assert.equal(await store.find(letter.id), undefined);
        assertSameJson(await waitingOf(store, [letter]), []);
        assertSameJson(await store.store(letter), { outcome: 'stored' });
        assertSameJson(await store.find(letter.id), letter);
      },
    },
    {
      name: 'letters wait until they are sent back or dismissed, announced or not',
      async run({ store }) {
        const letters = Array.from({ length: 12 }, () => letterOf());
        for (const letter of letters) await store.store(letter);
        const expected: StoredDeadLetter[] = [];
        for (const [index, letter] of letters.entries()) {
          const fate = index % 4;
          if (fate === 0) await store.markRedriven(letter.id, redrivenAt);
          if (fate === 1) await store.markDismissed(letter.id, dismissedAt);
          if (fate === 2) await store.markAnnounced(letter.id, announcedAt);
          if (fate >= 2) expected.push(fate === 2 ? { ...letter, announcedAt } : letter);
        }
        assertSameJson(await waitingOf(store, letters), expected.toSorted(byId));
      },
    },
    {
      name: 'letters may be sent back and dismissed while they are read: each comes once',
      async run({ store }) {
        const letters = Array.from({ length: 12 }, () => letterOf());
        for (const letter of letters) await store.store(letter);
        const ids = new Set(letters.map(({ id }) => id));
        const seen: string[] = [];
        for await (const { id } of store.waiting()) {
          if (!ids.has(id)) continue;
          seen.push(id);
          if (seen.length % 2 === 0) await store.markRedriven(id, redrivenAt);
          else await store.markDismissed(id, dismissedAt);
        }
        assert.deepEqual(seen.sort(), [...ids].sort());
        assertSameJson(await waitingOf(store, letters), []);
      },
    },
    {
      name: 'a reader of waiting letters may stop early, and start again',
      async run({ store }) {
        const letters = [letterOf(), letterOf()];
        for (const letter of letters) await store.store(letter);
        for await (const letter of store.waiting()) {
          assert.ok(letter.redrivenAt === undefined);
          break;
        }
        assertSameJson(await waitingOf(store, letters), letters.toSorted(byId));
      },
    },
    {
      name: 'a letter that is not there is not found',
      async run({ store }) {
        const letter = letterOf();
        await store.store(letter);
        for (const id of [crypto.randomUUID(), `${letter.id} `, '__proto__']) {
          assert.equal(await store.find(id), undefined);
        }
      },
    },
    {
      name: 'who changes a letter that was given or told does not change the store',
      async run({ store }) {
        const letter = letterOf({
          message: { body: 'x', attributes: { a: { dataType: 'String', value: 'b' } } },
        });
        const given = structuredClone(letter);
        await store.store(given);
        spoil(given);
        spoil(await store.find(letter.id));
        const outcome = await store.store(letter);
        if (outcome.outcome === 'present') spoil(outcome.letter);
        for await (const waiting of store.waiting()) spoil(waiting);
        assertSameJson(await store.find(letter.id), letter);
      },
    },
  ],
};

function spoil(letter: DeadLetter | undefined): void {
  assert.ok(letter !== undefined);
  (letter.message as { body: string }).body = 'changed';
  for (const attribute of Object.values(letter.message.attributes ?? {})) {
    (attribute as { value: string }).value = 'changed';
  }
}

/** Those of the letters that wait, by id: the store may hold others. */
async function waitingOf(
  store: DeadLetterStore,
  letters: readonly DeadLetter[],
): Promise<StoredDeadLetter[]> {
  const ids = new Set(letters.map(({ id }) => id));
  const found: StoredDeadLetter[] = [];
  for await (const letter of store.waiting()) if (ids.has(letter.id)) found.push(letter);
  return found.sort(byId);
}

function byId(one: DeadLetter, other: DeadLetter): number {
  return one.id < other.id ? -1 : Number(one.id > other.id);
}

/** A letter under an id that no other case uses. */
function letterOf(fields: Partial<DeadLetter> = {}): DeadLetter {
  return {
    schemaVersion: 1,
    id: crypto.randomUUID(),
    queueArn: 'arn:aws:sqs:eu-central-1:111122223333:sallyport-trail-dev',
    message: { body: '{"Records":[]}' },
    receiveCount: 4,
    sentAt: '2026-11-21T08:00:00.000Z',
    firstSeenAt: '2026-11-21T08:00:00.250Z',
    lastSeenAt: '2026-11-21T08:30:00.000Z',
    ...fields,
  };
}
