import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { LocalS3 } from '../../infra/local/s3/local-s3.ts';

/** The secret that posted forms are signed and verified with. */
const localSecret = 'test';

/** An S3 to test against. */
export interface S3Endpoint {
  readonly endpoint: string;
  /** A client of its own; the caller destroys it. */
  client(): S3Client;
  /** Creates a bucket, versioned unless said otherwise, under a name that is free, and gives the name. */
  createBucket(label: string, options?: { readonly versioned: boolean }): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the local S3 on the loopback interface; where `SALLYPORT_AWS_ENDPOINT` names another AWS-compatible endpoint,
 * that one is used, with the secret of `AWS_SECRET_ACCESS_KEY`.
 */
export async function startS3(): Promise<S3Endpoint> {
  const external = process.env['SALLYPORT_AWS_ENDPOINT'];
  const { endpoint, close } = external
    ? { endpoint: external, close: async () => undefined }
    : await new LocalS3({
        region: 'us-east-1',
        accountId: '000000000000',
        secretAccessKey: localSecret,
      }).listen();
  const secretAccessKey = (external && process.env['AWS_SECRET_ACCESS_KEY']) || localSecret;
  const client = () => s3Client(endpoint, secretAccessKey);
  const creator = client();
  return {
    endpoint,
    client,
    createBucket: async (label, { versioned } = { versioned: true }) => {
      const Bucket = `${label}-${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
      await creator.send(new CreateBucketCommand({ Bucket }));
      if (versioned) {
        await creator.send(
          new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
        );
      }
      return Bucket;
    },
    close: async () => {
      creator.destroy();
      await close();
    },
  };
}

/** A client as the emulators want it: path-style, made-up credentials, no retries that hide a failure. */
export function s3Client(endpoint: string, secretAccessKey = localSecret): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    // The SDK warns of each failed stream; the tests make them fail.
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
}
