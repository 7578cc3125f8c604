import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { CustomerManagedKey } from './customer-managed-key.ts';

export interface RuleAdmission {
  readonly queue: Queue;
  /** The queue's key. */
  readonly encryptionKey: CustomerManagedKey;
  /** Of the statement in the queue's policy. */
  readonly sid: string;
  /** Of the statement in the key's policy. @default - that in the queue's policy */
  readonly keySid?: string;
  /** A rule on the default bus of this stack's account and region. */
  readonly ruleName: string;
}

/** The ARN of a rule on the default bus, from its name alone: what the rule waits for may name it. */
export function ruleArnOf(stack: Stack, ruleName: string): string {
  return stack.formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: ruleName,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

/** Lets one rule of EventBridge send to a queue, and EventBridge use the queue's key for rules of this account. */
export function admitRule({ queue, encryptionKey, sid, keySid = sid, ruleName }: RuleAdmission): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': ruleArnOf(Stack.of(queue), ruleName) } },
    }),
  );
  encryptionKey.allowService({
    sid: keySid,
    service: 'events.amazonaws.com',
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
}
