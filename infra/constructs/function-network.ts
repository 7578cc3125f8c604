import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';

/** Where functions run that reach AWS through the endpoints of a VPC. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  /** @default - the isolated subnets of the VPC */
  readonly subnets?: SubnetSelection;
  /** What functions may reach. */
  readonly securityGroups: readonly ISecurityGroup[];
}
