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
  /**
   * Resources that are looked at, at one time: each client has sockets for all that is asked of so many, 8 calls each, and
   * no call runs into `connectionTimeout` because it waits for a socket. A `requestHandler` that is no mere settings has its
   * own sockets. @defaultValue 20
   */
  readonly concurrency?: number;
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
    concurrency = 20,
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
      requestHandler: withSockets(settings.requestHandler, { concurrency, keepAlive: true }),
      region,
      ...(role === undefined ? {} : { credentials: () => role.credentials() }),
    };
    const created = new LazyClients({
      ...config,
      // Each bucket has a host of its own: what is kept open to one serves no other, and is soon more than may be open.
      s3RequestHandler: withSockets(settings.requestHandler, { concurrency, keepAlive: false }),
    });
    clients.set(id, created);
    return created;
  };
}

type RequestHandlerSettings = NonNullable<InventoryClientSettings['requestHandler']>;

/** Of the 1,024 files that a function may have open (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const mostSockets = 800;

function withSockets(
  given: RequestHandlerSettings = {},
  { concurrency, keepAlive }: { readonly concurrency: number; readonly keepAlive: boolean },
): RequestHandlerSettings {
  if ('handle' in given) return given;
  const sockets = Math.min(8 * concurrency, mostSockets);
  const agent = { keepAlive, maxSockets: sockets, maxTotalSockets: sockets };
  return { ...given, httpAgent: agent, httpsAgent: agent };
}

interface LazyClientsConfig extends InventoryClientSettings {
  readonly region: string;
  readonly s3RequestHandler: RequestHandlerSettings;
}

/** Clients that are made when they are first used: most pages of a scan need one of them. */
class LazyClients implements InventoryClients {
  readonly #config: InventoryClientSettings & { readonly region: string };
  readonly #s3RequestHandler: RequestHandlerSettings;
  readonly #made = new Map<string, unknown>();

  constructor({ s3RequestHandler, ...config }: LazyClientsConfig) {
    this.#config = config;
    this.#s3RequestHandler = s3RequestHandler;
  }

  get s3(): S3Client {
    const config = { ...this.#config, requestHandler: this.#s3RequestHandler, followRegionRedirects: true };
    return this.#once('s3', () => new S3Client(config));
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
