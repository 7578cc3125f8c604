import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { featureFlags } from '../../../infra/config/feature-flags.ts';
import { IsolatedNetwork, type IsolatedNetworkProps } from '../../../infra/constructs/isolated-network.ts';
import { TrailAnalysis } from '../../../infra/constructs/trail-analysis.ts';
import { render, stubBundles } from '../synthesized-stack.ts';

/** A trail's analysis in a network of its own. */
function build(props: IsolatedNetworkProps = {}) {
  const app = new App({ context: featureFlags() });
  const network = new IsolatedNetwork(new Stack(app, 'Around'), 'Network', props);
  const stack = new Stack(app, 'Trail');
  const { analyzer } = new TrailAnalysis(stack, 'Trail', { bundles: stubBundles, network });
  const allow = (action: string, resource: string) =>
    analyzer.role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
  return { app, network, allow };
}

/** The statements of the policy of the endpoint for a service. */
function policyOf(network: IsolatedNetwork, service: string): unknown {
  const [endpoint] = Object.values(
    Template.fromStack(Stack.of(network)).findResources('AWS::EC2::VPCEndpoint'),
  )
    .map(({ Properties }) => render(Properties) as Record<string, unknown>)
    .filter(({ ServiceName }) => String(ServiceName).endsWith(`.${service}`));
  return endpoint === undefined
    ? undefined
    : (endpoint['PolicyDocument'] as { Statement: unknown }).Statement;
}

describe('a network built by itself', () => {
  test('gets an endpoint for what a role comes to allow', () => {
    const queues = 'arn:aws:sqs:eu-central-1:111122223333:sallyport-letters-dev';
    const { network, allow } = build();
    allow('sqs:SendMessage', queues);
    network.addEndpoints();
    expect(policyOf(network, 'sqs')).toEqual([
      expect.objectContaining({
        Action: 'sqs:SendMessage',
        Resource: 'arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:sallyport-*-dev',
      }),
    ]);
  });

  test('gets none for what nobody inside calls', () => {
    const { network } = build();
    network.addEndpoints();
    expect(policyOf(network, 'sns')).toBeDefined();
    expect(policyOf(network, 'sqs')).toBeUndefined();
    expect(policyOf(network, 'states')).toBeUndefined();
  });

  test('lets an action that names no resource through as well', () => {
    const { network, allow } = build();
    allow('secretsmanager:GetRandomPassword', '*');
    network.addEndpoints();
    expect(policyOf(network, 'secretsmanager')).toEqual([
      expect.objectContaining({ Sid: 'OurResources', Action: 'secretsmanager:GetSecretValue' }),
      expect.objectContaining({
        Sid: 'NoResourceToName',
        Action: 'secretsmanager:GetRandomPassword',
        Resource: '*',
      }),
    ]);
  });

  test('leads to buckets of its own account, and of its names: strangers may take such a name', () => {
    const { network } = build();
    network.addEndpoints();
    const ours = 'arn:<AWS::Partition>:s3:::sallyport-*-dev-<AWS::AccountId>';
    expect(policyOf(network, 's3')).toEqual([
      expect.objectContaining({
        Resource: expect.arrayContaining([ours, `${ours}/*`]),
        Condition: {
          StringEquals: {
            'aws:PrincipalAccount': '<AWS::AccountId>',
            'aws:ResourceAccount': '<AWS::AccountId>',
          },
        },
      }),
    ]);
  });

  test('leads to resources of other names, of whatever account, where it is told them', () => {
    const bucket = 'arn:aws:s3:::landing-zone-111122223333';
    const { network } = build({ otherResources: { s3: [bucket, `${bucket}/*`] } });
    network.addEndpoints();
    const [ours = {}, ...others] = policyOf(network, 's3') as Record<string, unknown>[];
    expect(others).toEqual([
      {
        ...ours,
        Sid: 'OtherResources',
        Resource: [bucket, `${bucket}/*`],
        Condition: { StringEquals: { 'aws:PrincipalAccount': '<AWS::AccountId>' } },
      },
    ]);
    expect(JSON.stringify(policyOf(network, 'dynamodb'))).not.toContain('landing-zone');
  });

  test('refuses a function that calls what no endpoint is known for, and says what to do', () => {
    const { network, allow } = build();
    allow('iam:ListRoles', '*');
    expect(() => network.addEndpoints()).toThrow(
      /No endpoint is known for the service "iam".*infra\/constructs\/endpoint-services\.ts.*run in no network/,
    );
  });

  test.each([
    ['nobody has added endpoints', () => {}, '"dynamodb"'],
    [
      'a role comes to allow more afterwards',
      ({ network, allow }: ReturnType<typeof build>) => {
        network.addEndpoints();
        allow('states:StartExecution', 'arn:aws:states:eu-central-1:111122223333:stateMachine:m');
      },
      '"states"',
    ],
  ])('is not synthesized where %s', (_name, spoil, missing) => {
    const built = build();
    spoil(built);
    expect(() => built.app.synth()).toThrow(
      new RegExp(`Functions inside may call ${missing}, which the network has no endpoint for`),
    );
  });
});
