import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  UpdateCommand,
  type UpdateCommandInput,
  type UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import type {
  Day,
  StoredTrailEvent,
  StoreTrailEventOutcome,
  TrailEvent,
  TrailEventStore,
  TrailEventSummary,
} from '../../ports/trail-event-store.ts';
import { translateDynamoDbFailure } from './dynamodb-failure.ts';
import { mergeOrdered } from './merge-ordered.ts';
import { readItem } from './read-item.ts';
import { lastingAttributes, presentItem, trailEventItem, trailEventSummaryItem } from './trail-event-item.ts';
import { shardKey, trailEventIndexes, trailEventSortKey } from './trail-event-keys.ts';

export interface DynamoDbTrailEventStoreOptions {
  readonly client: DynamoDBDocumentClient;
  /**
   * A table with partition key `eventId` (S), and two indexes that include every attribute of `TrailEventSummary`:
   * `ByEventName` (`eventNameShard`, `timeAndId`) and `ByPrincipal` (`principalShard`, `timeAndId`), all S.
   */
  readonly tableName: string;
  /**
   * Days after which a stored event expires, by the attribute `expiresAt` (seconds since 1970), which the table must
   * name as its time to live. @defaultValue events are kept
   */
  readonly retentionDays?: number;
  /**
   * Over how many partitions an index spreads the events of one name and day, 1 to 100; each takes 1,000 writes a second.
   * It may grow while there are events, not shrink: listings look into so many. @defaultValue 8
   */
  readonly shards?: number;
  /** Events of one shard read with one request. @defaultValue as many as DynamoDB puts into 1 MB */
  readonly pageSize?: number;
}

/** How an attribute is assigned, as a part of an update expression. */
type StoringOf = (name: string) => string;

interface Storing {
  readonly assign: StoringOf;
  readonly condition: string;
}

/** What stays as of the first time that an event was stored, whichever way it came. */
const lastingFromFirst: ReadonlySet<string> = new Set(['storedAt', 'expiresAt']);

/**
 * Matched CloudTrail events in DynamoDB: one item an event, and two indexes to list them by name and by principal,
 * spread over shards (docs/decisions/0005). In texts a lone surrogate, which UTF-8 cannot carry, becomes U+FFFD. Rules
 * come back in no order.
 *
 * Needs `dynamodb:UpdateItem` to store and mark, `dynamodb:GetItem` to find, `dynamodb:Query` on the indexes to list.
 * An event above 400 KB is a `PortError` (`permanent`, `ItemTooLarge`); an item that cannot be read too
 * (`UnreadableItem`).
 *
 * @example
 * const client = DynamoDBDocumentClient.from(new DynamoDBClient());
 * new DynamoDbTrailEventStore({ client, tableName: 'trail-events', retentionDays: 365 });
 */
