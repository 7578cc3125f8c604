import { Validations } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';

/** Says to cdk-nag why the role's permissions are a policy of its own. */
export function acknowledgeInlinePolicy(role: Role): void {
  Validations.of(role).acknowledge({
    id: 'PCI.DSS.321-IAMNoInlinePolicy',
    reason:
      'The policy is for this one role, stands in this template beside it and goes with it. A managed policy could be attached to somebody else.',
  });
}
