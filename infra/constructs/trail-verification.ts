import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { TrailVerifierEnvironment } from '../../src/handlers/lambda/trail-verifier.env.ts';
import { AbsenceAlarm } from './absence-alarm.ts';
import type { AlertTopic } from './alert-topic.ts';
import { allowByPattern } from './allow-by-pattern.ts';
import type { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { LambdaService } from './lambda-service.ts';
import { ScheduledInvocation } from './scheduled-invocation.ts';

export interface TrailVerificationProps {
  readonly parts: ConfiguredParts;
  /** Takes CloudTrail's logs and digests. */
  readonly logs: DataBucket;
  readonly auditTable: EncryptedTable;
  readonly alertTopic: AlertTopic;
  /** Takes the invocations that Lambda did not take. */
  readonly missed: Queue;
  readonly missedKey: CustomerManagedKey;
}

/** Hours by which verifications reach back behind the one before: logs and digests come late. */
const overlapHours = 24;

/** Hours that a verification may be overdue before an alarm. */
const graceHours = 6;

/** Walks CloudTrail's digests by the clock, and raises an alarm on whatever is not valid. */
export class TrailVerification extends Construct {
  readonly verifier: LambdaService;
  readonly schedule: ScheduledInvocation;

  constructor(scope: Construct, id: string, props: TrailVerificationProps) {
    super(scope, id);
    const { parts, logs, auditTable, alertTopic } = props;
    const { configuration, environmentName } = parts;
    const { trailVerificationHours: hours, trailVerifiedAccounts, trailVerifiedRegions } = configuration;
    const { trailLogPrefix } = configuration;
    const overdueHours = hours + graceHours;
    this.verifier = parts.service('Verifier', alertTopic, {
      serviceName: 'trail-verifier',
      outsideBecause:
        'It asks CloudTrail of each region for the keys that digests were signed with there; isolated subnets have no way to other regions. existingVpc takes it into a network that has one.',
      description: "Verifies CloudTrail's digests and the logs that they vouch for.",
      timeout: Duration.seconds(configuration.trailVerifierTimeoutSeconds),
      // It reads for as long as there is something to read.
      meanDuration: Duration.seconds(configuration.trailVerifierTimeoutSeconds),
      memorySize: configuration.trailVerifierMemoryMegabytes,
      environment: {
        TRAIL_LOG_BUCKET_NAME: logs.bucket.bucketName,
        ...(trailLogPrefix === '' ? {} : { TRAIL_LOG_PREFIX: trailLogPrefix }),
        VERIFIED_HOURS: String(hours + overlapHours),
        ...(trailVerifiedAccounts.length === 0 ? {} : { VERIFIED_ACCOUNTS: trailVerifiedAccounts.join(',') }),
        ...(trailVerifiedRegions.length === 0 ? {} : { VERIFIED_REGIONS: trailVerifiedRegions.join(',') }),
        AUDIT_TABLE_NAME: auditTable.table.tableName,
        ALERT_TOPIC_ARN: alertTopic.topic.topicArn,
      } satisfies Partial<Record<keyof TrailVerifierEnvironment, string>>,
    });
    logs.grantRead(this.verifier);
    auditTable.grantItems(this.verifier, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query']);
    alertTopic.grantPublish(this.verifier);
    allowByPattern(this.verifier, [
      {
        actions: ['cloudtrail:ListPublicKeys'],
        resources: ['*'],
        reason:
          'The public keys of CloudTrail are those of a region, and support no resource (Service Authorization Reference, AWS CloudTrail). A test holds that no other statement names every resource.',
      },
    ]);
    this.schedule = new ScheduledInvocation(this, 'Schedule', {
      purpose: 'trail-verification',
      environmentName,
      description: `Verifies CloudTrail's files every ${hours} hour(s).`,
      service: this.verifier,
      every: Duration.hours(hours),
      missed: props.missed,
      missedKey: props.missedKey,
      missingHours: overdueHours,
      missingMeans: `CloudTrail's files have not been verified for ${overdueHours} hours: the schedule is off, or may not invoke the verifier. Until the first run of a new stack this is so, too: invoke the function by hand.`,
      alertTopic,
    });
    new FailureAlarm(this, 'NotClean', {
      environmentName,
      alertTopic,
      purpose: 'trail-integrity',
      description: `A verification found files of CloudTrail that are changed, missing or not to be verified, or none at all. Its alert and its entry in the audit table name them; "sallyport trail verify" looks again. Over when the verifications of ${overdueHours} hours have found all valid.`,
      metric: this.verifier.metricOwn('TrailVerificationsNotClean', AbsenceAlarm.period),
      // One run counts up to the next, at the least.
      staysFor: overdueHours,
    });
  }
}
