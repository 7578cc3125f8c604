import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type CfnRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DocumentApi } from '../../../infra/constructs/document-api.ts';
import { account, region, simulateRole } from '../simulate-role.ts';
import {
  propertiesOf,
  type Resource,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfRole,
  stubBundles,
  synthesizeDocumentApi,
} from '../synthesized-stack.ts';

const stack = synthesizeDocumentApi();
const prod = synthesizeDocumentApi({ env: 'prod', alertEmails: 'a@example.com' });
const chosen = synthesizeDocumentApi({
  apiKeyRotationDays: '7',
  apiKeyRotatorTimeoutSeconds: '90',
  databaseSecret: 'true',
});
const off = synthesizeDocumentApi({ apiKeyRotationDays: '0' });

const rendered = (of: SynthesizedStack, id: string) =>
  render(propertiesOf(of, id)) as Record<string, unknown>;
const only = (of: SynthesizedStack, type: string) => {
  const [[id, resource] = ['', undefined], ...more] = resourcesOf(of, type);
  if (resource === undefined || more.length > 0) throw new Error(`The template has not one ${type}.`);
  return { id, resource, properties: render(resource.Properties) as Record<string, unknown> };
};
const rotatorOf = (of: SynthesizedStack) =>
  resourcesOf(of, 'AWS::Lambda::Function').find(([, { Properties }]) =>
    String(Properties['FunctionName']).startsWith('sallyport-api-key-rotator-'),
  )?.[0] ?? '';

describe('D9: the secret of the API key', () => {
  test('is generated under the key of the secrets, and no value stands in the template', () => {
    expect(rendered(stack, 'DocumentApiKeySecret')).toMatchObject({
      Name: 'sallyport-document-api-key-dev',
      KmsKeyId: '<DocumentApiSecretsKey.Arn>',
    });
    expect(rendered(stack, 'DocumentApiKeySecret')).not.toHaveProperty('SecretString');
    expect(rendered(stack, 'DocumentApiSecretsKey')).toMatchObject({ EnableKeyRotation: true });
  });

  // A change here would put a value that is no API key in the place of the one that is valid, at the next deployment.
  test('is generated in the one way that deployed secrets were generated in', () => {
    expect(rendered(stack, 'DocumentApiKeySecret')['GenerateSecretString']).toEqual({
      SecretStringTemplate: '{"schemaVersion":1}',
      GenerateStringKey: 'apiKey',
      PasswordLength: 40,
      ExcludePunctuation: true,
      IncludeSpace: false,
    });
  });

  test('is read by nobody outside the account, and by nobody without TLS', () => {
    const { properties } = only(stack, 'AWS::SecretsManager::ResourcePolicy');
    expect(properties).toMatchObject({ SecretId: '<DocumentApiKeySecret>' });
    const { Statement } = properties['ResourcePolicy'] as { Statement: Record<string, unknown>[] };
    expect(Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Condition: {
          StringNotEquals: { 'aws:PrincipalAccount': '<AWS::AccountId>' },
          Bool: { 'aws:PrincipalIsAWSService': 'false' },
        },
      }),
    ]);
  });

  test.each([
    ['dev', stack, 'Delete'],
    ['prod', prod, 'RetainExceptOnCreate'],
  ])('in %s, secret and key: what becomes of them', (_name, of, policy) => {
    expect(of.json.Resources['DocumentApiKeySecret']?.DeletionPolicy).toBe(policy);
    expect(of.json.Resources['DocumentApiSecretsKey']?.DeletionPolicy).toBe(policy);
  });

  test('its key is for the account alone to give out', () => {
    const { KeyPolicy } = rendered(stack, 'DocumentApiSecretsKey') as { KeyPolicy: { Statement: unknown[] } };
    expect(KeyPolicy.Statement).toHaveLength(1);
  });
});

