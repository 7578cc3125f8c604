import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeInlinePolicy } from './acknowledge-inline-policy.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { DataBucket } from './data-bucket.ts';
import { FailureAlarm } from './failure-alarm.ts';

export interface BucketReplicationProps {
  /** What is replicated, for example `uploads`: part of the names of its alarms. */
  readonly purpose: string;
  readonly environmentName: string;
  /** Of this stack: the rule is a property of the source. */
  readonly source: DataBucket;
  /** Of this stack or another, in the same account and region. */
  readonly destination: DataBucket;
  /** Id of the rule, part of the identity of its metrics. */
  readonly ruleId: string;
  readonly alertTopic: AlertTopic;
  /** Period in which failures are counted. @default Duration.minutes(5) */
  readonly alarmPeriod?: Duration;
  /** The lag behind the source above which two periods of 15 minutes are too much. @default Duration.seconds(900) */
  readonly latency?: Duration;
}

const latencyPeriod = Duration.minutes(15);

/**
 * Copies every new version of one bucket into another, delete markers included, under the other's key; with the role
 * that S3 does it in, and alarms on what lags or fails. Both buckets are versioned. Deletions by lifecycle do not
 * replicate: each bucket expires its own objects (S3 User Guide, "What does Amazon S3 replicate?").
 *
 * The destination's refusal of puts that do not ask for its key (`SecureBucket`) does not meet replicas: S3 authorizes
 * those as `s3:ReplicateObject`, not as `s3:PutObject`, and writes them under the key that the rule names.
 */
export class BucketReplication extends Construct {
  readonly role: Role;
  private readonly props: BucketReplicationProps;

  constructor(scope: Construct, id: string, props: BucketReplicationProps) {
    super(scope, id);
    this.props = props;
    const { source, destination, ruleId, environmentName, purpose } = props;
    const bucket = source.bucket.node.defaultChild;
    if (!(bucket instanceof CfnBucket)) {
      throw new Error(`${this.node.path}: only a bucket of this app can be replicated.`);
    }
    this.role = new Role(this, 'Role', {
      // Without a condition on the source: S3 documents none for this role (S3 User Guide, "Setting up permissions for
      // live replication").
      assumedBy: new ServicePrincipal('s3.amazonaws.com'),
      description: `Sallyport ${environmentName}: what the replication of ${purpose} may do`,
    });
    acknowledgeInlinePolicy(this.role);
    this.allowSource(source);
    this.allowDestination(destination);
    bucket.replicationConfiguration = {
      role: this.role.roleArn,
      rules: [
        {
          id: ruleId,
          status: 'Enabled',
          priority: 1,
          filter: { prefix: '' },
          deleteMarkerReplication: { status: 'Enabled' },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
          destination: {
            bucket: destination.arnFor(this),
            encryptionConfiguration: { replicaKmsKeyId: destination.encryptionKey.key.keyArn },
            // Without a threshold: that is for the events of Replication Time Control.
            metrics: { status: 'Enabled' },
          },
        },
      ],
    };
    // What is put between the rule and the role's permissions would fail, and S3 does not try again.
    bucket.node.addDependency(this.role);
    this.watch();
  }

  /** Seconds by which the destination lags behind; no data where nothing waits. */
  metricLatency(period: Duration): IMetric {
    return this.metric('ReplicationLatency', 'Maximum', period);
  }

  /** Versions, delete markers and tags that could not be replicated. */
  metricFailed(period: Duration): IMetric {
    return this.metric('OperationsFailedReplication', 'Sum', period);
  }

  /** By its literal ARN: the bucket waits for this policy. */
  private allowSource(source: DataBucket): void {
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
        resources: [source.literalArn],
      }),
    );
    source.allowObjects(
      this.role,
      ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
      'Every object of the source is replicated.',
      { literal: true },
    );
    source.encryptionKey.grantThrough(this.role, 's3', ['kms:Decrypt'], source.literalArn);
  }

  private allowDestination(destination: DataBucket): void {
    destination.allowObjects(
      this.role,
      ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
      'Every object of the source has a replica here.',
    );
    // Under a bucket key S3 makes a key of the bucket's, and decrypts it before it is used again (S3 User Guide,
    // "Amazon S3 Bucket Keys and replication").
    destination.encryptionKey.grantThrough(
      this.role,
      's3',
      ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'],
      destination.literalArn,
    );
  }

  private metric(metricName: string, statistic: string, period: Duration): Metric {
    const { source, destination, ruleId } = this.props;
    return new Metric({
      namespace: 'AWS/S3',
      metricName,
      dimensionsMap: {
        SourceBucket: source.nameFor(this),
        DestinationBucket: destination.nameFor(this),
        RuleId: ruleId,
      },
      statistic,
      period,
    });
  }

  private watch(): void {
    const { environmentName, alertTopic, purpose, ruleId } = this.props;
    const latency = this.props.latency ?? Duration.seconds(900);
    new FailureAlarm(this, 'Latency', {
      environmentName,
      alertTopic,
      purpose: `${purpose}-replication-latency`,
      description: `Replicas of the rule ${ruleId} lag more than ${latency.toSeconds()} seconds behind their source. What waits arrives later; nothing is lost.`,
      metric: this.metricLatency(latencyPeriod),
      threshold: latency.toSeconds(),
      comparison: 'above',
      badPeriods: 2,
    });
    new FailureAlarm(this, 'Failures', {
      environmentName,
      alertTopic,
      purpose: `${purpose}-replication-failures`,
      description: `Objects could not be replicated by the rule ${ruleId}, and S3 does not try again. Their replication status is FAILED; when the role, the keys and the destination are mended, replicate them with S3 Batch Replication.`,
      metric: this.metricFailed(this.props.alarmPeriod ?? Duration.minutes(5)),
    });
  }
}
