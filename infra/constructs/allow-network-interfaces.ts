import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { FunctionNetwork } from './function-network.ts';
import { readableTokens } from './readable-tokens.ts';

/** The subnets of a network that functions run in. */
export const subnetsOf = ({ vpc, subnets }: FunctionNetwork) =>
  vpc.selectSubnets(subnets ?? { subnetType: SubnetType.PRIVATE_ISOLATED }).subnets;

/**
 * Lets Lambda make and tend the network interfaces of a function, which it does as the function's role, and denies the
 * same to the function's own code (Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon
 * VPC": required permissions, and the security best practice).
 */
export function allowNetworkInterfaces(role: Role, functionName: string, network: FunctionNetwork): void {
  const stack = Stack.of(role);
  const ec2 = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'ec2', resource, resourceName });
  const interfaces = ec2('network-interface', '*');
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: [
        interfaces,
        ...subnetsOf(network).map(({ subnetId }) => ec2('subnet', subnetId)),
        ...network.securityGroups.map(({ securityGroupId }) => ec2('security-group', securityGroupId)),
      ],
    }),
  );
  const tending = [
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  const looking = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  // Lambda tries these when a function is made, before there is an interface to name: on the ARNs of interfaces alone the
  // function is refused ("does not have permissions to call DeleteNetworkInterface on EC2").
  role.addToPolicy(new PolicyStatement({ actions: [...tending, ...looking], resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      sid: 'NoneOfThisForTheCode',
      effect: Effect.DENY,
      actions: ['ec2:CreateNetworkInterface', 'ec2:DetachNetworkInterface', ...tending, ...looking],
      resources: ['*'],
      conditions: {
        ArnEquals: {
          'lambda:SourceFunctionArn': stack.formatArn({
            service: 'lambda',
            resource: 'function',
            resourceName: functionName,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${readableTokens(role, interfaces)}]`,
    reason:
      'Lambda makes the interfaces, in the named subnets and with the named group alone, and EC2 chooses their ids. The code of the function is denied all of it.',
  });
}
