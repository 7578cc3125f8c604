import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { PortError } from '../../ports/failure.ts';
import { translateDynamoDbFailure } from './dynamodb-failure.ts';

type Item = Readonly<Record<string, unknown>>;

export interface PutIfAbsentRequest {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly item: Item;
  /** The names of the table's key attributes. */
  readonly keyNames: readonly [partitionKey: string] | readonly [partitionKey: string, sortKey: string];
  /** The port and its operation, for example `AuditLog.append`. */
  readonly operation: string;
}

export type PutIfAbsentOutcome =
  | { readonly outcome: 'put' }
  /** The key is held by this item, which is left as it was. */
  | { readonly outcome: 'held'; readonly by: Item };

/** Writes an item if its key is free; atomic. Rejects with a `PortError`. */
export async function putIfAbsent(request: PutIfAbsentRequest): Promise<PutIfAbsentOutcome> {
  const { client, tableName, item, keyNames, operation } = request;
  try {
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: item,
        ConditionExpression: 'attribute_not_exists(#partitionKey)',
        ExpressionAttributeNames: { '#partitionKey': keyNames[0] },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { outcome: 'put' };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) {
      throw translateDynamoDbFailure(error, operation, tableName);
    }
    return {
      outcome: 'held',
      by: error.Item === undefined ? await readHolder(request) : plainItem(error.Item),
    };
  }
}

/** For endpoints that do not answer a failed condition with the item. */
async function readHolder({
  client,
  tableName,
  item,
  keyNames,
  operation,
}: PutIfAbsentRequest): Promise<Item> {
  const key = Object.fromEntries(keyNames.map((name): [string, unknown] => [name, item[name]]));
  const answer = await client
    .send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }))
    .catch((error: unknown) => {
      throw translateDynamoDbFailure(error, operation, tableName);
    });
  if (answer.Item !== undefined) return answer.Item;
  throw new PortError({
    kind: 'retryable',
    operation,
    code: 'HolderVanished',
    message: `${operation} on ${tableName} failed: the item that held the key is gone`,
  });
}

/** The document client translates answers, but not the item that an error carries. */
function plainItem(item: Readonly<Record<string, AttributeValue>>): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: AttributeValue): unknown {
  if (value.N !== undefined) return Number(value.N);
  if (value.M !== undefined) return plainItem(value.M);
  if (value.L !== undefined) return value.L.map(plainValue);
  if (value.NULL !== undefined) return null;
  return value.S ?? value.BOOL;
}
