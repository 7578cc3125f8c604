import {
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
} from '@aws-sdk/client-sns';
import type { AspectValues, StatedEncryption } from '../../../ports/resource-inventory.ts';
import { type InventorySource, once, pageOf, tagRecord } from './inventory-source.ts';
import { readingOf, required } from './reading-of.ts';

/** SNS topics. */
export const topicSource: InventorySource = {
  list: ({ sns }, { account, region }, cursor) =>
    readingOf('sns:ListTopics', async () => {
      // A page holds up to 100 topics (https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html).
      const { Topics = [], NextToken } = await sns.send(new ListTopicsCommand({ NextToken: cursor }));
      const resources = Topics.map(({ TopicArn }) => {
        const arn = required(TopicArn, 'TopicArn');
        return {
          type: 'sns-topic' as const,
          account,
          region,
          arn,
          name: arn.slice(arn.lastIndexOf(':') + 1),
        };
      });
      return pageOf(resources, NextToken);
    }),

  readers: ({ sns }, { arn }) => {
    const attributes = once(async () => {
      const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
      return required(Attributes, 'Attributes');
    });
    return {
      encryption: () =>
        readingOf('sns:GetTopicAttributes', async (): Promise<StatedEncryption> => {
          const { KmsMasterKeyId: keyId } = await attributes();
          return keyId ? { by: 'kms', keyId } : { by: 'none' };
        }),
      policy: () =>
        readingOf('sns:GetTopicAttributes', async (): Promise<AspectValues['policy']> => {
          const { Policy } = await attributes();
          return Policy ? { document: Policy } : {};
        }),
      tags: () =>
        readingOf('sns:ListTagsForResource', async () =>
          tagRecord((await sns.send(new ListTagsForResourceCommand({ ResourceArn: arn }))).Tags),
        ),
    };
  },
};
