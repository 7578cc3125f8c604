import { describe, expect, test } from '@jest/globals';
import { MemoryTrailEventStore } from '../../../src/adapters/memory/memory-trail-event-store.ts';
import { type TrailAnalysis, TrailAnalyzer } from '../../../src/domain/trail/trail-analyzer.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import type { TrailEvent } from '../../../src/ports/trail-event-store.ts';
import { digest, digestKey, eventId, logKey, trailLog, trailRecord } from './trail-fixtures.ts';
import { type AnalyzerChoices, announcements, busEvent, gathered, trailWorld } from './trail-world.ts';

const rules = compileTrailRules({
  monitoredEvents: ['CreateUser', 'DeleteUser', 'ConsoleLogin'],
  rules: [{ id: 'users', title: 'A user changed', severity: 'high', monitoredEvents: ['CreateUser'] }],
});

const one = compileTrailRules({ monitoredEvents: ['CreateUser'] });

const world = (choices: Partial<AnalyzerChoices> = {}) => trailWorld({ rules, ...choices });

const numbered = (number: number, fields: JsonObject = {}) =>
  trailRecord({ eventID: eventId(number), ...fields });

describe('a log with matches', () => {
  test('is stored event by event, with what is to be known of each', async () => {
    const { analyzer, put, events, clock } = world();
    const text =
      '{"eventID":"e-1",  "eventName":"DeleteUser","bytes":9007199254740993,"errorCode":"AccessDenied"}';
    const log = await put(Buffer.from(`{"Records":[{"eventName":"Nothing"},${text}]}`));
    const logTime = clock
      .now()
      .toISOString()
      .replace(/\.\d+Z/, '.000Z');
    clock.advance(3_600_000);
    expect(await analyzer.analyze(log)).toMatchObject({
      outcome: 'analyzed',
      records: 2,
      matches: 1,
      stored: 1,
      alerts: 1,
    });
    const now = clock.now().toISOString();
    expect(events.events).toEqual([
      {
        schemaVersion: 1,
        eventId: 'e-1',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        identity: expect.stringMatching(/^[0-9a-f]{64}$/),
        via: 'log',
        // What the record does not say is taken from its log.
        eventTime: logTime,
        account: '111122223333',
        eventName: 'DeleteUser',
        eventSource: 'unknown',
        region: 'unknown',
        principal: 'unknown',
        errorCode: 'AccessDenied',
        rules: ['DeleteUser'],
        ruleSet: rules.hash,
        source: { ...log, index: 1 },
        storedAt: now,
        record: text,
        announced: ['DeleteUser'],
      },
    ]);
  });

  test('gives the facts of each record to what is stored', async () => {
    const { analyzer, put, events } = world();
    await analyzer.analyze(await put(trailLog(numbered(1, { eventName: 'ConsoleLogin' }))));
    expect(events.events[0]).toMatchObject({
      eventId: eventId(1),
      eventTime: '2026-11-21T08:01:02.000Z',
      eventName: 'ConsoleLogin',
      eventSource: 'iam.amazonaws.com',
      account: '111122223333',
      region: 'us-east-1',
      principal: 'arn:aws:iam::111122223333:user/alice',
      sourceIPAddress: '203.0.113.7',
    });
  });

  test('is announced once for each rule, account and principal; the others wait for the summary', async () => {
    const { analyzer, put, alerts, windows } = world();
    const bob = { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob' };
    const log = await put(
      trailLog(
        numbered(1, { eventName: 'DeleteUser' }),
        numbered(2, { eventName: 'DeleteUser', eventTime: '2026-11-21T08:01:01Z' }),
        numbered(3, { eventName: 'DeleteUser', eventTime: '2026-11-20T08:15:00Z' }),
        numbered(4, { eventName: 'DeleteUser', userIdentity: bob }),
        numbered(5, { eventName: 'DeleteUser', recipientAccountId: '444455556666' }),
        numbered(6),
        numbered(7, { eventName: 'ListUsers' }),
      ),
    );
    expect(await analyzer.analyze(log)).toMatchObject({ records: 7, matches: 6, stored: 6, alerts: 5 });
    const told = alerts.published.map(({ severity, account, details }) => [
      severity,
      account,
      details['rule'],
      (details['event'] as JsonObject)['eventId'],
    ]);
    // Of one window, the earliest.
    expect(told.toSorted()).toEqual([
      ['high', '111122223333', 'users', eventId(6)],
      ['medium', '111122223333', 'CreateUser', eventId(6)],
      ['medium', '111122223333', 'DeleteUser', eventId(3)],
      ['medium', '111122223333', 'DeleteUser', eventId(4)],
      ['medium', '444455556666', 'DeleteUser', eventId(5)],
    ]);
    expect(await gathered(windows)).toEqual([
      `CreateUser ${eventId(6)}`,
      ...[1, 2, 3, 4, 5].map(number => `DeleteUser ${eventId(number)}`),
      `users ${eventId(6)}`,
    ]);
  });

  test('is not announced again for a later match in the window', async () => {
    const { analyzer, put, alerts, events } = world();
    await analyzer.analyze(await put(trailLog(numbered(1, { eventName: 'DeleteUser' }))));
    await analyzer.analyze(await put(trailLog(numbered(2, { eventName: 'DeleteUser' })), `${logKey}.json`));
    expect(announcements(alerts.published)).toEqual([`DeleteUser ${eventId(1)}`]);
    expect(events.events.map(({ announced }) => announced)).toEqual([['DeleteUser'], ['DeleteUser']]);
  });

  test('is announced again in the next window, which begins by when events are stored', async () => {
    const { analyzer, put, alerts, clock } = world();
    await analyzer.analyze(await put(trailLog(numbered(1, { eventName: 'DeleteUser' }))));
    clock.advance(15 * 60_000);
    await analyzer.analyze(await put(trailLog(numbered(2, { eventName: 'DeleteUser' })), `${logKey}.json`));
    expect(announcements(alerts.published)).toEqual([1, 2].map(number => `DeleteUser ${eventId(number)}`));
    expect(new Set(alerts.published.map(({ correlationId }) => correlationId)).size).toBe(2);
  });

  test('that comes again stores and announces nothing, in whichever object it comes', async () => {
    const { analyzer, put, alerts, events } = world();
    const log = trailLog(numbered(1), numbered(2));
    const first = await put(log);
    await analyzer.analyze(first);
    const before = { events: events.events, alerts: alerts.published };
    expect(await analyzer.analyze(first)).toMatchObject({ matches: 2, stored: 0, suppressed: 0, alerts: 0 });
    expect(await analyzer.analyze(await put(log, `again/${logKey}`))).toMatchObject({ stored: 0, alerts: 0 });
    expect({ events: events.events, alerts: alerts.published }).toEqual(before);
  });

  test('that holds one event twice stores it once, and tells of it once', async () => {
    const { analyzer, put, events, alerts, windows } = world();
    const log = await put(trailLog(numbered(1), numbered(1)));
    expect(await analyzer.analyze(log)).toMatchObject({ matches: 2, stored: 1 });
    expect(events.events).toHaveLength(1);
    const once = ['CreateUser', 'users'].map(rule => `${rule} ${eventId(1)}`);
    expect([announcements(alerts.published), await gathered(windows)]).toEqual([once, once]);
  });

  test('that holds one event twice lets it wait as one', async () => {
    const { analyzer, put, faults } = world({ rules: one, concurrency: 1, mostWaiting: 2 });
    await analyzer.analyze(await put(trailLog(numbered(1), numbered(1), numbered(2), numbered(3))));
    // Two of three that wait, and then the third.
    expect(faults.calls.filter(call => call === 'windows.add')).toHaveLength(2);
    const before = faults.calls.slice(0, faults.calls.indexOf('windows.add'));
    expect(before.filter(call => call === 'events.store')).toHaveLength(3);
  });

  test('keeps both events where a forged record bears the id of another', async () => {
    const { analyzer, put, events, alerts } = world();
    const log = await put(trailLog(numbered(1), numbered(1, { eventName: 'DeleteUser' })));
    for (let time = 0; time < 2; time += 1) await analyzer.analyze(log);
    expect(events.events.map(({ eventName }) => eventName)).toEqual(['CreateUser', 'DeleteUser']);
    expect(events.events[1]?.eventId).toMatch(new RegExp(`^${eventId(1)}#[0-9a-f]{64}$`));
    expect(announcements(alerts.published)).toEqual([
      `CreateUser ${eventId(1)}`,
      `DeleteUser ${events.events[1]?.eventId}`,
      `users ${eventId(1)}`,
    ]);
  });

  test('keeps all events where several records bear the id, who and what of another', async () => {
    const { analyzer, put, events, alerts, windows } = world();
    const forged = [1, 2, 3].map(number =>
      numbered(1, { requestParameters: { userName: `mallory-${number}` } }),
    );
    const log = await put(trailLog(...forged));
    for (let time = 0; time < 2; time += 1) await analyzer.analyze(log);
    expect(events.events).toHaveLength(3);
    expect(events.events.every(({ announced }) => announced.length === 2)).toBe(true);
    expect(await gathered(windows)).toHaveLength(6);
    expect(announcements(alerts.published)).toHaveLength(2);
  });

  test('is announced under a rule that is new since', async () => {
    const first = world();
    const log = await first.put(trailLog(numbered(1)));
    await first.analyzer.analyze(log);
    const more = compileTrailRules({
      monitoredEvents: ['CreateUser'],
      rules: [...rules.rules.slice(-1), { id: 'new', title: 'New', monitoredEvents: ['CreateUser'] }],
    });
    const again = world({ events: first.events, alerts: first.alerts, windows: first.windows, rules: more });
    await again.analyzer.analyze(await again.put(trailLog(numbered(1))));
    expect(announcements(first.alerts.published)).toEqual(
      ['CreateUser', 'new', 'users'].map(rule => `${rule} ${eventId(1)}`),
    );
    expect(first.events.events[0]).toMatchObject({
      announced: ['CreateUser', 'users', 'new'],
      ruleSet: rules.hash,
    });
  });

  test('gives facts of a bounded length to what is stored', async () => {
    const { analyzer, put, events } = world();
    const long = 'x'.repeat(10_000);
    const userIdentity = { arn: long };
    await analyzer.analyze(
      await put(trailLog(numbered(1, { sourceIPAddress: long, awsRegion: long, userIdentity }))),
    );
    const [{ sourceIPAddress, region, principal } = {}] = events.events;
    for (const fact of [sourceIPAddress, region, principal]) expect(fact).toHaveLength(2048);
  });

  test('keeps a record of 300 KiB by default, and of no more', async () => {
    const { analyzer, put, events } = world();
    const textOf = (size: number, number: number) => {
      const empty = JSON.stringify(numbered(number, { text: '' })).length;
      return JSON.stringify(numbered(number, { text: 'x'.repeat(size - empty) }));
    };
    const texts = [textOf(300 * 1024, 1), textOf(300 * 1024 + 1, 2)];
    await analyzer.analyze(await put(Buffer.from(`[${texts.join(',')}]`)));
    expect(events.events.map(({ record }) => record?.length)).toEqual([300 * 1024, undefined]);
  });

  test('of large records is stored before many of them are held', async () => {
    const events = new MemoryTrailEventStore();
    const waiting: number[] = [];
    let underWay = 0;
    const store = async (event: TrailEvent) => {
      underWay += 1;
      await new Promise(resolve => setImmediate(resolve));
      waiting.push(underWay);
      underWay -= 1;
      return events.store(event);
    };
    const { analyzer, put } = world({
      events: Object.assign(new MemoryTrailEventStore(), { store }),
    });
    const large = Array.from({ length: 12 }, (_, index) => numbered(index, { text: 'x'.repeat(100_000) }));
    await analyzer.analyze(await put(trailLog(...large)));
    expect(waiting).toHaveLength(12);
    expect(Math.max(...waiting)).toBeLessThanOrEqual(3);
  });

  test('leaves a record above the limit in its log, and says where it is', async () => {
    const { analyzer, put, events, windows } = world({ maxStoredRecordBytes: 2000 });
    const log = await put(
      trailLog(numbered(1), numbered(2, { additionalEventData: { text: 'ü'.repeat(1000) } })),
    );
    await analyzer.analyze(log);
    expect(events.events.map(({ record, source }) => [record === undefined, source?.index])).toEqual([
      [false, 0],
      [true, 1],
    ]);
    expect(await gathered(windows)).toHaveLength(4);
  });

  test('with more matches than may wait is announced in parts, and loses none', async () => {
    const { analyzer, put, alerts, events, windows } = world({ mostWaiting: 40, concurrency: 7 });
    const log = await put(
      trailLog(...Array.from({ length: 500 }, (_, index) => numbered(index, { eventName: 'DeleteUser' }))),
    );
    expect(await analyzer.analyze(log)).toMatchObject({ matches: 500, stored: 500 });
    // Slices of 7, put into their window when 42 wait.
    expect(windows.windows.map(({ revision }) => revision)).toEqual([12]);
    expect(alerts.published).toHaveLength(1);
    expect(new Set(await gathered(windows)).size).toBe(500);
    expect(events.events.filter(({ announced }) => announced.length !== 1)).toEqual([]);
  });
});

describe('an object', () => {
  test.each<[string, string, Uint8Array, TrailAnalysis]>([
    ['a digest by its key', digestKey, Buffer.from('anything'), { outcome: 'skipped', reason: 'digest' }],
    [
      'a digest by its content',
      'copies/digest.json',
      Buffer.from(JSON.stringify(digest)),
      { outcome: 'skipped', reason: 'digest' },
    ],
    [
      'of another service',
      'AWSLogs/111122223333/Config/x/snapshot.json.gz',
      Buffer.from('x'),
      { outcome: 'skipped', reason: 'foreign' },
    ],
    ['of another kind', 'readme.txt', Buffer.from('x'), { outcome: 'skipped', reason: 'foreign' }],
    [
      'of JSON that is no log, outside of the places of logs',
      'settings.json',
      Buffer.from('{"a":1}'),
      { outcome: 'skipped', reason: 'foreign' },
    ],
  ])('%s is skipped', async (_, key, bytes, expected) => {
    const { analyzer, put, events, alerts } = world();
    expect(await analyzer.analyze(await put(bytes, key))).toEqual(expected);
    expect([events.events, alerts.published]).toEqual([[], []]);
  });

  test.each<[string, string, string]>([
    ['JSON that is no log', '{"a":1}', 'not-a-log'],
    ['a digest', JSON.stringify(digest), 'not-a-log'],
    ['a digest before a log', `${JSON.stringify(digest)}\n{"Records":[]}`, 'not-a-log'],
    ['a digest before a log that breaks off', `${JSON.stringify(digest)}\n{"Records":[{"a`, 'truncated'],
    ['nothing', '', 'empty'],
  ])('that is %s is a fault where logs are delivered', async (_, text, code) => {
    const { analyzer, put } = world();
    expect(await analyzer.analyze(await put(Buffer.from(text)))).toMatchObject({
      outcome: 'unreadable',
      fault: { code },
    });
  });

  test.each([
    ['a log that breaks off behind something else', '{"exported":"me"}\n{"Records":[{"eventName":"Cre'],
    ['a log that is no JSON behind something else', '{"exported":"me"}\n{"Records":[{"eventName":"x",}]}'],
    ['records that are no list', '{"Records":{"0":{"eventName":"CreateUser"}}}'],
    ['records within records', '{"Records":[{"Records":[{"eventName":"CreateUser"}]}]}'],
    ['a digest before a log that breaks off', `${JSON.stringify(digest)}\n{"Records":[{"a`],
  ])('that is %s is a fault wherever it is', async (_, text) => {
    const { analyzer, put } = world();
    const analysis = await analyzer.analyze(await put(Buffer.from(text), 'copies/log.json'));
    expect(analysis.outcome).toBe('unreadable');
  });

  test('of JSON that is a log in part is a fault wherever it is', async () => {
    const { analyzer, put } = world();
    const log = await put(Buffer.from(`${JSON.stringify(numbered(1))}\n{"a":1}`), 'copies/log.json');
    expect(await analyzer.analyze(log)).toMatchObject({
      outcome: 'unreadable',
      fault: { code: 'not-a-log' },
      stored: 1,
    });
  });

  test('that is a log elsewhere is analyzed', async () => {
    const { analyzer, put } = world();
    expect(await analyzer.analyze(await put(trailLog(numbered(1)), 'copies/log.json.gz'))).toMatchObject({
      outcome: 'analyzed',
      stored: 1,
    });
  });

  test('that is not there is missing, by version and by name', async () => {
    const { analyzer, put } = world();
    const { bucket, key } = await put(trailLog(numbered(1)));
    expect(await analyzer.analyze({ bucket, key, versionId: 'other' })).toEqual({ outcome: 'missing' });
    expect(await analyzer.analyze({ bucket, key: `x/${key}` })).toEqual({ outcome: 'missing' });
  });

  test('announced without a version is read in its current one', async () => {
    const { analyzer, put, events } = world();
    await put(trailLog(numbered(1)));
    const { versionId, ...place } = await put(trailLog(numbered(2)));
    await analyzer.analyze(place);
    expect(events.events.map(event => [event.eventId, event.source?.versionId])).toEqual([
      [eventId(2), versionId],
    ]);
  });
});

describe('a damaged log', () => {
  const good = JSON.stringify({ Records: [numbered(1), numbered(2), numbered(3)] });
  const cut = Buffer.from(good.slice(0, -40));

  test('gives what could be read, once, however often it comes', async () => {
    const { analyzer, put, events, alerts } = world();
    const log = await put(cut);
    expect(await analyzer.analyze(log)).toMatchObject({
      outcome: 'unreadable',
      fault: { code: 'truncated' },
      matches: 2,
      stored: 2,
      alerts: 2,
    });
    expect(await analyzer.analyze(log)).toMatchObject({
      outcome: 'unreadable',
      fault: { code: 'truncated' },
      stored: 0,
      alerts: 0,
    });
    expect(events.events.map(event => event.eventId)).toEqual([eventId(1), eventId(2)]);
    expect(alerts.published).toHaveLength(2);
  });

  test('that is mended gives the rest', async () => {
    const { analyzer, put, events, windows } = world();
    await analyzer.analyze(await put(cut));
    await analyzer.analyze(await put(Buffer.from(good)));
    expect(events.events.map(event => event.eventId)).toEqual([1, 2, 3].map(eventId));
    expect(new Set(await gathered(windows)).size).toBe(6);
  });

  test.each<[string, Partial<AnalyzerChoices>, number]>([
    ['the limit of the reader', { maxRecordBytes: 5000 }, 5000],
    ['1 MiB, which is the limit by default,', {}, 1024 * 1024],
  ])('whose record is above %s is unreadable', async (_, options, size) => {
    const { analyzer, put } = world(options);
    const logOf = (text: string) => Buffer.from(JSON.stringify({ Records: [numbered(1, { text })] }));
    expect(await analyzer.analyze(await put(logOf('x'.repeat(size - 2000))))).toMatchObject({
      outcome: 'analyzed',
    });
    expect(await analyzer.analyze(await put(logOf('x'.repeat(size))))).toMatchObject({
      outcome: 'unreadable',
      fault: { code: 'record-too-large' },
    });
  });
});

describe('a failure', () => {
  const three = trailLog(...[1, 2, 3].map(number => numbered(number, { eventName: 'DeleteUser' })));

  test.each(['events.store', 'windows.add', 'events.markAnnounced', 'alerts.publish'])(
    'of one %s that no repetition mends leaves the others as they are',
    async call => {
      const { analyzer, put, events, alerts, faults, windows } = world({ concurrency: 1 });
      const log = await put(three);
      faults.reset();
      faults.failCall(1, 'before', { of: call, kind: 'permanent', code: 'Lasting' });
      await expect(analyzer.analyze(log)).rejects.toMatchObject({ code: 'Lasting' });
      expect(events.events).toHaveLength(call === 'events.store' ? 2 : 3);
      expect(alerts.published).toHaveLength(call === 'alerts.publish' || call === 'windows.add' ? 0 : 1);
      await analyzer.analyze(log);
      expect(await gathered(windows)).toHaveLength(3);
      expect(announcements(alerts.published)).toHaveLength(1);
      expect(events.events.filter(({ announced }) => announced.length !== 1)).toEqual([]);
    },
  );

  test('of one alert leaves the other groups announced and marked', async () => {
    const { analyzer, put, events, alerts, faults } = world();
    const log = await put(trailLog(numbered(1), numbered(2, { eventName: 'DeleteUser' })));
    faults.reset();
    faults.failCall(1, 'before', { of: 'alerts.publish' });
    await expect(analyzer.analyze(log)).rejects.toMatchObject({ code: 'InjectedFault' });
    expect(events.events.map(({ announced }) => announced)).toEqual([['users'], ['DeleteUser']]);
    await analyzer.analyze(log);
    expect(announcements(alerts.published)).toHaveLength(3);
  });

  test('that may pass ends the reading', async () => {
    const { analyzer, put, faults } = world({ concurrency: 1 });
    const log = await put(three);
    faults.reset();
    faults.failCall(1, 'before', { of: 'events.store', kind: 'throttled' });
    await expect(analyzer.analyze(log)).rejects.toMatchObject({ kind: 'throttled' });
    expect(faults.calls.filter(call => call === 'events.store')).toHaveLength(1);
  });

  test.each([
    ['permanent', 'throttled'],
    ['throttled', 'permanent'],
  ] as const)('that may pass is told of before one that lasts: %s, %s', async (first, second) => {
    const { analyzer, put, faults } = world({ rules: one, concurrency: 1 });
    const log = await put(trailLog(numbered(1), numbered(2)));
    faults.reset();
    faults.failCall(1, 'before', { of: 'events.markAnnounced', kind: first });
    faults.failCall(2, 'before', { of: 'events.markAnnounced', kind: second });
    await expect(analyzer.analyze(log)).rejects.toMatchObject({ kind: 'throttled' });
  });

  test('of every id of a record leaves its neighbours as they are, and says which record', async () => {
    const held = new MemoryTrailEventStore();
    const store = async (given: TrailEvent) =>
      given.eventId.startsWith(eventId(1)) ? { outcome: 'taken' as const } : held.store(given);
    const markAnnounced = (...mark: Parameters<typeof held.markAnnounced>) => held.markAnnounced(...mark);
    const { analyzer, put, alerts } = world({
      events: Object.assign(new MemoryTrailEventStore(), { store, markAnnounced }),
    });
    const two = await put(trailLog(numbered(1), numbered(2)));
    await expect(analyzer.analyze(two)).rejects.toMatchObject({
      kind: 'permanent',
      code: 'EventIdTaken',
      message: expect.stringContaining('record 0'),
    });
    expect(held.events.map(({ eventId: id, announced }) => [id, announced.toSorted()])).toEqual([
      [eventId(2), ['CreateUser', 'users']],
    ]);
    expect(alerts.published).toHaveLength(2);
  });
});

describe('an analyzer that announces nothing', () => {
  test('stores, and leaves it to a delivery that announces to tell of it', async () => {
    const live = world();
    const log = await live.put(trailLog(numbered(1), numbered(2)));
    const { objects, events, clock } = live;
    const silent = new TrailAnalyzer({ objects, events, clock, rules, announce: false });
    expect(await silent.analyze(log)).toMatchObject({ matches: 2, stored: 2, alerts: 0 });
    expect(events.events.map(({ announced }) => announced)).toEqual([[], []]);
    clock.advance(24 * 3_600_000);
    expect(await live.analyzer.analyze(log)).toMatchObject({ matches: 2, stored: 0, alerts: 2 });
    expect(await gathered(live.windows)).toHaveLength(4);
    // Of a window whose time is long over, the summary comes one length later.
    const due = new Date(clock.now().getTime() + 15 * 60_000).toISOString();
    expect(live.windows.windows.map(({ dueAt }) => dueAt)).toEqual([due, due]);
  });
});

describe('rules that are exchanged', () => {
  test('are asked for once for each log and event', async () => {
    let asked = 0;
    const { analyzer, put, alerts } = world({
      rules: async () => {
        asked += 1;
        return asked === 1 ? compileTrailRules({ monitoredEvents: ['ListUsers'] }) : rules;
      },
    });
    const log = await put(trailLog(numbered(1)));
    expect(await analyzer.analyze(log)).toMatchObject({ matches: 0 });
    expect(await analyzer.analyze(log)).toMatchObject({ matches: 1, alerts: 2 });
    expect(await analyzer.analyzeEvent(busEvent(numbered(1)))).toMatchObject({ matches: 1, alerts: 0 });
    expect([asked, alerts.published.length]).toEqual([3, 2]);
  });
});