export class DynamoDbTrailEventStore implements TrailEventStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #retentionDays: number | undefined;
  readonly #shards: number;
  readonly #pageSize: number | undefined;

  constructor(options: DynamoDbTrailEventStoreOptions) {
    const { shards = 8 } = options;
    if (!Number.isSafeInteger(shards) || shards < 1 || shards > 100) {
      throw new RangeError(`shards is a whole number from 1 to 100, not ${shards}.`);
    }
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#retentionDays = options.retentionDays;
    this.#shards = shards;
    this.#pageSize = options.pageSize;
  }

  async store(event: TrailEvent): Promise<StoreTrailEventOutcome> {
    const fromLog = event.via === 'log';
    // A record of a log is the event of a holder that came in one only if it is the same to the last fact.
    const same = fromLog
      ? '(attribute_not_exists(#via) OR #via = :via) AND #fingerprint = :fingerprint'
      : '#identity = :identity';
    const keep: StoringOf = name => `#${name} = if_not_exists(#${name}, :${name})`;
    const asStored = { assign: keep, condition: `attribute_not_exists(#eventId) OR (${same})` };
    const stored = await this.#store(event, asStored);
    if (stored !== undefined || !fromLog) return stored ?? { outcome: 'taken' };

    const replace: StoringOf = name => (lastingFromFirst.has(name) ? keep(name) : `#${name} = :${name}`);
    const completed = await this.#store(event, {
      assign: replace,
      condition: '#via = :eventBus AND #identity = :identity',
    });
    // Between the two, another delivery of the log may have completed it.
    return completed ?? (await this.#store(event, asStored)) ?? { outcome: 'taken' };
  }

  /** Stores the event on a condition; `undefined` where that does not hold. */
  async #store(
    event: TrailEvent,
    { assign, condition }: Storing,
  ): Promise<StoreTrailEventOutcome | undefined> {
    const operation = 'TrailEventStore.store';
    const attributes = Object.entries(
      lastingAttributes(event, { shards: this.#shards, retentionDays: this.#retentionDays }),
    );
    // DynamoDB refuses a name that no expression mentions.
    const names = [
      'rules',
      ...attributes.map(([name]) => name),
      ...(condition.includes('#eventId') ? ['eventId'] : []),
    ];
    const answer = await this.#update(event.eventId, operation, {
      UpdateExpression: `SET ${attributes.map(([name]) => assign(name)).join(', ')} ADD #rules :rules`,
      ConditionExpression: condition,
      ExpressionAttributeNames: Object.fromEntries(names.map(name => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
        ...(condition.includes(':eventBus') ? { ':eventBus': 'event-bus' } : {}),
        ':rules': setOf(event.rules),
      },
      ReturnValues: 'ALL_OLD',
    });
    if (answer === undefined) return undefined;
    if (answer.Attributes === undefined) return { outcome: 'stored' };
    return { outcome: 'present', ...readItem(presentItem, answer.Attributes, operation, this.#tableName) };
  }

  async markAnnounced(eventId: string, rules: readonly string[]): Promise<void> {
    // DynamoDB has no empty set.
    if (rules.length === 0) return;
    await this.#update(eventId, 'TrailEventStore.markAnnounced', {
      UpdateExpression: 'ADD announced :rules',
      ConditionExpression: 'attribute_exists(eventId)',
      ExpressionAttributeValues: { ':rules': setOf(rules) },
    });
  }

  async find(eventId: string): Promise<StoredTrailEvent | undefined> {
    const operation = 'TrailEventStore.find';
    const request = { TableName: this.#tableName, Key: keyOf(eventId), ConsistentRead: true };
    const { Item } = await this.#client.send(new GetCommand(request)).catch((error: unknown) => {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    });
    return Item === undefined ? undefined : readItem(trailEventItem, Item, operation, this.#tableName);
  }

  ofEventName(eventName: string, day: Day): AsyncGenerator<TrailEventSummary> {
    return this.#list('eventName', eventName, day, 'TrailEventStore.ofEventName');
  }

  ofPrincipal(principal: string, day: Day): AsyncGenerator<TrailEventSummary> {
    return this.#list('principal', principal, day, 'TrailEventStore.ofPrincipal');
  }

  async *#list(
    field: keyof typeof trailEventIndexes,
    name: string,
    day: Day,
    operation: string,
  ): AsyncGenerator<TrailEventSummary> {
    const shards = Array.from({ length: this.#shards }, (_, shard) =>
      this.#listShard(field, shardKey(name.toWellFormed(), day, shard), operation),
    );
    for await (const { item } of mergeOrdered(shards)) {
      yield readItem(trailEventSummaryItem, item, operation, this.#tableName);
    }
  }

  async *#listShard(
    field: keyof typeof trailEventIndexes,
    partition: string,
    operation: string,
  ): AsyncGenerator<{ readonly key: string; readonly item: unknown }> {
    const { indexName, partitionKey } = trailEventIndexes[field];
    const pages = paginateQuery(
      { client: this.#client, ...(this.#pageSize === undefined ? {} : { pageSize: this.#pageSize }) },
      {
        TableName: this.#tableName,
        IndexName: indexName,
        KeyConditionExpression: '#partition = :partition',
        ExpressionAttributeNames: { '#partition': partitionKey },
        ExpressionAttributeValues: { ':partition': partition },
      },
    );
    try {
      for await (const page of pages) {
        for (const item of page.Items ?? []) yield { key: String(item[trailEventSortKey]), item };
      }
    } catch (error) {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }

  /** Updates an item; `undefined` where the condition does not hold. */
  async #update(
    eventId: string,
    operation: string,
    update: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
  ): Promise<UpdateCommandOutput | undefined> {
    const request = new UpdateCommand({ TableName: this.#tableName, Key: keyOf(eventId), ...update });
    try {
      return await this.#client.send(request);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }
}

function keyOf(eventId: string) {
  return { eventId: eventId.toWellFormed() };
}

function setOf(rules: readonly string[]): Set<string> {
  return new Set(rules.map(rule => rule.toWellFormed()));
}
