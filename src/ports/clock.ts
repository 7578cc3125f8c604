/** UTC with milliseconds, `2026-11-21T08:00:00.000Z`: the only form in which a time is stored or sent. */
export type Timestamp = string;

/** Where time comes from. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}
