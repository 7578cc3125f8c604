import { Duration, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { admitRule } from './admit-rule.ts';
import type { GuardedQueue } from './guarded-queue.ts';
import { readableTokens } from './readable-tokens.ts';

export interface ObjectCreatedRuleProps {
  /** Of this app or imported, in the stack's account and region. */
  readonly bucket: IBucket;
  /**
   * Whether the bucket sends its events to EventBridge already. Without it they are switched on: by CDK's own resource,
   * whose function keeps the notifications that it finds on an imported bucket.
   * @default false
   */
  readonly eventBridgeEnabled?: boolean;
  readonly ruleName: string;
  /** Takes the events; its dead-letter queue takes those that could not be delivered. */
  readonly target: GuardedQueue;
}

/**
 * Sends a message for each object created in a bucket that is somebody else's: by EventBridge, because a bucket has one
 * configuration of notifications, which is its owner's, and any number of rules.
 */
export class ObjectCreatedRule extends Construct {
  readonly rule: CfnRule;

  /** @throws Error where the bucket of this app sets its notifications itself, and EventBridge is not among them. */
  constructor(scope: Construct, id: string, props: ObjectCreatedRuleProps) {
    super(scope, id);
    const { bucket, target, ruleName } = props;
    if (props.eventBridgeEnabled !== true) this.switchOn(bucket);
    const admission = { encryptionKey: target.encryptionKey, ruleName };
    admitRule({ ...admission, queue: target.queue, sid: 'ObjectsOfThisRule' });
    admitRule({
      ...admission,
      queue: target.deadLetterQueue,
      sid: 'UndeliveredObjectsOfThisRule',
      keySid: 'ObjectsOfThisRule',
    });
    this.rule = new CfnRule(this, 'Rule', {
      name: ruleName,
      description: `Objects created in ${readableTokens(this, bucket.bucketName)}.`.slice(0, 512),
      eventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        account: [Stack.of(this).account],
        detail: { bucket: { name: [bucket.bucketName] } },
      },
      targets: [
        {
          id: 'Queue',
          arn: target.queue.queueArn,
          retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: Duration.days(1).toSeconds() },
          deadLetterConfig: { arn: target.deadLetterQueue.queueArn },
        },
      ],
    });
  }

  private switchOn(bucket: IBucket): void {
    const resource = bucket.node.defaultChild;
    if (resource instanceof CfnBucket && resource.notificationConfiguration !== undefined) {
      throw new Error(
        `${this.node.path}: the bucket ${bucket.node.path} sets its notifications itself, and CDK's resource would replace them: add eventBridgeConfiguration to them, and set existingBucketEventBridgeEnabled.`,
      );
    }
    bucket.enableEventBridgeNotification();
  }
}
