import { GetQueueAttributesCommand, ListQueuesCommand, ListQueueTagsCommand } from '@aws-sdk/client-sqs';
import type { AspectValues, StatedEncryption } from '../../../ports/resource-inventory.ts';
import { partitionOf } from '../partition-of.ts';
import { type InventorySource, once, pageOf, pageSize } from './inventory-source.ts';
import { readingOf, required } from './reading-of.ts';

/** SQS queues; `locator` is the URL. */
export const queueSource: InventorySource = {
  list: ({ sqs }, { account, region }, cursor) =>
    readingOf('sqs:ListQueues', async () => {
      const { QueueUrls = [], NextToken } = await sqs.send(
        // Without a size SQS gives the first 1000 and no token
        // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html).
        new ListQueuesCommand({ MaxResults: pageSize, NextToken: cursor }),
      );
      const prefix = `arn:${partitionOf(region)}:sqs:${region}:${account}:`;
      const resources = QueueUrls.map(locator => {
        const name = locator.slice(locator.lastIndexOf('/') + 1);
        return { type: 'sqs-queue' as const, account, region, arn: prefix + name, name, locator };
      });
      return pageOf(resources, NextToken);
    }),

  readers: ({ sqs }, { locator }) => {
    const attributes = once(async () => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: required(locator, 'URL of the queue'),
          AttributeNames: ['KmsMasterKeyId', 'SqsManagedSseEnabled', 'Policy'],
        }),
      );
      return Attributes;
    });
    return {
      encryption: () =>
        readingOf('sqs:GetQueueAttributes', async (): Promise<StatedEncryption> => {
          const { KmsMasterKeyId: keyId, SqsManagedSseEnabled } = await attributes();
          if (keyId) return { by: 'kms', keyId };
          return { by: SqsManagedSseEnabled === 'true' ? 'aws-owned' : 'none' };
        }),
      policy: () =>
        readingOf('sqs:GetQueueAttributes', async (): Promise<AspectValues['policy']> => {
          const { Policy } = await attributes();
          return Policy ? { document: Policy } : {};
        }),
      tags: () =>
        readingOf('sqs:ListQueueTags', async () => {
          const QueueUrl = required(locator, 'URL of the queue');
          return (await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {};
        }),
    };
  },
};
