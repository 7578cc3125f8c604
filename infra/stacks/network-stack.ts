import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import { IsolatedNetwork, zonesOf } from '../constructs/isolated-network.ts';

export interface NetworkStackProps extends StackProps {
  readonly configuration: Configuration;
}

/** The reference deployment of the network, with the names that operators ask for as outputs. */
export class NetworkStack extends Stack {
  readonly network: IsolatedNetwork;
  private readonly zones: string[];

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    this.zones = zonesOf(props.configuration.availabilityZones);
    this.network = new IsolatedNetwork(this, 'Network', { configuration: props.configuration });
    const { vpc, securityGroups, flowLogs } = this.network;
    const outputs: Record<string, [value: string, description: string]> = {
      NetworkId: [vpc.vpcId, 'The VPC that functions run in.'],
      NetworkSubnetIds: [
        vpc.isolatedSubnets.map(({ subnetId }) => subnetId).join(','),
        'Its isolated subnets, one in each zone.',
      ],
      FunctionsSecurityGroupId: [
        securityGroups.map(({ securityGroupId }) => securityGroupId).join(','),
        'The security group of the functions.',
      ],
      FlowLogGroupName: [flowLogs.logGroupName, 'All traffic of the network.'],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }

  /** Of the configuration: CDK would look the account's zones up. */
  override get availabilityZones(): string[] {
    return this.zones;
  }
}
