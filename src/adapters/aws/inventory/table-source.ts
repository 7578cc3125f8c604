import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  type SSEDescription,
} from '@aws-sdk/client-dynamodb';
import type { StatedEncryption } from '../../../ports/resource-inventory.ts';
import { partitionOf } from '../partition-of.ts';
import { type InventorySource, once, pageOf, pageSize, tagRecord } from './inventory-source.ts';
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

  readers: ({ dynamoDb }, { name, arn }) => {
    const table = once(async () => {
      const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: name }));
      return required(Table, 'Table');
    });
    const recovery = () =>
      readingOf('dynamodb:DescribeContinuousBackups', async () => {
        const { ContinuousBackupsDescription: backups } = await dynamoDb.send(
          new DescribeContinuousBackupsCommand({ TableName: name }),
        );
        const { PointInTimeRecoveryDescription: described } = required(
          backups,
          'ContinuousBackupsDescription',
        );
        return { enabled: described?.PointInTimeRecoveryStatus === 'ENABLED' };
      });
    return {
      encryption: () =>
        readingOf('dynamodb:DescribeTable', async () => encryptionOf((await table()).SSEDescription)),
      'point-in-time-recovery': async () => {
        const reading = await recovery();
        if (reading.state === 'read' || reading.reason !== 'gone') return reading;
        // An archived table (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ArchivalSummary.html) is
        // described, and has no backups that DynamoDB knows: only the table's own description tells that it is gone.
        const described = await readingOf('dynamodb:DescribeTable', table);
        if (described.state === 'read') return { ...reading, reason: 'failed' };
        return described.reason === 'gone' ? reading : described;
      },
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
    };
  },
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
