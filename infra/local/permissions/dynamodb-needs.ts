import { keyUse } from './key-use.ts';
import type { NeededPermission } from './needed-permission.ts';
import {
  asMembers,
  listOf,
  membersOf,
  type NeedsOf,
  operationOf,
  type ResourceFacts,
} from './service-call.ts';

/** Operations on the items of one table, which DynamoDB decrypts in the caller's name. */
const itemOperations: readonly string[] = ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'];

/** Operations on a table, or on what is set on it. */
const tableOperations: readonly string[] = [
  'CreateTable',
  'DeleteTable',
  'DescribeContinuousBackups',
  'DescribeTable',
  'DescribeTimeToLive',
  'UpdateContinuousBackups',
  'UpdateTable',
  'UpdateTimeToLive',
];

const taggingOperations: readonly string[] = ['ListTagsOfResource', 'TagResource', 'UntagResource'];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const dynamodbNeeds: NeedsOf = (call, facts) => {
  const operation = operationOf(call);
  const action = `dynamodb:${operation}`;
  const members = membersOf(call);
  const { TableName, IndexName, ResourceArn, RequestItems, TransactItems } = members;
  if (operation === 'ListTables') return [{ action, resource: '*' }];
  if (taggingOperations.includes(operation)) return [{ action, resource: String(ResourceArn) }];
  if (tableOperations.includes(operation)) return [{ action, resource: tableArn(TableName, facts) }];
  if (itemOperations.includes(operation)) {
    const table = tableArn(TableName, facts);
    const index = typeof IndexName === 'string' ? `/index/${IndexName}` : '';
    return [{ action, resource: `${table}${index}` }, ...keyOfTable(table, facts)];
  }
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    const tables = Object.keys(asMembers(RequestItems)).map(name => tableArn(name, facts));
    return tables.flatMap(table => [{ action, resource: table }, ...keyOfTable(table, facts)]);
  }
  if (operation === 'TransactGetItems' || operation === 'TransactWriteItems') {
    // Each part needs what it would need alone: "IAM with DynamoDB transactions".
    return listOf(TransactItems).flatMap(part =>
      Object.entries(part).flatMap(([kind, item]) => {
        const table = tableArn(asMembers(item)['TableName'], facts);
        const name = { Get: 'GetItem', Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem' }[kind];
        return [
          { action: `dynamodb:${name ?? 'ConditionCheckItem'}`, resource: table },
          ...keyOfTable(table, facts),
        ];
      }),
    );
  }
  return undefined;
};

/** A table may be named by its ARN. */
function tableArn(name: unknown, { region, accountId }: ResourceFacts): string {
  const text = String(name);
  return text.startsWith('arn:') ? text : `arn:aws:dynamodb:${region}:${accountId}:table/${text}`;
}

/**
 * The key of the table is decrypted anew for each caller ("Table key caching",
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html).
 */
function keyOfTable(table: string, facts: ResourceFacts): readonly NeededPermission[] {
  const tableName = table.slice(table.indexOf('/') + 1);
  return keyUse(facts, {
    keyId: facts.keyOf(table),
    service: 'dynamodb',
    actions: ['kms:Decrypt'],
    encryptionContext: {
      'aws:dynamodb:tableName': tableName,
      'aws:dynamodb:subscriberId': facts.accountId,
    },
  });
}
