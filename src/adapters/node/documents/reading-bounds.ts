/** What reading one document may take. */
export interface ReadingBounds {
  /** Seconds, from the moment a worker begins with the document. */
  readonly seconds: number;
  /** Megabytes of JavaScript heap of the worker. */
  readonly heapMegabytes: number;
  /**
   * Megabytes by which the process may grow while a document is read. Buffers lie outside the heap, so this is
   * what holds where a parser inflates on its own.
   */
  readonly growthMegabytes: number;
  /** Bytes that the compressed parts of a document inflate to, all together. */
  readonly inflatedBytes: number;
  /** Entries of an archive, streams of an OLE container. */
  readonly entries: number;
  /** Pages of a PDF. */
  readonly pages: number;
  /** UTF-16 units of extracted text. */
  readonly textUnits: number;
}

export const defaultReadingBounds: ReadingBounds = {
  seconds: 20,
  heapMegabytes: 256,
  growthMegabytes: 512,
  inflatedBytes: 100_000_000,
  entries: 2_000,
  pages: 2_000,
  textUnits: 20_000_000,
};
