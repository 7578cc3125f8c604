import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  type LocalSecondaryIndex,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { deployer, type LocalPlatform } from '../platform.ts';
import { type Deploy, flag, physicalName, readProperties, tags } from './resource.ts';

const tableProperties = z.looseObject({
  TableName: z.string().optional(),
  KeySchema: z.array(z.custom<KeySchemaElement>()),
  AttributeDefinitions: z.array(z.custom<AttributeDefinition>()),
  GlobalSecondaryIndexes: z.array(z.custom<GlobalSecondaryIndex>()).optional(),
  LocalSecondaryIndexes: z.array(z.custom<LocalSecondaryIndex>()).optional(),
  SSESpecification: z
    .looseObject({
      SSEEnabled: flag,
      SSEType: z.literal('KMS').optional(),
      KMSMasterKeyId: z.string().optional(),
    })
    .optional(),
  PointInTimeRecoverySpecification: z
    .looseObject({ PointInTimeRecoveryEnabled: flag.default(false) })
    .optional(),
  Tags: tags,
});

/** The longest name of a table. */
const longestName = 255;

/** `AWS::DynamoDB::Table`: what DescribeTable and its like tell; nothing is encrypted, recovered or expires. */
export const deployTable: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, tableProperties);
  const name = physicalName(resource, given.TableName, longestName);
  const { dynamodb } = platform.clients.of(deployer);
  const { SSESpecification: encryption } = given;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: given.KeySchema,
      AttributeDefinitions: given.AttributeDefinitions,
      GlobalSecondaryIndexes: given.GlobalSecondaryIndexes,
      LocalSecondaryIndexes: given.LocalSecondaryIndexes,
      SSESpecification: encryption && {
        Enabled: encryption.SSEEnabled,
        SSEType: encryption.SSEType,
        KMSMasterKeyId: encryption.KMSMasterKeyId,
      },
    }),
  );
  let status: string | undefined;
  while (status !== 'ACTIVE') {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
    status = Table?.TableStatus;
  }
  const arn = `arn:aws:dynamodb:${platform.region}:${platform.accountId}:table/${name}`;
  if (encryption?.SSEEnabled === true && encryption.KMSMasterKeyId !== undefined) {
    platform.permissions.store.setKey(arn, encryption.KMSMasterKeyId);
  }
  const { PointInTimeRecoveryEnabled = false } = given.PointInTimeRecoverySpecification ?? {};
  if (PointInTimeRecoveryEnabled) {
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled };
    await dynamodb.send(
      new UpdateContinuousBackupsCommand({ TableName: name, PointInTimeRecoverySpecification }),
    );
  }
  if (given.Tags.length > 0) {
    // The emulator drops the tags of CreateTable.
    await dynamodb.send(new TagResourceCommand({ ResourceArn: arn, Tags: given.Tags }));
  }
  return { ref: name, attributes: { Arn: arn } };
};
