import type { DocumentFacts, DocumentInspector } from '../../ports/document-inspector.ts';
import type { ReadingBounds } from './documents/reading-bounds.ts';
import { ReadingWorker } from './reading-worker.ts';

/**
 * Inspects documents in a worker thread of bounded time and memory.
 *
 * @example
 * const worker = new ReadingWorker();
 * const inspector = new WorkerDocumentInspector(worker);
 * const extractor = new WorkerTextExtractor(worker);
 */
export class WorkerDocumentInspector implements DocumentInspector {
  readonly #worker: ReadingWorker;

  /** @param worker One to share with other adapters, or the bounds of one of its own. */
  constructor(worker: ReadingWorker | Partial<ReadingBounds> = {}) {
    this.#worker = worker instanceof ReadingWorker ? worker : new ReadingWorker(worker);
  }

  async inspect(bytes: Uint8Array): Promise<DocumentFacts> {
    const reading = await this.#worker.read<DocumentFacts>('inspect', bytes);
    if (reading.end === 'answered') return reading.answer;
    if (reading.end === 'fault') {
      const explanation = 'the readers of documents fail on it';
      return { structure: { state: 'unrecognised', explanation }, features: [] };
    }
    const { budget, explanation } = reading;
    return { structure: { state: 'over-budget', budget, explanation }, features: [] };
  }

  /** Ends the worker thread; a later inspection starts another. */
  close(): Promise<void> {
    return this.#worker.close();
  }
}
