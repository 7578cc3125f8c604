import { ArnFormat, Aws, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeInlinePolicy } from '../constructs/acknowledge-inline-policy.ts';
import { ruleArnOf } from '../constructs/admit-rule.ts';

export interface TrailGlobalEventsStackProps extends StackProps {
  readonly environmentName: string;
  /** Where the analyzer is; another region than this stack's. */
  readonly homeRegion: string;
  /** Of the events that the analyzer is to judge. */
  readonly eventPattern: CfnRule['eventPattern'];
}

/**
 * Where the events of global services appear, IAM's and those of many sign-ins among them (CloudTrail User Guide, "Global
 * service events").
 */
export function globalEventsRegion(homeRegion: string): string {
  return homeRegion.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}

/**
 * Sends what CloudTrail tells of in the region of global services to the default bus of the deployment's region. Events of
 * this region alone: what was sent here from elsewhere is not sent on, so that no two buses send to each other.
 *
 * What cannot be sent for a day is not kept, and no alarm of the home region sees it: the log files have the same events.
 * Another environment of the account with the same home region hears what this one sends.
 */
export class TrailGlobalEventsStack extends Stack {
  readonly rule: CfnRule;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: TrailGlobalEventsStackProps) {
    super(scope, id, props);
    const { environmentName, homeRegion, eventPattern } = props;
    const ruleName = `sallyport-trail-global-events-${environmentName}`;
    const busArn = this.formatArn({
      service: 'events',
      region: homeRegion,
      resource: 'event-bus',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: {
          ArnEquals: { 'aws:SourceArn': ruleArnOf(this, ruleName) },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
      description: `Sallyport ${environmentName}: what the rule for events of global services may do`,
    });
    acknowledgeInlinePolicy(this.role);
    this.role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [busArn] }));
    this.rule = new CfnRule(this, 'Rule', {
      name: ruleName,
      description: `What CloudTrail tells of in this region, for the analyzer in ${homeRegion}.`,
      eventPattern: { ...(eventPattern as object), region: [this.region] },
      targets: [
        {
          id: 'HomeBus',
          arn: busArn,
          roleArn: this.role.roleArn,
          retryPolicy: {
            maximumRetryAttempts: 185,
            maximumEventAgeInSeconds: Duration.days(1).toSeconds(),
          },
        },
      ],
    });
    this.rule.node.addDependency(this.role);
  }
}
