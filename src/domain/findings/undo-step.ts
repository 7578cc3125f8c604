import type { StepRecord } from '../../ports/remediation-ledger.ts';
import { allHold } from './all-hold.ts';
import { inputFor, makeCall, type Reason, type StepTools } from './make-call.ts';
import { isJsonObject } from './policy-statement.ts';
import type { PlannedCall, PlanStep } from './remediation-plan.ts';
import { isNeedless, notNeeded, unmetFacts, unreadableParts } from './run-step.ts';
import { evidenceOf } from './step-evidence.ts';
import { isGone, type Sight } from './target-watch.ts';

/** Whether a target has been looked at for long enough that what is not seen may be believed not to be there. */
export interface Trust {
  isEarned: boolean;
}

/** Codes of steps that were undone without a call: what they did was not seen. */
const unseenCodes: ReadonlySet<string> = new Set(['not-there', 'changed-meanwhile']);

/** Whether a step counts as undone since its effect was not seen: a later look may show it. */
export function isDoubtful({ status, reason }: StepRecord): boolean {
  return status === 'undone' && unseenCodes.has(reason?.code ?? '');
}

/**
 * Runs the way back of one step. Where the step's effect is not there (any more), or the target itself is not, there is
 * nothing to undo; that is believed only once the target has been looked at for a while. Where it is there, but not as the
 * step left it, the way back is for people. What it comes to is noted, unless it is what was noted before.
 */
export async function undoStep(
  step: PlanStep & { readonly inverse: PlannedCall },
  noted: StepRecord,
  tools: StepTools,
  trust: Trust,
): Promise<StepRecord> {
  const { inverse, effect } = step;
  const { watch, now, note } = tools;
  const evidence = ({ facts }: Sight) =>
    evidenceOf([...effect, ...step.precondition], facts, tools.evidenceLimit);
  const settle = async (record: Omit<StepRecord, 'stepId' | 'at'>): Promise<StepRecord> => {
    const whole = { stepId: step.id, at: now(), ...record };
    await note(whole);
    return whole;
  };
  const isUndone = (sight: Sight) => isGone(sight) || allHold(effect, sight.facts) === 'does-not';
  const isReady = ({ facts }: Sight) =>
    allHold(effect, facts) === 'holds' && allHold(inverse.precondition, facts) === 'holds';

  // The first looks may be older than what was done.
  const sight = await watch.until(it => isReady(it) || (trust.isEarned && isUndone(it)));
  if (!isReady(sight)) {
    trust.isEarned = true;
    if (isDoubtful(noted)) return noted;
  }
  const before = evidence(sight);
  if (isUndone(sight)) return settle({ status: 'undone', before, ...whyNothing(step, sight, noted) });
  if (!isReady(sight)) return settle({ status: 'undo-failed', before, reason: whyNot(step, sight) });

  if (isNeedless(inverse, sight)) return settle({ status: 'undone', before, reason: notNeeded });

  const resolved = inputFor(inverse, sight);
  if (resolved.outcome === 'unknown')
    return settle({ status: 'undo-failed', before, reason: resolved.reason });
  const call = { api: inverse.api, region: tools.region, input: resolved.input };
  const made = await makeCall(call, isUndone, tools);
  if (made.outcome === 'passing') {
    const { code, message } = made.error;
    return settle({ status: 'undo-failed', before, reason: { code, message } });
  }
  if (made.outcome === 'refused') return settle({ status: 'undo-failed', before, reason: made.reason });
  const seen = await watch.untilNow(isUndone);
  const requestId =
    made.outcome === 'answered' && made.answer.requestId !== undefined
      ? { requestId: made.answer.requestId }
      : {};
  const told = { before, after: evidence(seen), ...requestId };
  if (isUndone(seen)) {
    // What was done before this call can be seen, too.
    trust.isEarned = true;
    return settle({ status: 'undone', ...told });
  }
  const reason = {
    code: 'effect-still-observed',
    message: 'the call was answered, the effect is still seen',
  };
  return settle({ status: 'undo-failed', ...told, reason });
}

function whyNothing({ effect }: PlanStep, sight: Sight, noted: StepRecord): { readonly reason: Reason } {
  if (isGone(sight)) return { reason: { code: 'target-gone', message: 'there is no such target any more' } };
  // What the step stood on may have been taken back by a later step.
  const { before } = noted;
  const isAsBefore =
    isJsonObject(before) &&
    effect.every(({ fact }) => JSON.stringify(sight.facts[fact] ?? null) === JSON.stringify(before[fact]));
  if (isAsBefore || before === undefined || noted.status === 'undo-failed') {
    return {
      reason: { code: 'not-there', message: 'what the step did is not seen (any more): nothing was called' },
    };
  }
  const message = 'somebody has changed it meanwhile: it is neither as the step left it nor as it was before';
  return { reason: { code: 'changed-meanwhile', message } };
}

function whyNot(step: PlanStep & { readonly inverse: PlannedCall }, sight: Sight): Reason {
  const { precondition } = step.inverse;
  if (allHold(step.effect, sight.facts) === 'holds' && allHold(precondition, sight.facts) === 'does-not') {
    const message = `somebody has changed what the way back takes for granted: ${unmetFacts(precondition, sight)}`;
    return { code: 'changed-meanwhile', message };
  }
  return { code: 'unreadable', message: `cannot be told, so nothing was called: ${unreadableParts(sight)}` };
}
