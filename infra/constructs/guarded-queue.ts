import { ArnFormat, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { type IMetric, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { grantToPrincipal } from './grant-to-principal.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface GuardedQueueProps {
  /** What the queue carries, for example `intake`: part of both names. */
  readonly purpose: string;
  readonly environmentName: string;
  /** Logical id of the queue; its dead-letter queue adds `DeadLetterQueue` where the queue says `Queue`. */
  readonly logicalId: string;
  readonly encryptionKey: CustomerManagedKey;
  /** Time-out of the function that consumes the queue; messages stay invisible six times as long. */
  readonly consumerTimeout: Duration;
  /**
   * Time-out of the function that consumes the dead-letter queue.
   * @default - people do; a letter they look at is invisible for SQS's own 30 seconds
   */
  readonly deadLetterConsumerTimeout?: Duration;
  /**
   * Receives of one message before it moves to the dead-letter queue.
   * @default 5
   */
  readonly maxReceiveCount?: number;
  /**
   * How long a message waits. Below the dead-letter queue's 14 days: a moved message keeps its age.
   * @default Duration.days(4)
   */
  readonly retentionPeriod?: Duration;
  /**
   * The largest message that either queue takes. SQS itself allows 1 MiB; a notification of S3 or EventBridge stays
   * below 256 KiB, and whatever is larger would only cost its consumer time.
   * @default Size.kibibytes(256)
   */
  readonly maxMessageSize?: Size;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** An encrypted queue that refuses plain HTTP, with the dead-letter queue that takes what cannot be handled. */
export class GuardedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly encryptionKey: CustomerManagedKey;

  constructor(scope: Construct, id: string, props: GuardedQueueProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    const queueName = `sallyport-${props.purpose}-${props.environmentName}`;
    const shared = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.encryptionKey.key,
      enforceSSL: true,
      maxMessageSizeBytes: (props.maxMessageSize ?? Size.kibibytes(256)).toBytes(),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...shared,
      queueName: `sallyport-${props.purpose}-dead-letters-${props.environmentName}`,
      retentionPeriod: Duration.days(14),
      ...(props.deadLetterConsumerTimeout === undefined
        ? {}
        : { visibilityTimeout: visibilityFor(props.deadLetterConsumerTimeout) }),
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        // By name: the queue itself points here, and two references would be a cycle.
        sourceQueues: [
          Queue.fromQueueArn(
            this,
            'Source',
            Stack.of(this).formatArn({
              service: 'sqs',
              resource: queueName,
              arnFormat: ArnFormat.NO_RESOURCE_NAME,
            }),
          ),
        ],
      },
    });
    this.queue = new Queue(this, 'Queue', {
      ...shared,
      queueName,
      retentionPeriod: props.retentionPeriod ?? Duration.days(4),
      visibilityTimeout: visibilityFor(props.consumerTimeout),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.maxReceiveCount ?? 5 },
    });
    pinLogicalId(this.queue, props.logicalId);
    pinLogicalId(this.deadLetterQueue, props.logicalId.replace(/Queue$/, 'DeadLetterQueue'));
  }

  /** Lets an event source mapping take messages in the function's name, and use the key through SQS. */
  grantConsume(grantee: IGrantable): Grant {
    return this.grantConsumeOf(this.queue, grantee);
  }

  /** The same of the dead-letter queue. */
  grantConsumeDeadLetters(grantee: IGrantable): Grant {
    return this.grantConsumeOf(this.deadLetterQueue, grantee);
  }

  /** Messages that wait in the dead-letter queue. */
  metricDeadLetters(period: Duration): Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
  }

  /** Seconds for which the oldest message has waited. */
  metricOldestMessage(period: Duration): Metric {
    return this.queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' });
  }

  /** Messages in the dead-letter queue, those that a consumer holds included. */
  metricUnsettledDeadLetters(period: Duration): IMetric {
    const shared = { period, statistic: 'Maximum' };
    return new MathExpression({
      expression: 'waiting + held',
      usingMetrics: {
        waiting: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible(shared),
        held: this.deadLetterQueue.metricApproximateNumberOfMessagesNotVisible(shared),
      },
      period,
    });
  }

  private grantConsumeOf(queue: Queue, grantee: IGrantable): Grant {
    const received = grantToPrincipal(this, {
      grantee,
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resourceArns: [queue.queueArn],
    });
    return received.combine(this.encryptionKey.grantThrough(grantee, 'sqs', ['kms:Decrypt']));
  }
}

/** Lambda's advice for SQS event sources: six times the function's time-out. */
function visibilityFor(consumerTimeout: Duration): Duration {
  return Duration.seconds(6 * consumerTimeout.toSeconds());
}
