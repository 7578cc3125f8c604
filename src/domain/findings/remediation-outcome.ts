import type { Timestamp } from '../../ports/clock.ts';
import type { RemediationOutcome, StepRecord, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { mayHaveActed } from './may-have-acted.ts';
import type { RemediationPlan } from './remediation-plan.ts';
import { planOf, type StoredPlan } from './stored-plan.ts';

/** A remediation that has come to its end. */
export interface ConcludedRemediation extends StoredRemediation {
  readonly outcome: RemediationOutcome;
  readonly concludedAt: Timestamp;
}

export function isConcluded(remediation: StoredRemediation): remediation is ConcludedRemediation {
  return remediation.outcome !== undefined && remediation.concludedAt !== undefined;
}

/** Why a step was not made: somebody holds the finding since the plan was made. */
export const heldMeanwhile = { code: 'held', message: 'the finding was held meanwhile' } as const;

/** Whether the step's effect was observed. */
export function isInPlace(record: StepRecord | undefined): boolean {
  return record?.status === 'done' || record?.status === 'already-there';
}

/**
 * What the steps have come to. `contained` only where the effect of every step was observed; `partially-contained` where
 * that of some was that does more than keep evidence. A plan leaves out what is in place: so it is, too, where nothing but
 * evidence was left to do, or the generation before has contained something. `notify-only` where the finding was held before
 * anything was done.
 */
export function containmentOutcome(
  plan: Pick<RemediationPlan, 'steps'>,
  records: Readonly<Record<string, StepRecord>>,
  before: StoredRemediation | undefined,
): RemediationOutcome {
  if (plan.steps.every(({ id }) => isInPlace(records[id]))) return 'contained';
  const noted = plan.steps.flatMap(({ id }) => records[id] ?? []);
  const isHeld = noted.some(
    ({ status, reason }) => status === 'skipped' && reason?.code === heldMeanwhile.code,
  );
  if (
    isHeld &&
    !noted.some(record => isInPlace(record) || record.status === 'failed' || mayHaveActed(record))
  )
    return 'notify-only';
  const acts = plan.steps.filter(({ evidence }) => !evidence);
  const isPartial =
    acts.length === 0 ||
    acts.some(({ id }) => isInPlace(records[id])) ||
    (before !== undefined && holdsTarget(before));
  return isPartial ? 'partially-contained' : 'failed';
}

/**
 * Whether the target is, or may be, contained on behalf of this remediation. One of no steps found everything in place: it
 * needs that to stay.
 */
export function holdsTarget(remediation: StoredRemediation): boolean {
  const acts = planOf(remediation).steps.filter(({ evidence }) => !evidence);
  const { outcome } = remediation;
  if (acts.length === 0) return outcome === 'contained' || outcome === 'partially-contained';
  return acts.some(({ id }) => isInPlace(remediation.steps[id]) || remediation.steps[id]?.status === 'begun');
}

/**
 * Whether people know already what there would be to tell: the generation before was told, ended in the same way, about the
 * same target, for the same reasons, and this one has changed nothing. GuardDuty reports a finding that goes on every six
 * hours, or more often; who is told the same each time stops reading.
 */
export function isKnown(earlier: StoredRemediation | undefined, remediation: ConcludedRemediation): boolean {
  // What failed to be told is told by the next generation.
  if (earlier?.outcome === undefined || earlier.announcedAt === undefined) return false;
  const acted = Object.values(remediation.steps).some(({ status }) => status === 'done');
  return !acted && newsOf(earlier) === newsOf(remediation);
}

function newsOf(remediation: StoredRemediation): string {
  const { outcome, target = null } = remediation;
  const plan = planOf(remediation);
  const common = [outcome, target, plan.disposition, severityBand(plan.finding.severity)];
  const isActedOn = outcome === 'contained' || outcome === 'partially-contained' || outcome === 'failed';
  if (isActedOn) return JSON.stringify([...common, unsettledOf(plan, remediation)]);
  const notes = plan.notes.map(({ code }) => code);
  return JSON.stringify([...common, notes, plan.manual, plan.steps.map(({ id }) => id)]);
}

/** GuardDuty's own words: critical from 9, high from 7, medium from 4. */
export function severityBand(severity: number): 'critical' | 'high' | 'medium' | 'low' {
  if (severity >= 9) return 'critical';
  if (severity >= 7) return 'high';
  return severity >= 4 ? 'medium' : 'low';
}

function unsettledOf(plan: StoredPlan, { steps }: StoredRemediation): readonly (readonly string[])[] {
  return plan.steps.flatMap(({ id }) => {
    const record = steps[id];
    return record === undefined || isInPlace(record) ? [] : [[id, record.status, record.reason?.code ?? '']];
  });
}
