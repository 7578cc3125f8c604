import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Timestamp } from '../../ports/clock.ts';
import type {
  DeadLetter,
  DeadLetterStore,
  StoreDeadLetterOutcome,
  StoredDeadLetter,
} from '../../ports/dead-letter-store.ts';
import { PortError } from '../../ports/failure.ts';
import type { MessageAttribute } from '../../ports/message-queue.ts';
import { translateDynamoDbFailure } from './dynamodb-failure.ts';
import { expiryOf } from './expiry-of.ts';
import { putIfAbsent } from './put-if-absent.ts';
import { readItem } from './read-item.ts';

export interface DynamoDbDeadLetterStoreOptions {
  readonly client: DynamoDBDocumentClient;
  /** A table with partition key `id` (S). */
  readonly tableName: string;
  /**
   * Days after which a letter that was sent back or dismissed expires, by the attribute `expiresAt` (seconds since 1970), which the
   * table must name as its time to live. A letter that waits never expires. @defaultValue 90
   */
  readonly retentionDays?: number;
  /** Letters looked at with one request. @defaultValue as many as DynamoDB puts into 1 MB */
  readonly pageSize?: number;
}

const item = z
  .object({
    schemaVersion: z.literal(1).default(1),
    id: z.string(),
    queueArn: z.string(),
    body: z.string(),
    attributes: z.array(z.object({ name: z.string(), dataType: z.string(), value: z.string() })).optional(),
    receiveCount: z.number(),
    sentAt: z.string(),
    firstSeenAt: z.string(),
    lastSeenAt: z.string(),
    cause: z.object({ code: z.string(), message: z.string() }).optional(),
    announcedAt: z.string().optional(),
    redrivenAt: z.string().optional(),
    dismissedAt: z.string().optional(),
  })
  .transform((letter): StoredDeadLetter => {
    const { body, attributes, cause, announcedAt, redrivenAt, dismissedAt, ...rest } = letter;
    return {
      ...rest,
      message: { body, ...(attributes === undefined ? {} : { attributes: messageAttributes(attributes) }) },
      ...(cause === undefined ? {} : { cause }),
      ...(announcedAt === undefined ? {} : { announcedAt }),
      ...(redrivenAt === undefined ? {} : { redrivenAt }),
      ...(dismissedAt === undefined ? {} : { dismissedAt }),
    };
  });

/**
 * Dead letters in DynamoDB: one item a letter. A lone surrogate, which UTF-8 cannot carry, becomes U+FFFD.
 *
 * Needs `dynamodb:PutItem` to store, `dynamodb:UpdateItem` to mark, `dynamodb:GetItem` to find, `dynamodb:Scan` to list;
 * endpoints that do not answer a failed condition with the item need `dynamodb:GetItem` to store, too. A letter above
 * 400 KB is a `PortError` (`permanent`, `ItemTooLarge`): a queue whose messages are bounded to 256 KiB gives none. An item
 * that cannot be read is one, too (`UnreadableItem`); a listing throws it after all the others.
 *
 * @example
 * const client = DynamoDBDocumentClient.from(new DynamoDBClient());
 * new DynamoDbDeadLetterStore({ client, tableName: 'trail-dead-letters' });
 */
