import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { Clock } from '../../ports/clock.ts';
import { isPortError } from '../../ports/failure.ts';
import type { ObjectHead, ObjectRef, ObjectStore, ObjectTarget } from '../../ports/object-store.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { printableText } from '../kernel/printable-text.ts';
import { readObjectBytes } from '../kernel/read-object-bytes.ts';
import { mostRulesBytes } from './rules-content.ts';
import { compileTrailRules, type TrailRules } from './trail-rules.ts';
import { TrailRulesError } from './trail-rules-error.ts';
import { rulesRefusedAlert, type TrailRulesRefusal } from './trail-rules-refusal.ts';

/** What a source of rules has to tell. */
export type TrailRulesNews =
  /** From now on these rules stand: those of the object, of the copy kept of an earlier one, or of the bundle. */
  | { readonly kind: 'adopted'; readonly from: 'object' | 'accepted' | 'bundle'; readonly rules: TrailRules }
  /** Told at each look, for as long as it is so. */
  | { readonly kind: 'refused'; readonly refusal: TrailRulesRefusal }
  /** The alert of a refusal could not be published; it is tried again at the next look. */
  | { readonly kind: 'not-announced'; readonly error: Error };

export interface TrailRulesSourceOptions {
  readonly objects: Pick<ObjectStore, 'current' | 'read' | 'put'>;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  /** Where the rules file stands. The copy of the last that could be used is kept beside it, under `accepted/<key>`. */
  readonly object: ObjectTarget;
  /** The rules that stand as long as no file ever stood there, or where neither can be read. */
  readonly bundled: TrailRules;
  /** @default 60 */
  readonly refreshSeconds?: number;
  readonly tell: (news: TrailRulesNews) => void;
}

/** What the metadata of the kept copy, and of the mark beside it, is called. */
const keptHash = 'rule-set';
const announcedAlert = 'announced';

type Fault = Omit<TrailRulesRefusal, 'standing'>;

/** What was found in the place of a rules file. */
type Look =
  | { readonly found: 'same' | 'nothing' }
  | {
      readonly found: 'rules';
      readonly rules: TrailRules;
      readonly bytes: Uint8Array;
      readonly identity: string;
    }
  | { readonly found: 'fault'; readonly fault: Fault; readonly identity?: string };

/**
 * The rules of a file in an object store, which can be exchanged while their users run. What cannot be read or used never
 * takes the place of what can: the last good set goes on, and that is told.
 *
 * @example
 * const source = new TrailRulesSource({ objects, alerts, clock, object: { bucket, key: 'rules.json' }, bundled, tell });
 * (await source.rules()).match(record);
 */
export class TrailRulesSource {
  readonly #options: TrailRulesSourceOptions;
  #standing: { readonly rules: TrailRules; readonly from: 'object' | 'accepted' | 'bundle' } | undefined;
  /** The version of the file that was judged last, and what is wrong with it. */
  #judged: { readonly identity: string; readonly fault?: Fault } | undefined;
  /** What stands and is not yet kept. */
  #unkept: Uint8Array | undefined;
  /** Id of the alert that was published last. */
  #announced: string | undefined;
  #lookedAt: number | undefined;
  #looking: Promise<TrailRules> | undefined;

  constructor(options: TrailRulesSourceOptions) {
    this.#options = options;
  }

  /** The rules that stand; the file is looked at anew where that was too long ago. Never rejects. */
  rules(): Promise<TrailRules> {
    if (this.#standing !== undefined && !this.#isDue()) return Promise.resolve(this.#standing.rules);
    this.#looking ??= this.#refresh().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  #isDue(): boolean {
    const { clock, refreshSeconds = 60 } = this.#options;
    // A clock that was set back says nothing of how long ago it was.
    const age = this.#lookedAt === undefined ? Infinity : Math.abs(clock.now().getTime() - this.#lookedAt);
    return age >= refreshSeconds * 1000;
  }

  async #refresh(): Promise<TrailRules> {
    const { object, clock } = this.#options;
    const look = await this.#look(object, this.#judged);
    this.#lookedAt = clock.now().getTime();
    if (look.found === 'rules') {
      this.#judged = { identity: look.identity };
      this.#unkept = look.bytes;
      this.#adopt(look.rules, 'object');
    } else if (look.found === 'fault' && look.identity !== undefined) {
      this.#judged = { identity: look.identity, fault: look.fault };
    }
    const standing = await this.#orLastGood();
    if (look.found === 'fault') await this.#refuse(look.fault, standing);
    // Where nothing was ever accepted, nothing is missing.
    else if (look.found === 'nothing' && this.#standing?.from !== 'bundle') {
      await this.#refuse({ reason: 'missing', object, faults: ['the file is not there any more'] }, standing);
    }
    await this.#keep(standing);
    return standing;
  }

