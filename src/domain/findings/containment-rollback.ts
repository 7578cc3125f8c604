import { randomUUID } from 'node:crypto';
import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import type { Containment } from '../../ports/containment.ts';
import type { Hold, RemediationLedger, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { mayHaveActed } from './may-have-acted.ts';
import { holdsTarget, isConcluded } from './remediation-outcome.ts';
import { releaseAlert, rollbackAlert } from './rollback-alert.ts';
import { releaseEntry, rollbackEntries } from './rollback-audit.ts';
import {
  type RollbackReport,
  type RollbackRequest,
  rollbackReport,
  type UndoneStep,
} from './rollback-report.ts';
import { isTargeted } from './run-plan.ts';
import { planOf, type ToldFinding } from './stored-plan.ts';
import type { Patience } from './target-watch.ts';
import { undoPlan } from './undo-plan.ts';
import { withLease } from './with-lease.ts';

export interface ContainmentRollbackOptions {
  readonly containment: Containment;
  readonly ledger: RemediationLedger;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  /** Waits so many milliseconds: between looks at what is eventually consistent. */
  readonly pause: Patience['pause'];
  /** How often a thing is looked at, or tried, before it counts as it is. @defaultValue 6 */
  readonly tries?: number;
}

export type RollbackResult =
  /** Every step that was done is undone. */
  | { readonly outcome: 'rolled-back'; readonly steps: readonly UndoneStep[] }
  /** Some steps could not be undone; to roll back again tries those alone. */
  | { readonly outcome: 'partially-rolled-back'; readonly steps: readonly UndoneStep[] }
  /** Other findings hold the same target contained, and would not know that it is open again. Nothing was done. */
  | { readonly outcome: 'refused'; readonly target: string; readonly otherFindings: readonly string[] }
  /** The ledger knows no such finding. */
  | { readonly outcome: 'unknown' };

export type ReleaseResult = { readonly outcome: 'released' } | { readonly outcome: 'not-held' };

/**
 * Undoes what was done about a finding, and leaves it alone from then on, until it is released.
 *
 * The finding is held first, so that no delivery contains it again meanwhile; then the steps of all its generations that
 * were done, or may have been, are undone in reverse order, each only where what it did still stands. To roll back again is
 * safe, and tries what failed before.
 *
 * Rejects with `PortError` when the ledger, the audit log or the alert channel fails, or a delivery has the target
 * (`TargetBusy`): the finding is then held, and to roll back again goes on.
 *
 * @example
 * const rollback = new ContainmentRollback({ containment, ledger, audit, alerts, clock, pause });
 * await rollback.rollBack({ findingId, by: 'kim', reason: 'penetration test' });
 * await rollback.release({ findingId, by: 'kim', reason: 'test is over' });
 */
export class ContainmentRollback {
  readonly #options: ContainmentRollbackOptions;
  readonly #patience: Patience;

  constructor(options: ContainmentRollbackOptions) {
    this.#options = options;
    this.#patience = { pause: options.pause, tries: options.tries ?? 6 };
  }

  /**
   * @param options.force Undo also what other findings hold contained at the same target.
   * @param options.milliseconds For how long it may work: no step is begun later.
   */
  async rollBack(
    request: RollbackRequest,
    {
      force = false,
      milliseconds = 900_000,
    }: { readonly force?: boolean; readonly milliseconds?: number } = {},
  ): Promise<RollbackResult> {
    const { findingId, by, reason } = request;
    const { ledger } = this.#options;
    const known = await this.#generationsOf(findingId);
    if (known === undefined) return { outcome: 'unknown' };
    const acted = known.generations.filter(hasActed);
    for (const target of force ? [] : new Set(acted.flatMap(it => it.target ?? []))) {
      const otherFindings = await this.#othersOn(target, findingId);
      if (otherFindings.length > 0) return { outcome: 'refused', target, otherFindings };
    }
    const asked: Hold = { since: this.#now(), by, reason };
    await ledger.hold(findingId, asked);
    const hold = (await ledger.holdOf(findingId)) ?? asked;

    // Read again: until it met the hold, a delivery may have begun what was not there before.
    const { generations, finding } = (await this.#generationsOf(findingId)) ?? known;
    const undone: StoredRemediation[] = [];
    for (const generation of generations) undone.push(await this.#undo(generation, milliseconds));
    const report = rollbackReport(request, hold, undone);
    await this.#tell(report, undone, finding);
    return { outcome: report.outcome, steps: report.steps };
  }

  /** Lets a finding be contained again, when GuardDuty reports it again. */
  async release(request: RollbackRequest): Promise<ReleaseResult> {
    const { ledger, audit, alerts } = this.#options;
    const hold = await ledger.holdOf(request.findingId);
    if (hold === undefined) return { outcome: 'not-held' };
    // Told first: once it is lifted, nobody could tell that there was one.
    const at = this.#now();
    await audit.append(releaseEntry(request, hold, at));
    await alerts.publish(releaseAlert(request, hold, at));
    await ledger.liftHold(request.findingId);
    return { outcome: 'released' };
  }

  #now(): Timestamp {
    return canonicalTime(this.#options.clock.now());
  }

  /**
   * The generations that have noted steps, or may be about to, the latest first, and what is told of the finding; `undefined`
   * where nothing is known of it.
   */
  async #generationsOf(findingId: string) {
    const generations: StoredRemediation[] = [];
    let finding: ToldFinding | undefined;
    for await (const generation of this.#options.ledger.ofFinding(findingId)) {
      finding ??= planOf(generation).finding;
      const isBegun = Object.keys(generation.steps).length > 0;
      if (isBegun || !isConcluded(generation)) generations.push(generation);
    }
    return finding === undefined ? undefined : { generations, finding };
  }

  /** Ids of other findings for which the target is, or may be, contained. One that is held was rolled back. */
  async #othersOn(target: string, findingId: string): Promise<readonly string[]> {
    const others: string[] = [];
    for await (const other of this.#options.ledger.findingsOn(target)) {
      if (other === findingId || (await this.#options.ledger.holdOf(other)) !== undefined) continue;
      for await (const generation of this.#options.ledger.ofFinding(other)) {
        if (generation.target !== target || !holdsTarget(generation)) continue;
        others.push(other);
        break;
      }
    }
    return others.sort();
  }

  async #undo(generation: StoredRemediation, milliseconds: number): Promise<StoredRemediation> {
    const { containment, ledger, clock } = this.#options;
    const plan = planOf(generation);
    const { target } = generation;
    if (target === undefined || !isTargeted(plan)) return generation;
    const leased = { target, owner: randomUUID(), milliseconds };
    const patience = this.#patience;
    return withLease({ ledger, clock, patience }, leased, async isOver => {
      // A delivery may have gone on until it saw the hold.
      const latest = (await ledger.find(generation.findingId, generation.generation)) ?? generation;
      const steps = await undoPlan(plan, latest, { containment, ledger, clock, patience, isOver });
      return { ...latest, steps };
    });
  }

  async #tell(
    report: RollbackReport,
    undone: readonly StoredRemediation[],
    finding: ToldFinding,
  ): Promise<void> {
    const { audit, alerts } = this.#options;
    for (const entry of rollbackEntries(undone, report)) await audit.append(entry);
    await alerts.publish(rollbackAlert(report, finding));
  }
}

/** Whether there is something that this remediation did, or may have done, and that can be undone. */
function hasActed(generation: StoredRemediation): boolean {
  const { steps } = generation;
  return planOf(generation).steps.some(({ id, inverse }) => inverse && mayHaveActed(steps[id]));
}
