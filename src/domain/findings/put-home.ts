import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { RemediationLedger, StoredRemediation } from '../../ports/remediation-ledger.ts';
import { leavesOpen, mayLeaveOpen, tellsOpen } from './left-open.ts';
import { stepEntry } from './remediation-audit.ts';
import { isConcluded } from './remediation-outcome.ts';
import { isTargeted, leavePlan, type PlanTools } from './run-plan.ts';
import { planOf } from './stored-plan.ts';
import { withLease } from './with-lease.ts';

export interface PutHomeTools extends Omit<PlanTools, 'ledger'> {
  readonly ledger: RemediationLedger;
  readonly audit: Pick<AuditLog, 'append'>;
  /** The target whose lease the delivery has. */
  readonly leased: string;
  /** For how long the delivery may work on another target. */
  readonly milliseconds: number;
}

/**
 * Takes back what earlier generations of a finding have left open: a delivery was broken off between opening and closing,
 * and none goes on with it once a later generation is taken up.
 *
 * Rejects with `PortError` when a port fails, or another delivery has the target (`TargetBusy`).
 *
 * @returns whether something stands open all the same, or may.
 */
export async function putHomeOf(findingId: string, tools: PutHomeTools): Promise<boolean> {
  const open: StoredRemediation[] = [];
  for await (const remediation of tools.ledger.ofFinding(findingId)) {
    if (mayLeaveOpen(remediation)) open.push(remediation);
    // It has looked after those before it when it was taken up.
    else if (isConcluded(remediation) && !tellsOpen(remediation)) break;
  }
  return putAllHome(open, tools);
}

/** As {@link putHomeOf}, of all findings on the target that is leased. */
export async function putHomeAt(tools: PutHomeTools): Promise<boolean> {
  const { ledger, leased } = tools;
  const open: StoredRemediation[] = [];
  for await (const findingId of ledger.findingsOn(leased)) {
    for await (const remediation of ledger.ofFinding(findingId)) {
      if (remediation.target === leased && mayLeaveOpen(remediation)) open.push(remediation);
    }
  }
  return putAllHome(open, tools);
}

async function putAllHome(open: readonly StoredRemediation[], tools: PutHomeTools): Promise<boolean> {
  let isLeft = false;
  for (const remediation of open) {
    if (await putHome(remediation, tools)) isLeft = true;
  }
  return isLeft;
}

async function putHome(remediation: StoredRemediation, tools: PutHomeTools): Promise<boolean> {
  const { ledger, clock, patience, leased, milliseconds } = tools;
  const { findingId, generation, target } = remediation;
  if (target === undefined || target === leased) return leave(remediation, tools);
  const lease = { target, owner: randomUUID(), milliseconds };
  return withLease({ ledger, clock, patience }, lease, async () => {
    // Another delivery may have gone on with it until now.
    const current = await ledger.find(findingId, generation);
    return current !== undefined && mayLeaveOpen(current) && leave(current, tools);
  });
}

async function leave(remediation: StoredRemediation, tools: PutHomeTools): Promise<boolean> {
  const { ledger, audit } = tools;
  const plan = planOf(remediation);
  if (!isTargeted(plan)) return false;
  const apis = new Map(plan.steps.map(({ id, inverse }) => [id, inverse?.api ?? null]));
  const audited: PlanTools['ledger'] = {
    holdOf: findingId => ledger.holdOf(findingId),
    noteStep: async (findingId, generation, record) => {
      // Nobody tells of this remediation any more, so it is audited here; first, for what is noted is not looked at again.
      const api = apis.get(record.stepId) ?? null;
      await audit.append(stepEntry(remediation, 'finding.undo-step', record, { api }));
      await ledger.noteStep(findingId, generation, record);
    },
  };
  const steps = await leavePlan(plan, remediation, { ...tools, ledger: audited });
  return leavesOpen({ ...remediation, steps });
}