  /** @param judged What need not be read again. */
  async #look(
    target: ObjectTarget,
    judged?: { readonly identity: string; readonly fault?: Fault },
  ): Promise<Look> {
    const { objects } = this.#options;
    let version: ObjectRef | undefined;
    try {
      const head = await objects.current(target);
      if (head === undefined) return { found: 'nothing' };
      version = head.ref;
      const identity = identityOf(head);
      if (judged?.identity === identity) {
        return judged.fault === undefined ? { found: 'same' } : { found: 'fault', fault: judged.fault };
      }
      if (head.size > mostRulesBytes) {
        const faults = [`the file has ${head.size} bytes, and may have ${mostRulesBytes}`];
        return { found: 'fault', fault: { reason: 'too-large', object: version, faults }, identity };
      }
      const bytes = await readObjectBytes(objects, version);
      return bytes === undefined ? { found: 'nothing' } : judge(bytes, version, identity);
    } catch (error) {
      const fault: Fault = { reason: 'unreadable', object: version ?? target, faults: [reasonOf(error)] };
      return { found: 'fault', fault };
    }
  }

  /** What stands; where that is the bundle, or nothing yet, the copy of what was accepted last, if it can be had. */
  async #orLastGood(): Promise<TrailRules> {
    const { bundled } = this.#options;
    if (this.#standing !== undefined && this.#standing.from !== 'bundle') return this.#standing.rules;
    const look = await this.#look(this.#accepted);
    if (look.found === 'rules') this.#adopt(look.rules, 'accepted');
    else this.#adopt(bundled, 'bundle');
    if (look.found === 'fault') await this.#refuse(look.fault, bundled);
    return look.found === 'rules' ? look.rules : bundled;
  }

  get #accepted(): ObjectTarget {
    const { bucket, key } = this.#options.object;
    return { bucket, key: `accepted/${key}` };
  }

  #adopt(rules: TrailRules, from: 'object' | 'accepted' | 'bundle'): void {
    const isNews = this.#standing?.rules !== rules || this.#standing.from !== from;
    this.#standing = { rules, from };
    if (isNews) this.#options.tell({ kind: 'adopted', from, rules });
  }

  /** Keeps what stands for environments that begin when the file is broken. Versions of the same rules are kept once. */
  async #keep(standing: TrailRules): Promise<void> {
    if (this.#unkept === undefined) return;
    const { objects, object } = this.#options;
    const bytes = this.#unkept;
    try {
      const kept = await objects.current(this.#accepted);
      if (kept?.metadata[keptHash] !== standing.hash) {
        const metadata = { [keptHash]: standing.hash };
        await objects.put(this.#accepted, bytes, { contentType: 'application/json', metadata });
      }
      this.#unkept = undefined;
    } catch (error) {
      await this.#refuse({ reason: 'not-kept', object, faults: [reasonOf(error)] }, standing);
    }
  }

  async #refuse(fault: Fault, standing: TrailRules): Promise<void> {
    const refusal = { ...fault, standing: standing.hash };
    this.#options.tell({ kind: 'refused', refusal });
    // A store that fails is told by the metric: it is no version that somebody could mend.
    if (fault.reason === 'unreadable' || fault.reason === 'not-kept') return;
    try {
      await this.#announce(refusal);
    } catch (error) {
      this.#options.tell({ kind: 'not-announced', error: error as Error });
    }
  }

  /** Publishes the alert unless this environment, or another that has marked it, has done so. */
  async #announce(refusal: TrailRulesRefusal): Promise<void> {
    const { objects, alerts, clock } = this.#options;
    const alert = rulesRefusedAlert(refusal, canonicalTime(clock.now()));
    if (this.#announced === alert.id) return;
    const mark = { bucket: this.#accepted.bucket, key: `${this.#accepted.key}.announced` };
    if ((await objects.current(mark))?.metadata[announcedAlert] !== alert.id) {
      await alerts.publish(alert);
      this.#announced = alert.id;
      await objects.put(mark, new Uint8Array(), { metadata: { [announcedAlert]: alert.id } });
    }
    this.#announced = alert.id;
  }
}

/** Of a bucket without versions the tag tells one content from another. */
function identityOf({ ref, etag }: ObjectHead): string {
  return JSON.stringify([ref.versionId, etag]);
}

function judge(bytes: Uint8Array, version: ObjectRef, identity: string): Look {
  try {
    return { found: 'rules', rules: compileTrailRules(bytes), bytes, identity };
  } catch (error) {
    if (!(error instanceof TrailRulesError)) throw error;
    return { found: 'fault', fault: { reason: 'invalid', object: version, faults: error.faults }, identity };
  }
}

function reasonOf(error: unknown): string {
  const { message } = error as Error;
  return printableText(isPortError(error) ? `${error.code}: ${message}` : message, 500);
}
