import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { Timestamp } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type {
  Hold,
  LeaseOutcome,
  OpenOutcome,
  Remediation,
  RemediationLedger,
  RemediationOutcome,
  StepRecord,
  StoredRemediation,
} from '../../ports/remediation-ledger.ts';
import { translateDynamoDbFailure } from './dynamodb-failure.ts';
import { expiryOf } from './expiry-of.ts';
import { putIfAbsent } from './put-if-absent.ts';
import { readItem } from './read-item.ts';
import {
  attributesOf,
  holdAttributesOf,
  holdItem,
  linkItem,
  remediationItem,
  stepAttributeOf,
} from './remediation-item.ts';

export interface DynamoDbRemediationLedgerOptions {
  readonly client: DynamoDBDocumentClient;
  /** A table with partition key `pk` (S) and sort key `sk` (S). */
  readonly tableName: string;
  /**
   * Days after its decision at which a remediation expires, by the attribute `expiresAt` (seconds since 1970), which the
   * table must name as its time to live. With it goes the way back. @defaultValue remediations are kept
   */
  readonly retentionDays?: number;
  /** Items read with one request. @defaultValue as many as DynamoDB puts into 1 MB */
  readonly pageSize?: number;
}

type Key = { readonly pk: string; readonly sk: string };

const generationPrefix = 'generation#';
const findingPrefix = 'finding#';

/**
 * Remediations in DynamoDB. Under `finding#<id>` stand one item a generation (`generation#<time>`), its steps among it, and
 * the finding's `hold`; under `target#<target>` its `lease`, and a link to each of its findings (`finding#<id>`). Without
 * transactions: each write is one conditional write, and a link is written before what it leads to.
 *
 * Needs `dynamodb:PutItem`, `dynamodb:UpdateItem`, `dynamodb:DeleteItem`, `dynamodb:GetItem` and `dynamodb:Query` on the
 * table. A remediation above 400 KB is a `PortError` (`permanent`, `ItemTooLarge`); an item that cannot be read too
 * (`UnreadableItem`). A lone surrogate, which UTF-8 cannot carry, becomes U+FFFD in ids and names.
 *
 * @example
 * const client = DynamoDBDocumentClient.from(new DynamoDBClient());
 * new DynamoDbRemediationLedger({ client, tableName: 'remediations', retentionDays: 365 });
 */
export class DynamoDbRemediationLedger implements RemediationLedger {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #retentionDays: number | undefined;
  readonly #pageSize: number | undefined;

  constructor(options: DynamoDbRemediationLedgerOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#retentionDays = options.retentionDays;
    this.#pageSize = options.pageSize;
  }

  async open(remediation: Remediation): Promise<OpenOutcome> {
    const operation = 'RemediationLedger.open';
    const { findingId, generation, target, decidedAt } = remediation;
    const expiry = this.#retentionDays === undefined ? {} : expiryAfter(decidedAt, this.#retentionDays);
    if (target !== undefined) {
      const link = {
        ...linkKey(target, findingId),
        schemaVersion: 1,
        findingId: findingId.toWellFormed(),
        ...expiry,
      };
      await this.#attempt(
        this.#client.send(new PutCommand({ TableName: this.#tableName, Item: link })),
        operation,
      );
    }
    const claim = await putIfAbsent({
      client: this.#client,
      tableName: this.#tableName,
      item: { ...generationKey(findingId, generation), ...attributesOf(remediation), ...expiry },
      keyNames: ['pk', 'sk'],
      operation,
    });
    if (claim.outcome === 'put') return { outcome: 'opened' };
    return {
      outcome: 'present',
      remediation: readItem(remediationItem, claim.by, operation, this.#tableName),
    };
  }

  find(findingId: string, generation: Timestamp): Promise<StoredRemediation | undefined> {
    return this.#get(generationKey(findingId, generation), remediationItem, 'RemediationLedger.find');
  }

  ofFinding(findingId: string): AsyncGenerator<StoredRemediation> {
    const { pk } = holdKey(findingId);
    return this.#list(pk, generationPrefix, remediationItem, 'RemediationLedger.ofFinding');
  }

  async *findingsOn(target: string): AsyncGenerator<string> {
    const { pk } = leaseKey(target);
    const links = this.#list(pk, findingPrefix, linkItem, 'RemediationLedger.findingsOn');
    for await (const { findingId } of links) yield findingId;
  }

