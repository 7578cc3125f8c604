/** Why a key is refused. Stable: a code is added, never renamed. */
export const keyViolationCodes = [
  'absolute-path',
  'alternate-stream',
  'backslash',
  'bidi-control',
  'control-character',
  'dot-segment',
  'drive-letter',
  'empty-key',
  'empty-segment',
  'encoded-delimiter',
  'invalid-utf8',
  'invisible-character',
  'lone-surrogate',
  'malformed-encoding',
  'nested-encoding',
  'noncharacter',
  'null-byte',
  'overlong-utf8',
  'reserved-name',
  'segment-too-long',
  'too-deep',
  'too-long',
  'unportable-character',
  'url-scheme',
] as const;

export type KeyViolationCode = (typeof keyViolationCodes)[number];

export interface KeyViolation {
  readonly code: KeyViolationCode;
  /** UTF-16 units from the start of the key as it was given; 0 for an empty key. */
  readonly position: number;
  /** For people. Names characters by code point and never repeats the key. */
  readonly explanation: string;
}

/** How many violations of one key are reported; the rest would only lengthen logs. */
export const maxReportedViolations = 8;
