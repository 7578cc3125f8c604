import { PortError } from '../../ports/failure.ts';
import type { StepRecord } from '../../ports/remediation-ledger.ts';
import { allHold } from './all-hold.ts';
import { inputFor, makeCall, type Reason, requestIdOf, type StepTools } from './make-call.ts';
import { isUnseen, mayHaveActed, type UnseenCode } from './may-have-acted.ts';
import { isInPlace } from './remediation-outcome.ts';
import type { Condition, PlannedCall, PlanStep } from './remediation-plan.ts';
import { evidenceOf } from './step-evidence.ts';
import { isThrottled, type Sight } from './target-watch.ts';

export type StepRun =
  | { readonly outcome: 'settled'; readonly record: StepRecord }
  /** It may succeed later: the delivery is to come again. */
  | { readonly outcome: 'deferred'; readonly error: PortError };

/** How a step stands to those that were run before it. */
export interface StepRelations {
  /** Whether something that it stands on was done a moment ago, and may not be seen yet. */
  readonly mayLag: boolean;
  /** Whether another step of the plan has done what may have brought its effect about. */
  readonly isOwn: boolean;
}

/**
 * Runs one step: looks whether its effect is there, whether it may be made, notes that it begins, calls, and looks until the
 * effect is there. What it comes to is noted.
 *
 * A step that may not be made is waited for only where that may still change: what cannot be read for load, and, where
 * something was done a moment ago that it stands on, what is not seen yet.
 *
 * @param earlier What was noted before: of a step that was begun, the call may have been made; of one whose effect was not
 * seen, it was, and is not made again; of one that is done, the note stays as long as the effect is there.
 */
export async function runStep(
  step: PlanStep,
  earlier: StepRecord | undefined,
  { mayLag, isOwn }: StepRelations,
  tools: StepTools,
): Promise<StepRun> {
  const { watch, now, note } = tools;
  const evidence = ({ facts }: Sight) =>
    evidenceOf([...step.effect, ...step.precondition], facts, tools.evidenceLimit);
  const isThere = (sight: Sight) => isInEffect(step, sight);
  const settle = async (record: Omit<StepRecord, 'stepId' | 'at'>): Promise<StepRun> => {
    const whole = { stepId: step.id, at: now(), ...record };
    await note(whole);
    return { outcome: 'settled', record: whole };
  };

  // What was begun is waited for: the call has no token by which a repetition would be known. What was ours before a
  // rollback that failed stays ours: found there by somebody else, nobody would ever take it back.
  if (earlier !== undefined && earlier.status !== 'done' && mayHaveActed(earlier)) {
    const late = await watch.untilNow(seen => isSettled(step, seen));
    if (isSettled(step, late)) return settle({ ...keptOf(earlier), status: 'done', after: evidence(late) });
    if (isUnseen(earlier)) return { outcome: 'settled', record: earlier };
  }
  const sight = await watch.until(
    seen => isSettled(step, seen) || isReady(step, seen) || !mayBecomeReady(step, seen, mayLag),
  );
  if (isSettled(step, sight)) {
    if (earlier !== undefined && isInPlace(earlier)) return { outcome: 'settled', record: earlier };
    return settle({ ...foundStatus(step, sight, isOwn), after: evidence(sight) });
  }
  if (!isReady(step, sight)) {
    if (isUndecided(step, sight)) return { outcome: 'deferred', error: unreadable(step, sight) };
    return settle({ status: 'failed', before: evidence(sight), reason: whyNot(step, sight) });
  }

  const before = evidence(sight);
  const resolved = inputFor(step, sight);
  if (resolved.outcome === 'unknown') return settle({ status: 'failed', before, reason: resolved.reason });
  await note({ stepId: step.id, status: 'begun', at: now(), before });
  const call = { api: step.api, region: tools.region, input: resolved.input };
  const made = await makeCall(call, isThere, tools);
  if (made.outcome === 'passing') return { outcome: 'deferred', error: made.error };
  if (made.outcome === 'refused') return settle({ status: 'failed', before, reason: made.reason });

  const requestId = requestIdOf(made);
  const seen = await watch.untilNow(it => isThere(it) || isUnreadableForGood(step, it));
  const after = evidence(seen);
  if (isThere(seen)) return settle({ status: 'done', before, after, ...requestId });
  if (isThrottled(seen) && allHold(step.effect, seen.facts) === 'unknown') {
    return { outcome: 'deferred', error: unreadable(step, seen) };
  }
  return settle({ status: 'failed', before, after, ...requestId, reason: unseen(step, seen) });
}

