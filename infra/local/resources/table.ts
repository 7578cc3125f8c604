import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  type LocalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { deployer, type LocalPlatform } from '../platform.ts';
import { type Deploy, physicalName, readProperties } from './resource.ts';

const tableProperties = z.looseObject({
  TableName: z.string().optional(),
  KeySchema: z.array(z.custom<KeySchemaElement>()),
  AttributeDefinitions: z.array(z.custom<AttributeDefinition>()),
  GlobalSecondaryIndexes: z.array(z.custom<GlobalSecondaryIndex>()).optional(),
  LocalSecondaryIndexes: z.array(z.custom<LocalSecondaryIndex>()).optional(),
});

/** The longest name of a table. */
const longestName = 255;

/** `AWS::DynamoDB::Table`: keys and indexes; encryption, recovery and time to live are not emulated. */
export const deployTable: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, tableProperties);
  const name = physicalName(resource, given.TableName, longestName);
  const { dynamodb } = platform.clients.of(deployer);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: given.KeySchema,
      AttributeDefinitions: given.AttributeDefinitions,
      GlobalSecondaryIndexes: given.GlobalSecondaryIndexes,
      LocalSecondaryIndexes: given.LocalSecondaryIndexes,
    }),
  );
  let status: string | undefined;
  while (status !== 'ACTIVE') {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
    status = Table?.TableStatus;
  }
  const arn = `arn:aws:dynamodb:${platform.region}:${platform.accountId}:table/${name}`;
  return { ref: name, attributes: { Arn: arn } };
};
