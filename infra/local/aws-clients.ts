import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/** What an SDK client needs to reach the local run. */
export interface ClientConfiguration {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** SDK clients that act as one principal. */
export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** The secret of every access key: only forms that upload to S3 have their signature verified with it. */
export const localSecret = 'local';

/** The principal is named by the access key id, which is all that the gateway can tell a caller by. */
export function clientConfiguration(
  endpoint: string,
  region: string,
  principal: string,
): ClientConfiguration {
  return { endpoint, region, credentials: { accessKeyId: principal, secretAccessKey: localSecret } };
}

/** S3 announces objects as fast as they are put: many wait in line for a socket, of which the SDK need not warn. */
const patienceMs = 600_000;

/** Clients that speak to the gateway over HTTP as any other caller does. */
export class ClientPool {
  readonly #endpoint: string;
  readonly #region: string;
  readonly #clients = new Map<string, AwsClients>();

  constructor(endpoint: string, region: string) {
    this.#endpoint = endpoint;
    this.#region = region;
  }

  /** The clients of a principal, for example `s3.amazonaws.com`. */
  of(principal: string): AwsClients {
    const known = this.#clients.get(principal);
    if (known !== undefined) return known;
    const configuration = {
      ...clientConfiguration(this.#endpoint, this.#region, principal),
      requestHandler: { socketAcquisitionWarningTimeout: patienceMs },
    };
    const clients = {
      dynamodb: new DynamoDBClient(configuration),
      s3: new S3Client({ ...configuration, forcePathStyle: true }),
      sfn: new SFNClient(configuration),
      sns: new SNSClient(configuration),
      sqs: new SQSClient(configuration),
    };
    this.#clients.set(principal, clients);
    return clients;
  }

  /** Closes every connection. */
  close(): void {
    for (const { dynamodb, s3, sfn, sns, sqs } of this.#clients.values()) {
      dynamodb.destroy();
      s3.destroy();
      sfn.destroy();
      sns.destroy();
      sqs.destroy();
    }
  }
}
