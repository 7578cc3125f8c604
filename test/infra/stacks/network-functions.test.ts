import { describe, expect, test } from '@jest/globals';
import { account, region, simulateRole } from '../simulate-role.ts';
import {
  render,
  resourcesOf,
  type Statement,
  type SynthesizedStack,
  statementsOf,
  statementsOfRole,
  synthesizeAll,
  synthesizeNetwork,
} from '../synthesized-stack.ts';

const context = { createNetwork: 'true' };
const network = synthesizeNetwork();
const all = synthesizeAll(context);

interface DeployedFunction {
  readonly stackId: string;
  readonly stack: SynthesizedStack;
  /** Without prefix and environment. */
  readonly name: string;
  readonly isInside: boolean;
}

const functions: readonly DeployedFunction[] = all.flatMap(([stackId, stack]) =>
  resourcesOf(stack, 'AWS::Lambda::Function').map(([, { Properties }]) => ({
    stackId,
    stack,
    name: String(Properties['FunctionName']).replace(/^sallyport-(.*)-dev$/, '$1'),
    isInside: Properties['VpcConfig'] !== undefined,
  })),
);
const inside = functions.filter(({ isInside }) => isInside);

/** What Lambda does as the function's role, and the function does not (infra/constructs/called-actions.ts). */
const doneByLambda =
  /^(logs:(CreateLogStream|PutLogEvents)|xray:Put\w+|sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)|ec2:\w+)$/;

/** What the role of a function allows it to call itself. */
function callsOf({ stack, name }: DeployedFunction): Statement[] {
  return statementsOfRole(stack, `: what ${name} may do`)
    .filter(
      ({ effect, conditions }) =>
        effect === 'Allow' && !JSON.stringify(conditions).includes('kms:ViaService'),
    )
    .map(statement => ({
      ...statement,
      actions: statement.actions.filter(action => !doneByLambda.test(action)),
    }))
    .filter(({ actions }) => actions.length > 0);
}

/** The endpoints by the last part of their services' names, each with the statements of its policy. */
const endpoints = new Map(
  resourcesOf(network, 'AWS::EC2::VPCEndpoint').map(([id, endpoint]) => [
    String(render(endpoint.Properties['ServiceName'])).split('.').at(-1) ?? '',
    {
      properties: render(endpoint.Properties) as Record<string, unknown>,
      statements: statementsOf(id, endpoint),
    },
  ]),
);

/** Calls of a function that no endpoint of the given ones lets through. */
function stranded(
  deployed: DeployedFunction,
  to: ReadonlyMap<string, { readonly statements: readonly Statement[] }>,
): string[] {
  return callsOf(deployed)
    .flatMap(({ actions }) => actions)
    .filter(action => {
      const statements = to.get(action.slice(0, action.indexOf(':')))?.statements ?? [];
      return !statements.some(({ actions }) => actions.includes(action));
    });
}

/** The ARN of what a resource of a template is, by the names that its properties give it. */
function arnOf({ json }: SynthesizedStack, reference: string): string {
  const [, id = ''] = /^<(\w+?)(\.Arn)?>/.exec(reference) ?? [];
  const { Type = '', Properties = {} } = json.Resources[id] ?? {};
  const name = (property: string) => String(render(Properties[property]));
  const place = '<AWS::Region>:<AWS::AccountId>';
  const arns: Record<string, () => string> = {
    'AWS::S3::Bucket': () => `s3:::${name('BucketName')}`,
    'AWS::DynamoDB::Table': () => `dynamodb:${place}:table/${name('TableName')}`,
    'AWS::SNS::Topic': () => `sns:${place}:${name('TopicName')}`,
    'AWS::StepFunctions::StateMachine': () => `states:${place}:stateMachine:${name('StateMachineName')}`,
    'AWS::SecretsManager::Secret': () => `secretsmanager:${place}:secret:${name('Name')}-a1B2c3`,
  };
  const arn = arns[Type];
  if (arn === undefined) return reference;
  return reference.replace(/^<[^>]+>/, `arn:<AWS::Partition>:${arn()}`);
}

