import type { AlertSeverity } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';

/** One thing to watch for. It bears either `monitoredEvents` or `pattern`. */
export interface TrailRule {
  readonly id: string;
  /** What it means when the rule matches, for people. */
  readonly title: string;
  readonly severity: AlertSeverity;
  /** Values of a record's `eventName`, case-sensitive, any of which matches. */
  readonly monitoredEvents?: readonly string[];
  /** An event pattern of EventBridge, over the record itself (what EventBridge carries as `detail`). */
  readonly pattern?: JsonObject;
  /** Where it says why this matters: addresses of pages, ids of controls. */
  readonly references: readonly string[];
  /**
   * Dotted paths of the record (`userIdentity.arn`) whose values, beside the account, tell one group of matches from
   * another. Where it is empty, that is the principal.
   */
  readonly groupBy: readonly string[];
  /** Matches that nobody is to be woken for. */
  readonly suppress: readonly TrailSuppression[];
}

/** Matches of a rule that somebody answers for: stored and counted, not announced at once. */
export interface TrailSuppression {
  /** An event pattern over the record. */
  readonly pattern: JsonObject;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** From this instant on it counts no more. */
  readonly expires: Timestamp;
}
