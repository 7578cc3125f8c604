import { Aws } from 'aws-cdk-lib';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { accountReading, findingImport } from './account-reading.ts';
import { acknowledgeInlinePolicy } from './acknowledge-inline-policy.ts';
import { allowByPattern } from './allow-by-pattern.ts';

/** Name of the role that the scanner of an environment runs as. */
export function scannerRoleName(environmentName: string): string {
  return `sallyport-compliance-scanner-${environmentName}`;
}

export interface ComplianceReaderRoleProps {
  readonly environmentName: string;
  /** The scanner's account, 12 digits. */
  readonly scannerAccount: string;
  /** The name under which the scanner assumes it. @default 'sallyport-compliance-reader' */
  readonly roleName?: string;
  /** Let the scanner import results into this account's Security Hub. @default false */
  readonly securityHub?: boolean;
}

/** What the compliance scanner of another account is in this one: it reads settings, and may import its results. */
export class ComplianceReaderRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ComplianceReaderRoleProps) {
    super(scope, id);
    const { environmentName, scannerAccount } = props;
    const scanner = `arn:${Aws.PARTITION}:iam::${scannerAccount}:role/${scannerRoleName(environmentName)}`;
    this.role = new Role(this, 'Role', {
      roleName: props.roleName ?? 'sallyport-compliance-reader',
      description: `Sallyport ${environmentName}: what the compliance scanner of account ${scannerAccount} may do`,
      // The role itself as principal would have to stand before this one, and be trusted no more once it is made anew.
      assumedBy: new AccountPrincipal(scannerAccount).withConditions({
        ArnEquals: { 'aws:PrincipalArn': scanner },
      }),
    });
    acknowledgeInlinePolicy(this.role);
    // The scanner imports in its own region, which is not this template's to know.
    const imports = props.securityHub === true ? [findingImport('*')] : [];
    allowByPattern(this.role, [...accountReading, ...imports]);
  }
}
