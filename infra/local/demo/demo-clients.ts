import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { LocalPipeline } from '../local-pipeline.ts';

/** What a put says of its encryption, and metadata of the object. */
export type UploadHeaders = Pick<PutObjectCommandInput, 'Metadata' | 'ServerSideEncryption' | 'SSEKMSKeyId'>;

/** What a client of the pipeline does, with the AWS SDK over HTTP. */
export class DemoClients {
  readonly #endpoint: string;
  readonly #s3: S3Client;
  readonly #sqs: SQSClient;
  readonly #dynamodb: DynamoDBClient;
  readonly #keyArn: string | undefined;

  constructor(pipeline: Pick<LocalPipeline, 'client' | 'outputs'>) {
    this.#endpoint = pipeline.client.endpoint;
    this.#keyArn = pipeline.outputs['UploadsKeyArn'];
    this.#s3 = new S3Client(pipeline.client);
    this.#sqs = new SQSClient(pipeline.client);
    this.#dynamodb = new DynamoDBClient(pipeline.client);
  }

  /** Uploads a small file, encrypted as the bucket's policy asks unless other headers are given. */
  async upload(
    bucket: string,
    key: string,
    body: string | Uint8Array,
    headers = this.#ownKey,
    contentType = 'text/plain',
  ): Promise<void> {
    await this.#s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        ...headers,
      }),
    );
  }

  /** The keys of a bucket. */
  async keys(bucket: string, prefix = ''): Promise<readonly string[]> {
    const keys: string[] = [];
    const pages = paginateListObjectsV2({ client: this.#s3 }, { Bucket: bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
    return keys;
  }

  /** How many versions a bucket holds. */
  async versions(bucket: string): Promise<number> {
    const { Versions = [] } = await this.#s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    return Versions.length;
  }

  async text(bucket: string, key: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }

  /** The key that an object is encrypted under. */
  async encryptionKeyOf(bucket: string, key: string): Promise<string | undefined> {
    return (await this.#s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).SSEKMSKeyId;
  }

  /** Whether S3 lets the demo, who is nobody in particular, list a bucket. */
  async mayList(bucket: string): Promise<boolean> {
    try {
      await this.keys(bucket);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'AccessDenied') return false;
      throw error;
    }
  }

  async send(queueUrl: string, body: string): Promise<void> {
    await this.#sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  }

  /** Every row, as text by attribute; what is neither text nor number, as JSON. */
  async rows(table: string): Promise<readonly Readonly<Record<string, string | undefined>>[]> {
    const rows: Record<string, string | undefined>[] = [];
    const client = DynamoDBDocumentClient.from(this.#dynamodb);
    for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) {
      for (const item of Items) {
        rows.push(Object.fromEntries(Object.entries(item).map(([name, value]) => [name, textOf(value)])));
      }
    }
    return rows;
  }

  /** Lets every window of alerts be due, as if its time were over. */
  async endWindows(table: string): Promise<void> {
    const client = DynamoDBDocumentClient.from(this.#dynamodb);
    for (const { window, entry, dueAt } of await this.rows(table)) {
      if (dueAt === undefined) continue;
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { window, entry },
          UpdateExpression: 'SET dueAt = :longAgo',
          ExpressionAttributeValues: { ':longAgo': '2000-01-01T00:00:00.000Z' },
        }),
      );
    }
  }

  /** Puts an event on the bus. */
  async putEvent(
    Source: string,
    DetailType: string,
    detail: object,
    Resources: readonly string[] = [],
  ): Promise<void> {
    const Entries = [{ Source, DetailType, Detail: JSON.stringify(detail), Resources }];
    const { FailedEntryCount } = await this.#post(
      '/',
      { Entries },
      { 'X-Amz-Target': 'AWSEvents.PutEvents' },
    );
    if (FailedEntryCount !== 0) throw new Error(`The bus did not take ${DetailType} of ${Source}`);
  }

  /** Invokes a function, and waits for what it answers. */
  invoke(functionName: string, payload: object): Promise<Readonly<Record<string, unknown>>> {
    return this.#post(`/2015-03-31/functions/${functionName}/invocations`, payload);
  }

  async #post(
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(new URL(path, this.#endpoint), {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`);
    return { ...JSON.parse(text) };
  }

  get #ownKey(): UploadHeaders {
    return { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: this.#keyArn };
  }

  close(): void {
    this.#s3.destroy();
    this.#sqs.destroy();
    this.#dynamodb.destroy();
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
