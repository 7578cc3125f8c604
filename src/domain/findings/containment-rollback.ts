import { randomUUID } from 'node:crypto';
import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditEntry, AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import type { Containment } from '../../ports/containment.ts';
import { isPortError } from '../../ports/failure.ts';
import type {
  Hold,
  RemediationLedger,
  StepStatus,
  StoredRemediation,
} from '../../ports/remediation-ledger.ts';
import { canonicalTime, laterBy } from '../kernel/canonical-time.ts';
import { mayHaveActed } from './may-have-acted.ts';
import { OtherNeeds } from './other-needs.ts';
import { holdsTarget, isConcluded } from './remediation-outcome.ts';
import { releaseAlert, rollbackAlert } from './rollback-alert.ts';
import {
  type AuditedRequest,
  releaseEntry,
  requestEntry,
  rollbackEntry,
  undoneEntries,
} from './rollback-audit.ts';
import {
  type RollbackOutcome,
  type RollbackReport,
  type RollbackRequest,
  rollbackReport,
  type UndoneStep,
  undoneWith,
  wasUndoneWith,
} from './rollback-report.ts';
import { isTargeted } from './run-plan.ts';
import { planOf, type ToldFinding } from './stored-plan.ts';
import type { Patience } from './target-watch.ts';
import { undoPlan } from './undo-plan.ts';
import { withLease } from './with-lease.ts';

export interface ContainmentRollbackOptions {
  readonly containment: Containment;
  readonly ledger: RemediationLedger;
  readonly audit: AuditLog;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  /** Waits so many milliseconds: between looks at what is eventually consistent. */
  readonly pause: Patience['pause'];
  /** How often a thing is looked at, or tried, before it counts as it is. @defaultValue 6 */
  readonly tries?: number;
}

