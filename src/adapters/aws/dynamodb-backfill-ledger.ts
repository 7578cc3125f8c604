import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import {
  type BackfillEntry,
  type BackfillLedger,
  type BackfillObject,
  type BackfillScope,
  backfillOutcomes,
  settledBackfillOutcomes,
} from '../../ports/backfill-ledger.ts';
import { translateDynamoDbFailure } from './dynamodb-failure.ts';
import { expiryOf } from './expiry-of.ts';
import { readItem } from './read-item.ts';

export interface DynamoDbBackfillLedgerOptions {
  readonly client: DynamoDBDocumentClient;
  /** A table with partition key `backfill` (S) and sort key `object` (S). */
  readonly tableName: string;
  /**
   * Days after which an entry expires, by the attribute `expiresAt` (seconds since 1970), which the table must name as its
   * time to live. @defaultValue 90
   */
  readonly retentionDays?: number;
  /** Entries read with one request. @defaultValue as many as DynamoDB puts into 1 MB */
  readonly pageSize?: number;
}

/** A partition takes 1000 writes a second ("Best practices for partition keys", Amazon DynamoDB Developer Guide). */
const shards = 16;

const count = z.int().min(0);

const item = z.object({
  schemaVersion: z.literal(1).default(1),
  object: z.string(),
  etag: z.string(),
  work: z.string(),
  outcome: z.enum(backfillOutcomes),
  fault: z.object({ code: z.string(), message: z.string() }).exactOptional(),
  tally: z.object({ bytes: count, records: count, matches: count, stored: count, alerts: count }),
  at: z.string(),
});

/**
 * What backfills have done, in DynamoDB: one item an object, in one of sixteen partitions of its backfill.
 *
 * Needs `dynamodb:GetItem` to find, `dynamodb:PutItem` to note, `dynamodb:Query` for all entries. An item that cannot be
 * read is a `PortError` (`permanent`, `UnreadableItem`).
 *
 * @example
 * const client = DynamoDBDocumentClient.from(new DynamoDBClient());
 * new DynamoDbBackfillLedger({ client, tableName: 'sallyport-trail-backfills-dev' });
 */
export class DynamoDbBackfillLedger implements BackfillLedger {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #retentionDays: number;
  readonly #pageSize: number | undefined;

  constructor(options: DynamoDbBackfillLedgerOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#retentionDays = options.retentionDays ?? 90;
    this.#pageSize = options.pageSize;
  }

  async find(object: BackfillObject): Promise<BackfillEntry | undefined> {
    const operation = 'BackfillLedger.find';
    const request = { TableName: this.#tableName, Key: keyOf(object), ConsistentRead: true };
    const { Item } = await this.#client.send(new GetCommand(request)).catch((error: unknown) => {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    });
    return Item === undefined ? undefined : this.#entryOf(Item, object, operation);
  }

  async note(entry: BackfillEntry): Promise<void> {
    const isSettled = settledBackfillOutcomes.some(outcome => outcome === entry.outcome);
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#tableName,
          Item: { ...itemOf(entry), expiresAt: expiryOf(entry.at, this.#retentionDays) },
          ...(isSettled ? {} : unlessSettled(entry)),
        }),
      );
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      throw translateDynamoDbFailure(error, 'BackfillLedger.note', this.#tableName);
    }
  }

  async *entries(scope: BackfillScope): AsyncGenerator<BackfillEntry> {
    const operation = 'BackfillLedger.entries';
    for (let shard = 0; shard < shards; shard += 1) {
      const pages = paginateQuery(
        { client: this.#client, ...(this.#pageSize === undefined ? {} : { pageSize: this.#pageSize }) },
        {
          TableName: this.#tableName,
          KeyConditionExpression: 'backfill = :partition',
          ExpressionAttributeValues: { ':partition': partitionOf(scope, shard) },
          ConsistentRead: true,
        },
      );
      try {
        for await (const { Items = [] } of pages) {
          for (const attributes of Items) yield this.#entryOf(attributes, scope, operation);
        }
      } catch (error) {
        throw translateDynamoDbFailure(error, operation, this.#tableName);
      }
    }
  }

  #entryOf(
    attributes: unknown,
    { backfill, bucket }: Readonly<BackfillScope>,
    operation: string,
  ): BackfillEntry {
    const { object, ...facts } = readItem(item, attributes, operation, this.#tableName);
    return { ...facts, backfill, bucket, key: object };
  }
}

/** An entry of the same object and work that settles it is left as it is. */
function unlessSettled({ etag, work }: BackfillEntry) {
  const settled = Object.fromEntries(settledBackfillOutcomes.map(outcome => [`:${outcome}`, outcome]));
  return {
    ConditionExpression: `NOT (etag = :etag AND #work = :work AND #outcome IN (${Object.keys(settled).join(', ')}))`,
    ExpressionAttributeNames: { '#work': 'work', '#outcome': 'outcome' },
    ExpressionAttributeValues: { ':etag': etag, ':work': work, ...settled },
  };
}

function itemOf({ backfill, bucket, key, fault, ...facts }: BackfillEntry): Record<string, unknown> {
  const shown = fault && { code: fault.code.toWellFormed(), message: fault.message.toWellFormed() };
  return { ...facts, ...(shown && { fault: shown }), ...keyOf({ backfill, bucket, key }) };
}

function keyOf({ key, ...scope }: BackfillObject) {
  const shard = createHash('sha256').update(key, 'utf8').digest().readUInt8() % shards;
  return { backfill: partitionOf(scope, shard), object: key };
}

/** Neither the id of a backfill nor the name of a bucket holds a slash. */
function partitionOf({ backfill, bucket }: BackfillScope, shard: number): string {
  return `${backfill}/${bucket}/${String(shard).padStart(2, '0')}`;
}
