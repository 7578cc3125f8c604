import { ArnFormat, Aws, type Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { type Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeInlinePolicy } from './acknowledge-inline-policy.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { encryptedLogGroup } from './encrypted-log-group.ts';
import { grantToPrincipal } from './grant-to-principal.ts';
import { principalConstruct } from './principal-construct.ts';
import { readableTokens } from './readable-tokens.ts';

export interface FunctionWorkflowProps {
  /** What it does, for example `intake`: part of its name. */
  readonly purpose: string;
  readonly environmentName: string;
  /** What its role is for, for example `the intake workflow`. */
  readonly calledInRole: string;
  /** The one function that the workflow invokes. */
  readonly worker: IFunction;
  /** Amazon States Language: invokes the worker, publishes to the topic, and nothing else. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly alertTopic: AlertTopic;
  /** What its log group is encrypted under. */
  readonly logsKey: CustomerManagedKey;
  /** Days; one of the periods CloudWatch Logs offers. @default 7 */
  readonly logRetentionDays?: RetentionDays;
}

/** A state machine around one function, which tells people itself of what fails; with its role and its log group. */
export class FunctionWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly stateMachineName: string;

  constructor(scope: Construct, id: string, props: FunctionWorkflowProps) {
    super(scope, id);
    this.stateMachineName = `sallyport-${props.purpose}-${props.environmentName}`;
    this.logGroup = encryptedLogGroup(this, 'Logs', {
      // Step Functions asks for this prefix: the resource policy of its log delivery has a size limit.
      logGroupName: `/aws/vendedlogs/states/${this.stateMachineName}`,
      encryptionKey: props.logsKey,
      retention: props.logRetentionDays,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: `Sallyport ${props.environmentName}: what ${props.calledInRole} may do`,
    });
    acknowledgeInlinePolicy(this.role);
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.worker.functionArn] }),
    );
    props.alertTopic.grantPublish(this.role);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: this.stateMachineName,
      role: this.role,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(props.definition)),
      logs: { destination: this.logGroup, level: LogLevel.ALL, includeExecutionData: true },
      tracingEnabled: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'The actions of vended log delivery and of AWS X-Ray support no resource (Service Authorization Reference, Amazon CloudWatch Logs and AWS X-Ray). A test holds that no other statement names every resource.',
    });
  }

  /** Lets a role start executions and ask how one stands; not list them. */
  grantStart(grantee: IGrantable): Grant {
    const start = grantToPrincipal(this, {
      grantee,
      actions: ['states:StartExecution'],
      resourceArns: [this.stateMachine.stateMachineArn],
    });
    const stack = Stack.of(this);
    const executions = `execution:${this.stateMachineName}:*`;
    const executionsArn = stack.formatArn({
      service: 'states',
      resource: executions,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    const describe = grantToPrincipal(this, {
      grantee,
      actions: ['states:DescribeExecution'],
      resourceArns: [executionsArn],
    });
    const user = principalConstruct(grantee);
    if (user !== undefined) {
      Validations.of(user).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${readableTokens(this, executionsArn)}]`,
        reason:
          'An execution is named after its upload: which ones exist is not known here. This machine alone is.',
      });
    }
    return start.combine(describe);
  }

  /** Executions that came to their end. */
  metricSucceeded(period: Duration): IMetric {
    return this.stateMachine.metricSucceeded({ period, statistic: 'Sum' });
  }

  /** Executions that ended FAILED. */
  metricFailed(period: Duration): IMetric {
    return this.stateMachine.metricFailed({ period, statistic: 'Sum' });
  }

  /** Executions that ended TIMED_OUT or ABORTED. */
  metricAbandoned(period: Duration): IMetric {
    return new MathExpression({
      label: 'Timed out or aborted',
      expression: 'FILL(timedOut, 0) + FILL(aborted, 0)',
      usingMetrics: {
        timedOut: this.stateMachine.metricTimedOut({ period, statistic: 'Sum' }),
        aborted: this.stateMachine.metricAborted({ period, statistic: 'Sum' }),
      },
      period,
    });
  }
}
