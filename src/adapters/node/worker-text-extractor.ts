import type { ExtractedText, TextExtractor } from '../../ports/text-extractor.ts';
import type { ReadingBounds } from './documents/reading-bounds.ts';
import { ReadingWorker } from './reading-worker.ts';

/** Extracts text in a worker thread of bounded time and memory. */
export class WorkerTextExtractor implements TextExtractor {
  readonly #worker: ReadingWorker;

  /** @param worker One to share with other adapters, or the bounds of one of its own. */
  constructor(worker: ReadingWorker | Partial<ReadingBounds> = {}) {
    this.#worker = worker instanceof ReadingWorker ? worker : new ReadingWorker(worker);
  }

  async extract(bytes: Uint8Array): Promise<ExtractedText> {
    const reading = await this.#worker.read<ExtractedText>('extract', bytes);
    if (reading.end === 'answered') return reading.answer;
    if (reading.end === 'fault') {
      const explanation = 'the readers of documents fail on it';
      return { segments: [], unscannable: [{ reason: 'broken', explanation }] };
    }
    const { budget, explanation } = reading;
    return { segments: [], unscannable: [{ reason: 'over-budget', budget, explanation }] };
  }

  /** Ends the worker thread; a later extraction starts another. */
  close(): Promise<void> {
    return this.#worker.close();
  }
}
