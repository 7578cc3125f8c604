import type { JsonValue } from '../../ports/json.ts';

/**
 * - `broken-off`: another value begins before this one ends.
 * - `incomplete`: the stream ends before it does. Only a tolerant reader hands such a piece over, and the following ones.
 * - `too-large`: it is larger than the reader holds.
 * - `misplaced`: it is one byte that stands where no value or separator can, or before which a separator is missing.
 */
export type JsonPieceFault = 'broken-off' | 'incomplete' | 'too-large' | 'misplaced';

/** What a whole text holds; `undefined` for one that `JSON.parse` would throw on, and only then. */
export type JsonParser<Value> = (text: string) => Value | undefined;

/** A text found in a JSON stream, within certain bounds. */
export interface JsonPiece<Value = JsonValue> {
  /**
   * - `element`: of a top-level array, or of an envelope's list.
   * - `value`: a whole top-level value that is no array and no envelope; a line, where it is no object either.
   * - `envelope`: an object that holds a list, without the list's elements, which come before it; or a top-level array,
   *   only where it breaks off between two elements.
   * - `passed`: elements that an `ElementScan` excludes, without their text.
   */
  readonly kind: 'element' | 'value' | 'envelope' | 'passed';
  /** Of a `passed` piece: how many elements it stands for. */
  readonly count?: number;
  /** Where the piece is at fault: what there is of it, or its beginning; empty for an `envelope`. */
  readonly text: string;
  /** Whether its bytes are UTF-8: where not, U+FFFD stands in `text` for what is none. */
  readonly isUtf8: boolean;
  /** `undefined` where the piece is no JSON. */
  readonly value: Value | undefined;
  /** What keeps it from being one whole text. */
  readonly fault?: JsonPieceFault;
  /** Where `text` is only the piece's beginning: how many bytes the piece has. */
  readonly wholeBytes?: number;
  /** Where it begins, in bytes from the start of the stream. */
  readonly offset: number;
  /** How often the list's key stands at the first level of a top-level object, whatever its value is. */
  readonly listKeys: number;
}

/**
 * A stream of JSON cannot be followed any further:
 *
 * - `unexpected`: a byte stands where no value or separator can.
 * - `incomplete`: it ends within a value.
 * - `too-large`: a piece is larger than the reader holds.
 */
export class JsonStructureError extends Error {
  readonly reason: 'unexpected' | 'incomplete' | 'too-large';
  /** Where, in bytes from the start of the stream. */
  readonly offset: number;

  constructor(reason: JsonStructureError['reason'], offset: number, message: string) {
    super(message);
    this.name = 'JsonStructureError';
    this.reason = reason;
    this.offset = offset;
  }
}

/** A byte where it has no place, for a reader that goes on behind it. */
export function misplacedByte(byte: number, offset: number): JsonPiece<never> {
  return {
    kind: 'value',
    text: String.fromCharCode(byte),
    isUtf8: byte < 0x80,
    value: undefined,
    fault: 'misplaced',
    offset,
    listKeys: 0,
  };
}

export function unexpectedByte(offset: number): JsonStructureError {
  return new JsonStructureError('unexpected', offset, `has an unexpected byte at ${offset}`);
}