/** What could not be read, for people. */
export function unreadableParts({ unreadable: parts }: Sight): string {
  return [...new Set(parts.map(({ api, code }) => `${api}: ${code}`))].join(', ');
}

/** The facts of conditions that do not hold, for people. */
export function unmetFacts(conditions: readonly Condition[], { facts }: Sight): string {
  return conditions
    .filter(condition => allHold([condition], facts) !== 'holds')
    .map(({ fact }) => fact)
    .join(', ');
}

/** Whether what the step is for is seen. */
export function isInEffect(step: PlanStep, { facts }: Sight): boolean {
  return allHold(step.effect, facts) === 'holds';
}

/** Whether there is nothing to do: the effect is there, or nobody needs the step (any more). */
function isSettled(step: PlanStep, sight: Sight): boolean {
  return isInEffect(step, sight) || isNeedless(step, sight);
}

/** Why a call was not made that nobody needs. */
export const notNeeded: Reason = {
  code: 'not-needed',
  message: 'there is nothing (any more) that it would be needed for',
};

/** Whether nobody needs the call (any more). */
export function isNeedless({ needless = [] }: PlannedCall, { facts }: Sight): boolean {
  return needless.length > 0 && allHold(needless, facts) === 'holds';
}

function foundStatus(step: PlanStep, sight: Sight, isOwn: boolean): Pick<StepRecord, 'status' | 'reason'> {
  if (isInEffect(step, sight)) return { status: isOwn ? 'done' : 'already-there' };
  return { status: 'already-there', reason: notNeeded };
}

function isReady(step: PlanStep, { facts }: Sight): boolean {
  // An effect that cannot be seen is not brought about blindly: nobody could tell how it ended.
  return allHold(step.effect, facts) === 'does-not' && allHold(step.precondition, facts) === 'holds';
}

/** Whether to look again may show a step that is not ready to be so. */
function mayBecomeReady(step: PlanStep, sight: Sight, mayLag: boolean): boolean {
  const answers = [allHold(step.effect, sight.facts), allHold(step.precondition, sight.facts)];
  return answers.includes('unknown') ? isThrottled(sight) : mayLag;
}

function isUnreadableForGood(step: PlanStep, sight: Sight): boolean {
  return allHold(step.effect, sight.facts) === 'unknown' && !isThrottled(sight);
}

/** Whether it is for load alone that nobody can tell what to do. */
function isUndecided(step: PlanStep, sight: Sight): boolean {
  const answers = [allHold(step.effect, sight.facts), allHold(step.precondition, sight.facts)];
  return isThrottled(sight) && answers.includes('unknown');
}

function whyNot(step: PlanStep, sight: Sight): Reason {
  if (allHold(step.precondition, sight.facts) === 'does-not') {
    const message = `not as the plan takes for granted: ${unmetFacts(step.precondition, sight)}`;
    return { code: 'precondition-not-met', message };
  }
  const message = `cannot be told, so nothing was called: ${unmetFacts([...step.effect, ...step.precondition], sight)} (${unreadableParts(sight)})`;
  return { code: 'precondition-unreadable', message };
}

function unseen(step: PlanStep, sight: Sight): Reason & { readonly code: UnseenCode } {
  if (allHold(step.effect, sight.facts) === 'does-not') {
    const message = `the call was answered, its effect is not seen: ${unmetFacts(step.effect, sight)}`;
    return { code: 'effect-not-observed', message };
  }
  const message = `the call was answered, its effect cannot be read: ${unreadableParts(sight)}`;
  return { code: 'effect-unreadable', message };
}

function unreadable(step: PlanStep, sight: Sight): PortError {
  return new PortError({
    kind: 'throttled',
    operation: 'Containment.observe',
    code: 'TargetUnreadable',
    message: `step ${step.id} cannot be decided: ${unreadableParts(sight)}`,
  });
}

/** What stays of a note once the effect is seen. */
function keptOf({ before, requestId }: StepRecord): Pick<StepRecord, 'before' | 'requestId'> {
  return {
    ...(before === undefined ? {} : { before }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
