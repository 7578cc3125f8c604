import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryDeadLetterStore } from '../../../src/adapters/memory/memory-dead-letter-store.ts';
import { MemoryMessageQueue } from '../../../src/adapters/memory/memory-message-queue.ts';
import {
  DeadLetterRedriver,
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
  const redrive = async (selection: RedriveSelection) => {
    const outcomes: string[] = [];
    for await (const it of redriver.redrive(selection)) {
      outcomes.push(`${it.outcome} ${it.outcome === 'unknown' ? it.id : it.letter.id}`);
    }
    return outcomes.toSorted();
  };
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
  return { clock, letters, queue, redriver, redrive, preview, sent };
}

describe('redriving', () => {
  test.each<[string, RedriveSelection, string[]]>([
    ['all that wait', {}, ['a', 'b', 'c']],
    ['those of a cause', { causes: ['AccessDenied'] }, ['a']],
    ['those of several causes', { causes: ['AccessDenied', 'damaged-gzip'] }, ['a', 'b']],
    ['none of a cause that there is not', { causes: ['x'] }, []],
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
