import type { BucketPolicy } from './bucket-policy.ts';
import type { S3Request } from './s3-request.ts';

/** Whom a request comes from. */
export type S3Caller = Pick<S3Request, 'accessKeyId' | 'sourceIpAddress'>;

/** Whether a caller may do something. */
export interface S3Question {
  readonly caller: S3Caller;
  /** For example `s3:PutObject`. */
  readonly action: string;
  /** ARN of a bucket or an object, or `*`. */
  readonly resource: string;
  /** Values of condition keys. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** Of the bucket. */
  readonly policy: BucketPolicy | undefined;
}

/** Whether S3 may use a key in a caller's name. */
export interface S3KeyQuestion {
  readonly caller: S3Caller;
  readonly kmsKeyId: string;
  readonly actions: readonly `kms:${string}`[];
  /** The `aws:s3:arn` of the encryption context: the bucket's where it has a bucket key, else the object's. */
  readonly encryptedArn: string;
}

/** Decides who may do what. Each answer says why not, and is `undefined` where the caller may. */
export interface S3Permissions {
  ask(question: S3Question): Promise<string | undefined>;
  askKey(question: S3KeyQuestion): Promise<string | undefined>;
}

/** The explicit denials of bucket policies alone; keys are everybody's. */
export class BucketPolicyPermissions implements S3Permissions {
  readonly #accountId: string;
  readonly #principalOf: (accessKeyId: string) => string;

  /** @param options.principalOf ARN of the principal behind an access key. */
  constructor(options: {
    readonly accountId: string;
    readonly principalOf: (accessKeyId: string) => string;
  }) {
    this.#accountId = options.accountId;
    this.#principalOf = options.principalOf;
  }

  async ask({ caller, action, resource, context, policy }: S3Question): Promise<string | undefined> {
    const denied = await policy?.denies({
      action,
      resource,
      principal: this.#principalOf(caller.accessKeyId),
      accountId: this.#accountId,
      sourceIpAddress: caller.sourceIpAddress,
      context,
    });
    return denied === true ? `Access Denied: the bucket policy denies ${action} on ${resource}` : undefined;
  }

  async askKey(): Promise<undefined> {
    return undefined;
  }
}

/** Headers of a request that are condition keys of S3 ("Actions, resources, and condition keys for Amazon S3"). */
const headerKeys = [
  'x-amz-acl',
  'x-amz-content-sha256',
  'x-amz-copy-source',
  'x-amz-metadata-directive',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
] as const;

/** Parameters of a request that are, and what they are called there. */
const parameterKeys = [
  ['versionId', 's3:VersionId'],
  ['prefix', 's3:prefix'],
  ['delimiter', 's3:delimiter'],
  ['max-keys', 's3:max-keys'],
] as const;

/** What a request says to the conditions of a policy. */
export function conditionsOf({
  headers,
  query,
}: {
  readonly headers: S3Request['headers'];
  readonly query?: URLSearchParams;
}): S3Question['context'] {
  const context: Record<string, string | readonly string[]> = {};
  for (const name of headerKeys) {
    const value = headers[name];
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  for (const [name, key] of parameterKeys) {
    const value = query?.get(name) ?? undefined;
    if (value !== undefined) context[key] = value;
  }
  const tags = [...new URLSearchParams(headers['x-amz-tagging'] ?? '')];
  if (tags.length > 0) context['s3:RequestObjectTagKeys'] = tags.map(([name]) => name);
  for (const [name, value] of tags) context[`s3:RequestObjectTag/${name}`] = value;
  return context;
}
