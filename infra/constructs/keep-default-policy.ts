import { Aws } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { alarmsNamed } from './alarm-names.ts';

/**
 * The first statement of a topic's policy takes the place of the policy that SNS gives to every topic, under which the
 * account itself and its alarms publish (SNS Developer Guide, "Example cases for Amazon SNS access control"). Where a
 * topic of this app still has that one, this states the same, so that what worked for its owner goes on working. An
 * imported topic takes no statements, and keeps what it has.
 */
export function keepDefaultPolicy(scope: IConstruct, topic: ITopic): void {
  if (topic.node.tryFindChild('Policy') !== undefined) return;
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'DefaultOfTheOwner',
      principals: [new AnyPrincipal()],
      actions: [
        'sns:GetTopicAttributes',
        'sns:SetTopicAttributes',
        'sns:AddPermission',
        'sns:RemovePermission',
        'sns:DeleteTopic',
        'sns:Subscribe',
        'sns:ListSubscriptionsByTopic',
        'sns:Publish',
      ],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceOwner': Aws.ACCOUNT_ID } },
    }),
  );
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'DefaultOfTheAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: alarmsNamed(scope, '*'),
    }),
  );
}
