import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryDeadLetterStore } from '../../../src/adapters/memory/memory-dead-letter-store.ts';
import { MemoryMessageQueue } from '../../../src/adapters/memory/memory-message-queue.ts';
import { DeadLetterRedriver } from '../../../src/domain/dead-letters/dead-letter-redriver.ts';
import { redriveLettersBy } from '../../../src/handlers/cli/redrive-letters.ts';
import type { DeadLetter } from '../../../src/ports/dead-letter-store.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { Collector, chunksOf, run } from './streams.ts';

const queueArn = 'arn:aws:sqs:eu-central-1:111122223333:sallyport-trail-dev';

const letter = (id: string, facts: Partial<DeadLetter> = {}): DeadLetter => ({
  schemaVersion: 1,
  id,
  queueArn,
  message: { body: `body of ${id}` },
  receiveCount: 6,
  sentAt: '2026-11-21T08:00:00.000Z',
  firstSeenAt: '2026-11-21T08:00:01.000Z',
  lastSeenAt: '2026-11-21T08:30:00.000Z',
  ...facts,
});
const denied = letter('a', { cause: { code: 'AccessDenied', message: 'ObjectStore.read was denied' } });
const damaged = letter('b', { cause: { code: 'damaged-gzip', message: 'Ends too early' } });
const unexplained = letter('c');
const homeless = letter('d', { queueArn: 'arn:aws:sqs:eu-central-1:111122223333:gone' });
const sentBefore = letter('e');
const dismissedBefore = letter('f', { cause: { code: 'dismissed-only', message: '' } });

/** Letters in memory, of which the last two do not wait. */
async function office() {
  const letters = new MemoryDeadLetterStore();
  for (const each of [denied, damaged, unexplained, homeless, sentBefore, dismissedBefore])
    await letters.store(each);
  await letters.markRedriven('e', '2026-11-21T09:00:00.000Z');
  await letters.markDismissed('f', '2026-11-21T09:00:00.000Z');
  const queue = new MemoryMessageQueue({ queueArns: [queueArn] });
  const redriver = new DeadLetterRedriver({ letters, queue, clock: new ManualClock() });
  let closed = 0;
  const verb = redriveLettersBy(async () => ({ redriver, close: () => closed++ }));
  const redrive = async (args: readonly string[]) => {
    const [stdout, stderr] = [new Collector(), new Collector()];
    const code = await verb.run(['--table', 'letters', ...args], { stdin: chunksOf([]), stdout, stderr });
    return { code, stdout: stdout.text, stderr: stderr.text };
  };
  return {
    verb,
    redrive,
    sent: () => queue.sent(queueArn).map(({ body }) => body),
    letters,
    closed: () => closed,
  };
}

