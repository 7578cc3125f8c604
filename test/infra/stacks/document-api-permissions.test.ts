import { describe, expect, test } from '@jest/globals';
import { encryptedPrefix } from '../../../src/domain/documents/document-encryptor.ts';
import {
  allStatements,
  render,
  resourcesOf,
  statementsOfRole,
  statementsOfServices,
  synthesizeDocumentApi,
} from '../synthesized-stack.ts';

const stack = synthesizeDocumentApi();

/** What a role may do besides writing its own logs and traces, and audit entries; keys are looked at below. */
function allowed(name: string): string[] {
  return statementsOfRole(stack, `what ${name} may do`)
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions, resources }) =>
      actions.flatMap(action => resources.map(resource => `${action} ${resource}`)),
    )
    .filter(line => !/^(kms|xray):/.test(line))
    .sort();
}

/** What all four may do. */
function common(name: string): string[] {
  const [logs] =
    resourcesOf(stack, 'AWS::Logs::LogGroup').find(
      ([, { Properties }]) => Properties['LogGroupName'] === `/aws/lambda/sallyport-${name}-dev`,
    ) ?? [];
  return [
    `logs:CreateLogStream <${logs}.Arn>`,
    `logs:PutLogEvents <${logs}.Arn>`,
    'dynamodb:GetItem <DocumentApiAuditTable.Arn>',
    'dynamodb:PutItem <DocumentApiAuditTable.Arn>',
  ];
}

const reads = [
  's3:GetObject <DocumentsBucket.Arn>/*',
  's3:GetObjectVersion <DocumentsBucket.Arn>/*',
  's3:ListBucket <DocumentsBucket.Arn>',
];

describe('D13: one role each, and no more than its work', () => {
  test.each(['document-validator', 'document-scanner'])('%s reads documents', name => {
    expect(allowed(name)).toEqual([...common(name), ...reads].sort());
  });

  test('the encryptor reads documents and writes copies under one prefix, tags included', () => {
    const below = (action: string) => `s3:${action} <DocumentsBucket.Arn>/${encryptedPrefix}*`;
    expect(allowed('document-encryptor')).toEqual(
      [
        ...common('document-encryptor'),
        ...reads,
        's3:GetObjectVersionTagging <DocumentsBucket.Arn>/*',
        ...['GetObject', 'GetObjectVersion', 'PutObject', 'PutObjectTagging'].map(below),
      ].sort(),
    );
  });

  test('the issuer may put what its permits let others put, and read nothing', () => {
    expect(allowed('upload-url-issuer')).toEqual(
      [...common('upload-url-issuer'), 's3:PutObject <DocumentsBucket.Arn>/*'].sort(),
    );
  });

  test('no permit of the issuer reaches the copies of the encryptor', () => {
    const denials = statementsOfRole(stack, 'what upload-url-issuer may do').filter(
      ({ effect }) => effect === 'Deny',
    );
    expect(denials).toMatchObject([
      { actions: ['s3:PutObject'], resources: [`<DocumentsBucket.Arn>/${encryptedPrefix}*`], conditions: {} },
    ]);
  });

  test.each([
    ['document-validator', ['kms:Decrypt']],
    ['document-scanner', ['kms:Decrypt']],
    ['document-encryptor', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ['upload-url-issuer', ['kms:Decrypt', 'kms:GenerateDataKey']],
  ])('%s uses the key of the documents through S3: %j', (name, actions) => {
    const uses = statementsOfRole(stack, `what ${name} may do`).filter(({ resources }) =>
      resources.includes('<DocumentsKey.Arn>'),
    );
    expect([...new Set(uses.flatMap(use => use.actions))].sort()).toEqual(actions);
    for (const { conditions } of uses) {
      expect(conditions).toEqual({
        StringEquals: { 'kms:ViaService': 's3.<AWS::Region>.<AWS::URLSuffix>' },
      });
    }
  });

  test('each function has a role of its own; only the log role of the account has a managed policy', () => {
    const functions = resourcesOf(stack, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(5);
    expect(new Set(functions.map(([, { Properties }]) => render(Properties['Role']))).size).toBe(5);
    const managed = resourcesOf(stack, 'AWS::IAM::Role')
      .map(([, { Properties }]) => render(Properties) as Record<string, unknown>)
      .filter(role => 'ManagedPolicyArns' in role);
    expect(managed).toEqual([
      expect.objectContaining({
        ManagedPolicyArns: [
          'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
        ],
        AssumeRolePolicyDocument: expect.objectContaining({
          Statement: [
            {
              Action: 'sts:AssumeRole',
              Effect: 'Allow',
              Principal: { Service: 'apigateway.amazonaws.com' },
            },
          ],
        }),
      }),
    ]);
  });

  test('no statement of a role names every resource, but for traces, or allows actions by pattern', () => {
    const statements = allStatements(stack).filter(
      ({ effect, policy }) => effect === 'Allow' && /Role/.test(policy),
    );
    expect(statements.length).toBeGreaterThan(15);
    for (const { actions, resources } of statements) {
      expect(actions.filter(action => action.includes('*'))).toEqual([]);
      if (resources.includes('*')) expect(actions.filter(action => !action.startsWith('xray:'))).toEqual([]);
    }
  });
});

describe('D5, D12: keys', () => {
  test.each([
    ['DocumentsKey', 'alias/sallyport-documents-dev'],
    ['DocumentApiTablesKey', 'alias/sallyport-document-api-tables-dev'],
    ['DocumentApiAlertsKey', 'alias/sallyport-document-api-alerts-dev'],
  ])('%s rotates, and its alias names the environment', (key, AliasName) => {
    expect(stack.json.Resources[key]?.Properties).toMatchObject({
      EnableKeyRotation: true,
      PendingWindowInDays: 10,
    });
    expect(
      resourcesOf(stack, 'AWS::KMS::Alias').map(([, { Properties }]) => render(Properties)),
    ).toContainEqual({ AliasName, TargetKeyId: `<${key}.Arn>` });
  });

  test('no service uses a key for itself, but SNS and CloudWatch that of the alerts', () => {
    expect(statementsOfServices(stack, 'DocumentsKey')).toEqual([]);
    expect(statementsOfServices(stack, 'DocumentApiTablesKey')).toEqual([]);
    expect(statementsOfServices(stack, 'DocumentApiAlertsKey').map(({ principals }) => principals)).toEqual([
      ['sns.amazonaws.com'],
      ['cloudwatch.amazonaws.com'],
    ]);
  });
});
