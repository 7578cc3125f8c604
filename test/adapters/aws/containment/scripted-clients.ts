import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsContainment } from '../../../../src/adapters/aws/aws-containment.ts';

/** A command as a client was asked to send it. */
export interface ScriptedCall {
  /** As permissions name it: `ec2:DescribeInstances`. */
  readonly api: string;
  readonly region: string;
  readonly input: unknown;
}

/** What a service answers; an error is thrown, a list is answered page by page. */
export type Script = Readonly<Record<string, object | readonly object[] | Error>>;

/** The adapter on real clients that send nothing: what they are asked is kept, and answered from the script. */
export function scriptedContainment(script: Script) {
  const calls: ScriptedCall[] = [];
  const answer = (api: string): object => {
    const scripted = script[api] ?? {};
    if (scripted instanceof Error) throw scripted;
    if (!Array.isArray(scripted)) return scripted;
    return scripted[calls.filter(call => call.api === api).length - 1] ?? {};
  };
  const scripted = <Client extends { readonly middlewareStack: object }>(
    client: Client,
    service: string,
    region: string,
  ): Client => {
    const stack = client.middlewareStack as {
      add(
        middleware: (
          next: unknown,
          context: { readonly commandName: string },
        ) => (parameters: { readonly input: unknown }) => Promise<unknown>,
        options: object,
      ): void;
    };
    stack.add(
      (_next, { commandName }) =>
        async ({ input }) => {
          const api = `${service}:${commandName.replace(/Command$/, '')}`;
          // A copy: the SDK's paginators use one input for all pages.
          calls.push({ api, region, input: structuredClone(input) });
          return { output: { $metadata: { requestId: 'a-request' }, ...answer(api) }, response: {} };
        },
      { step: 'initialize', priority: 'high', name: 'script' },
    );
    return client;
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const clientsOf = (region: string) => ({
    ec2: scripted(new EC2Client({ region, credentials }), 'ec2', region),
    autoScaling: scripted(new AutoScalingClient({ region, credentials }), 'autoscaling', region),
    loadBalancing: scripted(
      new ElasticLoadBalancingV2Client({ region, credentials }),
      'elasticloadbalancing',
      region,
    ),
    s3: scripted(new S3Client({ region, credentials }), 's3', region),
  });
  const iam = scripted(new IAMClient({ region: 'us-east-1', credentials }), 'iam', '');
  const containment = new AwsContainment({ clientsOf, iam, account: '111122223333' });
  return { containment, calls, clients: clientsOf('us-east-1'), iam };
}

/** An error as a service answers it. */
export function serviceError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error('not to be told'), { name, $metadata: { httpStatusCode } });
}
