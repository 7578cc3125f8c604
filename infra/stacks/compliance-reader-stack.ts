import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  ComplianceReaderRole,
  type ComplianceReaderRoleProps,
} from '../constructs/compliance-reader-role.ts';

export type ComplianceReaderStackProps = StackProps & ComplianceReaderRoleProps;

/**
 * What an account needs to be scanned from another: a role. Its template names no account of its own; deploy it with the
 * credentials of each account in `scanAccounts`, in any one region.
 */
export class ComplianceReaderStack extends Stack {
  readonly reader: ComplianceReaderRole;

  constructor(scope: Construct, id: string, props: ComplianceReaderStackProps) {
    super(scope, id, props);
    const { environmentName, scannerAccount, roleName, securityHub } = props;
    this.reader = new ComplianceReaderRole(this, 'Reader', {
      environmentName,
      scannerAccount,
      ...(roleName === undefined ? {} : { roleName }),
      ...(securityHub === undefined ? {} : { securityHub }),
    });
    new CfnOutput(this, 'ComplianceReaderRoleArn', {
      value: this.reader.role.roleArn,
      description: 'The role that the scanner assumes.',
    });
  }
}
