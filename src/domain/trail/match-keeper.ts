import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AlertWindows } from '../../ports/alert-windows.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import { isPortError, PortError } from '../../ports/failure.ts';
import type { SuppressedMatch, TrailEvent, TrailEventStore } from '../../ports/trail-event-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { settleAll } from '../kernel/settle-all.ts';
import type { TrailMatch } from './filter-trail-log.ts';
import { MatchAnnouncer } from './match-announcer.ts';
import { type MatchOrigin, trailEventOf } from './trail-event-of.ts';
import type { TrailRules } from './trail-rules.ts';

/** Who is told of what has been stored. */
export interface MatchAudience {
  readonly alerts: AlertChannel;
  readonly windows: Pick<AlertWindows, 'add' | 'markAnnounced'>;
  /** Length of the windows by which alerts are grouped. */
  readonly windowMinutes: number;
}

export interface MatchKeeperOptions {
  readonly events: Pick<TrailEventStore, 'store' | 'markAnnounced'>;
  readonly clock: Clock;
  readonly rules: TrailRules;
  readonly origin: MatchOrigin;
  /** Absent where matches are stored and nobody is told; they are not marked then. */
  readonly audience: MatchAudience | undefined;
  readonly concurrency: number;
  readonly mostWaiting: number;
  readonly maxStoredRecordBytes: number;
}

/** Stores the matches of one origin, each once, and announces them. */
export class MatchKeeper {
  readonly #options: MatchKeeperOptions;
  readonly #announcer: MatchAnnouncer | undefined;
  readonly #now: Date;
  readonly #storedAt: Timestamp;
  #stored = 0;
  #suppressed = 0;
  /** Failures that no repetition will mend. */
  readonly #lasting: Error[] = [];

  constructor(options: MatchKeeperOptions) {
    const { events, clock, rules, audience, concurrency } = options;
    this.#options = options;
    this.#now = clock.now();
    this.#storedAt = canonicalTime(this.#now);
    this.#announcer = audience && new MatchAnnouncer({ ...audience, events, clock, rules, concurrency });
  }

  /** Matches that were not in the store before. */
  get stored(): number {
    return this.#stored;
  }

  /** Matches, of those that were to be announced, of which nobody is told at once under any rule. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** Alerts published. */
  get alerts(): number {
    return this.#announcer?.published ?? 0;
  }

  /** Stores matches, and announces what waits where that is much. */
  async keep(matches: readonly TrailMatch[]): Promise<void> {
    const { concurrency, mostWaiting } = this.#options;
    this.#goOnUnlessPassing(await settleAll(matches, concurrency, match => this.#keepOne(match)));
    if ((this.#announcer?.waiting ?? 0) >= mostWaiting) await this.#announce();
  }

  /** Announces what waits. Throws the first failure, of all that was kept, that no repetition will mend. */
  async conclude(): Promise<void> {
    await this.#announce();
    const [lasting] = this.#lasting;
    if (lasting !== undefined) throw lasting;
  }

  async #keepOne(match: TrailMatch): Promise<void> {
    const { rules, origin, maxStoredRecordBytes } = this.#options;
    const suppressed = this.#suppressionsOf(match);
    const event = trailEventOf(match, {
      origin,
      ruleSet: rules.hash,
      suppressed,
      storedAt: this.#storedAt,
      maxRecordBytes: maxStoredRecordBytes,
    });
    // A forged record must not vanish behind, nor hide, an event that has its id. Both ways of an event find one id.
    const ids = ['', `#${event.identity}`, `#${event.fingerprint}`].map(end => `${event.eventId}${end}`);
    for (const eventId of ids) {
      const named: TrailEvent = { ...event, eventId };
      const answer = await this.#options.events.store(named);
      if (answer.outcome === 'taken') continue;
      if (answer.outcome === 'stored') this.#stored += 1;
      const announced: readonly string[] = answer.outcome === 'stored' ? [] : answer.announced;
      const storedAt = answer.outcome === 'stored' ? this.#storedAt : answer.storedAt;
      const unannounced = match.rules.filter(rule => !announced.includes(rule));
      const isSuppressed = (rule: string) => suppressed.some(it => it.rule === rule);
      if (unannounced.length > 0 && unannounced.every(isSuppressed)) this.#suppressed += 1;
      this.#announcer?.add({ ...named, storedAt }, match.record, unannounced, suppressed);
      return;
    }
    throw new PortError({
      kind: 'permanent',
      operation: 'TrailAnalyzer.analyze',
      code: 'EventIdTaken',
      message: `all ids of record ${match.index} are held by other events`,
    });
  }

  #suppressionsOf({ rules: ids, record }: TrailMatch): readonly SuppressedMatch[] {
    return ids.flatMap(rule => {
      const suppression = this.#options.rules.suppression(rule, record, this.#now);
      return suppression === undefined
        ? []
        : [{ rule, owner: suppression.owner, reason: suppression.reason }];
    });
  }

  async #announce(): Promise<void> {
    this.#goOnUnlessPassing((await this.#announcer?.announce()) ?? []);
  }

  /** A failure that may pass ends the work, which is then repeated; a lasting one must not hide what comes after. */
  #goOnUnlessPassing(failures: readonly Error[]): void {
    for (const failure of failures) {
      if (!isPortError(failure) || failure.kind !== 'permanent') throw failure;
      this.#lasting.push(failure);
    }
  }
}
