import { isPortError } from '../../ports/failure.ts';
import type { StepRecord } from '../../ports/remediation-ledger.ts';
import { allHold } from './all-hold.ts';
import { inputFor, type StepTools } from './make-call.ts';
import { mayHaveActed } from './may-have-acted.ts';
import { outOfTime, type PlanRun } from './plan-run.ts';
import { isInPlace } from './remediation-outcome.ts';
import type { PlannedCall, PlanStep } from './remediation-plan.ts';
import { pausesOf, type Sight } from './target-watch.ts';
import { undoStep } from './undo-step.ts';

type ReversibleStep = PlanStep & { readonly inverse: PlannedCall };

/**
 * Runs the steps of a unit, each judged by what is seen. Failures that may pass are tried again at once, for within a unit
 * the target may stand worse than before; none ends the unit. Where a step does not come to its effect, what it names as
 * `otherwise` is taken back.
 *
 * @param isOver Asked before each step that another would have to take back: where the time is over, it is not begun.
 */
export async function runUnit(
  steps: readonly PlanStep[],
  run: PlanRun,
  isOver: () => boolean,
): Promise<void> {
  const tools = insisting(run.tools);
  const ids = steps.map(({ id }) => id);
  for (const step of steps) {
    try {
      if (steps.some(({ otherwise = [] }) => otherwise.includes(step.id)) && isOver()) throw outOfTime(step);
      await run.run(step, ids, tools);
    } catch (error) {
      // Thrown once the unit has come to its end.
      run.deferred.set(step.id, error);
    }
    if (!isInPlace(run.records.get(step.id)) || run.deferred.has(step.id)) {
      await takeBack(step, steps, run, tools);
    }
  }
}

/** Takes back what of a unit may stand half done, and may not be finished. */
export async function leaveUnit(steps: readonly PlanStep[], run: PlanRun): Promise<void> {
  const tools = insisting(run.tools);
  for (const step of steps) {
    if (isInPlace(run.records.get(step.id))) continue;
    const unseen = await takeBack(step, steps, run, tools);
    // Where the step itself may have been made, it may be that which hides them.
    if (mayHaveActed(run.records.get(step.id))) continue;
    for (const id of unseen) {
      await noteUnseen(id, run, tools).catch((error: unknown) => run.deferred.set(id, error));
    }
  }
}

/** What was made, and is not seen to stand any more, is not to be told as standing. */
async function noteUnseen(id: string, run: PlanRun, tools: StepTools): Promise<void> {
  const record = run.records.get(id);
  if (record === undefined || !(isInPlace(record) || ['begun', 'undo-failed'].includes(record.status)))
    return;
  const reason = {
    code: 'not-there',
    message: 'what the step did is not seen (any more): nothing was called',
  };
  await tools.note({ ...record, status: 'undone', at: tools.now(), reason });
}

/** @returns ids of the steps whose effect was seen not to stand. */
async function takeBack(
  { otherwise = [] }: PlanStep,
  steps: readonly PlanStep[],
  run: PlanRun,
  tools: StepTools,
): Promise<readonly string[]> {
  const unseen: string[] = [];
  for (const id of otherwise) {
    const step = steps.find(each => each.id === id);
    if (step === undefined || !isReversible(step)) continue;
    try {
      const found = await undoWhatStands(step, run.records.get(id), tools);
      if (found === 'does-not') unseen.push(id);
    } catch (error) {
      run.deferred.set(id, error);
    }
  }
  return unseen;
}

/**
 * Where nobody can see what stands, but the step may have been made, its way back is called blindly.
 *
 * @returns whether its effect was seen, before anything was called.
 */
async function undoWhatStands(
  step: ReversibleStep,
  noted: StepRecord | undefined,
  tools: StepTools,
): Promise<ReturnType<typeof allHold>> {
  const mayStand = mayHaveActed(noted);
  const isSeen = ({ facts }: Sight) => !mayStand || allHold(step.effect, facts) !== 'does-not';
  const sight = await tools.watch.untilNow(isSeen).catch(orThrow(() => undefined));
  const stands = sight === undefined ? 'unknown' : allHold(step.effect, sight.facts);
  if (stands === 'does-not' || (stands === 'unknown' && !mayStand)) return stands;
  const record = noted ?? { stepId: step.id, status: 'done', at: tools.now() };
  const undone = stands === 'unknown' ? undefined : await undoStep(step, record, tools, { isEarned: true });
  if (undone !== undefined && undone.reason?.code !== 'unreadable') return stands;
  await callBlindly(step, sight, tools);
  const message = 'the way back was called, but what stands cannot be read';
  const told: StepRecord = {
    ...record,
    status: 'undo-failed',
    at: tools.now(),
    reason: { code: 'unreadable', message },
  };
  await tools.note(told);
  return stands;
}

async function callBlindly(
  { inverse }: ReversibleStep,
  sight: Sight | undefined,
  { containment, patience, region }: StepTools,
): Promise<void> {
  const resolved = inputFor(inverse, { facts: sight?.facts ?? {} });
  if (resolved.outcome === 'unknown') return;
  const { input } = resolved;
  await insistently(patience, () => containment.perform({ api: inverse.api, region, input })).catch(
    orThrow(() => undefined),
  );
}

function insisting(tools: StepTools): StepTools {
  const { patience, note } = tools;
  return { ...tools, insists: true, note: record => insistently(patience, () => note(record)) };
}

/** Tries again, after pauses, what fails in a way that may pass. */
async function insistently<Answer>(
  patience: StepTools['patience'],
  act: () => Promise<Answer>,
): Promise<Answer> {
  for (const milliseconds of pausesOf(patience)) {
    try {
      return await act();
    } catch (error) {
      if (!isPortError(error) || (error.kind !== 'retryable' && error.kind !== 'throttled')) throw error;
      await patience.pause(milliseconds);
    }
  }
  return act();
}

/** For a failure of a port. */
function orThrow<Answer>(answer: () => Answer): (error: unknown) => Answer {
  return error => {
    if (!isPortError(error)) throw error;
    return answer();
  };
}

function isReversible(step: PlanStep): step is ReversibleStep {
  return step.inverse !== undefined;
}
