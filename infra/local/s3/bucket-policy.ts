import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { allowsEveryone } from './allows-everyone.ts';

export interface PolicyQuestion {
  /** For example `s3:PutObject`. */
  readonly action: string;
  readonly bucket: string;
  readonly key?: string;
  readonly principal: string;
  readonly accountId: string;
  readonly sourceIpAddress: string;
  readonly headers: Readonly<Record<string, string>>;
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

/** The policy of one bucket, of which explicit denials count. */
export class BucketPolicy {
  /** The document as it was put. */
  readonly text: string;
  readonly #document: object;

  /** Throws a `SyntaxError` where the text is no JSON object. */
  constructor(text: string) {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null || Array.isArray(document)) {
      throw new SyntaxError('A policy is a JSON object');
    }
    this.text = text;
    this.#document = document;
  }

  /** Whether it allows anything to everyone. */
  get isPublic(): boolean {
    return allowsEveryone(this.#document);
  }

  /** Whether a statement denies the request. Rejects where the policy is no valid policy: unknown is not safe. */
  async denies(question: PolicyQuestion): Promise<boolean> {
    const result = await runSimulation(this.#simulationOf(question), {});
    if (result.resultType === 'error') {
      throw new Error(
        `The policy of bucket ${question.bucket} cannot be judged: ${JSON.stringify(result.errors)}`,
      );
    }
    return result.overallResult === 'ExplicitlyDenied';
  }

  #simulationOf(question: PolicyQuestion): Simulation {
    const { action, bucket, key, principal, accountId, sourceIpAddress, headers } = question;
    const context: Record<string, string> = {
      // The loopback stands in for TLS.
      'aws:SecureTransport': 'true',
      's3:TlsVersion': '1.3',
      'aws:SourceIp': sourceIpAddress,
      'aws:PrincipalArn': principal,
      'aws:PrincipalAccount': accountId,
    };
    for (const name of headerKeys) {
      const value = headers[name];
      if (value !== undefined) context[`s3:${name}`] = value;
    }
    return {
      request: {
        principal,
        action,
        resource: {
          resource: `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${literal(key)}`}`,
          accountId,
        },
        contextVariables: context,
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: this.#document,
    };
  }
}

/** The simulator takes an asterisk in the requested resource for a pattern; in a key it is only a character. */
function literal(key: string): string {
  return key.replaceAll('*', '%2A');
}
