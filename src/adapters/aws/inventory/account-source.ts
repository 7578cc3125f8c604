import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { partitionOf } from '../partition-of.ts';
import type { InventorySource } from './inventory-source.ts';
import { noPublicAccessBlock, publicAccessBlockOf } from './public-access-block-of.ts';
import { readingOf } from './reading-of.ts';

/** The account itself: it is there without asking. */
export const accountSource: InventorySource = {
  list: async (_, { account, region }) => ({
    state: 'read',
    value: {
      resources: [
        {
          type: 'account',
          account,
          region,
          arn: `arn:${partitionOf(region)}:iam::${account}:root`,
          name: account,
        },
      ],
    },
  }),
  readers: ({ s3Control }, { account }) => ({
    'public-access-block': () =>
      readingOf(
        's3:GetPublicAccessBlock',
        async () => {
          const answer = await s3Control.send(new GetPublicAccessBlockCommand({ AccountId: account }));
          return publicAccessBlockOf(answer.PublicAccessBlockConfiguration);
        },
        { NoSuchPublicAccessBlockConfiguration: noPublicAccessBlock },
      ),
  }),
};
