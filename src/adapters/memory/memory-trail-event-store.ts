import { PortError } from '../../ports/failure.ts';
import type {
  Day,
  StoredTrailEvent,
  StoreTrailEventOutcome,
  TrailEvent,
  TrailEventStore,
  TrailEventSummary,
} from '../../ports/trail-event-store.ts';

/** What DynamoDB holds in one item: 400 KB. */
const defaultMaxItemBytes = 409_600;

/**
 * Matched CloudTrail events in memory. Events are copied in and out.
 *
 * @example
 * const store = new MemoryTrailEventStore();
 * await analyzer.analyze(log);
 * expect(store.events.map(event => event.eventName)).toEqual(['StopLogging']);
 */
export class MemoryTrailEventStore implements TrailEventStore {
  readonly #events = new Map<string, StoredTrailEvent>();
  readonly #maxItemBytes: number;

  /** @param options.maxItemBytes The largest event that is taken, in bytes of its names and values; 409 600 by default. */
  constructor(options: { readonly maxItemBytes?: number } = {}) {
    this.#maxItemBytes = options.maxItemBytes ?? defaultMaxItemBytes;
  }

  /** Every event in the order of arrival. */
  get events(): readonly StoredTrailEvent[] {
    return structuredClone([...this.#events.values()]);
  }

  async store(event: TrailEvent): Promise<StoreTrailEventOutcome> {
    const bytes = bytesOf(event);
    if (bytes > this.#maxItemBytes) {
      throw new PortError({
        kind: 'permanent',
        operation: 'TrailEventStore.store',
        code: 'ItemTooLarge',
        message: `An event of ${bytes} bytes is above the store's ${this.#maxItemBytes}`,
      });
    }
    const holder = this.#events.get(event.eventId);
    if (holder === undefined) {
      this.#events.set(event.eventId, { ...structuredClone(event), announced: [] });
      return { outcome: 'stored' };
    }
    if (!isSame(holder, event)) return { outcome: 'taken' };
    const { announced, storedAt } = holder;
    const completed = holder.via === 'event-bus' && event.via === 'log';
    const facts = completed ? { ...structuredClone(event), announced, storedAt } : holder;
    this.#events.set(event.eventId, { ...facts, rules: united(holder.rules, event.rules) });
    return { outcome: 'present', announced: [...announced], storedAt };
  }

  async markAnnounced(eventId: string, rules: readonly string[]): Promise<void> {
    const event = this.#events.get(eventId);
    if (event === undefined) return;
    this.#events.set(eventId, { ...event, announced: united(event.announced, rules) });
  }

  async find(eventId: string): Promise<StoredTrailEvent | undefined> {
    return structuredClone(this.#events.get(eventId));
  }

  async *ofEventName(eventName: string, day: Day): AsyncGenerator<TrailEventSummary> {
    yield* this.#summaries(day, event => event.eventName === eventName);
  }

  async *ofPrincipal(principal: string, day: Day): AsyncGenerator<TrailEventSummary> {
    yield* this.#summaries(day, event => event.principal === principal);
  }

  #summaries(day: Day, isWanted: (event: TrailEvent) => boolean): TrailEventSummary[] {
    // Canonical timestamps sort as text; the sort is stable.
    return [...this.#events.values()]
      .filter(event => event.eventTime.slice(0, 10) === day && isWanted(event))
      .sort((a, b) => (a.eventTime < b.eventTime ? -1 : Number(a.eventTime > b.eventTime)))
      .map(summaryOf);
  }
}

function isSame(holder: TrailEvent, event: TrailEvent): boolean {
  return holder.via === 'log' && event.via === 'log'
    ? holder.fingerprint === event.fingerprint
    : holder.identity === event.identity;
}

function summaryOf(event: TrailEvent): TrailEventSummary {
  const { eventId, eventTime, eventName, eventSource, account, region, principal, rules } = event;
  return {
    eventId,
    eventTime,
    eventName,
    eventSource,
    account,
    region,
    principal,
    ...(event.sourceIPAddress === undefined ? {} : { sourceIPAddress: event.sourceIPAddress }),
    ...(event.errorCode === undefined ? {} : { errorCode: event.errorCode }),
    rules: [...rules],
  };
}

function united(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])];
}

/** Names and values as UTF-8, which is about what DynamoDB counts. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce(
    (sum, [name, member]) => sum + (Array.isArray(value) ? 0 : Buffer.byteLength(name)) + bytesOf(member),
    0,
  );
}