describe('what is sent, or dismissed', () => {
  test.each<[string[], number, string[], string[], string]>([
    [
      [],
      2,
      ['body of a', 'body of b', 'body of c'],
      ['redriven a', 'redriven b', 'redriven c', 'failed d'],
      '3 sent, 0 sent before, 0 dismissed before, 0 unknown, 1 failed',
    ],
    [
      ['--id', 'c'],
      0,
      ['body of c'],
      ['redriven c'],
      '1 sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed',
    ],
    [
      ['--id', 'c', '--id', 'e', '--id', 'f', '--id=z'],
      1,
      ['body of c'],
      ['redriven c', 'already-redriven e', 'already-dismissed f', 'unknown z'],
      '1 sent, 1 sent before, 1 dismissed before, 1 unknown, 0 failed',
    ],
    [
      ['--id', 'z', '--id', 'd'],
      2,
      [],
      ['unknown z', 'failed d'],
      '0 sent, 0 sent before, 0 dismissed before, 1 unknown, 1 failed',
    ],
    [
      ['--cause', 'AccessDenied'],
      0,
      ['body of a'],
      ['redriven a'],
      '1 sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed',
    ],
    [
      ['--cause', 'damaged-gzip', '--cause', 'AccessDenied'],
      0,
      ['body of a', 'body of b'],
      ['redriven a', 'redriven b'],
      '2 sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed',
    ],
    [['--cause', 'none-such'], 0, [], [], '0 sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed'],
    [
      ['--dry-run'],
      0,
      [],
      ['waiting a', 'waiting b', 'waiting c', 'waiting d'],
      '4 would be sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed',
    ],
    [
      ['--dry-run', '--id', 'a', '--id', 'e', '--id', 'z'],
      1,
      [],
      ['waiting a', 'already-redriven e', 'unknown z'],
      '1 would be sent, 1 sent before, 0 dismissed before, 1 unknown, 0 failed',
    ],
    [
      ['--dismiss', '--id', 'c', '--id', 'e', '--id', 'f', '--id', 'z', '--id', 'd'],
      1,
      [],
      ['dismissed c', 'already-redriven e', 'already-dismissed f', 'unknown z', 'dismissed d'],
      '2 dismissed, 1 sent before, 1 dismissed before, 1 unknown, 0 failed',
    ],
    [
      ['--cause=damaged-gzip', '--dismiss', '--cause', 'AccessDenied'],
      0,
      [],
      ['dismissed a', 'dismissed b'],
      '2 dismissed, 0 sent before, 0 dismissed before, 0 unknown, 0 failed',
    ],
    [
      ['--dismiss', '--cause=damaged-gzip', '--dry-run'],
      0,
      [],
      ['waiting b'],
      '1 would be dismissed, 0 sent before, 0 dismissed before, 0 unknown, 0 failed',
    ],
  ])('with %j', async (args, code, bodies, outcomes, summary) => {
    const { redrive, sent, closed } = await office();
    const { code: given, stdout, stderr } = await redrive([...args, '--json']);
    const lines = stdout
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as { outcome: string; id: string });
    // The store gives what waits in no order.
    expect(lines.map(({ outcome, id }) => `${outcome} ${id}`).sort(byId)).toEqual(outcomes.sort(byId));
    expect(sent().sort()).toEqual(bodies);
    expect([given, stderr.split('\n').at(-2), closed()]).toEqual([code, summary, 1]);
  });

  const byId = (a: string, b: string) => a.localeCompare(b);

  test('with --dismiss is closed; with --dry-run it waits', async () => {
    const { redrive, letters } = await office();
    await redrive(['--dismiss', '--dry-run', '--id', 'a']);
    await redrive(['--dismiss', '--cause', 'damaged-gzip']);
    expect((await redrive(['--id', 'a', '--id', 'b', '--dry-run'])).stdout).toMatch(
      /^waiting {12}a .+\nalready-dismissed {2}b .+\n$/,
    );
    expect(await letters.find('b')).toHaveProperty('dismissedAt');
  });

  test('is not sent again', async () => {
    const { redrive, sent, letters } = await office();
    await redrive(['--cause', 'AccessDenied']);
    expect(await redrive(['--cause', 'AccessDenied'])).toMatchObject({ code: 0, stdout: '' });
    expect((await redrive(['--id', 'a'])).stdout).toMatch(/^already-redriven {3}a /);
    expect(sent()).toEqual(['body of a']);
    expect(await letters.find('a')).toHaveProperty('redrivenAt');
  });
});

test.each([[[]], [['--dismiss']], [['--dry-run']]])(
  'with %j: a cause that no letter has is told',
  async args => {
    const { redrive } = await office();
    const causes = ['none-such', 'AccessDenied', 'a\n\u202e'].flatMap(cause => ['--cause', cause]);
    const { code, stderr } = await redrive([...causes, ...args]);
    expect([code, stderr.split('\n').slice(0, -2)]).toEqual([
      0,
      [
        'sallyport: no letter waits that has the cause "none-such"',
        'sallyport: no letter waits that has the cause "a\\u{a}\\u{202e}"',
      ],
    ]);
  },
);

test('of a cause whose letters do not wait any more that is told, too', async () => {
  const { redrive } = await office();
  const { code, stdout, stderr } = await redrive(['--cause', 'dismissed-only']);
  expect([code, stdout, stderr.split('\n')[0]]).toEqual([
    0,
    '',
    'sallyport: no letter waits that has the cause "dismissed-only"',
  ]);
});

test('where nobody reads on, no further letter is sent, and it is said how many were', async () => {
  const { verb, sent } = await office();
  const stdout = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  stdout.on('error', () => {});
  const stderr = new Collector();
  const running = verb.run(['--table', 'letters'], { stdin: chunksOf([]), stdout, stderr });
  await expect(running).rejects.toMatchObject({ code: 'EPIPE' });
  expect([sent().length, stderr.text]).toEqual([
    1,
    '1 sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed\n',
  ]);
});

test('letters are sent also where nobody reads of those that failed', async () => {
  const { verb, sent } = await office();
  const stderr = new Writable({
    write(_chunk, _encoding, done) {
      done(new Error('write EIO'));
    },
  });
  stderr.on('error', () => {});
  const streams = { stdin: chunksOf([]), stdout: new Collector(), stderr };
  const ids = ['--id', 'd', '--id', 'a'];
  expect(await verb.run(['--table', 'letters', ...ids], streams)).toBe(2);
  expect(sent()).toEqual(['body of a']);
});

