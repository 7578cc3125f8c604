/// <reference path="../../infra/local/dynalite.d.ts" />
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';

/** A DynamoDB to test against. */
export interface TablesEndpoint {
  readonly client: DynamoDBDocumentClient;
  /** Creates a table with two text keys under a name that is free, and gives the name. */
  createTable(label: string, partitionKey: string, sortKey: string): Promise<string>;
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
    createTable: async (label, partitionKey, sortKey) => {
      const TableName = `${label}-${crypto.randomUUID()}`;
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [partitionKey, sortKey].map(AttributeName => ({
            AttributeName,
            AttributeType: 'S',
          })),
          KeySchema: [
            { AttributeName: partitionKey, KeyType: 'HASH' },
            { AttributeName: sortKey, KeyType: 'RANGE' },
          ],
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
