import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryDeadLetterStore } from '../../../src/adapters/memory/memory-dead-letter-store.ts';
import { MemoryMessageQueue } from '../../../src/adapters/memory/memory-message-queue.ts';
import {
  DeadLetterRedriver,
  type DismissOutcome,
  type DismissSelection,
  type RedriveOutcome,
  type RedriveSelection,
} from '../../../src/domain/dead-letters/dead-letter-redriver.ts';
import type { DeadLetter } from '../../../src/ports/dead-letter-store.ts';
import { describeEachCrash } from '../../each-crash.ts';

const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:sallyport-trail-dev';

const letterOf = (id: string, code?: string): DeadLetter => ({
  schemaVersion: 1,
  id,
  queueArn,
  message: { body: `body of ${id}`, attributes: { kind: { dataType: 'String', value: 'log' } } },
  receiveCount: 6,
  sentAt: '2026-11-21T08:00:00.000Z',
  firstSeenAt: '2026-11-21T08:00:01.000Z',
  lastSeenAt: '2026-11-21T09:00:00.000Z',
  ...(code === undefined ? {} : { cause: { code, message: 'why' } }),
});

async function world(faults = new FaultInjector()) {
  const clock = new ManualClock();
  const letters = new MemoryDeadLetterStore();
  const queue = new MemoryMessageQueue({ queueArns: [queueArn] });
  for (const letter of [letterOf('a', 'AccessDenied'), letterOf('b', 'damaged-gzip'), letterOf('c')])
    await letters.store(letter);
  const redriver = new DeadLetterRedriver({
    letters: faults.wrap('letters', letters),
    queue: faults.wrap('queue', queue),
    clock,
  });
  const told = async (outcomes: AsyncIterable<RedriveOutcome | DismissOutcome>) => {
    const lines: string[] = [];
    for await (const it of outcomes) {
      lines.push(`${it.outcome} ${it.outcome === 'unknown' ? it.id : it.letter.id}`);
    }
    return lines.toSorted();
  };
  const redrive = (selection: RedriveSelection) => told(redriver.redrive(selection));
  const dismiss = (selection: DismissSelection) => told(redriver.dismiss(selection));
  const sent = () =>
    queue
      .sent(queueArn)
      .map(({ body }) => body)
      .toSorted();
  const preview = async (selection: RedriveSelection) => {
    const outcomes: string[] = [];
    for await (const { outcome } of redriver.preview(selection)) outcomes.push(outcome);
    return outcomes;
  };
  return { clock, letters, queue, redriver, redrive, dismiss, preview, sent };
}

describe('redriving', () => {
  test.each<[string, RedriveSelection, string[]]>([
    ['all that wait', {}, ['a', 'b', 'c']],
    ['those of a cause', { causes: ['AccessDenied'] }, ['a']],
    ['those of several causes', { causes: ['AccessDenied', 'damaged-gzip'] }, ['a', 'b']],
    ['none of a cause that there is not', { causes: ['x'] }, []],
    ['none of no cause', { causes: [] }, []],
    ['none whose cause is not known, by any code', { causes: [''] }, []],
    ['those named', { ids: ['c', 'b'] }, ['b', 'c']],
  ])('sends back %s', async (_, selection, ids) => {
    const { redrive, sent } = await world();
    expect(await redrive(selection)).toEqual(ids.map(id => `redriven ${id}`));
    expect(sent()).toEqual(ids.map(id => `body of ${id}`));
  });

  test('sends the message as it was, attributes included, and notes when', async () => {
    const { redrive, queue, letters, clock } = await world();
    await redrive({ ids: ['a'] });
    expect(queue.sent(queueArn)).toEqual([letterOf('a').message]);
    expect((await letters.find('a'))?.redrivenAt).toBe(clock.now().toISOString());
  });

  test('sends none twice, and names those it does not know', async () => {
    const { redrive, sent } = await world();
    await redrive({ ids: ['a'] });
    expect(await redrive({ ids: ['a', 'x'] })).toEqual(['already-redriven a', 'unknown x']);
    expect(await redrive({})).toEqual(['redriven b', 'redriven c']);
    expect(sent()).toHaveLength(3);
  });

  test('goes on after a letter that cannot be sent, which then waits still', async () => {
    const faults = new FaultInjector();
    const { redrive, letters } = await world(faults);
    faults.failCall(1, 'before', { of: 'queue.send' });
    expect((await redrive({})).map(outcome => outcome.split(' ')[0])).toEqual([
      'failed',
      'redriven',
      'redriven',
    ]);
    const waiting = letters.letters.filter(({ redrivenAt }) => redrivenAt === undefined);
    expect(waiting).toHaveLength(1);
    expect(await redrive({})).toEqual(waiting.map(({ id }) => `redriven ${id}`));
  });

  test('is shown beforehand, and then does nothing', async () => {
    const { preview, redrive, sent } = await world();
    await redrive({ ids: ['a'] });
    expect(await preview({ ids: ['a', 'b', 'x'] })).toEqual(['already-redriven', 'waiting', 'unknown']);
    expect(await preview({})).toEqual(['waiting', 'waiting']);
    expect(sent()).toHaveLength(1);
  });
});

