import type { JsonValue } from '../../ports/json.ts';

/** A text found in a JSON stream, within certain bounds. */
export interface JsonPiece {
  /**
   * - `element`: of a top-level array, or of an envelope's list.
   * - `value`: a whole top-level value that is no array and no envelope; a line, where it is no object either.
   * - `envelope`: an object that holds a list, without the list's elements, which come before it; or a top-level array,
   *   only where it breaks off between two elements.
   */
  readonly kind: 'element' | 'value' | 'envelope';
  /** Empty where the piece breaks off. */
  readonly text: string;
  /** `undefined` where the piece is no JSON. */
  readonly value: JsonValue | undefined;
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

export function unexpectedByte(offset: number): JsonStructureError {
  return new JsonStructureError('unexpected', offset, `has an unexpected byte at ${offset}`);
}
