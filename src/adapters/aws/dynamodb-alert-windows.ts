import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  type QueryCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
  type UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import type {
  AlertWindowAddition,
  AlertWindowEntry,
  AlertWindowState,
  AlertWindows,
  AlertWindowTally,
} from '../../ports/alert-windows.ts';
import type { Timestamp } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import {
  alertWindowEntryItem,
  alertWindowItem,
  alertWindowKeys,
  duePartition,
  entryAttributes,
  entryPartition,
  lastingWindowAttributes,
  shareOf,
  stateSortKey,
  tallyAttribute,
} from './alert-window-item.ts';
import { translateDynamoDbFailure } from './dynamodb-failure.ts';
import { expiryOf } from './expiry-of.ts';
import { readItem } from './read-item.ts';

export interface DynamoDbAlertWindowsOptions {
  readonly client: DynamoDBDocumentClient;
  /**
   * A table with partition key `window` and sort key `entry`, and an index `ByDue` (`dueShard`, `dueAt`) of keys alone,
   * all S; its time to live is the attribute `expiresAt` (seconds since 1970).
   */
  readonly tableName: string;
  /** Days for which a window is kept after it was due. @defaultValue 30 */
  readonly retentionDays?: number;
  /** Items read with one request. @defaultValue as many as DynamoDB puts into 1 MB */
  readonly pageSize?: number;
}

/** Over so many partitions the entries of one window are spread; each takes 1,000 writes a second. */
const entryShares = 4;
/** Over so many partitions the windows that are due are spread. */
const dueShares = 4;
/** What BatchWriteItem takes. */
const batchSize = 25;
/** Batches that are written at one time. */
const batchesAtOnce = 4;
/** Times that a batch is sent with what DynamoDB left of it. */
const mostAttempts = 6;

const { partitionKey, sortKey, due } = alertWindowKeys;

/**
 * Alert windows in DynamoDB: one item for each window, and one for each entry, in partitions of their own.
 *
 * Needs `dynamodb:BatchWriteItem` and `dynamodb:UpdateItem` to add, `dynamodb:UpdateItem` to mark and conclude,
 * `dynamodb:GetItem` to find, `dynamodb:Query` on the table and its index to list. An item that cannot be read is a
 * `PortError` (`permanent`, `UnreadableItem`).
 *
 * @example
 * const client = DynamoDBDocumentClient.from(new DynamoDBClient());
 * new DynamoDbAlertWindows({ client, tableName: 'trail-alert-windows' });
 */
export class DynamoDbAlertWindows implements AlertWindows {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #retentionDays: number;
  readonly #pageSize: number | undefined;

  constructor(options: DynamoDbAlertWindowsOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#retentionDays = options.retentionDays ?? 30;
    this.#pageSize = options.pageSize;
  }

