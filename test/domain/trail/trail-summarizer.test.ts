import { describe, expect, test } from '@jest/globals';
import { MemoryAlertWindows } from '../../../src/adapters/memory/memory-alert-windows.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import type { AlertWindowEntry } from '../../../src/ports/alert-windows.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import { eventId, trailLog, trailRecord } from './trail-fixtures.ts';
import { announcements, busEvent, minute, ofKind, trailWorld } from './trail-world.ts';

const expires = '2026-11-22T08:00:00.000Z';
const rules = compileTrailRules({
  rules: [
    {
      id: 'users',
      title: 'A user changed',
      severity: 'high',
      monitoredEvents: ['CreateUser', 'DeleteUser'],
      suppress: [
        { pattern: { userAgent: ['terraform'] }, owner: 'platform team', reason: 'the nightly run', expires },
        { pattern: { userAgent: ['console'] }, owner: 'help desk', reason: 'new colleagues', expires },
      ],
    },
  ],
});

const world = () => trailWorld({ rules });
const numbered = (number: number, fields: JsonObject = {}) =>
  trailRecord({ eventID: eventId(number), ...fields });
const suppressed = (number: number, userAgent = 'terraform') => numbered(number, { userAgent });

/** Delivers each record by itself. */
async function deliver({ analyzer }: ReturnType<typeof world>, ...records: readonly JsonObject[]) {
  for (const record of records) await analyzer.analyzeEvent(busEvent(record));
}

async function summarizeAfter(minutes: number, { clock, summarizer }: ReturnType<typeof world>) {
  clock.advance(minutes * minute);
  return summarizer.summarize();
}

/** Puts another match into the first window. */
async function addLate(windows: MemoryAlertWindows): Promise<void> {
  const [window] = windows.windows;
  if (window === undefined) throw new Error('There is no window.');
  const entry = { id: 'late', count: 1, firstAt: window.start, lastAt: window.start, facts: {} };
  await windows.add({ window, entries: [entry], first: 'late', dueAt: window.end });
}

/** Windows in which something happens once, when all entries have been read. */
class InterruptedWindows extends MemoryAlertWindows {
  interrupt: (() => Promise<void>) | undefined;

  override async *entries(id: string): AsyncGenerator<AlertWindowEntry> {
    yield* super.entries(id);
    const { interrupt } = this;
    this.interrupt = undefined;
    await interrupt?.();
  }
}

const day = 24 * 60;
const told = ({ alerts }: ReturnType<typeof world>) =>
  alerts.published.map(({ kind, details }) => [kind, details['alerted'], details['suppressed']]);

describe('a window', () => {
  test('of several matches is told of in one summary, when its time is over', async () => {
    const it = world();
    await deliver(it, numbered(1), numbered(2), numbered(3, { eventName: 'DeleteUser' }));
    expect(await summarizeAfter(15, it)).toMatchObject({ windows: 0, alerts: 0 });
    expect(await summarizeAfter(1, it)).toEqual({
      ...{ windows: 1, alerts: 1, postponed: 0, failures: [], unfinished: false },
    });
    expect(await summarizeAfter(60, it)).toMatchObject({ windows: 0, alerts: 0 });
    expect(told(it)).toEqual([
      ['trail.match', undefined, undefined],
      ['trail.summary', 3, 0],
    ]);
    const [first, summary] = it.alerts.published;
    expect(summary?.correlationId).toBe(first?.correlationId);
  });

  test('of one match that was announced has nothing to add', async () => {
    const it = world();
    await deliver(it, numbered(1));
    expect(await summarizeAfter(16, it)).toMatchObject({ windows: 1, alerts: 0 });
    expect(told(it)).toEqual([['trail.match', undefined, undefined]]);
  });

  test('whose first match could not be announced is told of all the same, and not again by who comes late', async () => {
    const it = world();
    it.faults.failCall(1, 'before', { of: 'alerts.publish' });
    await expect(deliver(it, numbered(1))).rejects.toMatchObject({ code: 'InjectedFault' });
    expect(await summarizeAfter(16, it)).toMatchObject({ alerts: 1 });
    await deliver(it, numbered(1));
    expect(await summarizeAfter(16, it)).toMatchObject({ windows: 1, alerts: 0 });
    expect(told(it)).toEqual([['trail.summary', 1, 0]]);
    expect(it.events.events[0]?.announced).toEqual(['users']);
  });

  test('to which something is added while it is counted stays due, and is counted anew', async () => {
    const windows = new InterruptedWindows();
    const it = trailWorld({ rules, windows });
    await deliver(it, numbered(1), numbered(2));
    windows.interrupt = () => addLate(windows);
    expect(await summarizeAfter(16, it)).toMatchObject({ windows: 1, alerts: 1 });
    expect(await summarizeAfter(0, it)).toMatchObject({ windows: 1, alerts: 1 });
    expect(await summarizeAfter(60, it)).toMatchObject({ windows: 0, alerts: 0 });
    expect(told(it).slice(1)).toEqual([
      ['trail.summary', 2, 0],
      ['trail.summary', 3, 0],
    ]);
  });

  test('of which more comes later is told of again, as a whole, and never twice with the same counts', async () => {
    const it = world();
    await deliver(it, numbered(1), numbered(2));
    await summarizeAfter(16, it);
    for (const time of [1, 2]) {
      await addLate(it.windows);
      expect(await summarizeAfter(1, it)).toMatchObject({ windows: 1, alerts: time === 1 ? 1 : 0 });
    }
    expect(told(it).slice(1)).toEqual([
      ['trail.summary', 2, 0],
      ['trail.summary', 3, 0],
    ]);
    const [one, other] = ofKind('trail.summary', it.alerts.published);
    expect(one?.id).not.toBe(other?.id);
  });
});

