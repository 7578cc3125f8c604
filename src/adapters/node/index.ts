export { defaultReadingBounds, type ReadingBounds } from './documents/reading-bounds.ts';
export * from './file-backfill-ledger.ts';
export * from './file-trail-public-keys.ts';
export * from './folder-objects.ts';
export { ReadingWorker } from './reading-worker.ts';
export * from './system-clock.ts';
export * from './worker-document-inspector.ts';
export * from './worker-text-extractor.ts';
