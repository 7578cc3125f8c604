import type { Timestamp } from './clock.ts';
import type { JsonObject, JsonValue } from './json.ts';

export const stepStatuses = [
  /** The call is about to be made: where nothing else is noted, it may have been made. */
  'begun',
  'done',
  /** Its effect was there before; nothing was called. */
  'already-there',
  'failed',
  /** Something that it depends on has failed. */
  'skipped',
  /** Its inverse was run, or there was nothing (any more) to undo. */
  'undone',
  'undo-failed',
  /** It was to be undone, but another finding needs its effect: it goes with the rollback of the last that does. */
  'kept',
] as const;

export type StepStatus = (typeof stepStatuses)[number];

/** What became of a step, and the evidence of it. */
export interface StepRecord {
  readonly stepId: string;
  readonly status: StepStatus;
  readonly at: Timestamp;
  /** The facts that the step is about, before and after the call. */
  readonly before?: JsonValue;
  readonly after?: JsonValue;
  readonly requestId?: string;
  /** Why it failed, or was skipped. */
  readonly reason?: { readonly code: string; readonly message: string };
}

export const remediationOutcomes = [
  'contained',
  'partially-contained',
  'planned',
  'notify-only',
  'exempt',
  'failed',
] as const;

export type RemediationOutcome = (typeof remediationOutcomes)[number];

/** What is done about one generation of a finding. */
export interface Remediation {
  readonly schemaVersion: 1;
  readonly findingId: string;
  /** The finding's `updatedAt`: GuardDuty uses an id again when a finding recurs. */
  readonly generation: Timestamp;
  readonly decidedAt: Timestamp;
  /** What is contained, for example `instance/i-0abc`; absent where nothing is. */
  readonly target?: string;
  /** The plan, as the domain has written it. */
  readonly plan: JsonObject;
}

/** A stored remediation, and how far it has come. */
export interface StoredRemediation extends Remediation {
  readonly steps: Readonly<Record<string, StepRecord>>;
  readonly outcome?: RemediationOutcome;
  readonly concludedAt?: Timestamp;
  readonly announcedAt?: Timestamp;
}

export type OpenOutcome =
  | { readonly outcome: 'opened' }
  /** It stands there as it was opened first. */
  | { readonly outcome: 'present'; readonly remediation: StoredRemediation };

/** That a finding is left alone, after its containment was rolled back, until somebody releases it. */
export interface Hold {
  readonly since: Timestamp;
  readonly by: string;
  readonly reason: string;
}

export type LeaseOutcome =
  | { readonly outcome: 'leased' }
  /** Another owner has it until then. */
  | { readonly outcome: 'busy'; readonly until: Timestamp };

/** What was planned and done about findings. Every write is conditional and atomic. */
export interface RemediationLedger {
  /** Stores the remediation under finding and generation; one that is there is left as it was. */
  open(remediation: Remediation): Promise<OpenOutcome>;
  find(findingId: string, generation: Timestamp): Promise<StoredRemediation | undefined>;
  /** All generations of a finding, the latest first. */
  ofFinding(findingId: string): AsyncIterable<StoredRemediation>;
  /** Ids of the findings of which a remediation of this target was opened, each once, in no order. */
  findingsOn(target: string): AsyncIterable<string>;
  /** Notes what became of a step, in place of what was noted before. Of a remediation that is not there: `PortError`, `not-found`. */
  noteStep(findingId: string, generation: Timestamp, step: StepRecord): Promise<void>;
  /**
   * Notes how it ended, in place of what was noted before; whether it was announced is then open again. Of a remediation
   * that is not there: `PortError`, `not-found`.
   */
  conclude(
    findingId: string,
    generation: Timestamp,
    outcome: RemediationOutcome,
    at: Timestamp,
  ): Promise<void>;
  /** Notes when its end was announced; the first time stays. Of a remediation that is not there nothing happens. */
  markAnnounced(findingId: string, generation: Timestamp, at: Timestamp): Promise<void>;
  /**
   * Gives the target to one owner, up to `until`: to who asks first, to the same owner again, and to anyone once
   * `until` of the last has come.
   */
  lease(target: string, owner: string, now: Timestamp, until: Timestamp): Promise<LeaseOutcome>;
  /** Ends the owner's lease; another's stays. */
  release(target: string, owner: string): Promise<void>;
  /** Holds a finding; the first hold stays. */
  hold(findingId: string, hold: Hold): Promise<void>;
  holdOf(findingId: string): Promise<Hold | undefined>;
  /** Lifts the hold; where there is none, nothing happens. */
  liftHold(findingId: string): Promise<void>;
}
