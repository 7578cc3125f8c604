import type { Timestamp } from '../../ports/clock.ts';
import type { AppliedExemption } from './compliance-check.ts';
import type { CompliancePolicy, Exemption } from './compliance-policy.ts';
import { matchWildcards } from './match-wildcards.ts';

/**
 * The first exemption of the policy for a failure of that check on that resource; `undefined` where none counts any more.
 * The last day of an exemption counts whole, in UTC.
 */
export function exemptionOf(
  failure: { readonly arn: string; readonly checkId: string },
  { exemptions }: CompliancePolicy,
  at: Timestamp,
): AppliedExemption | undefined {
  const found = exemptions.find(
    exemption =>
      !isExpired(exemption, at) &&
      (exemption.check === '*' || exemption.check === failure.checkId) &&
      matchWildcards(exemption.resource, failure.arn),
  );
  return found && { owner: found.owner, reason: found.reason, expires: found.expires };
}

/** Exemptions that count as none any more. */
export function expiredExemptions({ exemptions }: CompliancePolicy, at: Timestamp): Exemption[] {
  return exemptions.filter(exemption => isExpired(exemption, at));
}

function isExpired({ expires }: Exemption, at: Timestamp): boolean {
  return at.slice(0, 10) > expires;
}
