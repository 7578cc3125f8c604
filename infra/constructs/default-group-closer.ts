import { CfnResource, CustomResourceProviderBase, Stack, Validations } from 'aws-cdk-lib';
import type { Vpc } from 'aws-cdk-lib/aws-ec2';
import type { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { encryptedLogGroup } from './encrypted-log-group.ts';

export interface DefaultGroupCloserProps {
  /** A VPC that restricts its default security group. */
  readonly vpc: Vpc;
  readonly environmentName: string;
  /** What its log group is encrypted under. */
  readonly logsKey: CustomerManagedKey;
  /** Days; one of the periods CloudWatch Logs offers. @default 7 */
  readonly logRetentionDays?: RetentionDays;
}

/**
 * CDK's function that takes all rules out of a VPC's default security group: a template can add rules to that group, and
 * take none away. It runs with the stack's deployments alone. Here it gets a log group of its own and, in place of a
 * managed policy, the right to write there.
 */
export class DefaultGroupCloser extends Construct {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: DefaultGroupCloserProps) {
    super(scope, id);
    const provider = Stack.of(this).node.tryFindChild('Custom::VpcRestrictDefaultSGCustomResourceProvider');
    const handler = provider?.node.tryFindChild('Handler');
    const role = provider?.node.tryFindChild('Role');
    if (
      !(provider instanceof CustomResourceProviderBase) ||
      !(handler instanceof CfnResource) ||
      !(role instanceof CfnResource)
    ) {
      throw new Error(`${props.vpc.node.path}: no function of CDK's closes its default security group.`);
    }
    const functionName = `sallyport-default-group-closer-${props.environmentName}`;
    this.logGroup = encryptedLogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      encryptionKey: props.logsKey,
      ...(props.logRetentionDays === undefined ? {} : { retention: props.logRetentionDays }),
    });
    provider.addToRolePolicy({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [this.logGroup.logGroupArn],
    });
    role.addPropertyDeletionOverride('ManagedPolicyArns');
    role.addPropertyOverride(
      'Description',
      `Sallyport ${props.environmentName}: what default-group-closer may do`,
    );
    handler.addPropertyOverride('FunctionName', functionName);
    handler.addPropertyOverride('LoggingConfig', { LogGroup: this.logGroup.logGroupName });
    this.acknowledge(role, handler);
  }

  private acknowledge(role: CfnResource, handler: CfnResource): void {
    Validations.of(role).acknowledge({
      id: 'PCI.DSS.321-IAMNoInlinePolicy',
      reason: 'The policy is for this one role, stands in this template beside it and goes with it.',
    });
    Validations.of(handler).acknowledge({
      id: 'PCI.DSS.321-LambdaInsideVPC',
      reason:
        'It answers CloudFormation and calls EC2, which no endpoint of the network leads to; nothing but a deployment invokes it.',
    });
  }
}
