import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAlertChannel } from '../../../src/adapters/memory/memory-alert-channel.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import { type TrailRulesNews, TrailRulesSource } from '../../../src/domain/trail/trail-rules-source.ts';

const object = { bucket: 'rules', key: 'rules.json' };
const accepted = { bucket: 'rules', key: 'accepted/rules.json' };
const bundled = compileTrailRules({ monitoredEvents: ['Bundled'] });
const good = (name: string) => JSON.stringify({ monitoredEvents: [name] });
const large = `{"monitoredEvents":["${'a'.repeat(4 * 2 ** 20)}"]}`;

function world() {
  const clock = new ManualClock();
  const store = new MemoryObjectStore({ clock, buckets: ['rules'] });
  const channel = new MemoryAlertChannel();
  const faults = new FaultInjector();
  const objects = faults.wrap('objectStore', store);
  const alerts = faults.wrap('alertChannel', channel);
  /** A new execution environment: nothing is remembered but what is stored. */
  const start = () => {
    const news: TrailRulesNews[] = [];
    const tell = (one: TrailRulesNews) => void news.push(one);
    const source = new TrailRulesSource({
      objects,
      alerts,
      clock,
      object,
      bundled,
      refreshSeconds: 60,
      tell,
    });
    const names = async () => (await source.rules()).rules.map(({ id }) => id);
    const reasons = () => news.flatMap(one => (one.kind === 'refused' ? [one.refusal.reason] : []));
    const froms = () => news.flatMap(one => (one.kind === 'adopted' ? [one.from] : []));
    return { names, reasons, froms, news, source };
  };
  const put = (text: string) => store.put(object, Buffer.from(text));
  const textAt = async (target: { bucket: string; key: string }) => {
    const head = await store.current(target);
    const content = head && (await store.read(head.ref));
    const chunks: Uint8Array[] = [];
    for await (const chunk of content?.body ?? []) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  return { clock, store, channel, faults, start, put, textAt, pass: () => clock.advance(60_000) };
}

test('the bundled rules stand, and nothing is wrong, as long as no file was ever there', async () => {
  const { start, pass, channel } = world();
  const { names, reasons, froms } = start();
  expect(await names()).toEqual(['Bundled']);
  pass();
  expect(await names()).toEqual(['Bundled']);
  expect([reasons(), froms(), channel.published]).toEqual([[], ['bundle'], []]);
});

test('a file takes their place when it is put, and another takes its own, without a restart', async () => {
  const { start, put, pass } = world();
  const { names, froms, reasons } = start();
  expect(await names()).toEqual(['Bundled']);
  await put(good('First'));
  pass();
  expect(await names()).toEqual(['First']);
  await put(good('Second'));
  expect(await names()).toEqual(['First']);
  pass();
  expect(await names()).toEqual(['Second']);
  expect([froms(), reasons()]).toEqual([['bundle', 'object', 'object'], []]);
});

test('the file is looked at once in the time given, and read once a version', async () => {
  const { start, put, pass, faults, clock } = world();
  await put(good('First'));
  const { source } = start();
  await Promise.all([source.rules(), source.rules(), source.rules()]);
  const calls = [...faults.calls];
  expect(calls.filter(call => call === 'objectStore.read')).toHaveLength(1);
  clock.advance(59_999);
  await source.rules();
  expect(faults.calls).toEqual(calls);
  pass();
  await source.rules();
  expect(faults.calls.slice(calls.length)).toEqual(['objectStore.current']);
});

test('a clock that is set back does not keep old rules standing', async () => {
  const { start, put, clock } = world();
  await put(good('First'));
  const { names } = start();
  await names();
  await put(good('Second'));
  clock.advance(-3_600_000);
  expect(await names()).toEqual(['Second']);
});

describe.each([
  ['is no JSON', '{', 'invalid'],
  ['has an unknown key', '{"monitoredEvents":["a"],"x":1}', 'invalid'],
  ['has a pattern that is none', '{"rules":[{"id":"a","pattern":{"a":[]}}]}', 'invalid'],
  ['is empty', '', 'invalid'],
  ['is too large', large, 'too-large'],
])('a file that %s', (_what, broken, reason) => {
  test('leaves the last good rules standing; told at each look, and alerted once', async () => {
    const { start, put, pass, channel } = world();
    await put(good('First'));
    const { names, reasons } = start();
    await names();
    await put(broken);
    for (const _look of [1, 2]) {
      pass();
      expect(await names()).toEqual(['First']);
    }
    expect(reasons()).toEqual([reason, reason]);
    expect(channel.published.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['trail.rules-refused', 'high'],
    ]);
  });

  test('leaves them standing in a new environment too, which does not alert again', async () => {
    const { start, put, pass, channel } = world();
    await put(good('First'));
    const first = start();
    await first.names();
    await put(broken);
    pass();
    await first.names();
    const second = start();
    expect(await second.names()).toEqual(['First']);
    expect(second.froms()).toEqual(['accepted']);
    expect(second.reasons()).toEqual([reason]);
    expect(channel.published).toHaveLength(1);
  });

  test('leaves the bundled rules standing where none was ever accepted', async () => {
    const { start, put } = world();
    await put(broken);
    const { names, reasons } = start();
    expect(await names()).toEqual(['Bundled']);
    expect(reasons()).toEqual([reason]);
  });

  test('gives way to one that can be used, after which the next broken one is alerted', async () => {
    const { start, put, pass, channel } = world();
    await put(broken);
    const { names } = start();
    await names();
    await put(good('Second'));
    pass();
    expect(await names()).toEqual(['Second']);
    await put(broken);
    pass();
    expect(await names()).toEqual(['Second']);
    expect(new Set(channel.published.map(({ id }) => id)).size).toBe(2);
  });
});

