import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  type SSEDescription,
} from '@aws-sdk/client-dynamodb';
import type { StatedEncryption } from '../../../ports/resource-inventory.ts';
import { partitionOf } from '../partition-of.ts';
import { type InventorySource, pageOf, pageSize, tagRecord } from './inventory-source.ts';
import { readingOf, required } from './reading-of.ts';

/** DynamoDB tables. */
export const tableSource: InventorySource = {
  list: ({ dynamoDb }, { account, region }, cursor) =>
    readingOf('dynamodb:ListTables', async () => {
      const { TableNames = [], LastEvaluatedTableName } = await dynamoDb.send(
        new ListTablesCommand({ Limit: pageSize, ExclusiveStartTableName: cursor }),
      );
      const prefix = `arn:${partitionOf(region)}:dynamodb:${region}:${account}:table/`;
      const resources = TableNames.map(name => ({
        type: 'dynamodb-table' as const,
        account,
        region,
        arn: prefix + name,
        name,
      }));
      return pageOf(resources, LastEvaluatedTableName);
    }),

  readers: ({ dynamoDb }, { name, arn }) => ({
    encryption: () =>
      readingOf('dynamodb:DescribeTable', async () => {
        const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: name }));
        return encryptionOf(required(Table, 'Table').SSEDescription);
      }),
    'point-in-time-recovery': () =>
      readingOf('dynamodb:DescribeContinuousBackups', async () => {
        const { ContinuousBackupsDescription: backups } = await dynamoDb.send(
          new DescribeContinuousBackupsCommand({ TableName: name }),
        );
        const recovery = required(backups, 'ContinuousBackupsDescription').PointInTimeRecoveryDescription;
        return { enabled: recovery?.PointInTimeRecoveryStatus === 'ENABLED' };
      }),
    tags: () =>
      readingOf('dynamodb:ListTagsOfResource', async () => {
        const tags: Record<string, string> = {};
        let cursor: string | undefined;
        do {
          const page = await dynamoDb.send(
            new ListTagsOfResourceCommand({ ResourceArn: arn, NextToken: cursor }),
          );
          Object.assign(tags, tagRecord(page.Tags));
          cursor = page.NextToken;
        } while (cursor);
        return tags;
      }),
  }),
};

/**
 * A table without a description is encrypted with a key that DynamoDB owns
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSEDescription.html).
 */
function encryptionOf(description: SSEDescription | undefined): StatedEncryption {
  if (description === undefined || description.Status === 'DISABLED' || description.SSEType === 'AES256') {
    return { by: 'aws-owned' };
  }
  return { by: 'kms', keyId: required(description.KMSMasterKeyArn, 'KMSMasterKeyArn') };
}
