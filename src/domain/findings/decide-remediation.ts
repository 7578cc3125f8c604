import type { Containment } from '../../ports/containment.ts';
import { PortError } from '../../ports/failure.ts';
import type { Hold, RemediationLedger, StoredRemediation } from '../../ports/remediation-ledger.ts';
import type { ContainmentPolicy } from './containment-policy.ts';
import type { GuardDutyFinding } from './guard-duty-finding.ts';
import { type InterfaceHomes, interfaceHomes } from './interface-homes.ts';
import { standsOpenNote } from './left-open.ts';
import { containmentTargetOf, planRemediation } from './plan-remediation.ts';
import type { RemediationPlan } from './remediation-plan.ts';
import { targetName } from './target-name.ts';
import { isThrottled, type Patience, type Sight, TargetWatch } from './target-watch.ts';

export interface DecisionTools {
  readonly containment: Pick<Containment, 'observe'>;
  readonly ledger: Pick<RemediationLedger, 'findingsOn' | 'ofFinding'>;
  readonly policy: ContainmentPolicy;
  readonly patience: Patience;
}

/**
 * Looks at what the finding is about, and plans. A finding that is held is only told of.
 *
 * Rejects with `PortError` (`throttled`, `TargetUnreadable`) where the target cannot be read for load: what may be read a
 * little later must not pass for unreadable. Where the target stands open, and the plan is not to be carried out, it says so.
 */
export async function decideRemediation(
  finding: GuardDutyFinding,
  hold: Hold | undefined,
  { containment, ledger, policy, patience }: DecisionTools,
): Promise<RemediationPlan> {
  if (hold !== undefined) return heldPlan(planRemediation(finding, undefined, policy), hold);
  const subject = containmentTargetOf(finding, policy);
  if (subject === undefined) return planRemediation(finding, undefined, policy);
  const watch = new TargetWatch(containment, subject.target, subject.marks, patience);
  const sight = await watch.untilNow(seen => !isThrottled(seen));
  if (isThrottled(sight)) throw unreadableTarget(sight);
  const homes = await homesAt(targetName(subject.target), sight, ledger);
  const plan = planRemediation(finding, sight.state, policy, homes);
  const acts = plan.outcome === 'planned' && policy.mode === 'contain';
  return sight.facts['interfaces.in-open'] === true && !acts ? withOpenNote(plan) : plan;
}

/** The plan, which tells that the target stands open. */
export function withOpenNote(plan: RemediationPlan): RemediationPlan {
  return tellsOpenNote(plan) ? plan : { ...plan, notes: [standsOpenNote, ...plan.notes] };
}

export function tellsOpenNote({ notes }: RemediationPlan): boolean {
  return notes.some(({ code }) => code === standsOpenNote.code);
}

/** Where interfaces that stand in our own groups came from, by what earlier remediations of the target noted. */
async function homesAt(
  target: string,
  { facts }: Sight,
  ledger: DecisionTools['ledger'],
): Promise<InterfaceHomes> {
  if (facts['interfaces.in-open'] !== true && facts['interfaces.in-closed'] !== true) return {};
  const remediations: StoredRemediation[] = [];
  for await (const findingId of ledger.findingsOn(target)) {
    for await (const remediation of ledger.ofFinding(findingId)) {
      if (remediation.target === target) remediations.push(remediation);
    }
  }
  return interfaceHomes(remediations);
}

function heldPlan(plan: RemediationPlan, { since, by, reason }: Hold): RemediationPlan {
  const explanation = `held since ${since} by ${by} (${reason}): nothing is done until it is released`;
  return {
    ...plan,
    outcome: 'notify-only',
    steps: [],
    notes: [
      { code: 'held', explanation },
      // The plan was made without looking, which is not what keeps it from being carried out.
      ...plan.notes.filter(({ code }) => code !== 'exemption-unreadable' && code !== 'account-unseen'),
    ],
  };
}

function unreadableTarget({ unreadable }: Sight): PortError {
  return new PortError({
    kind: 'throttled',
    operation: 'Containment.observe',
    code: 'TargetUnreadable',
    message: `the target cannot be read: ${unreadable.map(({ api, code }) => `${api}: ${code}`).join(', ')}`,
  });
}
