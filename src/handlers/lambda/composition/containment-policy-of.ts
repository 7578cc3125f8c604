import type { ContainmentPolicy } from '../../../domain/findings/containment-policy.ts';
import type { FindingRemediatorEnvironment } from '../finding-remediator.env.ts';

/** What the environment lets be done about findings. */
export function containmentPolicyOf(
  environment: FindingRemediatorEnvironment,
): Omit<ContainmentPolicy, 'now'> {
  const { EXEMPT_TAG: tag } = environment;
  // A value may hold the sign, too; a key does not.
  const sign = tag.indexOf('=');
  return {
    mode: environment.REMEDIATION_MODE,
    minimumSeverity: environment.MINIMUM_SEVERITY,
    ownAccount: environment.OWN_ACCOUNT,
    remediationRoleArn: environment.REMEDIATION_ROLE_ARN,
    responders: environment.RESPONDER_ARNS,
    protectedRoles: environment.PROTECTED_ROLES,
    exempt: {
      tag: { key: tag.slice(0, sign), value: tag.slice(sign + 1) },
      ids: environment.EXEMPT_IDS,
      accounts: environment.EXEMPT_ACCOUNTS,
    },
  };
}
