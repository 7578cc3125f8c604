import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';

/** The construct that a permission is for, or the role behind it; none where it is for an account or a service. */
export function principalConstruct(grantee: IGrantable): IConstruct | undefined {
  return [grantee, grantee.grantPrincipal].find(candidate => Construct.isConstruct(candidate));
}
