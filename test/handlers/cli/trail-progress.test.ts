import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { analyzeTrailBy } from '../../../src/handlers/cli/analyze-trail.ts';
import type { Timer } from '../../../src/handlers/cli/timer.ts';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { Collector, chunksOf } from './streams.ts';

/** Time that passes when it is told to. */
class ManualTimer implements Timer {
  #time = 1e6;
  readonly #ticks: { readonly every: number; readonly tick: () => void; next: number }[] = [];

  now(): number {
    return this.#time;
  }

  every(milliseconds: number, tick: () => void): () => void {
    const entry = { every: milliseconds, tick, next: this.#time + milliseconds };
    this.#ticks.push(entry);
    return () => {
      this.#ticks.splice(this.#ticks.indexOf(entry), 1);
    };
  }

  get running(): number {
    return this.#ticks.length;
  }

  pass(milliseconds: number): void {
    this.#time += milliseconds;
    for (const entry of this.#ticks) {
      for (; entry.next <= this.#time; entry.next += entry.every) entry.tick();
    }
  }
}

class Terminal extends Collector {
  readonly isTTY = true;
  readonly columns = 40;
}

const chunk = (lines: number) =>
  '{"eventName":"ConsoleLogin","eventTime":"2026-11-21T08:00:00Z"}\n'.repeat(lines);

describe('progress', () => {
  test('is told every two seconds, also within one log, and then the sum of all', async () => {
    const timer = new ManualTimer();
    const [stdout, stderr] = [new Collector(), new Collector()];
    function* stdin(): Generator<string> {
      yield chunk(1000);
      timer.pass(1999);
      yield chunk(20_000);
      timer.pass(1);
      yield chunk(20_000);
      timer.pass(4000);
      yield chunk(10);
      timer.pass(100);
    }
    const code = await analyzeTrailBy(timer).run(['-'], { stdin: chunksOf(stdin()), stdout, stderr });
    const told = String.raw`0 files, \d+ records, \d+ matched, 0 skipped, 0 failed`;
    expect(stderr.text).toMatch(
      new RegExp(
        String.raw`^${told} \(2\.0 s\); \d\.\d MB of -\n` +
          String.raw`(?:${told} \(6\.0 s\); [1-9]\.\d MB of -\n){2}` +
          String.raw`1 file, 41010 records, 41010 matched, 0 skipped, 0 failed \(6\.1 s\)\n$`,
      ),
    );
    expect([code, timer.running]).toEqual([0, 0]);
  });

  test('on a terminal is one line that never wraps, and goes before anything else is written', async () => {
    const timer = new ManualTimer();
    const terminal = new Terminal();
    const folder = temporaryFolder('progress');
    writeFileSync(join(folder, 'a.json'), '{"Records":7}');
    function* stdin(): Generator<string> {
      timer.pass(2000);
      yield chunk(1);
    }
    const streams = { stdin: chunksOf(stdin()), stdout: terminal, stderr: terminal };
    await analyzeTrailBy(timer).run(['-', join(folder, 'a.json')], streams);
    const erased = '\\r\\x1b\\[K';
    expect(terminal.text).toMatch(
      new RegExp(
        `^${erased}0 files, 0 records, 0 matched, 0 skippe${erased}2026-11-21T08:00:00Z  [^\\r\\n]+\\n` +
          'sallyport: [^\\r\\n]+\\n2 files, 1 record, 1 matched, 0 skipped, 1 failed \\(2\\.0 s\\)\\n$',
      ),
    );
  });

  test('ends where the output does', async () => {
    const timer = new ManualTimer();
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    stdout.on('error', () => {});
    const stderr = new Collector();
    const running = analyzeTrailBy(timer).run(['-'], { stdin: chunksOf([chunk(1)]), stdout, stderr });
    await expect(running).rejects.toThrow('EPIPE');
    expect([timer.running, stderr.text]).toEqual([0, '']);
  });

  test('that cannot be written does not end the work', async () => {
    const stderr = new Writable({
      write(_chunk, _encoding, done) {
        done(new Error('write EIO'));
      },
    });
    stderr.on('error', () => {});
    const stdout = new Collector();
    const code = await analyzeTrailBy(new ManualTimer()).run(['gone.json', '-'], {
      stdin: chunksOf([chunk(1)]),
      stdout,
      stderr,
    });
    expect([code, stdout.text.split('\n').length]).toEqual([2, 2]);
  });
});
