import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AlertWindows } from '../../ports/alert-windows.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectRef, ObjectStore } from '../../ports/object-store.ts';
import type { TrailEventStore } from '../../ports/trail-event-store.ts';
import type { BusEvent } from './bus-event.ts';
import { filterTrailLog, type TrailLogMatches, type TrailMatch } from './filter-trail-log.ts';
import { MatchKeeper } from './match-keeper.ts';
import type { MatchOrigin } from './trail-event-of.ts';
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
  /** Matches, of those that were to be announced, of which nobody is told at once under any rule. */
  readonly suppressed: number;
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

/** What came of a record of the event bus. */
export type BusEventAnalysis = Pick<TrailTally, 'matches' | 'stored' | 'suppressed' | 'alerts'>;

interface AnalyzerOptions {
  readonly objects: ObjectStore;
  readonly events: TrailEventStore;
  readonly clock: Clock;
  /** The rules, or where those of the moment come from: asked once for each log and event. */
  readonly rules: TrailRules | (() => Promise<TrailRules>);
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

interface AnnouncingOptions {
  readonly announce?: true;
  readonly alerts: AlertChannel;
  readonly windows: AlertWindows;
}

interface SilentOptions {
  /** Matches are stored, and nobody is told. They are not marked, so that a delivery that announces still does. */
  readonly announce: false;
}

export type TrailAnalyzerOptions = AnalyzerOptions & (AnnouncingOptions | SilentOptions);

/**
 * Finds the records of CloudTrail that match a rule, in logs and on the event bus, stores each once, and announces them.
 *
 * Each match is stored under its `eventID` before anybody hears of it, put into the window of its rule, account and group,
 * and then marked as announced under that rule. The first match of a window is announced at once; `TrailSummarizer` tells
 * of the others, and of those that are suppressed. A log that is read again, whole or in part, finds its events stored and
 * goes on with those that are not marked: nothing is lost, and at worst an alert comes twice. Rules that are new since an
 * event was stored announce it anew. An event that comes by the event bus and in a log is stored and announced once.
 *
 * Rejects with `PortError` when a port fails; analyzing the log again is then safe. A `permanent` failure of one event
 * or alert leaves its neighbours as they are, and is thrown after them.
 *
 * @example
 * const rules = compileTrailRules(file);
 * const analyzer = new TrailAnalyzer({ objects, events, windows, alerts, clock, rules });
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

    const { maxRecordBytes = 1024 * 1024 } = this.#options;
    const rules = await this.#rules();
    const matches = filterTrailLog(content.body, rules, { maxRecordBytes });
    const { head } = content;
    const keeper = this.#keeper(rules, { via: 'log', log: head.ref, time: head.lastModified });
    const damage = await keepAll(matches, keeper, this.#options.concurrency);
    const { bytes, records, matches: matched, digest, foreign } = matches.progress;
    if (kind === 'possible-log' && (digest || foreign)) {
      return { outcome: 'skipped', reason: digest ? 'digest' : 'foreign' };
    }
    const fault = digest ? digestForLog() : damage;
    const tally = { bytes, records, matches: matched, ...doneBy(keeper) };
    return fault === undefined
      ? { outcome: 'analyzed', ...tally }
      : { outcome: 'unreadable', fault, ...tally };
  }

  /** Judges a record that the event bus delivered. What it lacks, and all that never comes this way, the log brings. */
  async analyzeEvent({ record, text, ...origin }: BusEvent): Promise<BusEventAnalysis> {
    const rules = await this.#rules();
    const matched = rules.match(record);
    const keeper = this.#keeper(rules, { via: 'event-bus', ...origin });
    if (matched.length > 0) await keeper.keep([{ record, text, rules: matched, index: 0 }]);
    await keeper.conclude();
    return { matches: Math.min(matched.length, 1), ...doneBy(keeper) };
  }

  async #rules(): Promise<TrailRules> {
    const { rules } = this.#options;
    return typeof rules === 'function' ? rules() : rules;
  }

  #keeper(rules: TrailRules, origin: MatchOrigin): MatchKeeper {
    const options = this.#options;
    const { events, clock, windowMinutes = 15, concurrency = defaultConcurrency } = options;
    const { mostWaiting = 1000, maxStoredRecordBytes = 300 * 1024 } = options;
    const audience =
      options.announce === false
        ? undefined
        : { alerts: options.alerts, windows: options.windows, windowMinutes };
    return new MatchKeeper({
      ...{ events, clock, rules, origin, audience, concurrency, mostWaiting, maxStoredRecordBytes },
    });
  }

  /** What is judged is one version, whatever is put in its place meanwhile. */
  async #refOf({ bucket, key, versionId }: AnnouncedLog): Promise<ObjectRef | undefined> {
    if (versionId !== undefined) return { bucket, key, versionId };
    return (await this.#options.objects.current({ bucket, key }))?.ref;
  }
}

const defaultConcurrency = 20;

/** UTF-16 units of records that wait to be stored together; parsed, they take many times as much. */
const mostSliceLength = 256 * 1024;

/** Keeps everything that can be read; answers what kept it from reading on. */
async function keepAll(
  matches: TrailLogMatches,
  keeper: MatchKeeper,
  mostSlice = defaultConcurrency,
): Promise<TrailLogError | undefined> {
  let slice: TrailMatch[] = [];
  let sliceLength = 0;
  let fault: TrailLogError | undefined;
  try {
    for await (const match of matches) {
      slice.push(match);
      sliceLength += match.text.length;
      if (slice.length < mostSlice && sliceLength < mostSliceLength) continue;
      await keeper.keep(slice);
      slice = [];
      sliceLength = 0;
    }
  } catch (error) {
    if (!isTrailLogError(error)) throw error;
    fault = error;
  }
  await keeper.keep(slice);
  await keeper.conclude();
  return fault;
}

function doneBy({ stored, suppressed, alerts }: MatchKeeper) {
  return { stored, suppressed, alerts };
}

/** Where CloudTrail delivers its logs, nothing but a log is right. */
function digestForLog(): TrailLogError {
  return new TrailLogError('not-a-log', 'A digest file stands in the place of a log');
}