export class DynamoDbDeadLetterStore implements DeadLetterStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #retentionDays: number;
  readonly #pageSize: number | undefined;

  constructor(options: DynamoDbDeadLetterStoreOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#retentionDays = options.retentionDays ?? 90;
    this.#pageSize = options.pageSize;
  }

  async store(letter: DeadLetter): Promise<StoreDeadLetterOutcome> {
    const operation = 'DeadLetterStore.store';
    const claim = await putIfAbsent({
      client: this.#client,
      tableName: this.#tableName,
      item: itemOf(letter),
      keyNames: ['id'],
      operation,
    });
    if (claim.outcome === 'put') return { outcome: 'stored' };
    return { outcome: 'present', letter: readItem(item, claim.by, operation, this.#tableName) };
  }

  async markAnnounced(id: string, at: Timestamp): Promise<void> {
    await this.#mark(id, { announcedAt: at }, 'DeadLetterStore.markAnnounced');
  }

  async markRedriven(id: string, at: Timestamp): Promise<void> {
    const marks = { redrivenAt: at, expiresAt: expiryOf(at, this.#retentionDays) };
    await this.#mark(id, marks, 'DeadLetterStore.markRedriven');
  }

  async markDismissed(id: string, at: Timestamp): Promise<void> {
    const marks = { dismissedAt: at, expiresAt: expiryOf(at, this.#retentionDays) };
    await this.#mark(id, marks, 'DeadLetterStore.markDismissed');
  }

  async find(id: string): Promise<StoredDeadLetter | undefined> {
    const operation = 'DeadLetterStore.find';
    const request = { TableName: this.#tableName, Key: keyOf(id), ConsistentRead: true };
    const { Item } = await this.#client.send(new GetCommand(request)).catch((error: unknown) => {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    });
    return Item === undefined ? undefined : readItem(item, Item, operation, this.#tableName);
  }

  async *waiting(): AsyncGenerator<StoredDeadLetter> {
    const operation = 'DeadLetterStore.waiting';
    const pages = paginateScan(
      { client: this.#client, ...(this.#pageSize === undefined ? {} : { pageSize: this.#pageSize }) },
      {
        TableName: this.#tableName,
        FilterExpression: 'attribute_not_exists(redrivenAt) AND attribute_not_exists(dismissedAt)',
        ConsistentRead: true,
      },
    );
    const unreadable: PortError[] = [];
    try {
      for await (const page of pages) {
        for (const attributes of page.Items ?? []) {
          const letter = this.#read(attributes, operation);
          if (letter instanceof PortError) unreadable.push(letter);
          else yield letter;
        }
      }
    } catch (error) {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
    const [first] = unreadable;
    if (first !== undefined) throw first;
  }

  #read(attributes: unknown, operation: string): StoredDeadLetter | PortError {
    try {
      return readItem(item, attributes, operation, this.#tableName);
    } catch (error) {
      if (error instanceof PortError) return error;
      throw error;
    }
  }

  /** Sets attributes that are not there yet, of a letter that is. */
  async #mark(id: string, marks: Readonly<Record<string, unknown>>, operation: string): Promise<void> {
    const names = Object.keys(marks);
    const request = new UpdateCommand({
      TableName: this.#tableName,
      Key: keyOf(id),
      UpdateExpression: `SET ${names.map(name => `${name} = if_not_exists(${name}, :${name})`).join(', ')}`,
      ConditionExpression: 'attribute_exists(id)',
      ExpressionAttributeValues: Object.fromEntries(names.map(name => [`:${name}`, marks[name]])),
    });
    try {
      await this.#client.send(request);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }
}

function keyOf(id: string) {
  return { id: id.toWellFormed() };
}

function itemOf(letter: DeadLetter): Record<string, unknown> {
  const { message, cause } = letter;
  return {
    schemaVersion: letter.schemaVersion,
    ...keyOf(letter.id),
    queueArn: letter.queueArn.toWellFormed(),
    body: message.body.toWellFormed(),
    ...(message.attributes === undefined ? {} : { attributes: attributeList(message.attributes) }),
    receiveCount: letter.receiveCount,
    sentAt: letter.sentAt,
    firstSeenAt: letter.firstSeenAt,
    lastSeenAt: letter.lastSeenAt,
    ...(cause === undefined
      ? {}
      : { cause: { code: cause.code.toWellFormed(), message: cause.message.toWellFormed() } }),
  };
}

/** A list, not a map: a name may be `__proto__`. As text in JSON, quotes and line breaks would take twice their size. */
function attributeList(attributes: Readonly<Record<string, MessageAttribute>>) {
  return Object.entries(attributes).map(([name, { dataType, value }]) => ({
    name: name.toWellFormed(),
    dataType: dataType.toWellFormed(),
    value: value.toWellFormed(),
  }));
}

function messageAttributes(
  list: readonly (MessageAttribute & { readonly name: string })[],
): Record<string, MessageAttribute> {
  return Object.fromEntries(list.map(({ name, ...attribute }) => [name, attribute]));
}
