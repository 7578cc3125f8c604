import type { JsonParser } from './json-piece.ts';

export type JsonRecordSplitterOptions<Value> = {
  /** Reads the text of a piece; which texts are JSON tells where pieces end. */
  readonly parse: JsonParser<Value>;
  /** A piece of more bytes ends the reading, or is handed over as `too-large`. */
  readonly maxPieceBytes: number;
} & (
  | {
      readonly isTolerant?: false;
      /**
       * The key whose array, at the first level of a top-level object, holds records. @defaultValue none: an object is
       * one record
       */
      readonly listKey?: string;
    }
  | {
      /** Faults of structure are handed over as pieces, and reading goes on, instead of ending with an error. */
      readonly isTolerant: true;
      readonly listKey?: undefined;
    }
);