describe('what is suppressed', () => {
  test('is stored with who answers for it, told to nobody at once, and counted in the summary', async () => {
    const it = world();
    await deliver(it, suppressed(1), numbered(2), suppressed(3), suppressed(4, 'console'));
    expect(announcements(it.alerts.published)).toEqual([`users ${eventId(2)}`]);
    expect(it.events.events[0]?.suppressed).toEqual([
      { rule: 'users', owner: 'platform team', reason: 'the nightly run' },
    ]);
    expect(it.events.events[1]).not.toHaveProperty('suppressed');
    expect(it.events.events.every(({ announced }) => announced.length === 1)).toBe(true);
    expect(await summarizeAfter(16, it)).toMatchObject({ alerts: 1, postponed: 0 });
    expect(await summarizeAfter(2 * day, it)).toMatchObject({ windows: 0 });
    expect(told(it)[1]).toEqual(['trail.summary', 1, 3]);
    expect(it.alerts.published[1]?.text).toContain('- 2 × the nightly run (platform team), ');
    expect(it.alerts.published[1]?.text).toContain('- 1 × new colleagues (help desk), ');
  });

  test('and nothing else in its window is told of at the end of the day, for all windows of rule and account', async () => {
    const it = world();
    await deliver(it, suppressed(1), suppressed(2));
    expect(await summarizeAfter(16, it)).toMatchObject({ windows: 1, alerts: 0, postponed: 1 });
    const bob = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob' };
    await deliver(
      it,
      { ...suppressed(3), userIdentity: bob },
      { ...suppressed(4, 'console'), userIdentity: bob },
    );
    expect(await summarizeAfter(16, it)).toMatchObject({ windows: 1, alerts: 0, postponed: 1 });
    expect(await summarizeAfter(14 * 60, it)).toMatchObject({ windows: 0 });
    // 00:32 of the next day.
    expect(await summarizeAfter(120, it)).toMatchObject({ windows: 0 });
    expect(await summarizeAfter(60, it)).toMatchObject({ windows: 1, alerts: 1 });
    expect(await summarizeAfter(day, it)).toMatchObject({ windows: 0 });
    expect(told(it)).toEqual([['trail.suppressed', 0, 4]]);
    expect(it.alerts.published[0]).toMatchObject({
      severity: 'info',
      account: '111122223333',
      title: 'A user changed: 4 events suppressed in 111122223333 on 2026-11-21',
      text: expect.stringMatching(/\nRegion: {2}us-east-1\n.*- 3 × the nightly run \(platform team\), /s),
      details: {
        regions: ['us-east-1'],
        rule: 'users',
        suppressions: [
          { owner: 'platform team', reason: 'the nightly run', count: 3 },
          { owner: 'help desk', reason: 'new colleagues', count: 1 },
        ],
      },
    });
  });

  test('and postponed is taken from the day when its window is told of after all', async () => {
    const it = world();
    await deliver(it, suppressed(1));
    await summarizeAfter(16, it);
    await addLate(it.windows);
    expect(await summarizeAfter(1, it)).toMatchObject({ windows: 1, alerts: 1 });
    expect(await summarizeAfter(day, it)).toMatchObject({ windows: 1, alerts: 0 });
    expect(told(it)).toEqual([['trail.summary', 1, 1]]);
  });

  test('in another window of the day stays there', async () => {
    const it = world();
    await deliver(it, suppressed(1));
    await summarizeAfter(16, it);
    await deliver(it, suppressed(2));
    await summarizeAfter(16, it);
    await addLate(it.windows);
    await summarizeAfter(1, it);
    await summarizeAfter(day, it);
    expect(told(it)).toEqual([
      ['trail.summary', 1, 1],
      ['trail.suppressed', 0, 1],
    ]);
  });

  test('and told of by the day already is corrected there when its window is told of after all', async () => {
    const it = world();
    await deliver(it, suppressed(1));
    await summarizeAfter(16, it);
    await summarizeAfter(day, it);
    await addLate(it.windows);
    await summarizeAfter(1, it);
    await summarizeAfter(1, it);
    expect(told(it)).toEqual([
      ['trail.suppressed', 0, 1],
      ['trail.summary', 1, 1],
      ['trail.suppressed', 0, 0],
    ]);
  });

  test('and put into the day by a run that does not know of another one is taken from it again', async () => {
    const windows = new InterruptedWindows();
    const it = trailWorld({ rules, windows });
    await deliver(it, suppressed(1), suppressed(2));
    windows.interrupt = async () => {
      await addLate(windows);
      expect(await it.summarizer.summarize()).toMatchObject({ alerts: 1 });
    };
    expect(await summarizeAfter(16, it)).toMatchObject({ windows: 1, alerts: 1, postponed: 0 });
    await summarizeAfter(2 * day, it);
    await summarizeAfter(1, it);
    expect(new Set(ofKind('trail.summary', it.alerts.published).map(({ id }) => id)).size).toBe(1);
    expect([...new Set(told(it).map(String))]).toEqual(['trail.summary,1,2']);
    expect(windows.windows.every(({ dueAt }) => dueAt === undefined)).toBe(true);
  });

  /** One match that is suppressed for this reason, and then delivered again under others, for it was not marked. */
  async function changing(...reasons: readonly (string | undefined)[]) {
    const [first, ...others] = reasons.map(reason =>
      compileTrailRules({
        rules: [
          {
            id: 'users',
            title: 'A user changed',
            monitoredEvents: ['CreateUser'],
            suppress:
              reason === undefined
                ? []
                : [{ pattern: { userAgent: ['terraform'] }, owner: 'platform team', reason, expires }],
          },
        ],
      }),
    );
    let current = first ?? rules;
    const it = trailWorld({ rules: async () => current });
    it.faults.failCall(1, 'before', { of: 'events.markAnnounced' });
    await expect(deliver(it, suppressed(1))).rejects.toMatchObject({ code: 'InjectedFault' });
    await summarizeAfter(16, it);
    for (const other of others) {
      current = other;
      await deliver(it, suppressed(1));
      await summarizeAfter(16, it);
    }
    await summarizeAfter(2 * day, it);
    return it;
  }

  test('in a window whose day is long over is due at once, and no sooner: it is kept from then on', async () => {
    const it = world();
    await deliver(it, suppressed(1));
    it.clock.advance(40 * day * minute);
    const now = it.clock.now().toISOString();
    await it.summarizer.summarize();
    expect(it.windows.windows.find(({ kind }) => kind === 'suppressed')).toMatchObject({ dueAt: now });
  });

  test('after it claimed to be the first one of its window is not announced, but counted', async () => {
    let current = compileTrailRules({
      rules: [{ id: 'users', title: 'A user changed', monitoredEvents: ['CreateUser'] }],
    });
    const it = trailWorld({ rules: async () => current });
    it.faults.failCall(1, 'before', { of: 'alerts.publish' });
    await expect(deliver(it, suppressed(1))).rejects.toMatchObject({ code: 'InjectedFault' });
    current = rules;
    await deliver(it, suppressed(1), numbered(2));
    await summarizeAfter(16, it);
    expect(told(it)).toEqual([['trail.summary', 1, 1]]);
  });

  test('under one rule is announced under the other', async () => {
    const both = compileTrailRules({
      monitoredEvents: ['CreateUser'],
      rules: [
        {
          id: 'users',
          title: 'A user changed',
          monitoredEvents: ['CreateUser'],
          suppress: [{ pattern: { userAgent: ['terraform'] }, owner: 'a', reason: 'b', expires }],
        },
      ],
    });
    const it = trailWorld({ rules: both });
    // Somebody is told of it.
    expect(await it.analyzer.analyzeEvent(busEvent(suppressed(1)))).toMatchObject({
      suppressed: 0,
      alerts: 1,
    });
    expect(announcements(it.alerts.published)).toEqual([`CreateUser ${eventId(1)}`]);
    expect(it.events.events[0]?.announced.toSorted()).toEqual(['CreateUser', 'users']);
  });

  test('for another reason when it comes again stands in the day once', async () => {
    const it = await changing('the nightly run', 'new colleagues');
    expect(told(it)).toEqual([['trail.suppressed', 0, 1]]);
    expect(it.alerts.published[0]?.details['suppressions']).toMatchObject([{ reason: 'new colleagues' }]);
  });

  test('and is not any more when it comes again is taken from the day', async () => {
    const it = await changing('the nightly run', undefined);
    expect(told(it).slice(1)).toEqual([['trail.summary', 1, 0]]);
  });

  test('and put into the day by a run that dies is taken from it when its window is told of', async () => {
    const it = world();
    await deliver(it, suppressed(1));
    it.faults.failCall(2, 'before', { of: 'windows.conclude' });
    expect((await summarizeAfter(16, it)).failures).toMatchObject([{ code: 'InjectedFault' }]);
    await addLate(it.windows);
    expect(await summarizeAfter(1, it)).toMatchObject({ alerts: 1, failures: [] });
    await summarizeAfter(2 * day, it);
    expect(told(it)).toEqual([['trail.summary', 1, 1]]);
  });

  test('is announced like any other once the suppression has expired', async () => {
    const it = world();
    it.clock.advance(day * minute - 1);
    await deliver(it, suppressed(1));
    expect(announcements(it.alerts.published)).toEqual([]);
    it.clock.advance(1);
    await deliver(it, suppressed(2));
    expect(announcements(it.alerts.published)).toEqual([`users ${eventId(2)}`]);
  });
});

