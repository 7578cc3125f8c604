/** How sure a finding is: `high` by its own form and check digits, `medium` by its surroundings too. */
export type FindingConfidence = 'high' | 'medium';

/** A sensitive value in a text. It carries the value masked only. */
export interface SensitiveFinding {
  /** `payment-card`, `us-ssn`, `iban`, `aws-access-key`, or the name of a kind plugged in. */
  readonly kind: string;
  /** UTF-16 units from the start of the text: the value is `text.slice(start, end)`, separators included. */
  readonly start: number;
  readonly end: number;
  /** For people: separators gone, the middle as `*`. Of a card the first 6 and last 4 digits, of others the last 4 at most. */
  readonly masked: string;
  readonly confidence: FindingConfidence;
  /** Why it counts, without the value, for example `Visa, 16 digits, Luhn`. */
  readonly reason: string;
}
