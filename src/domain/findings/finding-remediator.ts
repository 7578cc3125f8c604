import { randomUUID } from 'node:crypto';
import type { AlertChannel } from '../../ports/alert-channel.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import type { Containment } from '../../ports/containment.ts';
import type {
  Remediation,
  RemediationLedger,
  RemediationOutcome,
  StoredRemediation,
} from '../../ports/remediation-ledger.ts';
import { canonicalTime } from '../kernel/canonical-time.ts';
import type { ContainmentPolicy } from './containment-policy.ts';
import { decideRemediation, tellsOpenNote, withOpenNote } from './decide-remediation.ts';
import type { GuardDutyFinding } from './guard-duty-finding.ts';
import { wasRolledBack } from './left-open.ts';
import { containmentTargetOf } from './plan-remediation.ts';
import { type PutHomeTools, putHomeAt, putHomeOf } from './put-home.ts';
import { remediationAlert, type WayBack } from './remediation-alert.ts';
import { remediationEntries } from './remediation-audit.ts';
import {
  type ConcludedRemediation,
  containmentOutcome,
  isConcluded,
  isKnown,
} from './remediation-outcome.ts';
import type { RemediationPlan } from './remediation-plan.ts';
import { isTargeted, leavePlan, type PlanTools, runPlan, type TargetedPlan } from './run-plan.ts';
import { planOf, planToStore } from './stored-plan.ts';
import { targetName } from './target-name.ts';
import type { Patience } from './target-watch.ts';
import { withLease } from './with-lease.ts';

export interface FindingRemediatorOptions {
  readonly containment: Containment;
  readonly ledger: RemediationLedger;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly alerts: AlertChannel;
  readonly clock: Clock;
  readonly policy: Omit<ContainmentPolicy, 'now'>;
  /** Waits so many milliseconds: between looks at what is eventually consistent. */
  readonly pause: Patience['pause'];
  /** How often a thing is looked at, or tried, before it counts as it is; the pauses between grow from half a second. @defaultValue 6 */
  readonly tries?: number;
  /** Told in alerts on what was contained, before the command line's. */
  readonly wayBack?: WayBack;
}

export type RemediationResult =
  | {
      readonly outcome: RemediationOutcome;
      readonly remediation: StoredRemediation;
      /** Whether people were told; they are not where they would be told the same again. */
      readonly isAnnounced: boolean;
    }
  /** This generation was dealt with before. */
  | { readonly outcome: 'repeated'; readonly remediation: StoredRemediation }
  /** A later generation of the finding was taken up before. */
  | { readonly outcome: 'superseded'; readonly remediation: StoredRemediation };

/**
 * Decides what to do about a finding, does it where the policy lets it, and tells of it.
 *
 * One delivery at a time works on a target. The plan is stored before the first call, and each step before and after its
 * own: a delivery that is repeated, after a crash anywhere, goes on where the last one stopped, and looks whether a call
 * that may have been made was. A step that fails stops those that depend on it, no others. A failure that may pass fails
 * the delivery, after all that can be done is done; it is to come again. Once concluded, a remediation is audited, told,
 * and marked as told. A generation that would tell people the same as the one before is audited alone.
 *
 * What stands open because a delivery was broken off goes back where it came from, whatever the mode, the policy or a hold
 * says by then; where it cannot, the alert is critical.
 *
 * Nothing else is called for a finding that is held (`ContainmentRollback`); its hold is asked for before each step.
 *
 * Rejects with `PortError` when a port fails, or another delivery has the target (`TargetBusy`); remediating the finding
 * again is then safe.
 *
 * @example
 * const remediator = new FindingRemediator({ containment, ledger, audit, alerts, clock, policy, pause });
 * const finding = readFinding(event);
 * if (finding.outcome === 'read') await remediator.remediate(finding.finding, context.getRemainingTimeInMillis());
 */
export class FindingRemediator {
  readonly #options: FindingRemediatorOptions;
  readonly #patience: Patience;

  constructor(options: FindingRemediatorOptions) {
    this.#options = options;
    this.#patience = { pause: options.pause, tries: options.tries ?? 6 };
  }

