import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';

/** A record of CloudTrail as EventBridge delivers it, within seconds. */
export interface BusEvent {
  /** Id of the delivery, for people. */
  readonly id: string;
  /** The account and region of the bus, and the time, for a record that names none. */
  readonly account: string;
  readonly region: string;
  readonly time: Timestamp;
  /** The record: what the delivery bears as `detail`. */
  readonly record: JsonObject;
  /** The record as it was written. Numbers that JavaScript rounds are exact here. */
  readonly text: string;
}
