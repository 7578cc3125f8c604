import assert from 'node:assert/strict';
import type {
  AlertWindow,
  AlertWindowAddition,
  AlertWindowEntry,
  AlertWindows,
} from '../../ports/alert-windows.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';
import { eventually } from './eventually.ts';

export interface AlertWindowsSubject {
  readonly windows: AlertWindows;
}

const start = '2026-11-21T08:00:00.000Z';
const end = '2026-11-21T08:15:00.000Z';
const dueAt = '2026-11-21T08:16:00.000Z';
const later = '2026-11-21T09:00:00.000Z';

/** A window under an id that no other case uses. */
function windowOf(fields: Partial<AlertWindow> = {}): AlertWindow {
  return {
    schemaVersion: 1,
    id: crypto.randomUUID(),
    kind: 'matches',
    rule: 'cis-4.5',
    title: 'A trail changed',
    severity: 'high',
    account: '111122223333',
    group: { 'userIdentity.arn': 'arn:aws:iam::111122223333:user/eve' },
    start,
    end,
    ...fields,
  };
}

function entryOf(id: string, fields: Partial<AlertWindowEntry> = {}): AlertWindowEntry {
  return {
    id,
    count: 1,
    firstAt: '2026-11-21T08:01:00.000Z',
    lastAt: '2026-11-21T08:01:00.000Z',
    facts: { Event: 'DeleteTrail', Region: 'eu-central-1' },
    ...fields,
  };
}

function additionOf(
  window: AlertWindow,
  ids: readonly string[],
  fields: Partial<AlertWindowAddition> = {},
): AlertWindowAddition {
  return { window, entries: ids.map(id => entryOf(id)), dueAt, ...fields };
}

