import { Worker } from 'node:worker_threads';
import type { ReadingBudget } from '../../ports/document-inspector.ts';
import { PortError } from '../../ports/failure.ts';
import { documentWorkerLocation } from './document-worker-location.ts';
import { defaultReadingBounds, type ReadingBounds } from './documents/reading-bounds.ts';

/** What the worker is asked. */
export interface ReadingTask {
  readonly action: 'inspect' | 'extract';
  readonly bytes: Uint8Array;
  readonly bounds: ReadingBounds;
}

/** How a reading ended: with the worker's answer, at a bound, or with a fault of the parsers that took the worker along. */
export type Reading<Answer> =
  | { readonly end: 'answered'; readonly answer: Answer }
  | { readonly end: 'exceeded'; readonly budget: ReadingBudget; readonly explanation: string }
  | { readonly end: 'fault' };

/** Seconds that a worker has to come up. */
const startSeconds = 30;

/** Milliseconds between two looks at the memory of the process. */
const watchInterval = 25;

/** After so many documents a worker is replaced, so that what parsers hold on to does not add up. */
const documentsPerWorker = 200;

/**
 * Reads documents in a thread of its own, one after the other, and ends the thread where one takes too long or too
 * much. An idle thread keeps no process alive.
 */
export class ReadingWorker {
  readonly bounds: ReadingBounds;
  readonly #file: string;
  #worker: Worker | undefined;
  #served = 0;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param bounds Those that differ from {@link defaultReadingBounds}.
   * @param file The worker's file; by default {@link documentWorkerLocation}, which throws a `PortError`
   *   (`permanent`) where there is none.
   */
  constructor(bounds: Partial<ReadingBounds> = {}, file: string = documentWorkerLocation()) {
    this.bounds = { ...defaultReadingBounds, ...bounds };
    this.#file = file;
  }

  /** One document; the caller's bytes stay untouched. Rejects with a `PortError` (`retryable`) where no worker starts. */
  read<Answer>(action: ReadingTask['action'], bytes: Uint8Array): Promise<Reading<Answer>> {
    // A copy: a view of a pooled buffer would send its neighbours along.
    const task: ReadingTask = { action, bytes: new Uint8Array(bytes), bounds: this.bounds };
    const reading = this.#last.then(() => this.#run<Answer>(task));
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  /** Ends the thread after the readings under way; a later reading starts another. */
  async close(): Promise<void> {
    await this.#last;
    await this.#discard();
  }

  async #run<Answer>(task: ReadingTask): Promise<Reading<Answer>> {
    const worker = this.#worker ?? (await this.#start(task.action));
    worker.ref();
    const reading = await this.#answerOf<Answer>(worker, task);
    worker.unref();
    this.#served += 1;
    if (reading.end !== 'answered' || this.#served >= documentsPerWorker) await this.#discard();
    return reading;
  }

  #answerOf<Answer>(worker: Worker, task: ReadingTask): Promise<Reading<Answer>> {
    const { seconds, growthMegabytes, heapMegabytes } = this.bounds;
    const residentAtStart = process.memoryUsage.rss();
    return new Promise(resolve => {
      const finish = (reading: Reading<Answer>): void => {
        clearTimeout(clock);
        clearInterval(watch);
        stopListening();
        resolve(reading);
      };
      const exceed = (budget: ReadingBudget, explanation: string): void =>
        finish({ end: 'exceeded', budget, explanation });
      const clock = setTimeout(
        () => exceed('time', `reading it takes more than ${seconds} seconds`),
        seconds * 1000,
      );
      const watch = setInterval(() => {
        const growth = (process.memoryUsage.rss() - residentAtStart) / 2 ** 20;
        if (growth > growthMegabytes)
          exceed('memory', `reading it takes more than ${growthMegabytes} MB of memory`);
      }, watchInterval);
      const stopListening = listen(worker, {
        message: answer => finish({ end: 'answered', answer: answer as Answer }),
        error: error => {
          if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
            exceed('memory', `reading it takes more than ${heapMegabytes} MB of heap`);
          else finish({ end: 'fault' });
        },
        exit: () => finish({ end: 'fault' }),
      });
      worker.postMessage(task, [task.bytes.buffer as ArrayBuffer]);
    });
  }

  #start(action: ReadingTask['action']): Promise<Worker> {
    const worker = new Worker(this.#file, {
      env: {},
      execArgv: [],
      // Not to be read from: a stream that flows would keep the process alive. The worker's console is silent.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: this.bounds.heapMegabytes },
    });
    // A worker that is being ended may still fail; that must not reach the process.
    worker.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        clearTimeout(clock);
        stopListening();
        outcome();
      };
      const fail = (code: string, cause?: unknown): void =>
        settle(() => {
          worker.terminate().catch(() => undefined);
          const operation = action === 'inspect' ? 'DocumentInspector.inspect' : 'TextExtractor.extract';
          const message = `${operation}: the worker for documents does not start: ${code}`;
          reject(new PortError({ kind: 'retryable', operation, code, message, cause }));
        });
      const clock = setTimeout(() => fail('WorkerStartTimeout'), startSeconds * 1000);
      const stopListening = listen(worker, {
        error: error => fail('WorkerStartFailed', error),
        exit: () => fail('WorkerExited'),
        message: () =>
          settle(() => {
            this.#worker = worker;
            this.#served = 0;
            resolve(worker);
          }),
      });
    });
  }

  async #discard(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

interface WorkerListeners {
  message(value: unknown): void;
  error(error: Error): void;
  exit(): void;
}

/** Answers what ends the listening. */
function listen(worker: Worker, { message, error, exit }: WorkerListeners): () => void {
  worker.on('message', message).on('error', error).on('exit', exit);
  return () => {
    worker.off('message', message).off('error', error).off('exit', exit);
  };
}