  async add({ window, entries, first, dueAt }: AlertWindowAddition): Promise<AlertWindowState> {
    const operation = 'AlertWindows.add';
    const expiresAt = expiryOf(dueAt, this.#retentionDays);
    const items = entries.map(entry => ({
      [partitionKey]: entryPartition(window.id, shareOf(entry.id, entryShares)),
      [sortKey]: entry.id.toWellFormed(),
      ...entryAttributes(entry),
      expiresAt,
    }));
    const batches = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, index) =>
      items.slice(index * batchSize, (index + 1) * batchSize),
    );
    for (let sent = 0; sent < batches.length; sent += batchesAtOnce) {
      await Promise.all(
        batches.slice(sent, sent + batchesAtOnce).map(batch => this.#write(batch, operation)),
      );
    }

    const once = Object.entries({
      ...lastingWindowAttributes(window),
      ...(first === undefined ? {} : { first: first.toWellFormed() }),
      [due.sortKey]: dueAt,
    });
    const always = Object.entries({
      [due.partitionKey]: duePartition(shareOf(window.id, dueShares)),
      expiresAt,
    });
    const answer = await this.#update(window.id, operation, {
      UpdateExpression: `SET ${[
        ...once.map(([name]) => `#${name} = if_not_exists(#${name}, :${name})`),
        ...always.map(([name]) => `#${name} = :${name}`),
      ].join(', ')} ADD revision :one`,
      ExpressionAttributeNames: Object.fromEntries([...once, ...always].map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries([...once, ...always].map(([name, value]) => [`:${name}`, value])),
        ':one': 1,
      },
      ReturnValues: 'ALL_NEW',
    });
    return readItem(alertWindowItem, answer?.Attributes, operation, this.#tableName);
  }

  async markAnnounced(id: string): Promise<void> {
    await this.#update(id, 'AlertWindows.markAnnounced', {
      UpdateExpression: 'SET announced = :true',
      ConditionExpression: `attribute_exists(${sortKey})`,
      ExpressionAttributeValues: { ':true': true },
    });
  }

  async find(id: string): Promise<AlertWindowState | undefined> {
    const operation = 'AlertWindows.find';
    const request = { TableName: this.#tableName, Key: keyOf(id), ConsistentRead: true };
    const { Item } = await this.#client.send(new GetCommand(request)).catch((error: unknown) => {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    });
    return Item === undefined ? undefined : readItem(alertWindowItem, Item, operation, this.#tableName);
  }

  async *entries(id: string): AsyncGenerator<AlertWindowEntry> {
    const operation = 'AlertWindows.entries';
    for (let share = 0; share < entryShares; share += 1) {
      const query = {
        KeyConditionExpression: '#window = :window',
        ExpressionAttributeNames: { '#window': partitionKey },
        ExpressionAttributeValues: { ':window': entryPartition(id, share) },
        // Whoever finds a window must find what was put into it before.
        ConsistentRead: true,
      };
      for await (const item of this.#list(query, operation)) {
        yield readItem(alertWindowEntryItem, item, operation, this.#tableName);
      }
    }
  }

  async *due(now: Timestamp): AsyncGenerator<string> {
    for (let share = 0; share < dueShares; share += 1) {
      const query = {
        IndexName: due.indexName,
        KeyConditionExpression: '#share = :share AND #dueAt <= :now',
        ExpressionAttributeNames: { '#share': due.partitionKey, '#dueAt': due.sortKey },
        ExpressionAttributeValues: { ':share': duePartition(share), ':now': now },
      };
      for await (const item of this.#list(query, 'AlertWindows.due')) yield String(item[partitionKey]);
    }
  }

  async conclude(id: string, revision: number, told: AlertWindowTally): Promise<boolean> {
    const operation = 'AlertWindows.conclude';
    const value = { ':told': tallyAttribute(told) };
    const concluded = await this.#update(id, operation, {
      UpdateExpression: `SET told = :told REMOVE ${due.partitionKey}, ${due.sortKey}`,
      ConditionExpression: 'revision = :revision',
      ExpressionAttributeValues: { ...value, ':revision': revision },
    });
    if (concluded !== undefined) return true;
    const noted = await this.#update(id, operation, {
      UpdateExpression: 'SET told = :told',
      ConditionExpression: `attribute_exists(${sortKey})`,
      ExpressionAttributeValues: value,
    });
    return noted === undefined;
  }

  /** Writes items, again and again what DynamoDB leaves of them. */
  async #write(items: readonly Record<string, unknown>[], operation: string): Promise<void> {
    let requests: readonly Record<string, unknown>[] = items.map(Item => ({ PutRequest: { Item } }));
    for (let attempt = 0; attempt < mostAttempts && requests.length > 0; attempt += 1) {
      if (attempt > 0) await new Promise(resolve => setTimeout(resolve, 25 * 2 ** attempt));
      const { UnprocessedItems } = await this.#client
        .send(new BatchWriteCommand({ RequestItems: { [this.#tableName]: [...requests] } }))
        .catch((error: unknown) => {
          throw translateDynamoDbFailure(error, operation, this.#tableName);
        });
      requests = UnprocessedItems?.[this.#tableName] ?? [];
    }
    if (requests.length === 0) return;
    throw new PortError({
      kind: 'throttled',
      operation,
      code: 'UnprocessedItems',
      message: `${operation} on ${this.#tableName} failed: ${requests.length} items were not taken`,
    });
  }

  async *#list(
    query: Omit<QueryCommandInput, 'TableName'>,
    operation: string,
  ): AsyncGenerator<Record<string, unknown>> {
    const pages = paginateQuery(
      { client: this.#client, ...(this.#pageSize === undefined ? {} : { pageSize: this.#pageSize }) },
      { TableName: this.#tableName, ...query },
    );
    try {
      for await (const page of pages) yield* page.Items ?? [];
    } catch (error) {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }

  /** Updates a window's item; `undefined` where the condition does not hold. */
  async #update(
    id: string,
    operation: string,
    update: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
  ): Promise<UpdateCommandOutput | undefined> {
    const request = new UpdateCommand({ TableName: this.#tableName, Key: keyOf(id), ...update });
    try {
      return await this.#client.send(request);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }
}

function keyOf(id: string) {
  return { [partitionKey]: id, [sortKey]: stateSortKey };
}