async function entriesOf(windows: AlertWindows, id: string): Promise<readonly AlertWindowEntry[]> {
  const found: AlertWindowEntry[] = [];
  for await (const entry of windows.entries(id)) found.push(entry);
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function isDue(windows: AlertWindows, id: string, now: string): Promise<boolean> {
  for await (const dueId of windows.due(now)) if (dueId === id) return true;
  return false;
}

const assertDue = (windows: AlertWindows, id: string, now: string, expected: boolean) =>
  eventually(async () => assert.equal(await isDue(windows, id, now), expected));

/** What every `AlertWindows` promises. */
export const alertWindowsContract: Contract<AlertWindowsSubject> = {
  port: 'AlertWindows',
  cases: [
    {
      name: 'a window is found as it was put, with its entries',
      async run({ windows }) {
        const window = windowOf();
        const suppressed = { owner: 'platform team', reason: 'the nightly rotation' };
        const entries = [entryOf('a'), entryOf('b', { count: 3, lastAt: later, facts: {}, suppressed })];
        const state = { ...window, first: 'a', announced: false, dueAt, revision: 1 };
        assertSameJson(await windows.add({ window, entries, first: 'a', dueAt }), state);
        assertSameJson(await windows.find(window.id), state);
        assertSameJson(await entriesOf(windows, window.id), entries);
      },
    },
    {
      name: 'what is not there is not found, has no entries, and is none to note anything of',
      async run({ windows }) {
        const id = crypto.randomUUID();
        await windows.markAnnounced(id);
        assert.equal(await windows.conclude(id, 1, { alerted: 1, suppressed: 0 }), true);
        assert.equal(await windows.find(id), undefined);
        assertSameJson(await entriesOf(windows, id), []);
        await assertDue(windows, id, later, false);
      },
    },
    {
      name: 'entries that come again are there once, as they came last',
      async run({ windows }) {
        const window = windowOf();
        await windows.add(additionOf(window, ['a', 'b']));
        await windows.add({ window, entries: [entryOf('b', { count: 7 }), entryOf('c')], dueAt });
        const expected = [entryOf('a'), entryOf('b', { count: 7 }), entryOf('c')];
        assertSameJson(await entriesOf(windows, window.id), expected);
      },
    },
    {
      name: 'each addition is another revision',
      async run({ windows }) {
        const window = windowOf();
        for (const revision of [1, 2, 3]) {
          assert.equal((await windows.add(additionOf(window, ['a']))).revision, revision);
        }
      },
    },
    {
      name: 'what a window said of itself first stands, and its first claims',
      async run({ windows }) {
        const window = windowOf();
        await windows.add(additionOf(window, ['a']));
        await windows.add(additionOf(window, ['b'], { first: 'b', dueAt: later }));
        const changed: AlertWindow = { ...window, title: 'changed', severity: 'info', group: {}, end: later };
        const state = await windows.add(additionOf(changed, ['c'], { first: 'c', dueAt: later }));
        assertSameJson(state, { ...window, first: 'b', announced: false, dueAt, revision: 3 });
      },
    },
    {
      name: 'of 20 claims at once one stands, and all entries are there',
      async run({ windows }) {
        const window = windowOf();
        const ids = Array.from({ length: 20 }, (_, index) => `entry-${index}`);
        const states = await Promise.all(ids.map(id => windows.add(additionOf(window, [id], { first: id }))));
        assert.equal(new Set(states.map(({ first }) => first)).size, 1);
        assert.equal((await windows.find(window.id))?.revision, 20);
        assert.equal((await entriesOf(windows, window.id)).length, 20);
      },
    },
    {
      name: 'hundreds of entries are added at one time',
      async run({ windows }) {
        const window = windowOf();
        const ids = Array.from({ length: 333 }, (_, index) => `entry-${index}`);
        await windows.add(additionOf(window, ids));
        const found = await entriesOf(windows, window.id);
        assert.deepEqual(
          found.map(({ id }) => id),
          ids.toSorted(),
        );
      },
    },
    {
      name: 'a window stays announced',
      async run({ windows }) {
        const window = windowOf();
        await windows.add(additionOf(window, ['a'], { first: 'a' }));
        await windows.markAnnounced(window.id);
        await windows.markAnnounced(window.id);
        assert.equal((await windows.find(window.id))?.announced, true);
        const state = await windows.add(additionOf(window, ['b'], { first: 'b' }));
        assertSameJson([state.announced, state.first, state.revision], [true, 'a', 2]);
      },
    },
    {
      name: 'a window is due from its time on, and not before',
      async run({ windows }) {
        const window = windowOf();
        await windows.add(additionOf(window, ['a']));
        await assertDue(windows, window.id, dueAt, true);
        await assertDue(windows, window.id, later, true);
        await assertDue(windows, window.id, '2026-11-21T08:15:59.999Z', false);
      },
    },
    {
      name: 'a window that is concluded is not due any more, and keeps what was told',
      async run({ windows }) {
        const window = windowOf();
        const { revision } = await windows.add(additionOf(window, ['a'], { first: 'a' }));
        const told = { alerted: 1, suppressed: 0 };
        assert.equal(await windows.conclude(window.id, revision, told), true);
        await assertDue(windows, window.id, later, false);
        assertSameJson(await windows.find(window.id), {
          ...window,
          first: 'a',
          announced: false,
          told,
          revision,
        });
        assertSameJson(await entriesOf(windows, window.id), [entryOf('a')]);
      },
    },
    {
      name: 'a window to which something was added meanwhile stays due, and notes what was told',
      async run({ windows }) {
        const window = windowOf();
        const { revision } = await windows.add(additionOf(window, ['a']));
        await windows.add(additionOf(window, ['b']));
        const told = { alerted: 1, suppressed: 0 };
        assert.equal(await windows.conclude(window.id, revision, told), false);
        await assertDue(windows, window.id, later, true);
        const state = await windows.find(window.id);
        assertSameJson([state?.told, state?.dueAt], [told, dueAt]);
      },
    },
    {
      name: 'a window that was concluded becomes due again by an addition, at the time that this names',
      async run({ windows }) {
        const window = windowOf();
        const { revision } = await windows.add(additionOf(window, ['a'], { first: 'a' }));
        const told = { alerted: 1, suppressed: 0 };
        await windows.conclude(window.id, revision, told);
        const state = await windows.add(additionOf(window, ['b'], { first: 'b', dueAt: later }));
        assertSameJson(state, { ...window, first: 'a', announced: false, told, dueAt: later, revision: 2 });
        await assertDue(windows, window.id, dueAt, false);
        await assertDue(windows, window.id, later, true);
      },
    },
    {
      name: 'windows do not mix',
      async run({ windows }) {
        const [one, other] = [windowOf(), windowOf()];
        await windows.add(additionOf(one, ['a'], { first: 'a' }));
        await windows.add(additionOf(other, ['b']));
        await windows.markAnnounced(one.id);
        assertSameJson(await entriesOf(windows, one.id), [entryOf('a')]);
        assertSameJson(await entriesOf(windows, other.id), [entryOf('b')]);
        assert.equal((await windows.find(other.id))?.announced, false);
      },
    },
    {
      name: 'texts of all kinds are kept, a lone surrogate maybe as U+FFFD',
      async run({ windows }) {
        const group = { 'Überweisung – 発注書 📄': '\u0000 "quoted" \\', '': '' };
        const window = windowOf({ group, title: 'a\ud800' });
        await windows.add({
          window,
          entries: [entryOf('id \udfff', { facts: group })],
          first: 'id \udfff',
          dueAt,
        });
        const state = await windows.find(window.id);
        assertSameJson(state?.group, group);
        assert.equal(state?.title.toWellFormed(), 'a\ufffd');
        const [entry] = await entriesOf(windows, window.id);
        assertSameJson(entry?.facts, group);
        assert.equal(entry?.id.toWellFormed(), state?.first?.toWellFormed());
      },
    },
    {
      name: 'who changes what was given or found does not change the store',
      async run({ windows }) {
        const window = windowOf();
        const given = structuredClone(additionOf(window, ['a']));
        const state = await windows.add(given);
        for (const changed of [given.window, state, await windows.find(window.id)]) {
          (changed?.group as Record<string, string>)['changed'] = 'changed';
        }
        for (const entry of [...given.entries, ...(await entriesOf(windows, window.id))]) {
          (entry.facts as Record<string, string>)['changed'] = 'changed';
        }
        assertSameJson((await windows.find(window.id))?.group, window.group);
        assertSameJson(await entriesOf(windows, window.id), [entryOf('a')]);
      },
    },
  ],
};
