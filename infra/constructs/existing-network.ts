import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { FlowProps } from './flow-props.ts';
import type { FunctionNetwork } from './function-network.ts';

/**
 * Where a flow's functions run: in the existing VPC that it was given, in the network of the reference deployment, or in
 * none. Without security groups of the caller's, one is made that reaches out by HTTPS and takes nothing in.
 *
 * @throws Error where both are given, or a place in a VPC without the VPC.
 */
export function networkOf(scope: Construct, flow: string, props: FlowProps): FunctionNetwork | undefined {
  const { existingVpc, vpcSubnets, securityGroups, network } = props;
  if (existingVpc === undefined) {
    const stray = Object.entries({ vpcSubnets, securityGroups }).find(([, value]) => value !== undefined);
    if (stray === undefined) return network;
    throw new Error(`${scope.node.path}: ${stray[0]} is of no VPC: give existingVpc as well.`);
  }
  if (network !== undefined) {
    throw new Error(`${scope.node.path}: the functions run in one place: give existingVpc or network.`);
  }
  if (securityGroups?.length === 0) {
    throw new Error(
      `${scope.node.path}: securityGroups is empty: name one, or leave it out and one is made.`,
    );
  }
  return {
    vpc: existingVpc,
    subnets: { subnets: existingVpc.selectSubnets(vpcSubnets).subnets },
    securityGroups: securityGroups ?? [closedGroup(scope, flow, existingVpc)],
  };
}

function closedGroup(scope: Construct, flow: string, vpc: IVpc): SecurityGroup {
  const group = new SecurityGroup(scope, 'FunctionSecurityGroup', {
    vpc,
    description: `Sallyport: functions of ${flow}, out by HTTPS alone`,
    allowAllOutbound: false,
  });
  group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS endpoints');
  return group;
}