test('a file that is gone leaves its rules standing in a new environment, and is told', async () => {
  const { start, store, channel } = world();
  await store.put(accepted, Buffer.from(good('First')));
  const { names, news } = start();
  expect(await names()).toEqual(['First']);
  expect(news).toMatchObject([
    { kind: 'adopted', from: 'accepted' },
    { kind: 'refused', refusal: { reason: 'missing' } },
  ]);
  expect(channel.published).toHaveLength(1);
});

test('a file that is gone leaves its rules standing where they stood', async () => {
  const { put, store, channel, clock, pass } = world();
  await put(good('First'));
  let isGone = false;
  const current: MemoryObjectStore['current'] = async target =>
    isGone && target.key === object.key ? undefined : store.current(target);
  const objects = { current, read: store.read.bind(store), put: store.put.bind(store) };
  const reasons: string[] = [];
  const tell = (news: TrailRulesNews) => void (news.kind === 'refused' && reasons.push(news.refusal.reason));
  const source = new TrailRulesSource({ objects, alerts: channel, clock, object, bundled, tell });
  await source.rules();
  isGone = true;
  for (const _look of [1, 2]) {
    pass();
    expect((await source.rules()).rules.map(({ id }) => id)).toEqual(['First']);
  }
  expect([reasons, channel.published.length]).toEqual([['missing', 'missing'], 1]);
});

test('an environment that may not write alerts once of a version, not at each look', async () => {
  const { put, store, channel, clock, pass } = world();
  await put('{');
  const refuse = () => Promise.reject(new Error('denied'));
  const objects = { current: store.current.bind(store), read: store.read.bind(store), put: refuse };
  const tell = () => undefined;
  const source = new TrailRulesSource({ objects, alerts: channel, clock, object, bundled, tell });
  for (const _look of [1, 2, 3]) {
    await source.rules();
    pass();
  }
  expect(channel.published).toHaveLength(1);
});

test('a copy that cannot be used is no last good one, and is told', async () => {
  const { start, put, store } = world();
  await put('{');
  await store.put(accepted, Buffer.from('[]'));
  const { names, news } = start();
  expect(await names()).toEqual(['Bundled']);
  const refused = news.flatMap(one => (one.kind === 'refused' ? [one.refusal.object.key] : []));
  expect(refused.toSorted()).toEqual(['accepted/rules.json', 'rules.json']);
});

