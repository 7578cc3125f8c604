/// <reference path="../../infra/local/dynalite.d.ts" />
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';

/** An index whose keys are texts. */
export interface TableIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** What it includes beside its own keys and those of the table. @defaultValue nothing */
  readonly attributes?: readonly string[];
}

/** A DynamoDB to test against. */
export interface TablesEndpoint {
  readonly client: DynamoDBDocumentClient;
  /** Creates a table whose keys are texts under a name that is free, and gives the name. */
  createTable(
    label: string,
    partitionKey: string,
    sortKey?: string,
    indexes?: readonly TableIndex[],
  ): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts `dynalite` in this process; where `SALLYPORT_AWS_ENDPOINT` names another AWS-compatible endpoint, that one is
 * used.
 */
export async function startTables(): Promise<TablesEndpoint> {
  const external = process.env['SALLYPORT_AWS_ENDPOINT'];
  const { endpoint, close } = external
    ? { endpoint: external, close: async () => undefined }
    : await startDynalite();
  const client = tablesClient(endpoint);
  return {
    client,
    createTable: async (label, partitionKey, sortKey, indexes = []) => {
      const TableName = `${label}-${crypto.randomUUID()}`;
      const keys = [{ partitionKey, sortKey }, ...indexes].flatMap(key => [
        key.partitionKey,
        key.sortKey ?? [],
      ]);
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [...new Set(keys.flat())].map(AttributeName => ({
            AttributeName,
            AttributeType: 'S',
          })),
          KeySchema: keySchema(partitionKey, sortKey),
          ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes.map(globalIndex) }),
        }),
      );
      await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName });
      return TableName;
    },
    close: async () => {
      client.destroy();
      await close();
    },
  };
}

/** A client with made-up credentials, without retries that hide a failure. */
export function tablesClient(endpoint: string, config: DynamoDBClientConfig = {}): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      ...config,
    }),
  );
}

function keySchema(partitionKey: string, sortKey: string | undefined): KeySchemaElement[] {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    ...(sortKey === undefined ? [] : [{ AttributeName: sortKey, KeyType: 'RANGE' as const }]),
  ];
}

function globalIndex(index: TableIndex): GlobalSecondaryIndex {
  return {
    IndexName: index.name,
    KeySchema: keySchema(index.partitionKey, index.sortKey),
    Projection:
      index.attributes === undefined
        ? { ProjectionType: 'KEYS_ONLY' }
        : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.attributes] },
  };
}

async function startDynalite(): Promise<{ endpoint: string; close: () => Promise<void> }> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
