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

/** Collects the violations of one key, each code once a position, up to {@link maxReportedViolations}. */
export class KeyViolationLog {
  private readonly violations: KeyViolation[] = [];

  get full(): boolean {
    return this.violations.length >= maxReportedViolations;
  }

  get empty(): boolean {
    return this.violations.length === 0;
  }

  add(code: KeyViolationCode, position: number, explanation: string): void {
    if (this.full || this.violations.some(known => known.code === code && known.position === position))
      return;
    this.violations.push({ code, position, explanation });
  }

  inOrder(): readonly KeyViolation[] {
    return this.violations.toSorted((a, b) => a.position - b.position);
  }
}

/** `U+202E`: a character that can be written into a log or a terminal. */
export function codePointName(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
