import type { Timestamp } from '../../ports/clock.ts';
import type { Aspect, ResourceType } from '../../ports/resource-inventory.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { ComplianceCheck, ComplianceResult, InspectedResource, Judgement } from './compliance-check.ts';
import { complianceChecks } from './compliance-checks.ts';
import { type CompliancePolicy, encryptedTypes } from './compliance-policy.ts';
import { exemptionOf } from './exemptions.ts';
import { goneOf, unseen } from './readings.ts';

/** What is asked of a resource of that type: what its checks need, and its tags where the policy goes by them. */
export function aspectsOf(type: ResourceType, policy: CompliancePolicy): Aspect[] {
  const checks = checksOf(type, policy, complianceChecks);
  const isByTag = policy.encryption.byTag.length > 0 && encryptedTypes.some(each => each === type);
  const needsTags = isByTag && checks.some(({ needs }) => needs.includes('encryption'));
  return [...new Set([...checks.flatMap(({ needs }) => needs), ...(needsTags ? (['tags'] as const) : [])])];
}

/**
 * What each check of its type finds of a resource, in the order of the checks. Never throws: a check that does is
 * `indeterminate` itself, and leaves the others as they are.
 *
 * Of a resource that is gone ({@link goneOf}) nothing is a failure, or passes: each check is `indeterminate`, with that
 * reason among its `unread`.
 *
 * @param at The instant that exemptions are judged at.
 */
export function judgeResource(
  inspected: InspectedResource,
  policy: CompliancePolicy,
  at: Timestamp,
  checks: readonly ComplianceCheck[] = complianceChecks,
): ComplianceResult[] {
  const { resource, facts } = inspected;
  const gone = goneOf(facts);
  return checksOf(resource.type, policy, checks).map(check => {
    const judgement =
      gone.length === 0 ? judgementOf(check, inspected, policy) : unseen('The resource', gone);
    const exemption =
      judgement.verdict === 'fail'
        ? exemptionOf({ arn: resource.arn, checkId: check.id }, policy, at)
        : undefined;
    return { ...judgement, checkId: check.id, resource, ...(exemption && { exemption }) };
  });
}

function checksOf(
  type: ResourceType,
  { without }: CompliancePolicy,
  checks: readonly ComplianceCheck[],
): readonly ComplianceCheck[] {
  return checks.filter(check => check.type === type && !without.includes(check.id));
}

function judgementOf(
  check: ComplianceCheck,
  inspected: InspectedResource,
  policy: CompliancePolicy,
): Judgement {
  try {
    return check.judge(inspected, policy);
  } catch (error) {
    const defect = error instanceof Error ? `${error.name}: ${error.message}` : 'it threw no error';
    return {
      verdict: 'indeterminate',
      explanation: `The check itself broke: ${printableText(defect, 200)}.`,
    };
  }
}