  /** @param milliseconds For how long the delivery may work: no step is begun later. */
  async remediate(finding: GuardDutyFinding, milliseconds = 900_000): Promise<RemediationResult> {
    const { ledger, clock, policy } = this.#options;
    const subject = containmentTargetOf(finding, { ...policy, now: canonicalTime(clock.now()) });
    // Deliveries of a finding that has no target wait for each other all the same.
    const name = subject === undefined ? `finding/${finding.id}` : targetName(subject.target);
    return withLease(
      { ledger, clock, patience: this.#patience },
      { target: name, owner: randomUUID(), milliseconds },
      isOver => {
        const { containment, ledger, audit, clock } = this.#options;
        const tools = { containment, ledger, audit, clock, patience: this.#patience, isOver };
        return this.#remediateAlone(finding, { ...tools, leased: name, milliseconds });
      },
    );
  }

  async #remediateAlone(finding: GuardDutyFinding, tools: PutHomeTools): Promise<RemediationResult> {
    const { latest, earlier } = await this.#generationsOf(finding);
    if (latest !== undefined && latest.generation > finding.updatedAt) {
      return { outcome: 'superseded', remediation: latest };
    }
    const known = latest?.generation === finding.updatedAt ? latest : undefined;
    if (known?.announcedAt !== undefined) return { outcome: 'repeated', remediation: known };
    const opened = known ?? (await this.#open(finding, tools));
    const before = known === undefined ? latest : earlier;
    const remediation = await this.#conclude(opened, before, tools);
    // What was rolled back before it could be told is told by the rollback: it is not so any more.
    const isOutdated = isConcluded(opened) && wasRolledBack(opened);
    const isAnnounced = !isOutdated && !isKnown(before, remediation);
    await this.#tell(remediation, isAnnounced);
    return { outcome: remediation.outcome, remediation, isAnnounced };
  }

  /** The latest generation that was taken up, and the one before. */
  async #generationsOf({ id }: GuardDutyFinding) {
    const generations: StoredRemediation[] = [];
    for await (const generation of this.#options.ledger.ofFinding(id)) {
      generations.push(generation);
      if (generations.length === 2) break;
    }
    const [latest, earlier] = generations;
    return { latest, earlier };
  }

  async #open(finding: GuardDutyFinding, tools: PutHomeTools): Promise<StoredRemediation> {
    const { ledger, clock } = this.#options;
    const isLeftOpen = await putHomeOf(finding.id, tools);
    const decidedAt = canonicalTime(clock.now());
    const plan = await this.#decide(finding, decidedAt, isLeftOpen, tools);
    const remediation: Remediation = {
      schemaVersion: 1,
      findingId: finding.id,
      generation: finding.updatedAt,
      decidedAt,
      ...(plan.target === undefined ? {} : { target: targetName(plan.target) }),
      plan: planToStore(plan, finding),
    };
    const answer = await ledger.open(remediation);
    return answer.outcome === 'present' ? answer.remediation : { ...remediation, steps: {} };
  }

  /** @param isLeftOpen Whether earlier generations have left something open, which may not be seen. */
  async #decide(
    finding: GuardDutyFinding,
    decidedAt: Timestamp,
    isLeftOpen: boolean,
    tools: PutHomeTools,
  ): Promise<RemediationPlan> {
    const { ledger, policy } = this.#options;
    const hold = await ledger.holdOf(finding.id);
    const decision = { ...tools, policy: { ...policy, now: decidedAt } };
    const plan = await decideRemediation(finding, hold, decision);
    if (tellsOpenNote(plan)) {
      // Another finding's delivery may have been broken off there.
      await putHomeAt(tools);
      return decideRemediation(finding, hold, decision);
    }
    const acts = plan.outcome === 'planned' && policy.mode === 'contain';
    return isLeftOpen && !acts ? withOpenNote(plan) : plan;
  }

  async #conclude(
    opened: StoredRemediation,
    before: StoredRemediation | undefined,
    tools: PlanTools,
  ): Promise<ConcludedRemediation> {
    const { ledger, clock } = this.#options;
    if (isConcluded(opened)) return opened;
    const { steps, outcome } = await this.#carryOut(opened, before, tools);
    const concludedAt = canonicalTime(clock.now());
    await ledger.conclude(opened.findingId, opened.generation, outcome, concludedAt);
    return { ...opened, steps, outcome, concludedAt };
  }

  async #carryOut(
    opened: StoredRemediation,
    before: StoredRemediation | undefined,
    tools: PlanTools,
  ): Promise<{ readonly steps: StoredRemediation['steps']; readonly outcome: RemediationOutcome }> {
    const { policy } = this.#options;
    const plan = planOf(opened);
    if (plan.outcome !== 'planned') return { steps: opened.steps, outcome: plan.outcome };
    const isBegun = Object.keys(opened.steps).length > 0;
    if (!isTargeted(plan) || (policy.mode !== 'contain' && !isBegun))
      return { steps: opened.steps, outcome: 'planned' };
    const steps =
      policy.mode === 'contain' ? await runPlan(plan, opened, tools) : await this.#leave(plan, opened, tools);
    return { steps, outcome: containmentOutcome(plan, steps, before) };
  }

  /**
   * Where the mode was changed in the middle, what was done is told as it is, and what was not as left; but what stands
   * open goes home: that is no containment.
   */
  async #leave(
    plan: TargetedPlan,
    opened: StoredRemediation,
    tools: PlanTools,
  ): Promise<StoredRemediation['steps']> {
    const { ledger, clock } = this.#options;
    const reason = {
      code: 'mode-plan',
      message: 'the mode has become plan meanwhile: it is not begun any more',
    };
    const steps = await leavePlan(plan, opened, tools);
    const left = plan.steps
      .filter(({ id }) => steps[id] === undefined)
      .map(({ id }) => ({ stepId: id, status: 'skipped', at: canonicalTime(clock.now()), reason }) as const);
    for (const record of left) await ledger.noteStep(opened.findingId, opened.generation, record);
    return { ...steps, ...Object.fromEntries(left.map(record => [record.stepId, record])) };
  }

  async #tell(remediation: ConcludedRemediation, isAnnounced: boolean): Promise<void> {
    const { ledger, audit, alerts, clock, wayBack } = this.#options;
    const { findingId, generation } = remediation;
    for (const entry of remediationEntries(remediation, isAnnounced)) await audit.append(entry);
    if (isAnnounced) await alerts.publish(remediationAlert(remediation, wayBack));
    await ledger.markAnnounced(findingId, generation, canonicalTime(clock.now()));
  }
}