const matches = (pattern: string, arn: string) =>
  new RegExp(
    `^${pattern
      .split(/([*?])/)
      .map(part => (part === '*' ? '.*' : part === '?' ? '.' : part.replaceAll(/[\\^$.|()[\]{}+]/g, '\\$&')))
      .join('')}$`,
  ).test(arn);

describe('D8: functions in the network', () => {
  test('are all but those that call IAM or other regions, and the one that closes the default group', () => {
    expect(functions.filter(({ isInside }) => !isInside).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'compliance-scanner',
        'default-group-closer',
        'finding-remediator',
        'trail-verifier',
      ]),
    );
    expect(functions.length - inside.length).toBe(4);
    expect(inside.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'document-encryptor',
        'document-processor',
        'document-scanner',
        'document-validator',
        'intake-trigger',
        'record-ingestor',
        'trail-analyzer',
        'trail-backfiller',
        'trail-dead-letter-keeper',
        'trail-summarizer',
        'upload-url-issuer',
        'upload-writer',
      ]),
    );
  });

  test.each(inside)(
    '$name stands in each isolated subnet, in the group of the functions',
    ({ stack, name }) => {
      const [properties] = resourcesOf(stack, 'AWS::Lambda::Function')
        .map(([, { Properties }]) => Properties)
        .filter(({ FunctionName }) => FunctionName === `sallyport-${name}-dev`);
      const { SubnetIds, SecurityGroupIds } = render(properties?.['VpcConfig']) as Record<string, string[]>;
      expect(SubnetIds).toEqual([1, 2, 3].map(place => expect.stringContaining(`NetworkSubnet${place}`)));
      expect(SecurityGroupIds).toEqual([expect.stringContaining('FunctionsGroup')]);
    },
  );

  test('take subnets and group from the stack of the network by strong references, and nothing else', () => {
    for (const { stack } of inside) {
      const text = JSON.stringify(stack.json);
      expect(text).not.toContain('Fn::GetStackOutput');
      const taken = [
        ...text.matchAll(/"Fn::ImportValue":"sallyport-network-dev:ExportsOutput(\w+?)[0-9A-F]{8}"/g),
      ];
      expect(new Set(taken.map(([, name]) => name?.replace(/[0-9A-F]{8}(?=GroupId$)/, '')))).toEqual(
        new Set([
          'RefNetworkSubnet1',
          'RefNetworkSubnet2',
          'RefNetworkSubnet3',
          'FnGetAttNetworkFunctionsGroupGroupId',
        ]),
      );
    }
    expect(JSON.stringify(network.json)).not.toContain('Fn::ImportValue');
    expect(network.dependencies).toEqual([]);
  });
});