export type RollbackResult =
  /** The finding is held. */
  | { readonly outcome: RollbackOutcome; readonly steps: readonly UndoneStep[] }
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
 * Where another finding holds the same target contained, what it needs stays, and is undone with the rollback of the last
 * finding that needs it. So findings on one target can be rolled back in any order, to what stood before the first.
 *
 * Every request is audited: who asked what, and what came of it, be it that there was nothing to do, or that it failed.
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
   * @param options.force Undo also what other findings need; what they have put in its place stays.
   * @param options.milliseconds For how long it may work: no step is begun later.
   */
  async rollBack(
    request: RollbackRequest,
    {
      force = false,
      milliseconds = 900_000,
    }: { readonly force?: boolean; readonly milliseconds?: number } = {},
  ): Promise<RollbackResult> {
    const end = laterBy(this.#now(), milliseconds);
    const { invocationId = randomUUID() } = request;
    const asked = { ...request, action: 'finding.roll-back', invocationId, options: { force } } as const;
    return this.#auditing(asked, () => this.#rollBack(asked, force, end));
  }

  async #rollBack(request: AuditedRequest, force: boolean, end: Timestamp): Promise<RollbackResult> {
    const { findingId, by, reason } = request;
    const { ledger } = this.#options;
    if ((await this.#generationsOf(findingId)).length === 0) {
      await this.#audit(requestEntry(request, 'unknown', this.#now()));
      return { outcome: 'unknown' };
    }
    const asked: Hold = { since: this.#now(), by, reason };
    await ledger.hold(findingId, asked);
    const hold = (await ledger.holdOf(findingId)) ?? asked;

    // Only now: what a delivery begins from here on meets the hold.
    const generations = await this.#generationsOf(findingId);
    const undone: StoredRemediation[] = [];
    for (const target of new Set(generations.flatMap(it => it.target ?? []))) {
      undone.push(...(await this.#undo(target, { findingId, force, end })));
    }
    const report = rollbackReport(request, hold, undone);
    const [latest] = generations;
    if (latest !== undefined) await this.#tell(request, report, undone, planOf(latest).finding);
    return { outcome: report.outcome, steps: report.steps };
  }

  /** Lets a finding be contained again, when GuardDuty reports it again. */
  async release(request: RollbackRequest): Promise<ReleaseResult> {
    const { invocationId = randomUUID() } = request;
    const asked = { ...request, action: 'finding.release', invocationId, options: {} } as const;
    return this.#auditing(asked, () => this.#release(asked));
  }

  async #release(request: AuditedRequest): Promise<ReleaseResult> {
    const { ledger, alerts } = this.#options;
    const hold = await ledger.holdOf(request.findingId);
    const at = this.#now();
    if (hold === undefined) {
      await this.#audit(requestEntry(request, 'not-held', at));
      return { outcome: 'not-held' };
    }
    // Told first: once it is lifted, nobody could tell that there was one.
    await this.#audit(releaseEntry(request, hold, at));
    await alerts.publish(releaseAlert(request, hold, at));
    await ledger.liftHold(request.findingId);
    return { outcome: 'released' };
  }

  /** Notes, too, that what was asked for has failed; how is thrown. */
  async #auditing<Result>(request: AuditedRequest, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const code = isPortError(error) ? error.code : 'Defect';
      const entry = requestEntry(request, 'failed', this.#now(), { code });
      // Where the audit log is what has failed, its own failure is thrown.
      await this.#audit(entry).catch(() => undefined);
      throw error;
    }
  }

  /** Appends it, unless the same asking has come to the same before: when it came again, the time is another. */
  async #audit(entry: AuditEntry): Promise<void> {
    const { audit } = this.#options;
    for await (const { id } of audit.entriesOf(entry.requestId)) if (id === entry.id) return;
    await audit.append(entry);
  }

  #now(): Timestamp {
    return canonicalTime(this.#options.clock.now());
  }

  async #generationsOf(findingId: string): Promise<readonly StoredRemediation[]> {
    const generations: StoredRemediation[] = [];
    for await (const generation of this.#options.ledger.ofFinding(findingId)) generations.push(generation);
    return generations;
  }

  /** All remediations of the target, the latest decided first, and which of them are held. */
  async #remediationsOn(target: string) {
    const { ledger } = this.#options;
    const onTarget: StoredRemediation[] = [];
    const held = new Set<string>();
    for await (const findingId of ledger.findingsOn(target)) {
      if ((await ledger.holdOf(findingId)) !== undefined) held.add(findingId);
      const generations = await this.#generationsOf(findingId);
      onTarget.push(...generations.filter(generation => generation.target === target));
    }
    return { onTarget: onTarget.toSorted((a, b) => (a.decidedAt < b.decidedAt ? 1 : -1)), held };
  }

  /**
   * Undoes what the finding has done at the target, and what earlier rollbacks have left there for it.
   *
   * @returns the remediations that were gone through, as they stand then.
   */
  async #undo(target: string, { findingId, force, end }: Undoing): Promise<readonly StoredRemediation[]> {
    const { containment, ledger, clock } = this.#options;
    const patience = this.#patience;
    const milliseconds = Math.max(0, Date.parse(end) - Date.parse(this.#now()));
    const leased = { target, owner: randomUUID(), milliseconds };
    return withLease({ ledger, clock, patience }, leased, async isOver => {
      // Read under the lease: a delivery may have gone on until it saw the hold.
      const { onTarget, held } = await this.#remediationsOn(target);
      const live = onTarget.filter(
        it => it.findingId !== findingId && !held.has(it.findingId) && needsTarget(it),
      );
      const trust = { isEarned: false };
      const current = [...onTarget];
      const undoAt = async (index: number, remediation: StoredRemediation): Promise<void> => {
        const plan = planOf(remediation);
        if (!isTargeted(plan)) return;
        const isOwn = remediation.findingId === findingId;
        const needs = new OtherNeeds(current, live);
        const keeping = force && isOwn ? 'findingsOver' : 'findingsNeeding';
        const steps = await undoPlan(plan, remediation, {
          ...{ containment, ledger, clock, patience, isOver, trust },
          neededBy: step => needs[keeping]({ remediation, step }),
          isCovered: step => needs.isCovered({ remediation, step }),
          ...(isOwn ? {} : { because: undoneWith(findingId) }),
        });
        current[index] = { ...remediation, steps };
      };
      for (const [index, remediation] of onTarget.entries()) {
        const isOwn = remediation.findingId === findingId;
        if (isOwn || isLeftBehind(remediation, held)) await undoAt(index, remediation);
      }
      // Where deliveries took turns, what was decided earlier may stand on what was decided later.
      const undone = current.map((it, index) => countOf('undone', it) > countOf('undone', onTarget[index]));
      for (const [index, remediation] of current.entries()) {
        const isTried = remediation !== onTarget[index] && countOf('undo-failed', remediation) > 0;
        if (isTried && undone.includes(true, index + 1)) await undoAt(index, remediation);
      }
      return current.filter(
        (it, index) => it.findingId === findingId || it !== onTarget[index] || wasUndoneWith(findingId, it),
      );
    });
  }

  async #tell(
    request: AuditedRequest,
    report: RollbackReport,
    undone: readonly StoredRemediation[],
    finding: ToldFinding,
  ): Promise<void> {
    const { audit, alerts } = this.#options;
    for (const entry of undoneEntries(undone, report)) await audit.append(entry);
    await this.#audit(rollbackEntry(request, report, this.#now()));
    await alerts.publish(rollbackAlert(report, finding));
  }
}

interface Undoing {
  readonly findingId: string;
  readonly force: boolean;
  readonly end: Timestamp;
}

/** Whether the remediation relies on what stands at its target. One that is not concluded takes for granted what its plan saw. */
function needsTarget(remediation: StoredRemediation): boolean {
  return isConcluded(remediation) ? holdsTarget(remediation) : planOf(remediation).outcome === 'planned';
}

/** Whether a rollback of its own finding has left steps standing. */
function isLeftBehind({ findingId, steps }: StoredRemediation, held: ReadonlySet<string>): boolean {
  return Object.values(steps).some(
    record => record.status === 'kept' || (held.has(findingId) && mayHaveActed(record)),
  );
}

function countOf(status: StepStatus, remediation: StoredRemediation | undefined): number {
  return Object.values(remediation?.steps ?? {}).filter(record => record.status === status).length;
}