describe('a run', () => {
  const four = async () => {
    const it = world();
    for (const name of ['a', 'b', 'c', 'd']) {
      const userIdentity = { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${name}` };
      const records = [1, 2].map(number => trailRecord({ eventID: `${name}-${number}`, userIdentity }));
      await it.analyzer.analyze(await it.put(trailLog(...records), `${name}.json`));
    }
    it.clock.advance(16 * minute);
    return it;
  };

  test('tells of the others where one window fails, and of that one in the next run', async () => {
    const it = await four();
    it.faults.reset();
    it.faults.failCall(2, 'before', { of: 'alerts.publish', kind: 'throttled' });
    const { failures, ...rest } = await it.summarizer.summarize();
    expect(failures).toMatchObject([{ kind: 'throttled' }]);
    expect(rest).toEqual({ windows: 3, alerts: 3, postponed: 0, unfinished: false });
    expect(await it.summarizer.summarize()).toMatchObject({ windows: 1, alerts: 1, failures: [] });
    expect(ofKind('trail.summary', it.alerts.published)).toHaveLength(4);
  });

  test('that cannot list the windows rejects', async () => {
    const it = await four();
    it.faults.reset();
    it.faults.failCall(1, 'before', { of: 'windows.due', kind: 'denied' });
    await expect(it.summarizer.summarize()).rejects.toMatchObject({ kind: 'denied' });
  });

  const many = async () => {
    const it = world();
    for (let number = 0; number < 200; number += 1) {
      const userIdentity = { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${number}` };
      await deliver(it, trailRecord({ eventID: `e-${number}`, userIdentity }));
    }
    it.clock.advance(16 * minute);
    it.faults.reset();
    return it;
  };

  test('whose time is over leaves the rest to the next one', async () => {
    const it = await many();
    const first = await it.summarizer.summarize(() => true);
    expect(first).toMatchObject({ windows: 64, unfinished: true });
    expect(await it.summarizer.summarize()).toMatchObject({ windows: 136, unfinished: false });
  });

  test('in which nothing goes well does not try them all', async () => {
    const it = await many();
    it.faults.failFrom(2, 'before', { kind: 'denied' });
    const { failures, unfinished } = await it.summarizer.summarize();
    expect([failures.length, unfinished]).toEqual([64, true]);
  });

  test('in which something goes well goes on', async () => {
    const it = await many();
    it.faults.failCall(2, 'before', { kind: 'denied' });
    const { failures, windows, unfinished } = await it.summarizer.summarize();
    expect([failures.length, windows, unfinished]).toEqual([1, 199, false]);
  });

  test('goes on behind windows that fail for good', async () => {
    const it = await many();
    it.faults.failFrom(2, 'before', { kind: 'permanent' });
    const { failures, unfinished } = await it.summarizer.summarize();
    expect([failures.length, unfinished]).toEqual([200, false]);
  });

  test('counts a window of 20 000 entries', async () => {
    const it = world();
    await deliver(it, numbered(1));
    const [window] = it.windows.windows;
    if (window === undefined) throw new Error('There is no window.');
    const entries = Array.from({ length: 20_000 }, (_, index) => ({
      ...{ id: `e-${index}`, count: 1, firstAt: window.start, lastAt: window.start },
      facts: { 'Source address': `address-${index}` },
    }));
    await it.windows.add({ window, entries, dueAt: window.end });
    expect(await summarizeAfter(16, it)).toMatchObject({ alerts: 1 });
    expect(told(it)[1]).toEqual(['trail.summary', 20_001, 0]);
    expect(it.alerts.published[1]?.text).toContain('- 19981 × others');
  });
});
