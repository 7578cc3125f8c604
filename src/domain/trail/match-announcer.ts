import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AlertWindow, AlertWindowEntry, AlertWindows } from '../../ports/alert-windows.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import { isPortError } from '../../ports/failure.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { SuppressedMatch, TrailEvent, TrailEventStore } from '../../ports/trail-event-store.ts';
import { canonicalTime, laterBy } from '../kernel/canonical-time.ts';
import { settleAll } from '../kernel/settle-all.ts';
import { alertWindowOf } from './alert-window-of.ts';
import { type AlertedEvent, matchAlert } from './match-alert.ts';
import { cutText, outcomeOf, textAt } from './trail-record.ts';
import type { TrailRule } from './trail-rule.ts';
import type { TrailRules } from './trail-rules.ts';
import { regionFact } from './window-tally.ts';

export interface MatchAnnouncerOptions {
  readonly alerts: AlertChannel;
  readonly windows: Pick<AlertWindows, 'add' | 'markAnnounced'>;
  readonly events: Pick<TrailEventStore, 'markAnnounced'>;
  readonly clock: Clock;
  readonly rules: TrailRules;
  readonly windowMinutes: number;
  /** Marks written at one time. */
  readonly concurrency: number;
}

/** Events of one window that wait to be announced, by their ids. */
interface WaitingGroup {
  readonly rule: TrailRule;
  readonly window: AlertWindow;
  readonly events: Map<string, WaitingEvent>;
}

interface WaitingEvent {
  readonly event: AlertedEvent;
  readonly entry: AlertWindowEntry;
}

/** UTF-16 units kept of a fact by which events are counted, and of an outcome, which may be the text of an error. */
const longestFact = 256;

/** Windows announced at one time. */
const windowsAtOnce = 4;

/** Milliseconds for which a window waits for what was stored in its last moments and is not put into it yet. */
const grace = 60_000;

/**
 * Puts stored events into the windows of their rules. The first one of a window that is not suppressed is announced at
 * once; the others are left for the window's summary.
 */
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

  /**
   * Takes in a stored event, to be announced under these rules.
   *
   * @param event `storedAt` is when it was stored first: by that every delivery finds the same window.
   * @param suppressed Of these rules, those under which nobody is to be told at once.
   */
  add(
    event: TrailEvent,
    record: JsonObject,
    ruleIds: readonly string[],
    suppressed: readonly SuppressedMatch[],
  ): void {
    const { rules, windowMinutes } = this.#options;
    const alerted = alertedEventOf(event, record);
    for (const id of ruleIds) {
      const rule = rules.find(id);
      if (rule === undefined) continue;
      const grouping = { rule, account: event.account, group: groupOf(rule, event, record) };
      const window = alertWindowOf(grouping, event.storedAt, windowMinutes);
      const group = this.#groups.get(window.id) ?? { rule, window, events: new Map() };
      // A log may hold an event twice.
      if (!group.events.has(event.eventId)) this.#waiting += 1;
      const suppression = suppressed.find(match => match.rule === id);
      group.events.set(event.eventId, { event: alerted, entry: entryOf(alerted, suppression) });
      this.#groups.set(window.id, group);
    }
  }

  /**
   * Puts each group into its window, announces the window's first event, and then marks the events. A group that fails
   * leaves the others as they are.
   *
   * @returns what the failed ones failed with.
   */
  announce(): Promise<readonly Error[]> {
    const groups = [...this.#groups.values()];
    this.#groups = new Map();
    this.#waiting = 0;
    return settleAll(groups, windowsAtOnce, group => this.#announceGroup(group));
  }

  async #announceGroup({ rule, window, events }: WaitingGroup): Promise<void> {
    const { alerts, windows, events: store, concurrency } = this.#options;
    const candidate = [...events.values()]
      .filter(({ entry }) => entry.suppressed === undefined)
      .sort((a, b) => compare(a.event.eventTime, b.event.eventTime) || compare(a.entry.id, b.entry.id))[0];
    const state = await windows.add({
      window,
      entries: [...events.values()].map(({ entry }) => entry),
      ...(candidate === undefined ? {} : { first: candidate.entry.id }),
      dueAt: this.#dueAt(window),
    });
    // Where another delivery has claimed to be first, it announces; should it not come to that, the summary does.
    const first = state.first === undefined ? undefined : events.get(state.first);
    const isTold = state.announced || (state.told?.alerted ?? 0) > 0;
    if (first !== undefined && first.entry.suppressed === undefined && !isTold) {
      await alerts.publish(matchAlert(window, first.event, rule.references));
      this.#published += 1;
      await windows.markAnnounced(window.id);
    }
    const failures = await settleAll([...events.keys()], concurrency, eventId =>
      store.markAnnounced(eventId, [rule.id]),
    );
    const [failure] = failures.toSorted((a, b) => Number(isLasting(a)) - Number(isLasting(b)));
    if (failure !== undefined) throw failure;
  }

  /** A window whose time is over when something is put into it is told of one length later. */
  #dueAt({ end }: AlertWindow): Timestamp {
    const { clock, windowMinutes } = this.#options;
    const now = canonicalTime(clock.now());
    return end > now ? laterBy(end, grace) : laterBy(now, windowMinutes * 60_000);
  }
}

function alertedEventOf(event: TrailEvent, record: JsonObject): AlertedEvent {
  const { eventId, eventTime, eventName, eventSource, region, principal, sourceIPAddress, source } = event;
  return {
    ...{ eventId, eventTime, eventName, eventSource, region, principal },
    ...(sourceIPAddress === undefined ? {} : { sourceIPAddress }),
    outcome: cutText(outcomeOf(record), longestFact),
    ...(source === undefined ? {} : { source }),
  };
}

/** What tells one group of a rule's matches from another, beside the account. */
function groupOf(rule: TrailRule, event: TrailEvent, record: JsonObject): Record<string, string> {
  if (rule.groupBy.length === 0) return { Principal: event.principal };
  return Object.fromEntries(rule.groupBy.map(path => [path, cutText(textAt(record, path), longestFact)]));
}

function entryOf(event: AlertedEvent, suppression: SuppressedMatch | undefined): AlertWindowEntry {
  const { eventId, eventTime, eventName, eventSource, region, principal, sourceIPAddress, outcome } = event;
  const facts = {
    Event: `${eventName} (${eventSource})`,
    Principal: principal,
    ...(sourceIPAddress === undefined ? {} : { 'Source address': sourceIPAddress }),
    [regionFact]: region,
    Outcome: outcome,
  };
  return {
    id: eventId,
    count: 1,
    firstAt: eventTime,
    lastAt: eventTime,
    facts: Object.fromEntries(
      Object.entries(facts).map(([name, text]) => [name, cutText(text, longestFact)]),
    ),
    ...(suppression === undefined
      ? {}
      : { suppressed: { owner: suppression.owner, reason: suppression.reason } }),
  };
}

function isLasting(error: Error): boolean {
  return isPortError(error) && error.kind === 'permanent';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