  async noteStep(findingId: string, generation: Timestamp, step: StepRecord): Promise<void> {
    const [name, text] = stepAttributeOf(step);
    await this.#change(findingId, generation, 'RemediationLedger.noteStep', {
      UpdateExpression: 'SET steps.#step = :step',
      ExpressionAttributeNames: { '#step': name },
      ExpressionAttributeValues: { ':step': text },
    });
  }

  async conclude(
    findingId: string,
    generation: Timestamp,
    outcome: RemediationOutcome,
    at: Timestamp,
  ): Promise<void> {
    await this.#change(findingId, generation, 'RemediationLedger.conclude', {
      UpdateExpression: 'SET outcome = :outcome, concludedAt = :at REMOVE announcedAt',
      ExpressionAttributeValues: { ':outcome': outcome, ':at': at },
    });
  }

  async markAnnounced(findingId: string, generation: Timestamp, at: Timestamp): Promise<void> {
    const operation = 'RemediationLedger.markAnnounced';
    await this.#change(findingId, generation, operation, {
      UpdateExpression: 'SET announcedAt = if_not_exists(announcedAt, :at)',
      ExpressionAttributeValues: { ':at': at },
    }).catch((error: unknown) => {
      if (!(error instanceof PortError) || error.code !== 'RemediationNotFound') throw error;
    });
  }

  async lease(target: string, owner: string, now: Timestamp, until: Timestamp): Promise<LeaseOutcome> {
    const operation = 'RemediationLedger.lease';
    const request = new PutCommand({
      TableName: this.#tableName,
      // Long over when it is deleted: a lease that has ended is as good as none.
      Item: { ...leaseKey(target), schemaVersion: 1, owner, until, ...expiryAfter(until, 1) },
      ConditionExpression: 'attribute_not_exists(pk) OR #owner = :owner OR #until <= :now',
      ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until' },
      ExpressionAttributeValues: { ':owner': owner, ':now': now },
    });
    try {
      await this.#client.send(request);
      return { outcome: 'leased' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return { outcome: 'busy', until: await this.#endOfLease(target, now, operation) };
      }
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }

  async release(target: string, owner: string): Promise<void> {
    const request = new DeleteCommand({
      TableName: this.#tableName,
      Key: leaseKey(target),
      ConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': owner },
    });
    try {
      await this.#client.send(request);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      throw translateDynamoDbFailure(error, 'RemediationLedger.release', this.#tableName);
    }
  }

  async hold(findingId: string, hold: Hold): Promise<void> {
    await putIfAbsent({
      client: this.#client,
      tableName: this.#tableName,
      item: { ...holdKey(findingId), ...holdAttributesOf(hold) },
      keyNames: ['pk', 'sk'],
      operation: 'RemediationLedger.hold',
    });
  }

  holdOf(findingId: string): Promise<Hold | undefined> {
    return this.#get(holdKey(findingId), holdItem, 'RemediationLedger.holdOf');
  }

  async liftHold(findingId: string): Promise<void> {
    const request = new DeleteCommand({ TableName: this.#tableName, Key: holdKey(findingId) });
    await this.#attempt(this.#client.send(request), 'RemediationLedger.liftHold');
  }

  /** A lease that was released meanwhile ends now. */
  async #endOfLease(target: string, now: Timestamp, operation: string): Promise<Timestamp> {
    const request = { TableName: this.#tableName, Key: leaseKey(target), ConsistentRead: true };
    const { Item } = await this.#attempt(this.#client.send(new GetCommand(request)), operation);
    const until: unknown = Item?.['until'];
    return typeof until === 'string' ? until : now;
  }

  async #get<Value>(key: Key, schema: z.ZodType<Value>, operation: string): Promise<Value | undefined> {
    const request = { TableName: this.#tableName, Key: key, ConsistentRead: true };
    const { Item } = await this.#attempt(this.#client.send(new GetCommand(request)), operation);
    return Item === undefined ? undefined : readItem(schema, Item, operation, this.#tableName);
  }

  /** The latest first, where the sort key holds a time. */
  async *#list<Value>(
    pk: string,
    prefix: string,
    schema: z.ZodType<Value>,
    operation: string,
  ): AsyncGenerator<Value> {
    const pages = paginateQuery(
      { client: this.#client, ...(this.#pageSize === undefined ? {} : { pageSize: this.#pageSize }) },
      {
        TableName: this.#tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
        ScanIndexForward: false,
        ConsistentRead: true,
      },
    );
    try {
      for await (const page of pages) {
        for (const item of page.Items ?? []) yield readItem(schema, item, operation, this.#tableName);
      }
    } catch (error) {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }

  async #change(
    findingId: string,
    generation: Timestamp,
    operation: string,
    change: Pick<
      UpdateCommandInput,
      'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >,
  ): Promise<void> {
    const request = new UpdateCommand({
      TableName: this.#tableName,
      Key: generationKey(findingId, generation),
      ConditionExpression: 'attribute_exists(pk)',
      ...change,
    });
    try {
      await this.#client.send(request);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) {
        throw translateDynamoDbFailure(error, operation, this.#tableName);
      }
      throw new PortError({
        kind: 'not-found',
        operation,
        code: 'RemediationNotFound',
        message: `${operation} on ${this.#tableName} failed: there is no remediation of that finding and generation`,
        cause: error,
      });
    }
  }

  async #attempt<Answer>(call: Promise<Answer>, operation: string): Promise<Answer> {
    try {
      return await call;
    } catch (error) {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }
}

function generationKey(findingId: string, generation: Timestamp): Key {
  return { pk: findingKey(findingId), sk: `${generationPrefix}${generation}` };
}

function holdKey(findingId: string): Key {
  return { pk: findingKey(findingId), sk: 'hold' };
}

function leaseKey(target: string): Key {
  return { pk: targetKey(target), sk: 'lease' };
}

function linkKey(target: string, findingId: string): Key {
  return { pk: targetKey(target), sk: findingKey(findingId) };
}

function findingKey(findingId: string): string {
  return `${findingPrefix}${findingId.toWellFormed()}`;
}

function targetKey(target: string): string {
  return `target#${target.toWellFormed()}`;
}

function expiryAfter(time: Timestamp, days: number) {
  return { expiresAt: expiryOf(time, days) };
}
