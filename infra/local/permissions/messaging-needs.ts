import { keyUse } from './key-use.ts';
import type { NeededPermission } from './needed-permission.ts';
import { lookUp, membersOf, type NeedsOf, operationOf, type ResourceFacts } from './service-call.ts';

/** The permission behind each operation on a queue: a batch needs what one message needs. */
const queueOperations: Readonly<Record<string, string>> = {
  ChangeMessageVisibility: 'ChangeMessageVisibility',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  DeleteMessage: 'DeleteMessage',
  DeleteMessageBatch: 'DeleteMessage',
  DeleteQueue: 'DeleteQueue',
  GetQueueAttributes: 'GetQueueAttributes',
  ListDeadLetterSourceQueues: 'ListDeadLetterSourceQueues',
  ListQueueTags: 'ListQueueTags',
  PurgeQueue: 'PurgeQueue',
  ReceiveMessage: 'ReceiveMessage',
  SendMessage: 'SendMessage',
  SendMessageBatch: 'SendMessage',
  SetQueueAttributes: 'SetQueueAttributes',
  TagQueue: 'TagQueue',
  UntagQueue: 'UntagQueue',
};

/** What each permission needs of the queue's key ("Key management", Amazon SQS Developer Guide). */
const queueKeyActions: Readonly<Record<string, readonly `kms:${string}`[]>> = {
  ReceiveMessage: ['kms:Decrypt'],
  SendMessage: ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export const sqsNeeds: NeedsOf = (call, facts) => {
  const operation = operationOf(call);
  if (operation === 'ListQueues') return [{ action: 'sqs:ListQueues', resource: '*' }];
  const { QueueName, QueueUrl } = membersOf(call);
  const byName = operation === 'GetQueueUrl' || operation === 'CreateQueue';
  const permission = byName ? operation : lookUp(queueOperations, operation);
  if (permission === undefined) return undefined;
  const name = byName ? String(QueueName) : String(QueueUrl).split('/').at(-1);
  const queue = `arn:aws:sqs:${facts.region}:${facts.accountId}:${name}`;
  const key = keyUse(facts, {
    keyId: facts.keyOf(queue),
    service: 'sqs',
    actions: queueKeyActions[permission] ?? [],
    encryptionContext: { 'aws:sqs:arn': queue },
  });
  return [{ action: `sqs:${permission}`, resource: queue }, ...key];
};

/** Operations on a topic, and the parameter that names it. */
const topicOperations: Readonly<Record<string, readonly [permission: string, parameter: string]>> = {
  ConfirmSubscription: ['ConfirmSubscription', 'TopicArn'],
  DeleteTopic: ['DeleteTopic', 'TopicArn'],
  GetTopicAttributes: ['GetTopicAttributes', 'TopicArn'],
  ListSubscriptionsByTopic: ['ListSubscriptionsByTopic', 'TopicArn'],
  ListTagsForResource: ['ListTagsForResource', 'ResourceArn'],
  Publish: ['Publish', 'TopicArn'],
  PublishBatch: ['Publish', 'TopicArn'],
  SetTopicAttributes: ['SetTopicAttributes', 'TopicArn'],
  Subscribe: ['Subscribe', 'TopicArn'],
  TagResource: ['TagResource', 'ResourceArn'],
  UntagResource: ['UntagResource', 'ResourceArn'],
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export const snsNeeds: NeedsOf = ({ body }, facts) => {
  const form = new URLSearchParams(body);
  const operation = form.get('Action') ?? '';
  if (operation === 'ListTopics' || operation === 'ListSubscriptions') {
    return [{ action: `sns:${operation}`, resource: '*' }];
  }
  const [permission, parameter] = lookUp(topicOperations, operation) ?? [];
  if (permission === undefined || parameter === undefined) return undefined;
  // Published to an endpoint or a telephone, a message goes to no topic.
  const topic = form.get(parameter);
  if (topic === null) return undefined;
  return [{ action: `sns:${permission}`, resource: topic }, ...keyOfTopic(permission, topic, facts)];
};

/** "Key management", Amazon SNS Developer Guide. */
function keyOfTopic(permission: string, topic: string, facts: ResourceFacts): readonly NeededPermission[] {
  return keyUse(facts, {
    keyId: facts.keyOf(topic),
    service: 'sns',
    actions: permission === 'Publish' ? ['kms:GenerateDataKey', 'kms:Decrypt'] : [],
    encryptionContext: { 'aws:sns:topicArn': topic },
  });
}