describe('D9: rotation', () => {
  test.each([
    ['by default', stack, 30],
    ['as it is chosen', chosen, 7],
  ])('%s: begins at once, and comes again', (_name, of, days) => {
    expect(only(of, 'AWS::SecretsManager::RotationSchedule').properties).toEqual({
      SecretId: '<DocumentApiKeySecret>',
      RotationLambdaARN: `<${rotatorOf(of)}.Arn>`,
      RotationRules: { AutomaticallyAfterDays: days },
      RotateImmediatelyOnUpdate: true,
    });
  });

  test('begins once the function may do its work', () => {
    const { DependsOn = [] } = only(stack, 'AWS::SecretsManager::RotationSchedule').resource;
    const needed = [
      ...resourcesOf(stack, 'AWS::Lambda::Permission').filter(
        ([, { Properties }]) => Properties['Principal'] === 'secretsmanager.amazonaws.com',
      ),
      ...resourcesOf(stack, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
        JSON.stringify(Properties).includes('secretsmanager:PutSecretValue'),
      ),
      ...resourcesOf(stack, 'AWS::SecretsManager::ResourcePolicy'),
    ].map(([id]) => id);
    expect(needed).toHaveLength(3);
    expect(DependsOn).toEqual(expect.arrayContaining(needed));
  });

  test('Secrets Manager invokes the function for this secret, and nobody else does', () => {
    const permissions = resourcesOf(stack, 'AWS::Lambda::Permission')
      .map(([, { Properties }]) => render(Properties) as Record<string, unknown>)
      .filter(({ FunctionName }) => FunctionName === `<${rotatorOf(stack)}.Arn>`);
    expect(permissions).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: `<${rotatorOf(stack)}.Arn>`,
        Principal: 'secretsmanager.amazonaws.com',
        SourceArn: '<DocumentApiKeySecret>',
        SourceAccount: '<AWS::AccountId>',
      },
    ]);
  });

  test.each([
    ['60 s by default (D13)', stack, 60],
    ['as it is chosen', chosen, 90],
  ])('a step has its time: %s', (_name, of, seconds) => {
    const { Timeout, Environment } = rendered(of, rotatorOf(of));
    expect(Timeout).toBe(seconds);
    expect(Environment).toMatchObject({
      Variables: {
        SECRET_ARN: '<DocumentApiKeySecret>',
        USAGE_PLAN_ID: `<${only(of, 'AWS::ApiGateway::UsagePlan').id}>`,
        API_KEY_NAME_PREFIX: 'sallyport-documents-dev',
      },
    });
  });

  test('a step that fails raises an alarm', () => {
    const alarm = resourcesOf(stack, 'AWS::CloudWatch::Alarm').find(
      ([, { Properties }]) => Properties['AlarmName'] === 'sallyport-api-key-rotator-errors-dev',
    )?.[1].Properties;
    expect(render(alarm)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: `<${rotatorOf(stack)}>` }],
      AlarmActions: ['<DocumentApiAlertTopic>'],
    });
  });

  test('the template has no key that would stay for ever', () => {
    stack.template.resourceCountIs('AWS::ApiGateway::ApiKey', 0);
    stack.template.resourceCountIs('AWS::ApiGateway::UsagePlanKey', 0);
    expect(stack.json.Outputs).not.toHaveProperty('DocumentApiKeyId');
    expect(render(stack.json.Outputs['DocumentApiKeySecretArn']?.Value)).toBe('<DocumentApiKeySecret>');
  });
});

