import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../ports/clock.ts';
import type { InventoryScope } from '../../ports/resource-inventory.ts';
import { AssumedRole } from './inventory/assumed-role.ts';
import type { InventoryClients } from './inventory/inventory-clients.ts';
import { s3ControlClient } from './inventory/s3-control-client.ts';
import { partitionOf } from './partition-of.ts';

/** What holds for every client alike; `credentials` are those of the own account. */
export type InventoryClientSettings = Pick<
  KMSClientConfig,
  'credentials' | 'endpoint' | 'logger' | 'maxAttempts' | 'requestHandler' | 'retryMode'
>;

export interface AssumedRoleClientsOptions {
  /** 12 digits. No role is assumed there. */
  readonly ownAccount: string;
  /** Name of the role in every other account, with its path where it has one. */
  readonly roleName: string;
  readonly sts: STSClient;
  /** Stands in the other accounts' trails. @defaultValue `sallyport-compliance` */
  readonly sessionName?: string;
  /** Where the roles' trust policies ask for one. */
  readonly externalId?: string;
  readonly settings?: InventoryClientSettings;
  /** @defaultValue the machine's */
  readonly clock?: Clock;
}

/**
 * Gives the clients of an account and region, the same ones each time: in the own account with the caller's own
 * credentials, elsewhere with those of the role `arn:aws:iam::<account>:role/<roleName>`, which are shared by all
 * regions and renewed five minutes before they expire. Nothing is asked of STS before the first call of a client; where
 * the role cannot be assumed, each call fails, and an {@link AwsResourceInventory} says so with the API `sts:AssumeRole`.
 *
 * Needs `sts:AssumeRole` on those roles.
 */
export function assumedRoleClients(
  options: AssumedRoleClientsOptions,
): (scope: InventoryScope) => InventoryClients {
  const {
    ownAccount,
    roleName,
    sts,
    sessionName = 'sallyport-compliance',
    externalId,
    settings = {},
  } = options;
  const clock = options.clock ?? { now: () => new Date() };
  const roles = new Map<string, AssumedRole>();
  const clients = new Map<string, InventoryClients>();

  const roleIn = (account: string, region: string): AssumedRole => {
    const roleArn = `arn:${partitionOf(region)}:iam::${account}:role/${roleName}`;
    const known = roles.get(roleArn);
    if (known !== undefined) return known;
    const role = new AssumedRole({ sts, roleArn, sessionName, externalId, clock });
    roles.set(roleArn, role);
    return role;
  };

  return ({ account, region }) => {
    const id = `${account} ${region}`;
    const known = clients.get(id);
    if (known !== undefined) return known;
    const role = account === ownAccount ? undefined : roleIn(account, region);
    const config = {
      ...settings,
      region,
      ...(role === undefined ? {} : { credentials: () => role.credentials() }),
    };
    const created = new LazyClients(config);
    clients.set(id, created);
    return created;
  };
}

/** Clients that are made when they are first used: most pages of a scan need one of them. */
class LazyClients implements InventoryClients {
  readonly #config: InventoryClientSettings & { readonly region: string };
  readonly #made = new Map<string, unknown>();

  constructor(config: InventoryClientSettings & { readonly region: string }) {
    this.#config = config;
  }

  get s3(): S3Client {
    return this.#once('s3', () => new S3Client({ ...this.#config, followRegionRedirects: true }));
  }

  get s3Control(): S3ControlClient {
    return this.#once('s3Control', () => s3ControlClient(this.#config));
  }

  get dynamoDb(): DynamoDBClient {
    return this.#once('dynamoDb', () => new DynamoDBClient(this.#config));
  }

  get sns(): SNSClient {
    return this.#once('sns', () => new SNSClient(this.#config));
  }

  get sqs(): SQSClient {
    return this.#once('sqs', () => new SQSClient(this.#config));
  }

  get kms(): KMSClient {
    return this.#once('kms', () => new KMSClient(this.#config));
  }

  get secretsManager(): SecretsManagerClient {
    return this.#once('secretsManager', () => new SecretsManagerClient(this.#config));
  }

  get logs(): CloudWatchLogsClient {
    return this.#once('logs', () => new CloudWatchLogsClient(this.#config));
  }

  #once<Client>(name: string, create: () => Client): Client {
    if (!this.#made.has(name)) this.#made.set(name, create());
    return this.#made.get(name) as Client;
  }
}
