import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { Clock } from '../../ports/clock.ts';
import { isPortError, PortError } from '../../ports/failure.ts';
import type { ObjectContent, ObjectRef, ObjectStore } from '../../ports/object-store.ts';
import type { TrailEvent, TrailEventStore } from '../../ports/trail-event-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { settleAll } from '../kernel/settle-all.ts';
import { filterTrailLog, type TrailLogMatches, type TrailMatch } from './filter-trail-log.ts';
import { MatchAnnouncer } from './match-announcer.ts';
import { trailEventOf } from './trail-event-of.ts';
import { isTrailLogError, TrailLogError } from './trail-log-error.ts';
import { trailObjectKind } from './trail-object-kind.ts';
import type { TrailRules } from './trail-rules.ts';

/** An object of a log bucket, as it was announced. */
export interface AnnouncedLog {
  readonly bucket: string;
  /** The key as stored. */
  readonly key: string;
  /** Without it the current version is read. */
  readonly versionId?: string;
}

/** What was found in a log and what was done about it. */
export interface TrailTally {
  /** Bytes of the object. */
  readonly bytes: number;
  readonly records: number;
  /** Records that match a rule. */
  readonly matches: number;
  /** Matches that were not in the store before. */
  readonly stored: number;
  /** Alerts published. */
  readonly alerts: number;
}

export type TrailAnalysis =
  | ({ readonly outcome: 'analyzed' } & TrailTally)
  /** It could not be read to its end; what came before the fault is stored and announced. */
  | ({ readonly outcome: 'unreadable'; readonly fault: TrailLogError } & TrailTally)
  | { readonly outcome: 'skipped'; readonly reason: 'digest' | 'foreign' }
  /** The object, or that version of it, is not there (any more). */
  | { readonly outcome: 'missing' };

export interface TrailAnalyzerOptions {
  readonly objects: ObjectStore;
  readonly events: TrailEventStore;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  readonly rules: TrailRules;
  /** Length of the windows by which alerts are grouped. @defaultValue 15 */
  readonly windowMinutes?: number;
  /** Events that are stored, or marked, at one time. @defaultValue 20 */
  readonly concurrency?: number;
  /** Stored events of one log that may wait for their alerts, in memory. @defaultValue 1000 */
  readonly mostWaiting?: number;
  /** A record of more bytes stays in its log, and the stored event says where. @defaultValue 300 KiB */
  readonly maxStoredRecordBytes?: number;
  /** A record of more bytes makes its log unreadable. CloudTrail's own limit is 256 KB. @defaultValue 1 MiB */
  readonly maxRecordBytes?: number;
}

/**
 * Finds the records of a CloudTrail log that match a rule, stores each once, and announces them.
 *
 * Each match is stored under its `eventID` before anybody hears of it, announced in a group (rule, account,
 * principal, window), and then marked as announced under that rule. A log that is read again, whole or in part, finds
 * its events stored and goes on with those that are not marked: nothing is lost, and at worst an alert comes twice.
 * Rules that are new since an event was stored announce it anew.
 *
 * Rejects with `PortError` when a port fails; analyzing the log again is then safe. A `permanent` failure of one event
 * or alert leaves its neighbours as they are, and is thrown after them.
 *
 * @example
 * const analyzer = new TrailAnalyzer({ objects, events, alerts, clock, rules: compileTrailRules(file) });
 * await analyzer.analyze({ bucket: 'logs', key: 'AWSLogs/111122223333/CloudTrail/…/….json.gz', versionId: 'v1' });
 */
export class TrailAnalyzer {
  readonly #options: TrailAnalyzerOptions;

  constructor(options: TrailAnalyzerOptions) {
    this.#options = options;
  }