describe('what the rotator may do', () => {
  const paths = 'arn:<AWS::Partition>:apigateway:<AWS::Region>::';
  const plan = only(stack, 'AWS::ApiGateway::UsagePlan').id;

  test('is its work, and no more', () => {
    const lines = statementsOfRole(stack, 'what api-key-rotator may do').flatMap(({ actions, resources }) =>
      actions.flatMap(action => resources.map(resource => `${action} ${resource}`)),
    );
    expect(lines.filter(line => !/^(logs|xray):/.test(line)).sort()).toEqual(
      [
        ...['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
          action => `secretsmanager:${action} <DocumentApiKeySecret>`,
        ),
        'kms:Decrypt <DocumentApiSecretsKey.Arn>',
        'kms:GenerateDataKey <DocumentApiSecretsKey.Arn>',
        `apigateway:POST ${paths}/apikeys`,
        `apigateway:DELETE ${paths}/apikeys/*`,
        `apigateway:PUT ${paths}/tags/arn%3A<AWS::Partition>%3Aapigateway%3A<AWS::Region>%3A%3A%2Fapikeys%2F*`,
        `apigateway:GET ${paths}/usageplans/<${plan}>/keys`,
        `apigateway:POST ${paths}/usageplans/<${plan}>/keys`,
        `apigateway:GET ${paths}/usageplans/<${plan}>/keys/*`,
      ].sort(),
    );
  });

  const ownTag = { 'aws:ResourceTag/sallyport:rotated-key': 'sallyport-documents-dev' };
  const apiKey = `arn:aws:apigateway:${region}::/apikeys/a1b2c3d4e5`;
  const apiKeys = `arn:aws:apigateway:${region}::/apikeys`;
  const tagsOfKey = `arn:aws:apigateway:${region}::/tags/${encodeURIComponent(apiKey)}`;
  const asksFor = (tags: Readonly<Record<string, string>>) => ({
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': Object.keys(tags),
  });
  const ownRequest = asksFor({ 'sallyport:rotated-key': 'sallyport-documents-dev' });
  test.each<[string, string, string, Readonly<Record<string, string | readonly string[]>>, string]>([
    ['make a key of its own', 'apigateway:POST', apiKeys, ownRequest, 'Allowed'],
    ['give its tag', 'apigateway:PUT', tagsOfKey, ownRequest, 'Allowed'],
    ['delete a key of its own', 'apigateway:DELETE', apiKey, ownTag, 'Allowed'],
    ['list the keys of the region', 'apigateway:GET', apiKeys, {}, 'ImplicitlyDenied'],
    ['look into a key, even its own', 'apigateway:GET', apiKey, ownTag, 'ImplicitlyDenied'],
    ['give a key no tag', 'apigateway:PUT', tagsOfKey, {}, 'ImplicitlyDenied'],
    [
      'give a key the tag of another rotation',
      'apigateway:PUT',
      tagsOfKey,
      asksFor({ 'sallyport:rotated-key': 'sallyport-documents-prod' }),
      'ImplicitlyDenied',
    ],
    [
      'give a key another tag beside its own',
      'apigateway:PUT',
      tagsOfKey,
      asksFor({ 'sallyport:rotated-key': 'sallyport-documents-dev', owner: 'somebody' }),
      'ImplicitlyDenied',
    ],
    ['take tags off a key', 'apigateway:DELETE', tagsOfKey, {}, 'ImplicitlyDenied'],
    ['delete another key', 'apigateway:DELETE', apiKey, {}, 'ImplicitlyDenied'],
    [
      'delete a key of another environment',
      'apigateway:DELETE',
      apiKey,
      { 'aws:ResourceTag/sallyport:rotated-key': 'sallyport-documents-prod' },
      'ImplicitlyDenied',
    ],
    ['change a key', 'apigateway:PATCH', apiKey, ownTag, 'ImplicitlyDenied'],
    [
      'list the keys of another plan',
      'apigateway:GET',
      `arn:aws:apigateway:${region}::/usageplans/other/keys`,
      {},
      'ImplicitlyDenied',
    ],
    [
      'let a key in elsewhere',
      'apigateway:POST',
      `arn:aws:apigateway:${region}::/usageplans/other/keys`,
      {},
      'ImplicitlyDenied',
    ],
    [
      'read another secret',
      'secretsmanager:GetSecretValue',
      `arn:aws:secretsmanager:${region}:${account}:secret:other-a1b2c3`,
      {},
      'ImplicitlyDenied',
    ],
  ])('%s', async (_name, action, resource, context, expected) => {
    const { ask } = simulateRole(stack, 'what api-key-rotator may do');
    expect(await ask({ action, resource, context })).toBe(expected);
  });
});