describe('D8: endpoints', () => {
  test.each(inside)('$name reaches all that it may call', deployed => {
    expect(callsOf(deployed).length).toBeGreaterThan(0);
    expect(stranded(deployed, endpoints)).toEqual([]);
  });

  test.each(inside)('$name reaches the resources that its role names', deployed => {
    const unreached = callsOf(deployed).flatMap(({ actions, resources }) =>
      actions.flatMap(action => {
        const { statements = [] } = endpoints.get(action.slice(0, action.indexOf(':'))) ?? {};
        const open = statements
          .filter(statement => statement.actions.includes(action))
          .flatMap(statement => statement.resources);
        return resources
          .map(resource => arnOf(deployed.stack, resource))
          .filter(arn => !open.some(pattern => matches(pattern, arn)))
          .map(arn => `${action} ${arn}`);
      }),
    );
    expect(unreached).toEqual([]);
  });

  test.each([...endpoints.keys()].filter(name => !['lambda', 'kms', 'secretsmanager'].includes(name)))(
    'without that of %s, a function would wait in vain',
    name => {
      const others = new Map([...endpoints].filter(([other]) => other !== name));
      expect(inside.flatMap(deployed => stranded(deployed, others))).not.toEqual([]);
    },
  );

  test('S3 and DynamoDB by gateways in each route table, all others with their own DNS names', () => {
    const kinds = Object.fromEntries(
      [...endpoints].map(([name, { properties }]) => [name, properties['VpcEndpointType']]),
    );
    expect(kinds).toMatchObject({
      s3: 'Gateway',
      dynamodb: 'Gateway',
      kms: 'Interface',
      lambda: 'Interface',
      secretsmanager: 'Interface',
      sns: 'Interface',
      states: 'Interface',
    });
    for (const { properties } of endpoints.values()) {
      if (properties['VpcEndpointType'] === 'Gateway') expect(properties['RouteTableIds']).toHaveLength(3);
      else {
        expect(properties).toMatchObject({
          PrivateDnsEnabled: true,
          SubnetIds: ['<NetworkSubnet1>', '<NetworkSubnet2>', '<NetworkSubnet3>'],
          SecurityGroupIds: [expect.stringContaining('EndpointsGroup')],
        });
      }
    }
  });

  test.each([...endpoints])(
    '%s lets roles of this account through, to the deployment, for what the functions do',
    (name, { statements }) => {
      expect(statements.length).toBeGreaterThan(0);
      for (const { actions, effect, resources, conditions } of statements) {
        expect(effect).toBe('Allow');
        expect(conditions).toEqual({
          StringEquals: {
            'aws:PrincipalAccount': '<AWS::AccountId>',
            // What other services' ARNs say themselves.
            ...(name === 's3' ? { 'aws:ResourceAccount': '<AWS::AccountId>' } : {}),
          },
        });
        for (const action of actions) expect(action).toMatch(new RegExp(`^${name}:\\w+$`));
        for (const resource of resources) {
          // Keys and what belongs to an API have ids of AWS's choosing.
          expect(resource).toMatch(/sallyport-\*-dev|:kms:.*:key\/\*$|:apigateway:/);
        }
      }
    },
  );
});

describe('D8: network interfaces', () => {
  const interfaces = `arn:aws:ec2:${region}:${account}:network-interface/*`;
  const { stack } = inside.find(({ name }) => name === 'record-ingestor') ?? { stack: network };
  const { ask } = simulateRole(stack, 'what record-ingestor may do');
  const arn = `arn:aws:lambda:${region}:${account}:function:sallyport-record-ingestor-dev`;

  test.each(['ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'])(
    '%s: Lambda may, as the role; the code of the function may not',
    async action => {
      expect(await ask({ action, resource: interfaces })).toBe('Allowed');
      // Lambda asks before there is an interface.
      const whole = statementsOfRole(stack, 'what record-ingestor may do').filter(
        ({ actions, effect }) => effect === 'Allow' && actions.includes(action),
      );
      expect(whole.map(({ resources }) => resources)).toEqual([['*']]);
      expect(await ask({ action, resource: interfaces, context: { 'lambda:SourceFunctionArn': arn } })).toBe(
        'ExplicitlyDenied',
      );
    },
  );

  test.each(['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'])(
    '%s: the same, of all there are',
    async action => {
      expect(await ask({ action, resource: '*' })).toBe('Allowed');
      expect(await ask({ action, resource: '*', context: { 'lambda:SourceFunctionArn': arn } })).toBe(
        'ExplicitlyDenied',
      );
    },
  );

  test('are made in the subnets of the network and with its group alone', () => {
    const [statement] = statementsOfRole(stack, 'what record-ingestor may do').filter(
      ({ actions, effect }) => effect === 'Allow' && actions.includes('ec2:CreateNetworkInterface'),
    );
    const ec2 = 'arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>';
    expect(statement?.actions).toEqual(['ec2:CreateNetworkInterface']);
    expect([...(statement?.resources ?? [])].sort()).toEqual([
      `${ec2}:network-interface/*`,
      expect.stringMatching(/:security-group\/<sallyport-network-dev:NetworkFunctionsGroup\w*GroupId>$/),
      ...[1, 2, 3].map(place =>
        expect.stringMatching(new RegExp(`:subnet/<sallyport-network-dev:NetworkSubnet${place}>$`)),
      ),
    ]);
  });
});
