import { isPortError } from '../../ports/failure.ts';
import type { StoredRemediation } from '../../ports/remediation-ledger.ts';
import type { PlanStep } from './remediation-plan.ts';
import { planOf } from './stored-plan.ts';

/** Ids of the security groups that network interfaces had before any containment, by the interface's id. */
export type InterfaceHomes = Readonly<Record<string, readonly string[]>>;

/** Where earlier remediations would put interfaces back, the latest decided first to be believed. */
export function interfaceHomes(remediations: readonly StoredRemediation[]): InterfaceHomes {
  const homes = remediations
    .toSorted((one, other) => (one.decidedAt < other.decidedAt ? -1 : 1))
    .flatMap(plannedStepsOf)
    .flatMap(({ inverse }) => {
      if (inverse?.api !== 'ec2:ModifyNetworkInterfaceAttribute') return [];
      const { NetworkInterfaceId: id, Groups: groups } = inverse.input;
      return typeof id === 'string' && isTexts(groups) ? [[id, groups] as const] : [];
    });
  return Object.fromEntries(homes);
}

/** The steps of its plan. A plan that cannot be read tells nothing: what is then not known, the plan that asks says. */
export function plannedStepsOf(remediation: Pick<StoredRemediation, 'plan'>): readonly PlanStep[] {
  try {
    return planOf(remediation).steps;
  } catch (error) {
    if (isPortError(error) && error.code === 'UnreadablePlan') return [];
    throw error;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}
