import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { AppendOutcome, AuditEntry, AuditLog } from '../../ports/audit-log.ts';
import { PortError } from '../../ports/failure.ts';
import type { JsonObject } from '../../ports/json.ts';
import { translateDynamoDbFailure } from './dynamodb-failure.ts';
import { expiryOf } from './expiry-of.ts';
import { putIfAbsent } from './put-if-absent.ts';
import { readItem } from './read-item.ts';

export interface DynamoDbAuditLogOptions {
  readonly client: DynamoDBDocumentClient;
  /** A table with partition key `requestId` (S) and sort key `timestamp` (S). */
  readonly tableName: string;
  /**
   * Days after its timestamp at which an entry expires, by the attribute `expiresAt` (seconds since 1970), which
   * the table must name as its time to live. @defaultValue entries are kept
   */
  readonly retentionDays?: number;
  /** Entries read with one request. @defaultValue as many as DynamoDB puts into 1 MB */
  readonly pageSize?: number;
}

/** Entries that one request may have at one millisecond. */
const maxSequences = 1000;

const item = z
  .object({
    schemaVersion: z.literal(1).default(1),
    id: z.string(),
    requestId: z.string(),
    timestamp: z.string(),
    action: z.string(),
    outcome: z.string(),
    object: z.object({ bucket: z.string(), key: z.string(), versionId: z.string().optional() }).optional(),
    correlationId: z.string().optional(),
    details: z.string(),
  })
  .transform(
    (attributes): AuditEntry => ({
      schemaVersion: attributes.schemaVersion,
      id: attributes.id,
      requestId: attributes.requestId,
      timestamp: attributes.timestamp.replace(/#\d+$/, ''),
      action: attributes.action,
      outcome: attributes.outcome,
      ...(attributes.object === undefined ? {} : { object: auditedObject(attributes.object) }),
      ...(attributes.correlationId === undefined ? {} : { correlationId: attributes.correlationId }),
      details: detailsIn(attributes.details),
    }),
  );

/**
 * The audit log in DynamoDB: one item an entry, under `requestId` and `<timestamp>#<sequence>` (six digits).
 *
 * `details` is stored as JSON text, which keeps what DynamoDB's own types do not: numbers beyond 38 digits, empty
 * names, depth, lone surrogates. In the other texts a lone surrogate, which UTF-8 cannot carry, becomes U+FFFD.
 *
 * Needs `dynamodb:PutItem` and `dynamodb:Query`; endpoints that do not answer a failed condition with the item need
 * `dynamodb:GetItem`, too. An entry above 400 KB is a `PortError` (`permanent`, `ItemTooLarge`).
 */
export class DynamoDbAuditLog implements AuditLog {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #retentionDays: number | undefined;
  readonly #pageSize: number | undefined;

  constructor(options: DynamoDbAuditLogOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#retentionDays = options.retentionDays;
    this.#pageSize = options.pageSize;
  }

  async append(entry: AuditEntry): Promise<AppendOutcome> {
    // From the first sequence on, so that a repetition meets the entry where it already stands.
    for (let sequence = 0; sequence < maxSequences; sequence += 1) {
      const attributes = this.#itemOf(entry, sequence);
      const claim = await putIfAbsent({
        client: this.#client,
        tableName: this.#tableName,
        item: attributes,
        keyNames: ['requestId', 'timestamp'],
        operation: 'AuditLog.append',
      });
      if (claim.outcome === 'put') return { outcome: 'appended' };
      if (claim.by['id'] === attributes['id']) return { outcome: 'duplicate' };
    }
    throw new PortError({
      kind: 'conflict',
      operation: 'AuditLog.append',
      code: 'SequencesExhausted',
      message: `AuditLog.append on ${this.#tableName} failed: ${maxSequences} entries share request and timestamp`,
    });
  }

  async *entriesOf(requestId: string): AsyncGenerator<AuditEntry> {
    const operation = 'AuditLog.entriesOf';
    try {
      const pages = paginateQuery(
        { client: this.#client, ...(this.#pageSize === undefined ? {} : { pageSize: this.#pageSize }) },
        {
          TableName: this.#tableName,
          KeyConditionExpression: 'requestId = :requestId',
          ExpressionAttributeValues: { ':requestId': requestId.toWellFormed() },
          ConsistentRead: true,
        },
      );
      for await (const page of pages) {
        for (const attributes of page.Items ?? [])
          yield readItem(item, attributes, operation, this.#tableName);
      }
    } catch (error) {
      throw translateDynamoDbFailure(error, operation, this.#tableName);
    }
  }

  #itemOf(entry: AuditEntry, sequence: number): Record<string, unknown> {
    const { schemaVersion, object, details, timestamp, ...texts } = entry;
    const expiresAt =
      this.#retentionDays === undefined ? undefined : expiryOf(timestamp, this.#retentionDays);
    return {
      ...wellFormed(texts),
      schemaVersion,
      timestamp: `${timestamp}#${String(sequence).padStart(6, '0')}`,
      ...(object === undefined ? {} : { object: wellFormed(object) }),
      details: JSON.stringify(details),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
  }
}

function detailsIn(text: string): JsonObject {
  const details: unknown = JSON.parse(text);
  if (typeof details === 'object' && details !== null && !Array.isArray(details))
    return details as JsonObject;
  throw new SyntaxError('The details of an entry are no JSON object');
}

function auditedObject(object: { bucket: string; key: string; versionId?: string | undefined }) {
  const { versionId, ...rest } = object;
  return versionId === undefined ? rest : { ...rest, versionId };
}

function wellFormed(texts: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([, text]) => text !== undefined)
      .map(([name, text]) => [name, String(text).toWellFormed()]),
  );
}
