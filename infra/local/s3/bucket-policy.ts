import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { allowsEveryone } from './allows-everyone.ts';

export interface PolicyQuestion {
  /** For example `s3:PutObject`. */
  readonly action: string;
  /** ARN of the bucket or of an object. */
  readonly resource: string;
  readonly principal: string;
  readonly accountId: string;
  readonly sourceIpAddress: string;
  /** What the request says to the conditions. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** The policy of one bucket. */
export class BucketPolicy {
  /** The document as it was put. */
  readonly text: string;
  readonly document: object;

  /** Throws a `SyntaxError` where the text is no JSON object. */
  constructor(text: string) {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null || Array.isArray(document)) {
      throw new SyntaxError('A policy is a JSON object');
    }
    this.text = text;
    this.document = document;
  }

  /** Whether it allows anything to everyone. */
  get isPublic(): boolean {
    return allowsEveryone(this.document);
  }

  /** Whether a statement denies the request. Rejects where the policy is no valid policy: unknown is not safe. */
  async denies(question: PolicyQuestion): Promise<boolean> {
    const result = await runSimulation(this.#simulationOf(question), {});
    if (result.resultType === 'error') {
      throw new Error(
        `The policy cannot be judged on ${question.resource}: ${JSON.stringify(result.errors)}`,
      );
    }
    return result.overallResult === 'ExplicitlyDenied';
  }

  #simulationOf(question: PolicyQuestion): Simulation {
    const { action, resource, principal, accountId, sourceIpAddress, context } = question;
    const given = Object.entries(context).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : [...value],
    ]);
    const contextVariables: Record<string, string | string[]> = {
      // The loopback stands in for TLS.
      'aws:SecureTransport': 'true',
      's3:TlsVersion': '1.3',
      'aws:SourceIp': sourceIpAddress,
      'aws:PrincipalArn': principal,
      'aws:PrincipalAccount': accountId,
      ...Object.fromEntries(given),
    };
    return {
      request: {
        principal,
        action,
        resource: { resource: literal(resource), accountId },
        contextVariables,
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: this.document,
    };
  }
}

/** The simulator takes an asterisk in the requested resource for a pattern; in a key it is only a character. */
function literal(resource: string): string {
  return resource.replaceAll('*', '%2A');
}