  async analyze(log: AnnouncedLog): Promise<TrailAnalysis> {
    const kind = trailObjectKind(log.key);
    if (kind === 'digest' || kind === 'foreign') return { outcome: 'skipped', reason: kind };
    const ref = await this.#refOf(log);
    const content = ref && (await this.#options.objects.read(ref));
    if (content === undefined) return { outcome: 'missing' };

    const { rules, maxRecordBytes = 1024 * 1024 } = this.#options;
    const matches = filterTrailLog(content.body, rules, { maxRecordBytes });
    const analysis = new LogAnalysis(this.#options, content);
    const damage = await analysis.read(matches);
    const { bytes, records, matches: matched, digest, foreign } = matches.progress;
    if (kind === 'possible-log' && (digest || foreign)) {
      return { outcome: 'skipped', reason: digest ? 'digest' : 'foreign' };
    }
    const fault = digest ? digestForLog() : damage;
    const tally = { bytes, records, matches: matched, stored: analysis.stored, alerts: analysis.alerts };
    return fault === undefined
      ? { outcome: 'analyzed', ...tally }
      : { outcome: 'unreadable', fault, ...tally };
  }

  /** What is judged is one version, whatever is put in its place meanwhile. */
  async #refOf({ bucket, key, versionId }: AnnouncedLog): Promise<ObjectRef | undefined> {
    if (versionId !== undefined) return { bucket, key, versionId };
    return (await this.#options.objects.current({ bucket, key }))?.ref;
  }
}

/** UTF-16 units of records that wait to be stored together; parsed, they take many times as much. */
const mostSliceLength = 256 * 1024;

/** Where CloudTrail delivers its logs, nothing but a log is right. */
function digestForLog(): TrailLogError {
  return new TrailLogError('not-a-log', 'A digest file stands in the place of a log');
}

/** One reading of one log. */
class LogAnalysis {
  readonly #options: TrailAnalyzerOptions;
  readonly #head: ObjectContent['head'];
  readonly #announcer: MatchAnnouncer;
  readonly #concurrency: number;
  readonly #storedAt: string;
  #stored = 0;
  /** Failures that no repetition will mend. */
  readonly #lasting: Error[] = [];

  constructor(options: TrailAnalyzerOptions, { head }: ObjectContent) {
    const { alerts, events, rules, clock, windowMinutes = 15, concurrency = 20 } = options;
    this.#options = options;
    this.#head = head;
    this.#concurrency = concurrency;
    this.#storedAt = canonicalTime(clock.now());
    this.#announcer = new MatchAnnouncer({
      alerts,
      events,
      rules,
      log: head.ref,
      windowMinutes,
      concurrency,
    });
  }

  get stored(): number {
    return this.#stored;
  }

  get alerts(): number {
    return this.#announcer.published;
  }

  /** Stores and announces everything that can be read; answers what kept it from reading on. */
  async read(matches: TrailLogMatches): Promise<TrailLogError | undefined> {
    const { mostWaiting = 1000 } = this.#options;
    let slice: TrailMatch[] = [];
    let sliceLength = 0;
    let fault: TrailLogError | undefined;
    try {
      for await (const match of matches) {
        slice.push(match);
        sliceLength += match.text.length;
        if (slice.length < this.#concurrency && sliceLength < mostSliceLength) continue;
        await this.#store(slice);
        slice = [];
        sliceLength = 0;
        if (this.#announcer.waiting >= mostWaiting) await this.#announce();
      }
    } catch (error) {
      if (!isTrailLogError(error)) throw error;
      fault = error;
    }
    await this.#store(slice);
    await this.#announce();
    const [lasting] = this.#lasting;
    if (lasting !== undefined) throw lasting;
    return fault;
  }

  async #store(matches: readonly TrailMatch[]): Promise<void> {
    this.#goOnUnlessPassing(await settleAll(matches, this.#concurrency, match => this.#storeOne(match)));
  }

  async #storeOne(match: TrailMatch): Promise<void> {
    const { rules, maxStoredRecordBytes = 300 * 1024 } = this.#options;
    const event = trailEventOf(match, {
      log: this.#head.ref,
      logTime: this.#head.lastModified,
      ruleSet: rules.hash,
      storedAt: this.#storedAt,
      maxRecordBytes: maxStoredRecordBytes,
    });
    // A forged record must not vanish behind, nor hide, an event that has its id.
    for (const eventId of [event.eventId, `${event.eventId}#${event.fingerprint}`]) {
      const named: TrailEvent = { ...event, eventId };
      const answer = await this.#options.events.store(named);
      if (answer.outcome === 'taken') continue;
      if (answer.outcome === 'stored') this.#stored += 1;
      const announced = answer.outcome === 'stored' ? [] : answer.announced;
      this.#announcer.add(
        named,
        match.record,
        match.rules.filter(rule => !announced.includes(rule)),
      );
      return;
    }
    throw new PortError({
      kind: 'permanent',
      operation: 'TrailAnalyzer.analyze',
      code: 'EventIdTaken',
      message: `both ids of record ${match.index} are held by other events`,
    });
  }

  async #announce(): Promise<void> {
    this.#goOnUnlessPassing(await this.#announcer.announce());
  }

  /** A failure that may pass ends the reading, which is then repeated; a lasting one must not hide what comes after. */
  #goOnUnlessPassing(failures: readonly Error[]): void {
    for (const failure of failures) {
      if (!isPortError(failure) || failure.kind !== 'permanent') throw failure;
      this.#lasting.push(failure);
    }
  }
}
