import type { ContainmentApi, ContainmentMarks, ContainmentTarget } from '../../ports/containment.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';

export const dispositions = ['contain-instance', 'contain-credentials', 'contain-bucket', 'notify'] as const;

export type Disposition = (typeof dispositions)[number];

/** Something about one named fact of the target's state (`factsOf`). */
export interface Condition {
  /** For example `interface.eni-0abc.groups`. */
  readonly fact: string;
  readonly holds: 'equals' | 'differs' | 'present' | 'absent';
  /** What the fact is compared with; of `present` and `absent` there is none. */
  readonly value?: JsonValue;
}

/**
 * A call of a plan. Its input may hold `{ "$fact": "<name>" }` where a value stands only once an earlier step is done, or
 * the plan was made without looking at the account; the value is put in from what is observed right before the call
 * (`resolveInput`). Plans that were made without looking, which are shown and never carried out, may also hold
 * `{ "$before": "<name>" }`, what the fact was before the step, and `{ "$policy": { "of": "<name>", "and": statement } }`, a
 * policy with a statement more.
 */
export interface PlannedCall {
  readonly api: ContainmentApi;
  readonly input: JsonObject;
  /**
   * When the call may be made; all must hold. Of an inverse, which is looked at only while the step's effect holds: where
   * it does not hold, somebody has changed what the step left, and the way back is theirs.
   */
  readonly precondition: readonly Condition[];
  /** Where these hold, nobody needs the call: it is not made. */
  readonly needless?: readonly Condition[];
}

export interface PlanStep extends PlannedCall {
  /** Names the step within its plan, the same whenever the plan is made: `swap-to-closed:eni-0abc`. */
  readonly id: string;
  /** What the step does, one sentence. */
  readonly does: string;
  /** What is observed once the call has had its effect; where all hold beforehand, nothing is called. */
  readonly effect: readonly Condition[];
  /** The way back; evidence has none. Once the step's effect does not hold (any more), there is nothing to undo. */
  readonly inverse?: PlannedCall;
  /** Whether nothing of what the step changes must be put back: it keeps evidence, or mends a part of our own. */
  readonly evidence: boolean;
  readonly reversible: boolean;
  /** Ids of the steps without which this one is not made. */
  readonly after: readonly string[];
  /**
   * Each delivery looks at the step again, also where it was in place before: others rely on its effect, and somebody may have
   * undone it since.
   */
  readonly upheld?: true;
  /** Ids of earlier steps that may bring the effect about as well: then it is the plan's doing all the same. */
  readonly comesWith?: readonly string[];
  /** Id of an earlier step that this one stands in for where that failed for good: that one then counts as in place. */
  readonly insteadOf?: string;
  /**
   * Steps in a row that name the same unit are begun together or not at all: neither a hold nor the time ends it in the
   * middle, and what stands is judged by what is seen, not by what was noted.
   */
  readonly unit?: string;
  /** Within a unit: ids of earlier steps whose way back is gone where this step does not come to its effect, in order. */
  readonly otherwise?: readonly string[];
}

/** Why a finding is only told of, or what people must do beside the steps. */
export interface PlanNote {
  /** Stable code, for example `service-linked-role`, `target-not-actor`, `unknown-type`. */
  readonly code: string;
  readonly explanation: string;
}

/** What is to be done about a finding, decided before anything is done. */
export interface RemediationPlan {
  readonly schemaVersion: 1;
  readonly disposition: Disposition;
  /** `planned` where there are steps. */
  readonly outcome: 'planned' | 'notify-only' | 'exempt';
  /** Absent where nothing is contained. */
  readonly target?: ContainmentTarget;
  readonly marks?: ContainmentMarks;
  /** In their order. */
  readonly steps: readonly PlanStep[];
  readonly notes: readonly PlanNote[];
  /** What people do by hand, in order. */
  readonly manual: readonly string[];
  /** Whether the finding's type is none that is documented: it was routed by its purpose and resource. */
  readonly unknownType: boolean;
}
