import type { JsonParser } from './json-piece.ts';
import type { ElementScan } from './record-scan/element-scan.ts';

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
      /** Which elements of lists are passed over unread, and told as `passed` pieces. @defaultValue none */
      readonly scan?: ElementScan | undefined;
    }
  | {
      /** Faults of structure are handed over as pieces, and reading goes on, instead of ending with an error. */
      readonly isTolerant: true;
      readonly listKey?: undefined;
      readonly scan?: undefined;
    }
);
