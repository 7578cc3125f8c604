import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { PortError } from '../../ports/failure.ts';
import type { LedgerOutcome, UploadLedger, UploadRecord } from '../../ports/upload-ledger.ts';
import { putIfAbsent } from './put-if-absent.ts';

export interface DynamoDbUploadLedgerOptions {
  readonly client: DynamoDBDocumentClient;
  /** A table with partition key `Filename` (S) and sort key `UploadTimestamp` (S). */
  readonly tableName: string;
}

const operation = 'UploadLedger.record';

/**
 * A row, read back. Rows of an older system hold the two keys alone: their version is the empty text, which no
 * object has, so such a row is never taken for the upload at hand.
 */
const row = z
  .object({
    SchemaVersion: z.literal(1).default(1),
    Filename: z.string(),
    UploadTimestamp: z.string(),
    Bucket: z.string().default(''),
    VersionId: z.string().default(''),
    Size: z.number().default(0),
    ETag: z.string().default(''),
    ContentType: z.string().optional(),
    CorrelationId: z.string().default(''),
  })
  .transform(
    (attributes): UploadRecord => ({
      schemaVersion: attributes.SchemaVersion,
      filename: attributes.Filename,
      uploadTimestamp: attributes.UploadTimestamp,
      bucket: attributes.Bucket,
      versionId: attributes.VersionId,
      size: attributes.Size,
      etag: attributes.ETag,
      ...(attributes.ContentType === undefined ? {} : { contentType: attributes.ContentType }),
      correlationId: attributes.CorrelationId,
    }),
  );

/**
 * The table of uploads in DynamoDB. Needs `dynamodb:PutItem`; endpoints that do not answer a failed condition
 * with the item need `dynamodb:GetItem`, too.
 *
 * A row of an unknown schema version in the wanted slot is a `PortError` (`permanent`, `UnreadableRow`).
 *
 * @example
 * new DynamoDbUploadLedger({ client: DynamoDBDocumentClient.from(new DynamoDBClient()), tableName: 'uploads' });
 */
export class DynamoDbUploadLedger implements UploadLedger {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;

  constructor(options: DynamoDbUploadLedgerOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
  }

  async record(upload: UploadRecord): Promise<LedgerOutcome> {
    const claim = await putIfAbsent({
      client: this.#client,
      tableName: this.#tableName,
      item: itemOf(upload),
      keyNames: ['Filename', 'UploadTimestamp'],
      operation,
    });
    if (claim.outcome === 'put') return { outcome: 'recorded' };
    const holder = row.safeParse(claim.by);
    if (holder.success) return { outcome: 'taken', by: holder.data };
    throw new PortError({
      kind: 'permanent',
      operation,
      code: 'UnreadableRow',
      message: `${operation} on ${this.#tableName} failed: the row that holds the slot cannot be read`,
      cause: holder.error,
    });
  }
}

function itemOf(upload: UploadRecord): Record<string, unknown> {
  return {
    SchemaVersion: upload.schemaVersion,
    Filename: upload.filename,
    UploadTimestamp: upload.uploadTimestamp,
    Bucket: upload.bucket,
    VersionId: upload.versionId,
    Size: upload.size,
    ETag: upload.etag,
    ...(upload.contentType === undefined ? {} : { ContentType: upload.contentType }),
    CorrelationId: upload.correlationId,
  };
}
