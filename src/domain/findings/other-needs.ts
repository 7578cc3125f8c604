import type { ContainmentTarget } from '../../ports/containment.ts';
import type { StoredRemediation } from '../../ports/remediation-ledger.ts';
import { sameJson } from './json-equality.ts';
import { mayHaveActed } from './may-have-acted.ts';
import type { Condition, PlanStep } from './remediation-plan.ts';
import { planOf } from './stored-plan.ts';

/** A step that a remediation has taken. */
export interface StandingStep {
  readonly remediation: StoredRemediation;
  readonly step: PlanStep;
}

/**
 * Which findings would be opened if a step were undone. Findings on one target need the same of it, but for the access key
 * that each is about. One whose own step stands below does not need this one: that is what the way back leads to.
 *
 * @param onTarget All remediations of the target.
 * @param live Those of other findings that hold the target contained.
 */
export class OtherNeeds {
  readonly #onTarget: readonly StoredRemediation[];
  readonly #live: readonly StoredRemediation[];

  constructor(onTarget: readonly StoredRemediation[], live: readonly StoredRemediation[]) {
    this.#onTarget = onTarget;
    this.#live = live;
  }

  /** Ids of the findings that need the step's effect, sorted. */
  findingsNeeding(standing: StandingStep): readonly string[] {
    const below = this.#below(standing.step);
    return idsOf(
      this.#live.filter(other => concerns(planOf(other).target, standing) && !below.has(nameOf(other))),
    );
  }

  /** Ids of the findings whose own step has come in the place of this one, sorted: that is to be undone before. */
  findingsOver(standing: StandingStep): readonly string[] {
    return idsOf(this.#live.filter(other => this.#isOver(other, standing)));
  }

  /** Whether any remediation's own step has come in the place of this one, whoever needs it. */
  isCovered(standing: StandingStep): boolean {
    return this.#onTarget.some(other => this.#isOver(other, standing));
  }

  #isOver(other: StoredRemediation, { remediation, step }: StandingStep): boolean {
    const own = takenStep(other, step.id);
    return own !== undefined && this.#below(own).has(nameOf(remediation));
  }

  /** Names of the remediations whose own step of this kind stands below the step: it has found what they have left. */
  #below(step: PlanStep): ReadonlySet<string> {
    const found = new Set<string>();
    const pending = [step];
    for (let upper = pending.pop(); upper !== undefined; upper = pending.pop()) {
      for (const remediation of this.#onTarget) {
        const lower = takenStep(remediation, step.id);
        if (lower === undefined || found.has(nameOf(remediation)) || !isBuiltOn(upper, lower)) continue;
        found.add(nameOf(remediation));
        pending.push(lower);
      }
    }
    return found;
  }
}

/** Whether the step takes for granted what the other brings about. */
function isBuiltOn({ precondition }: PlanStep, { effect }: PlanStep): boolean {
  return effect.every(condition => precondition.some(it => isSame(it, condition)));
}

function isSame(one: Condition, other: Condition): boolean {
  const { value = null } = other;
  return one.fact === other.fact && one.holds === other.holds && sameJson(one.value ?? null, value);
}

/** Whether the step is about something that a finding on this target is about, too. */
function concerns(target: ContainmentTarget | undefined, { remediation, step }: StandingStep): boolean {
  const isOfKey = step.effect.some(({ fact }) => fact.startsWith('access-key.'));
  return !isOfKey || keyOf(target) === keyOf(planOf(remediation).target);
}

function keyOf(target: ContainmentTarget | undefined): string | undefined {
  return target?.kind === 'user' ? target.accessKeyId : undefined;
}

/** The step of this id where the remediation has taken it, and not undone it. */
function takenStep(remediation: StoredRemediation, id: string): PlanStep | undefined {
  const record = remediation.steps[id];
  return mayHaveActed(record) ? planOf(remediation).steps.find(step => step.id === id) : undefined;
}

function nameOf({ findingId, generation }: StoredRemediation): string {
  return `${findingId} ${generation}`;
}

function idsOf(remediations: readonly StoredRemediation[]): readonly string[] {
  return [...new Set(remediations.map(({ findingId }) => findingId))].toSorted();
}
