import { Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { TrailSummarizerEnvironment } from '../../src/handlers/lambda/trail-summarizer.env.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import type { LambdaService } from './lambda-service.ts';
import { ScheduledInvocation } from './scheduled-invocation.ts';

export interface TrailSummariesProps {
  readonly parts: ConfiguredParts;
  readonly tablesKey: CustomerManagedKey;
  readonly alertTopic: AlertTopic;
  /** Takes the invocations that Lambda did not take. */
  readonly missed: Queue;
  readonly missedKey: CustomerManagedKey;
}

/** Hours without a summarizer that wake people: every summary is late by then. */
const missingHours = 2;

/** Windows in which matched events are told together, and the function that tells of each once its time is over. */
export class TrailSummaries extends Construct {
  readonly windowsTable: EncryptedTable;
  readonly summarizer: LambdaService;
  readonly schedule: ScheduledInvocation;

  constructor(scope: Construct, id: string, props: TrailSummariesProps) {
    super(scope, id);
    const { parts, alertTopic } = props;
    const { configuration, environmentName } = parts;
    this.windowsTable = parts.table('TrailAlertWindowsTable', {
      encryptionKey: props.tablesKey,
      purpose: 'trail-alert-windows',
      logicalId: 'TrailAlertWindowsTable',
      partitionKey: 'window',
      sortKey: 'entry',
      indexes: [{ name: 'ByDue', partitionKey: 'dueShard', sortKey: 'dueAt', attributes: [] }],
      timeToLiveAttribute: 'expiresAt',
    });
    this.summarizer = parts.service('Summarizer', alertTopic, {
      serviceName: 'trail-summarizer',
      description: 'Tells in one summary what has come together in each window of matched events.',
      timeout: Duration.seconds(configuration.trailSummarizerTimeoutSeconds),
      memorySize: configuration.functionMemoryMegabytes,
      environment: {
        TRAIL_ALERT_WINDOWS_TABLE_NAME: this.windowsTable.table.tableName,
        ALERT_TOPIC_ARN: alertTopic.topic.topicArn,
      } satisfies Record<keyof TrailSummarizerEnvironment, string>,
    });
    this.grantGather(this.summarizer);
    this.windowsTable.grantItems(this.summarizer, ['dynamodb:GetItem', 'dynamodb:Query']);
    this.windowsTable.grantQueryIndexes(this.summarizer);
    alertTopic.grantPublish(this.summarizer);
    const minutes = configuration.trailSummaryMinutes;
    this.schedule = new ScheduledInvocation(this, 'Schedule', {
      purpose: 'trail-summary',
      environmentName,
      description: `Tells every ${minutes} minute(s) which windows of matched events are over.`,
      service: this.summarizer,
      every: Duration.minutes(minutes),
      missed: props.missed,
      missedKey: props.missedKey,
      missingHours,
      missingMeans: `The summarizer has not run for ${missingHours} hours: people hear of the first event of a kind, and not of how many followed. Its schedule is off, or may not invoke it.`,
      alertTopic,
    });
  }

  /** Lets a role put into windows what is to be told, and note which of them it has told of. */
  grantGather(grantee: IGrantable): void {
    this.windowsTable.grantItems(grantee, ['dynamodb:BatchWriteItem', 'dynamodb:UpdateItem']);
  }
}