describe('what is told', () => {
  test('with --json: these keys in this order', async () => {
    const { redrive } = await office();
    const { stdout } = await redrive(['--json', '--id', 'a', '--id', 'c', '--id', 'z']);
    const times =
      '"sentAt":"2026-11-21T08:00:00.000Z","firstSeenAt":"2026-11-21T08:00:01.000Z","lastSeenAt":"2026-11-21T08:30:00.000Z"';
    expect(stdout.split('\n')).toEqual([
      `{"outcome":"redriven","id":"a","queueArn":"${queueArn}",${times},"receiveCount":6,"cause":{"code":"AccessDenied","message":"ObjectStore.read was denied"}}`,
      `{"outcome":"redriven","id":"c","queueArn":"${queueArn}",${times},"receiveCount":6,"cause":null}`,
      '{"outcome":"unknown","id":"z","queueArn":null,"sentAt":null,"firstSeenAt":null,"lastSeenAt":null,"receiveCount":null,"cause":null}',
      '',
    ]);
  });

  test('to people: outcome, id, time, cause, queue; and why a letter could not be sent', async () => {
    const { redrive } = await office();
    const { stdout, stderr } = await redrive(['--id', 'a', '--id', 'd', '--id', 'z']);
    expect(stdout.split('\n').map(line => line.split(/ {2,}/))).toEqual([
      ['redriven', 'a', '2026-11-21T08:00:00.000Z', 'AccessDenied', 'sallyport-trail-dev'],
      ['failed', 'd', '2026-11-21T08:00:00.000Z', '-', 'gone'],
      ['unknown', 'z'],
      [''],
    ]);
    expect(stderr).toBe(
      `sallyport: d: There is no queue ${homeless.queueArn}\n1 sent, 0 sent before, 0 dismissed before, 1 unknown, 1 failed\n`,
    );
  });

  test.each([[[]], [['--json']], [['--dry-run']], [['--dry-run', '--json']]])(
    'with %j: never a body, and nothing that acts on the terminal',
    async args => {
      const hostile = 'x\n\x1b[2J\u202e';
      const { redrive, letters } = await office();
      await letters.store(letter(hostile, { cause: { code: hostile, message: hostile } }));
      const { stdout, stderr } = await redrive([
        ...args,
        '--id',
        hostile,
        '--id',
        'a',
        '--id',
        `${hostile}z`,
      ]);
      expect(stdout.split('\n')).toHaveLength(4);
      expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]|body/u);
    },
  );

  test('letters that cannot be read: why, what was sent before, 0 dismissed before, and the connections are closed', async () => {
    let closed = false;
    const letters = Object.assign(new MemoryDeadLetterStore(), {
      async *waiting() {
        yield denied;
        throw new PortError({
          kind: 'denied',
          operation: 'DeadLetterStore.waiting',
          code: 'AccessDeniedException',
          message: 'DeadLetterStore.waiting on letters failed: AccessDeniedException',
          cause: new Error('no identity-based policy allows dynamodb:Scan'),
        });
      },
    });
    const queue = new MemoryMessageQueue({ queueArns: [queueArn] });
    const redriver = new DeadLetterRedriver({ letters, queue, clock: new ManualClock() });
    const verb = redriveLettersBy(async () => ({
      redriver,
      close: () => {
        closed = true;
      },
    }));
    const [stdout, stderr] = [new Collector(), new Collector()];
    const streams = { stdin: chunksOf([]), stdout, stderr };
    await expect(verb.run(['--table', 'letters'], streams)).rejects.toThrow(
      'DeadLetterStore.waiting on letters failed: AccessDeniedException (no identity-based policy allows dynamodb:Scan)',
    );
    expect([stdout.text.slice(0, 8), stderr.text, closed]).toEqual([
      'redriven',
      '1 sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed\n',
      true,
    ]);
  });
});

describe('wrong usage answers 2, and no table is asked', () => {
  test.each<[string[], RegExp]>([
    [[], /--table names the table/],
    [['--table'], /--table needs a value/],
    [['--table='], /--table names the table/],
    [['--table', 'letters', 'a'], /named by --id/],
    [['--table', 'letters', '--id', 'a', '--cause', 'b'], /do not go together/],
    [['--table', 'letters', '--dismiss', '--id', 'a', '--cause', 'b'], /do not go together/],
    [['--table', 'letters', '--dismiss'], /--dismiss takes letters by --id or --cause, never all/],
    [['--table', 'letters', '--dismiss', '--dry-run'], /never all/],
    [['--table', 'letters', '--dismiss', '--id='], /the value of --id is empty/],
    [['--table', 'letters', '--id', 'a', '--id', ''], /the value of --id is empty/],
    [['--table', 'letters', '--dismiss', '--cause', ''], /the value of --cause is empty/],
    [['--table', 'letters', '--body'], /unknown option "--body"/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await run(['trail', 'redrive', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toContain("Try 'sallyport trail redrive --help'");
  });
});
