import { type AttributeValue, BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { PortError } from '../../ports/failure.ts';
import type {
  DeviceRecord,
  LosslessJson,
  RecordStore,
  WriteRecordsOutcome,
} from '../../ports/record-store.ts';
import { translateDynamoDbFailure } from './dynamodb-failure.ts';

export interface DynamoDbRecordStoreOptions {
  readonly client: DynamoDBDocumentClient;
  /** A table with partition key `device_id` (S) and sort key `timestamp` (S). */
  readonly tableName: string;
}

const operation = 'RecordStore.write';
/** What is the fault of the items, and of nothing else. */
const refusals = new Set(['ValidationException', 'ItemTooLarge', 'ItemCollectionSizeLimitExceededException']);

/**
 * Records in DynamoDB: one item a record, with `device_id`, `timestamp`, `value`, the record's other attributes beside
 * them, and `schemaVersion`. Numbers reach the table with the digits that they were written with.
 *
 * Needs `dynamodb:BatchWriteItem`. What DynamoDB finds invalid, or too large, is `RecordRefused`. A batch is not atomic: where it fails, some of it may have been written.
 *
 * @example
 * const client = DynamoDBDocumentClient.from(new DynamoDBClient());
 * new DynamoDbRecordStore({ client, tableName: 'processed-records' });
 */
export class DynamoDbRecordStore implements RecordStore {
  /** What BatchWriteItem takes. */
  readonly batchSize = 25;
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: DynamoDbRecordStoreOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async write(records: readonly DeviceRecord[]): Promise<WriteRecordsOutcome> {
    if (records.length === 0) return { unprocessed: [] };
    const requests = records.map((record): WriteRequest => ({ PutRequest: { Item: itemOf(record) } }));
    const answer = await this.#client
      .send(new BatchWriteItemCommand({ RequestItems: { [this.#tableName]: requests } }))
      .catch((error: unknown) => {
        throw refusalOr(translateDynamoDbFailure(error, operation, this.#tableName));
      });
    const left = new Set(
      Object.values(answer.UnprocessedItems ?? {})
        .flat()
        .map(keyOfRequest),
    );
    return { unprocessed: records.filter(record => left.has(keyOf(record.deviceId, record.timestamp))) };
  }
}

function refusalOr(failure: PortError): PortError {
  if (!refusals.has(failure.code)) return failure;
  const { message } = failure;
  return new PortError({ kind: 'permanent', operation, code: 'RecordRefused', message, cause: failure });
}

function itemOf({ deviceId, timestamp, value, attributes }: DeviceRecord): Record<string, AttributeValue> {
  return {
    ...membersOf(attributes),
    schemaVersion: { N: '1' },
    device_id: { S: deviceId },
    timestamp: { S: timestamp },
    value: { N: value.digits },
  };
}

/** Defined one by one: assigned, `__proto__` would be none of the members. */
function membersOf(members: ReadonlyMap<string, LosslessJson>): Record<string, AttributeValue> {
  return Object.fromEntries(Array.from(members, ([name, value]) => [name, attributeValue(value)]));
}

function attributeValue(value: LosslessJson): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value instanceof Map) return { M: membersOf(value) };
  return 'digits' in value ? { N: value.digits } : { L: [...listOf(value)].map(attributeValue) };
}

/** What is no number and no map is a list; neither `Array.isArray` nor `instanceof Map` narrows the read-only kinds. */
function listOf(value: object): readonly LosslessJson[] {
  return Array.isArray(value) ? (value as readonly LosslessJson[]) : [];
}

function keyOfRequest({ PutRequest }: WriteRequest): string {
  return keyOf(PutRequest?.Item?.['device_id']?.S, PutRequest?.Item?.['timestamp']?.S);
}

function keyOf(deviceId: string | undefined, timestamp: string | undefined): string {
  return JSON.stringify([deviceId, timestamp]);
}
