import type { Timestamp } from './clock.ts';
import type { JsonObject } from './json.ts';

export const alertSeverities = ['info', 'low', 'medium', 'high', 'critical'] as const;

export type AlertSeverity = (typeof alertSeverities)[number];

/** Something people are told. Delivered at least once: `id` is the same on each delivery. */
export interface Alert {
  readonly schemaVersion: 1;
  /** Names what happened, so that a receiver can drop a repetition. */
  readonly id: string;
  /** Dotted name of the happening, for example `upload.refused`; a filter attribute. */
  readonly kind: string;
  /** A filter attribute. */
  readonly severity: AlertSeverity;
  /** The AWS account that it concerns, where it concerns one; a filter attribute. */
  readonly account?: string;
  /** One line, the subject of the e-mail. Adapters cut it to what their channel carries. */
  readonly title: string;
  /** Plain text for people. */
  readonly text: string;
  readonly occurredAt: Timestamp;
  readonly correlationId?: string;
  /** The same facts for machines. */
  readonly details: JsonObject;
}

/** A way to reach people and their tools. */
export interface AlertChannel {
  /** Resolves once the channel has accepted the alert. Above its size limit: `PortError`, `permanent`, `AlertTooLarge`. */
  publish(alert: Alert): Promise<void>;
}
