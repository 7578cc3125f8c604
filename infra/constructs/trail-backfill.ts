import { ArnFormat, Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import { type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { TrailBackfillerEnvironment } from '../../src/handlers/lambda/trail-backfiller.env.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { FunctionWorkflow } from './function-workflow.ts';
import type { LambdaService } from './lambda-service.ts';
import { readableTokens } from './readable-tokens.ts';
import type { TrailAnalyzingFunctions } from './trail-analyzing-functions.ts';
import { trailBackfillDefinition, trailBackfillLabel } from './trail-backfill-definition.ts';

export interface TrailBackfillProps {
  readonly parts: ConfiguredParts;
  readonly tablesKey: CustomerManagedKey;
  /** Takes CloudTrail's logs. */
  readonly logs: DataBucket;
  readonly alertTopic: AlertTopic;
  readonly functions: TrailAnalyzingFunctions;
}

/** Analyzes logs of the past, when somebody starts it: a workflow that lists them, and the function that reads them. */
export class TrailBackfill extends Construct {
  readonly ledgerTable: EncryptedTable;
  readonly backfiller: LambdaService;
  readonly workflow: FunctionWorkflow;

  constructor(scope: Construct, id: string, props: TrailBackfillProps) {
    super(scope, id);
    const { parts, logs, alertTopic } = props;
    const { configuration, environmentName } = parts;
    const timeout = Duration.seconds(configuration.trailBackfillerTimeoutSeconds);
    this.ledgerTable = parts.table('TrailBackfillsTable', {
      encryptionKey: props.tablesKey,
      purpose: 'trail-backfills',
      logicalId: 'TrailBackfillsTable',
      partitionKey: 'backfill',
      sortKey: 'object',
      timeToLiveAttribute: 'expiresAt',
    });
    const own = {
      TRAIL_BACKFILLS_TABLE_NAME: this.ledgerTable.table.tableName,
      TRAIL_BACKFILL_RETENTION_DAYS: String(configuration.trailBackfillRetentionDays),
    } satisfies Partial<Record<keyof TrailBackfillerEnvironment, string>>;
    this.backfiller = props.functions.make('Backfiller', {
      serviceName: 'trail-backfiller',
      description: 'Analyzes a batch of CloudTrail logs of the past, and keeps what became of each.',
      timeout,
      // A batch takes as long as its logs are large.
      meanDuration: timeout,
      memorySize: configuration.trailAnalyzerMemoryMegabytes,
      environment: own,
    });
    this.ledgerTable.grantItems(this.backfiller, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
    this.workflow = new FunctionWorkflow(this, 'Workflow', {
      purpose: 'trail-backfill',
      environmentName,
      calledInRole: 'the backfill workflow',
      worker: this.backfiller.function,
      definition: trailBackfillDefinition({
        partition: Aws.PARTITION,
        backfillerArn: this.backfiller.function.functionArn,
        backfillerTimeoutSeconds: timeout.toSeconds(),
        bucketName: logs.bucket.bucketName,
        defaultPrefix:
          configuration.trailLogPrefix === '' ? 'AWSLogs/' : `${configuration.trailLogPrefix}/AWSLogs/`,
        concurrency: configuration.trailBackfillConcurrency,
        alertTopicArn: alertTopic.topic.topicArn,
      }),
      alertTopic,
      logsKey: parts.logsKey,
      logRetentionDays: configuration.logRetentionDays,
    });
    this.allowMap(logs);
    this.watch(props);
  }

  /** Lets a role start a backfill, and ask how it stands. */
  grantStart(grantee: IGrantable): Grant {
    return this.workflow.grantStart(grantee);
  }

  /**
   * What a distributed Map does in the role of its machine (Step Functions Developer Guide, "IAM policies for using
   * Distributed Map states"): it lists the bucket, and starts, follows and redrives child executions (the last where an
   * execution was aborted and is redriven). By name: the machine waits for its role.
   */
  private allowMap(logs: DataBucket): void {
    const { role } = this.workflow;
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({
        service: 'states',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const machine = this.workflow.stateMachineName;
    const children = arn('execution', `${machine}/${trailBackfillLabel}:*`);
    const executions = arn('execution', `${machine}:*`);
    const statements: readonly [actions: string[], resources: string[]][] = [
      [['s3:ListBucket'], [logs.bucket.bucketArn]],
      [['states:StartExecution'], [arn('stateMachine', machine)]],
      [
        ['states:DescribeExecution', 'states:StopExecution'],
        [executions, children],
      ],
      [['states:RedriveExecution'], [children]],
    ];
    for (const [actions, resources] of statements) {
      role.addToPolicy(new PolicyStatement({ actions, resources }));
    }
    for (const pattern of [executions, children]) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${readableTokens(this, pattern)}]`,
        reason:
          'Step Functions chooses the names of child executions. Those of this machine alone can be followed.',
      });
    }
  }

  private watch({ parts, alertTopic }: TrailBackfillProps): void {
    const { configuration, environmentName, alarmPeriod } = parts;
    const shared = { environmentName, alertTopic, threshold: configuration.failedExecutionThreshold };
    new FailureAlarm(this, 'Failed', {
      ...shared,
      purpose: 'trail-backfill-failed',
      description:
        'A backfill of CloudTrail logs failed, or left logs that it could not read. Its notice names the error; the table of backfills says what became of each log. Mend it, then start an execution with the same backfill: a redrive of the failed one does nothing.',
      metric: this.workflow.metricFailed(alarmPeriod),
    });
    new FailureAlarm(this, 'Abandoned', {
      ...shared,
      purpose: 'trail-backfill-abandoned',
      description:
        'A backfill of CloudTrail logs was stopped. Start an execution with the same backfill to go on with what is left.',
      metric: this.workflow.metricAbandoned(alarmPeriod),
    });
  }
}
