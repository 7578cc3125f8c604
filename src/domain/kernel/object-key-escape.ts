/**
 * - `percent`: `%2e`, `%c3%a9`, `%u002e`
 * - `overlong`: `%c0%ae`, a UTF-8 sequence longer than its character needs
 * - `malformed`: `%ff`, a byte or a sequence that UTF-8 never holds
 * - `doubled-percent`: the first `%` of `%%32`
 * - `entity`: `&#46;`, `&period;`
 * - `backslash`: `\x2e`, `\u002e`, `\056`
 * - `bare-hexadecimal`: `0x2e`, which may as well be a number in a name
 * - `wrapped-path`: `Li4vYQ==`, a segment that is a whole path in base64 or hexadecimal
 * - `look-alike`: a character that has a compatibility form, or looks like a delimiter
 */
export type EscapeKind =
  | 'percent'
  | 'overlong'
  | 'malformed'
  | 'doubled-percent'
  | 'entity'
  | 'backslash'
  | 'bare-hexadecimal'
  | 'wrapped-path'
  | 'look-alike';

/** A stretch of text that some decoder reads as something else. */
export interface Escape {
  readonly kind: EscapeKind;
  /** UTF-16 units that it takes. */
  readonly length: number;
  /** What it stands for. */
  readonly value: string;
}

/** Matches a sticky pattern at one place; takes no longer than what it matches. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
