import { PortError } from '../../ports/failure.ts';
import type { StepRecord } from '../../ports/remediation-ledger.ts';
import type { Reason, StepTools } from './make-call.ts';
import { mayHaveActed } from './may-have-acted.ts';
import { isInPlace } from './remediation-outcome.ts';
import type { PlanStep } from './remediation-plan.ts';
import { isInEffect, runStep } from './run-step.ts';

/** How far the run of a plan has come. */
export class PlanRun {
  readonly tools: StepTools;
  readonly records: Map<string, StepRecord>;
  /** What steps failed with that may succeed in a later delivery. */
  readonly deferred = new Map<string, unknown>();
  /** Ids of the steps that were done in this delivery. */
  readonly #acted = new Set<string>();

  /** @param noted What became of the steps in earlier deliveries. */
  constructor(tools: StepTools, noted: Readonly<Record<string, StepRecord>>) {
    const records = new Map(Object.entries(noted));
    this.records = records;
    this.tools = {
      ...tools,
      note: async record => {
        // What may have been done counts, though the note of it fails.
        records.set(record.stepId, record);
        await tools.note(record);
      },
    };
  }

  /** Whether any of these steps was done in this delivery. */
  hasDone(ids: readonly string[]): boolean {
    return ids.some(id => this.#acted.has(id));
  }

  /**
   * Runs a step, unless one that it depends on is not in place: it is then skipped, or deferred with that one. What is in
   * place all the same, by whomever, is found there.
   *
   * @param standsOn Ids of steps that, done a moment ago, may not be seen yet.
   */
  async run(step: PlanStep, standsOn: readonly string[], tools: StepTools = this.tools): Promise<void> {
    if (step.insteadOf !== undefined && this.deferred.has(step.insteadOf)) {
      this.deferred.set(step.id, this.deferred.get(step.insteadOf));
      return;
    }
    const missing = step.after.filter(id => !isInPlace(this.records.get(id)));
    if (missing.length > 0 && !isInEffect(step, await tools.watch.until(() => true))) {
      const cause = missing.find(id => this.deferred.has(id));
      if (cause !== undefined) this.deferred.set(step.id, this.deferred.get(cause));
      else {
        const message = `not in place: ${missing.join(', ')}`;
        await this.skip(step, { code: 'depends-on-failed', message }, tools);
      }
      return;
    }
    const earlier = this.records.get(step.id);
    const isOwn = (step.comesWith ?? []).some(id => this.records.get(id)?.status === 'done');
    const run = await runStep(step, earlier, { mayLag: this.hasDone(standsOn), isOwn }, tools);
    if (run.outcome === 'deferred') {
      this.deferred.set(step.id, run.error);
      return;
    }
    if (run.record.status === 'done' && run.record !== earlier) this.#acted.add(step.id);
    if (step.insteadOf !== undefined && run.record.status === 'done')
      await this.#standIn(step.insteadOf, tools);
  }

  async #standIn(id: string, tools: StepTools): Promise<void> {
    const record = this.records.get(id);
    if (record?.status !== 'failed' && record?.status !== 'skipped') return;
    const replaced: StepRecord = { ...record, status: 'already-there', at: tools.now() };
    await tools.note(replaced);
  }

  /** Notes why a step is not made. What it may have done, or what was undone, stays as it is noted. */
  async skip({ id }: PlanStep, reason: Reason, tools: StepTools = this.tools): Promise<void> {
    const earlier = this.records.get(id);
    if (isInPlace(earlier) || mayHaveActed(earlier) || earlier?.status === 'undone') return;
    const record: StepRecord = { stepId: id, status: 'skipped', at: tools.now(), reason };
    await tools.note(record);
  }
}

/** Before this step the time of the delivery is over. */
export function outOfTime({ id }: PlanStep): PortError {
  return new PortError({
    kind: 'retryable',
    operation: 'FindingRemediator.remediate',
    code: 'OutOfTime',
    message: `the time of the delivery is over before step ${id}`,
  });
}