describe('D9: credentials of a database', () => {
  test('are generated under the same key, if that is chosen', () => {
    expect(rendered(chosen, 'DatabaseSecret')).toMatchObject({
      Name: 'sallyport-database-dev',
      KmsKeyId: '<DocumentApiSecretsKey.Arn>',
      GenerateSecretString: {
        SecretStringTemplate: '{"schemaVersion":1,"username":"sallyport"}',
        GenerateStringKey: 'password',
      },
    });
    expect(chosen.json.Outputs).toHaveProperty('DatabaseSecretArn');
    const policies = resourcesOf(chosen, 'AWS::SecretsManager::ResourcePolicy');
    expect(policies.map(([, { Properties }]) => render(Properties['SecretId'])).sort()).toEqual([
      '<DatabaseSecret>',
      '<DocumentApiKeySecret>',
    ]);
  });

  test('are not there otherwise', () => {
    expect(stack.json.Resources).not.toHaveProperty('DatabaseSecret');
    expect(stack.json.Outputs).not.toHaveProperty('DatabaseSecretArn');
  });

  test('can be without a rotation of the API key', () => {
    const alone = synthesizeDocumentApi({ apiKeyRotationDays: '0', databaseSecret: 'true' });
    expect(alone.json.Resources).toHaveProperty('DatabaseSecret');
    expect(alone.json.Resources).not.toHaveProperty('DocumentApiKeySecret');
    alone.template.resourceCountIs('AWS::ApiGateway::ApiKey', 1);
  });
});

describe('without rotation', () => {
  test('the API has the key of the template, in its usage plan, and no secret', () => {
    const { id } = only(off, 'AWS::ApiGateway::ApiKey');
    expect(id).toBe('DocumentApiKey');
    expect(only(off, 'AWS::ApiGateway::UsagePlanKey').properties).toMatchObject({
      KeyId: '<DocumentApiKey>',
    });
    for (const type of ['Secret', 'ResourcePolicy', 'RotationSchedule']) {
      off.template.resourceCountIs(`AWS::SecretsManager::${type}`, 0);
    }
    expect(off.json.Resources).not.toHaveProperty('DocumentApiSecretsKey');
    expect(render(off.json.Outputs['DocumentApiKeyId']?.Value)).toBe('<DocumentApiKey>');
    expect(off.json.Outputs).not.toHaveProperty('DocumentApiKeySecretArn');
    expect(rotatorOf(off)).toBe('');
  });
});

describe('grantReadApiKey', () => {
  const documentApiOf = (configuration: object) => {
    const alone = new Stack(new App(), 'Alone');
    const documentApi = new DocumentApi(alone, 'Api', { configuration, bundles: stubBundles });
    const client = new Role(alone, 'Client', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    return { alone, documentApi, client };
  };

  test('lets a role read the secret, and use its key through Secrets Manager', () => {
    const { alone, documentApi, client } = documentApiOf({});
    documentApi.grantReadApiKey(client);
    const [policy] = Object.values(
      Template.fromStack(alone).findResources('AWS::IAM::Policy', {
        Properties: { Roles: [{ Ref: alone.getLogicalId(client.node.defaultChild as CfnRole) }] },
      }),
    );
    expect(render((policy as Resource).Properties['PolicyDocument'])).toMatchObject({
      Statement: [
        {
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
          Resource: '<DocumentApiKeySecret>',
        },
        {
          Action: 'kms:Decrypt',
          Resource: '<DocumentApiSecretsKey.Arn>',
          Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.<AWS::Region>.<AWS::URLSuffix>' } },
        },
      ],
    });
  });

  test('says so where there is no secret', () => {
    const { documentApi, client } = documentApiOf({ apiKeyRotationDays: 0 });
    expect(() => documentApi.grantReadApiKey(client)).toThrow('apiKeyRotationDays is 0');
  });
});
