import { ArnFormat, Aws, type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type LogGroup, ResourcePolicy, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { encryptedLogGroup } from './encrypted-log-group.ts';
import { logGroupArnOf } from './log-group-arn.ts';

export interface WebAclProps {
  /** What it stands before, for example `documents`: part of every name. */
  readonly purpose: string;
  readonly environmentName: string;
  readonly description: string;
  /** Requests of one address in 5 minutes from which on it is refused. @default 10 000 */
  readonly addressLimit?: number;
  /** Rules of the managed groups that count and do not block, by the names that AWS gives them. @default - none */
  readonly countedRules?: Readonly<Partial<Record<ManagedGroup, readonly string[]>>>;
  /** What its log group is encrypted under. */
  readonly logsKey: CustomerManagedKey;
  /** Days; one of the periods CloudWatch Logs offers. @default 7 */
  readonly logRetentionDays?: RetentionDays;
}

/** AWS's own rule groups, in the order in which they look at a request: the cheapest and surest first. */
const managedGroups = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
  'AWSManagedRulesCommonRuleSet',
] as const;

export type ManagedGroup = (typeof managedGroups)[number];

/** Headers that let whoever reads them in as somebody else. */
const secretHeaders = ['authorization', 'x-api-key', 'x-amz-security-token'];

/**
 * A regional web ACL, to be put before a stage by its ARN. It blocks addresses that ask too often or that AWS knows for attacks, inputs known to be bad, SQL injection,
 * and the common rule set. What nothing matches passes. Each request is logged with what came of it, without its secrets
 * and its body.
 */
export class WebAcl extends Construct {
  readonly acl: CfnWebACL;
  readonly logGroup: LogGroup;
  private readonly aclName: string;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    this.aclName = `sallyport-${props.purpose}-${props.environmentName}`;
    this.acl = new CfnWebACL(this, 'Acl', {
      name: this.aclName,
      description: props.description,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: measuredAs(this.aclName),
      rules: [
        rateRule(props.addressLimit ?? 10_000),
        ...managedGroups.map((name, index) => managedRule(name, index + 1, props.countedRules?.[name])),
      ],
    });
    this.logGroup = encryptedLogGroup(this, 'Logs', {
      // WAF takes no group whose name begins otherwise (WAF Developer Guide, "Logging destinations").
      logGroupName: `aws-waf-logs-${this.aclName}`,
      encryptionKey: props.logsKey,
      retention: props.logRetentionDays,
    });
    this.addLogging();
  }

  /** Requests that it refused, by whichever rule. */
  metricBlocked(period: Duration): Metric {
    return this.metric('BlockedRequests', period);
  }

  /** Requests that it let pass. */
  metricAllowed(period: Duration): Metric {
    return this.metric('AllowedRequests', period);
  }

  /** WAF Developer Guide, "AWS WAF metrics and dimensions". */
  private metric(metricName: string, period: Duration): Metric {
    return new Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      dimensionsMap: { WebACL: this.aclName, Rule: 'ALL', Region: Aws.REGION },
      period,
      statistic: 'Sum',
    });
  }

  /**
   * WAF would add the policy by itself where whoever deploys may write any (WAF Developer Guide, "Sending web ACL traffic
   * logs to a CloudWatch Logs log group"); it is here so that it goes with the stack and names one source.
   */
  private addLogging(): void {
    const stack = Stack.of(this);
    const policy = new ResourcePolicy(this, 'LogPolicy', {
      resourcePolicyName: `${this.aclName}-web-acl-logs`,
      policyStatements: [
        new PolicyStatement({
          sid: 'LogsOfThisAccount',
          principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [this.logGroup.logGroupArn],
          conditions: {
            StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
            ArnLike: {
              'aws:SourceArn': stack.formatArn({
                service: 'logs',
                resource: '*',
                arnFormat: ArnFormat.NO_RESOURCE_NAME,
              }),
            },
          },
        }),
      ],
    });
    const logging = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.acl.attrArn,
      logDestinationConfigs: [logGroupArnOf(this.logGroup)],
      // Handed on as it is: CloudFormation's own spelling.
      redactedFields: secretHeaders.map(Name => ({ singleHeader: { Name } })),
    });
    logging.node.addDependency(policy);
  }
}

/** Samples would show the headers that the log leaves out (WAF API Reference, VisibilityConfig). */
function measuredAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}

function rateRule(limit: number): CfnWebACL.RuleProperty {
  return {
    name: 'AddressRate',
    priority: 0,
    action: { block: {} },
    statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit, evaluationWindowSec: 300 } },
    visibilityConfig: measuredAs('AddressRate'),
  };
}

function managedRule(
  name: ManagedGroup,
  priority: number,
  counted: readonly string[] = [],
): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map(rule => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: measuredAs(name),
  };
}