describe('dismissing', () => {
  test.each<[string, DismissSelection, string[]]>([
    ['those of a cause', { causes: ['AccessDenied'] }, ['a']],
    ['those of several causes', { causes: ['AccessDenied', 'damaged-gzip'] }, ['a', 'b']],
    ['none of a cause that there is not', { causes: ['x'] }, []],
    ['none of no cause', { causes: [] }, []],
    ['none whose cause is not known, by any code', { causes: [''] }, []],
    ['those named', { ids: ['c', 'b'] }, ['b', 'c']],
  ])('closes %s, and sends nothing', async (_, selection, ids) => {
    const { dismiss, sent, letters, clock } = await world();
    expect(await dismiss(selection)).toEqual(ids.map(id => `dismissed ${id}`));
    const closed = letters.letters.filter(({ dismissedAt }) => dismissedAt === clock.now().toISOString());
    expect(closed.map(({ id }) => id).toSorted()).toEqual(ids);
    expect(sent()).toEqual([]);
  });

  test('tells of those that do not wait, and leaves them as they are', async () => {
    const { dismiss, redrive, letters, clock } = await world();
    await redrive({ ids: ['a'] });
    await dismiss({ ids: ['b'] });
    const before = letters.letters;
    clock.advance(1000);
    expect(await dismiss({ ids: ['a', 'b', 'x'] })).toEqual([
      'already-dismissed b',
      'already-redriven a',
      'unknown x',
    ]);
    expect(await dismiss({ causes: ['AccessDenied', 'damaged-gzip'] })).toEqual([]);
    expect(letters.letters).toEqual(before);
  });

  test('is for good: a dismissed letter is not sent, named or not', async () => {
    const { dismiss, redrive, preview, sent } = await world();
    await dismiss({ ids: ['a'] });
    expect(await preview({ ids: ['a'] })).toEqual(['already-dismissed']);
    expect(await redrive({ ids: ['a'] })).toEqual(['already-dismissed a']);
    expect(await redrive({})).toEqual(['redriven b', 'redriven c']);
    expect(sent()).toEqual(['body of b', 'body of c']);
  });

  test('of a letter that was sent meanwhile hides nothing: it was sent', async () => {
    const { letters, preview } = await world();
    await letters.markDismissed('a', '2026-11-21T09:00:00.000Z');
    await letters.markRedriven('a', '2026-11-21T09:00:01.000Z');
    expect(await preview({ ids: ['a'] })).toEqual(['already-redriven']);
  });

  test('goes on after a letter that cannot be marked, which then waits still', async () => {
    const faults = new FaultInjector();
    const { dismiss, preview } = await world(faults);
    faults.failCall(1, 'before', { of: 'letters.markDismissed' });
    expect(await dismiss({ ids: ['a', 'b'] })).toEqual(['dismissed b', 'failed a']);
    expect(await preview({ ids: ['a', 'b'] })).toEqual(['waiting', 'already-dismissed']);
  });
});

await describeEachCrash('dismissing letters', async faults => {
  const { redriver, letters, sent } = await world(faults);
  return {
    deliver: async () => {
      const causes = ['AccessDenied', 'damaged-gzip'];
      for await (const it of redriver.dismiss({ causes })) if (it.outcome === 'failed') throw it.error;
    },
    verify: () => {
      const waiting = letters.letters.filter(({ dismissedAt }) => dismissedAt === undefined);
      expect([waiting.map(({ id }) => id), sent()]).toEqual([['c'], []]);
    },
  };
});

await describeEachCrash('redriving all letters', async faults => {
  const { redriver, letters, sent } = await world(faults);
  return {
    deliver: async () => {
      for await (const it of redriver.redrive({})) if (it.outcome === 'failed') throw it.error;
    },
    verify: () => {
      expect(letters.letters.filter(({ redrivenAt }) => redrivenAt === undefined)).toEqual([]);
      // At worst one letter is sent twice: it reached its queue, and the mark did not.
      expect(new Set(sent()).size).toBe(3);
      expect(sent().length).toBeLessThanOrEqual(4);
    },
  };
});