test('what is accepted is kept as it stands, once for the same rules', async () => {
  const { start, put, store, textAt } = world();
  await put(good('First'));
  await start().names();
  const kept = await store.current(accepted);
  expect(await textAt(accepted)).toBe(good('First'));
  await start().names();
  expect((await store.current(accepted))?.ref).toEqual(kept?.ref);
});

describe('a port that fails', () => {
  const story = async () => {
    const { put, start, faults, channel, ...rest } = world();
    await put(good('First'));
    const source = start();
    await source.names();
    await put('{');
    rest.pass();
    faults.reset();
    return { ...rest, put, start, faults, channel, source };
  };

  test.each(['before', 'after'] as const)(
    '%s the effect of any call stops nothing: the last good rules stand, and the alert comes',
    async moment => {
      const counted = await story();
      await counted.source.names();
      const calls = [...counted.faults.calls];
      expect(calls).toContain('alertChannel.publish');
      for (let ordinal = 1; ordinal <= calls.length; ordinal += 1) {
        const { source, faults, channel, pass, start } = await story();
        faults.failFrom(ordinal, moment);
        expect([ordinal, await source.names()]).toEqual([ordinal, ['First']]);
        faults.reset();
        pass();
        expect([ordinal, await source.names()]).toEqual([ordinal, ['First']]);
        await start().names();
        const ids = channel.published.map(({ id }) => id);
        expect([ordinal, new Set(ids).size]).toEqual([ordinal, 1]);
        expect(source.reasons()).toContain('invalid');
      }
    },
  );

  test.each(['before', 'after'] as const)(
    '%s the effect of any call does not keep a good file from standing once it works again',
    async moment => {
      const counted = world();
      await counted.put(good('First'));
      await counted.start().names();
      const calls = [...counted.faults.calls];
      expect(calls).toContain('objectStore.put');
      for (let ordinal = 1; ordinal <= calls.length; ordinal += 1) {
        const { start, put, faults, pass, textAt } = world();
        await put(good('First'));
        const { names, reasons } = start();
        faults.reset();
        faults.failFrom(ordinal, moment);
        expect([['Bundled'], ['First']]).toContainEqual(await names());
        expect([ordinal, reasons().length > 0]).toEqual([ordinal, true]);
        faults.reset();
        pass();
        expect([ordinal, await names()]).toEqual([ordinal, ['First']]);
        expect([ordinal, await textAt(accepted)]).toEqual([ordinal, good('First')]);
      }
    },
  );

  test('is told by its code, and no alert', async () => {
    const { start, put, faults, channel } = world();
    await put(good('First'));
    const { names, news } = start();
    faults.failCall(1, 'before', { kind: 'denied', code: 'AccessDenied' });
    expect(await names()).toEqual(['Bundled']);
    expect(news).toContainEqual(
      expect.objectContaining({
        kind: 'refused',
        refusal: expect.objectContaining({
          reason: 'unreadable',
          faults: [expect.stringMatching(/^AccessDenied: /)],
        }),
      }),
    );
    expect(channel.published).toEqual([]);
  });

  test('while the alert is published is told, and the alert tried again', async () => {
    const { source, faults, pass, channel } = await story();
    faults.failCall(1, 'before', { of: 'alertChannel.publish' });
    await source.names();
    expect(source.news).toContainEqual(expect.objectContaining({ kind: 'not-announced' }));
    expect(channel.published).toEqual([]);
    pass();
    await source.names();
    expect(channel.published).toHaveLength(1);
  });
});

test('the alert says which version, what is wrong, and which rules stand, and shows nothing as it is', async () => {
  const { start, put, channel } = world();
  await put('{"monitoredEvents":["a"],"\\u001b[31m 4111 1111 1111 1111":1}');
  const { names } = start();
  await names();
  const [alert] = channel.published;
  expect(alert?.text).toContain('s3://rules/rules.json');
  expect(alert?.text).toContain(bundled.hash);
  expect(alert?.text).toContain('unknown key');
  expect(alert?.text).not.toContain('\u001b');
  expect(alert?.text).not.toContain('4111 1111 1111 1111');
  expect(alert?.details).toMatchObject({
    reason: 'invalid',
    object: { bucket: 'rules', key: 'rules.json', versionId: expect.any(String) },
    standing: bundled.hash,
  });
});
