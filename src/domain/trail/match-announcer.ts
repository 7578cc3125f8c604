import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ObjectRef } from '../../ports/object-store.ts';
import type { TrailEvent, TrailEventStore } from '../../ports/trail-event-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { settleAll } from '../kernel/settle-all.ts';
import { type AlertedEvent, type MatchGroup, matchAlert } from './match-alert.ts';
import { cutText, outcomeOf } from './trail-record.ts';
import type { TrailRules } from './trail-rules.ts';

/** A group that is being gathered; its events by their ids. */
type WaitingGroup = Omit<MatchGroup, 'events'> & { readonly events: Map<string, AlertedEvent> };

export interface MatchAnnouncerOptions {
  readonly alerts: AlertChannel;
  readonly events: Pick<TrailEventStore, 'markAnnounced'>;
  readonly rules: TrailRules;
  readonly log: ObjectRef;
  readonly windowMinutes: number;
  /** Marks written at one time. */
  readonly concurrency: number;
}

/** UTF-16 units kept of an outcome, which may be the text of an error. */
const longestOutcome = 300;

/** Gathers stored events by rule, account, principal and window, and announces each group with one alert. */
export class MatchAnnouncer {
  readonly #options: MatchAnnouncerOptions;
  #groups = new Map<string, WaitingGroup>();
  #waiting = 0;
  #published = 0;

  constructor(options: MatchAnnouncerOptions) {
    this.#options = options;
  }

  /** Events that wait to be announced; one that waits under two rules counts twice. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Alerts that the channel has taken. */
  get published(): number {
    return this.#published;
  }

  /** Takes in a stored event, to be announced under these rules. */
  add(event: TrailEvent, record: JsonObject, ruleIds: readonly string[]): void {
    const { rules, log, windowMinutes } = this.#options;
    const { account, principal, eventId, eventTime, eventName, eventSource, region, sourceIPAddress } = event;
    const windowStart = startOfWindow(eventTime, windowMinutes);
    for (const id of ruleIds) {
      const rule = rules.find(id);
      if (rule === undefined) continue;
      const key = JSON.stringify([id, account, principal, windowStart]);
      const group = this.#groups.get(key) ?? {
        ...{ rule, account, principal, windowStart, windowMinutes, log },
        events: new Map(),
      };
      // A log may hold an event twice.
      if (!group.events.has(eventId)) this.#waiting += 1;
      group.events.set(eventId, {
        ...{ eventId, eventTime, eventName, eventSource, region },
        ...(sourceIPAddress === undefined ? {} : { sourceIPAddress }),
        outcome: cutText(outcomeOf(record), longestOutcome),
      });
      this.#groups.set(key, group);
    }
  }

  /**
   * Publishes an alert for each group, and then marks its events. A group that fails leaves the others as they are.
   *
   * @returns what the failed ones failed with.
   */
  async announce(): Promise<readonly Error[]> {
    const groups = [...this.#groups.values()].map(group => ({
      ...group,
      events: [...group.events.values()],
    }));
    this.#groups = new Map();
    this.#waiting = 0;
    const failures: Error[] = [];
    for (const group of groups) {
      const unpublished = await settleAll([group], 1, one => this.#options.alerts.publish(matchAlert(one)));
      failures.push(...unpublished);
      if (unpublished.length > 0) continue;
      this.#published += 1;
      failures.push(...(await this.#mark(group)));
    }
    return failures;
  }

  #mark({ events, rule }: MatchGroup): Promise<readonly Error[]> {
    const { events: store, concurrency } = this.#options;
    return settleAll(events, concurrency, ({ eventId }) => store.markAnnounced(eventId, [rule.id]));
  }
}

function startOfWindow(time: Timestamp, minutes: number): Timestamp {
  const length = minutes * 60_000;
  return canonicalTime(new Date(Math.floor(Date.parse(time) / length) * length));
}
