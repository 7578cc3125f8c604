import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { deployer, type LocalPlatform } from '../platform.ts';
import {
  type Deploy,
  flag,
  integer,
  numeric,
  physicalName,
  placeOf,
  readProperties,
  tags,
} from './resource.ts';

const queueProperties = z.looseObject({
  QueueName: z.string().optional(),
  FifoQueue: flag.optional(),
  ContentBasedDeduplication: flag.optional(),
  DelaySeconds: numeric.optional(),
  MaximumMessageSize: numeric.optional(),
  MessageRetentionPeriod: numeric.optional(),
  ReceiveMessageWaitTimeSeconds: numeric.optional(),
  VisibilityTimeout: numeric.optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: numeric.optional(),
  SqsManagedSseEnabled: flag.optional(),
  RedrivePolicy: z
    .looseObject({ deadLetterTargetArn: z.string(), maxReceiveCount: integer(1, 1000) })
    .optional(),
  Tags: tags,
});

const policyProperties = z.looseObject({ Queues: z.array(z.string()), PolicyDocument: z.looseObject({}) });

/** The longest name of a queue. */
const longestName = 80;

/** `AWS::SQS::Queue`. Its `Ref` is a URL of the gateway, since SDK clients send to the host in the queue's URL. */
export const deployQueue: Deploy<LocalPlatform> = async (resource, platform) => {
  const { QueueName, RedrivePolicy, Tags, ...attributes } = readProperties(resource, queueProperties);
  const name = physicalName(resource, QueueName, longestName);
  const taken = platform.queues.get(name);
  if (taken !== undefined) {
    throw new Error(`${placeOf(resource)}: its QueueName "${name}" is that of ${taken}.`);
  }
  platform.queues.set(name, placeOf(resource));
  const known = Object.keys(queueProperties.shape);
  await platform.clients.of(deployer).sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        ...Object.fromEntries(
          Object.entries(attributes)
            .filter(([key, value]) => known.includes(key) && value !== undefined)
            .map(([key, value]) => [key, String(value)]),
        ),
        // The emulator does not know that a queue has one kind of encryption, not both.
        ...(attributes.KmsMasterKeyId === undefined ? {} : { SqsManagedSseEnabled: 'false' }),
        ...(RedrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
      },
      tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
    }),
  );
  const deadLetterQueue = RedrivePolicy?.deadLetterTargetArn.split(':').at(-1);
  if (deadLetterQueue !== undefined) platform.deadLetterQueues.add(deadLetterQueue);
  const url = `${platform.endpoint}/${platform.accountId}/${name}`;
  const arn = `arn:aws:sqs:${platform.region}:${platform.accountId}:${name}`;
  if (attributes.KmsMasterKeyId !== undefined) {
    platform.permissions.store.setKey(arn, attributes.KmsMasterKeyId);
  }
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
};

/** `AWS::SQS::QueuePolicy`: kept by the emulator, and enforced by the gateway. */
export const deployQueuePolicy: Deploy<LocalPlatform> = async (resource, platform) => {
  const { Queues, PolicyDocument } = readProperties(resource, policyProperties);
  for (const url of Queues) {
    const arn = `arn:aws:sqs:${platform.region}:${platform.accountId}:${url.split('/').at(-1)}`;
    platform.permissions.store.setResourcePolicy(arn, PolicyDocument);
    const Attributes = { Policy: JSON.stringify(PolicyDocument) };
    await platform.clients
      .of(deployer)
      .sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
  }
  return { ref: resource.logicalId, attributes: { Id: resource.logicalId } };
};
