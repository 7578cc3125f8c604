import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from '@jest/globals';
import type { App } from 'aws-cdk-lib';
import { AccountPrincipal, type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ComplianceMonitor,
  DocumentApi,
  DocumentIntake,
  DocumentProcessing,
  FindingResponse,
  RecordIngestion,
  TrailAnalysis,
} from '../../../infra/index.ts';
import { type Resource, render, resourcesOf, stubBundles } from '../synthesized-stack.ts';
import { plainStack, type SynthesizedTemplate, synthesized } from './flows.ts';

const account = '111122223333';
const place = `eu-central-1:${account}`;
const key = (id: string) => `arn:aws:kms:${place}:key/${id}`;
const bucketOf = (purpose: string) => `arn:aws:s3:::sallyport-${purpose}-dev-${account}`;
const tableOf = (purpose: string) => `arn:aws:dynamodb:${place}:table/sallyport-${purpose}-dev`;
const through = (service: string) => ({ 'kms:ViaService': `${service}.eu-central-1.amazonaws.com` });
const underOwnKey = (keyId: string) => ({
  's3:x-amz-server-side-encryption': 'aws:kms',
  's3:x-amz-server-side-encryption-aws-kms-key-id': key(keyId),
});

/** The ARN of a resource of the template once it is deployed; of a stage its name, of an API its id. */
function arnOf(logicalId: string, { Type, Properties }: Resource): string {
  const named = (name: string) => String(render(Properties[name])).replace('<AWS::AccountId>', account);
  if (Type === 'AWS::S3::Bucket') return `arn:aws:s3:::${named('BucketName')}`;
  if (Type === 'AWS::DynamoDB::Table') return `arn:aws:dynamodb:${place}:table/${named('TableName')}`;
  if (Type === 'AWS::Lambda::Function') return `arn:aws:lambda:${place}:function:${named('FunctionName')}`;
  if (Type === 'AWS::StepFunctions::StateMachine') {
    return `arn:aws:states:${place}:stateMachine:${named('StateMachineName')}`;
  }
  if (Type === 'AWS::ApiGateway::Stage') return named('StageName');
  return Type === 'AWS::KMS::Key' ? key(logicalId) : logicalId;
}

/** A policy of the template as it is once deployed. */
function deployed({ json }: SynthesizedTemplate, document: unknown): object {
  const text = JSON.stringify(render(document))
    .replaceAll('<AWS::Partition>', 'aws')
    .replaceAll('<AWS::Region>', 'eu-central-1')
    .replaceAll('<AWS::AccountId>', account)
    .replaceAll('<AWS::URLSuffix>', 'amazonaws.com')
    .replaceAll(/<([\w]+)(?:\.Arn)?>/g, (whole, id: string) => {
      const resource = json.Resources[id];
      return resource === undefined ? whole : arnOf(id, resource);
    });
  return JSON.parse(text) as object;
}

interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Asks IAM's rules what the role `Theirs` may do, with the policies of the buckets and keys that it asks for. */
async function mayDo(
  template: SynthesizedTemplate,
  { action, resource, context = {} }: Call,
): Promise<string> {
  const identityPolicies = resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith('Theirs'))
    .map(([name, { Properties }]) => ({ name, policy: deployed(template, Properties['PolicyDocument']) }));
  const bucketPolicy = resourcesOf(template, 'AWS::S3::BucketPolicy').find(([, { Properties }]) => {
    const id = String(render(Properties['Bucket'])).slice(1, -1);
    const bucket = template.json.Resources[id];
    return bucket !== undefined && resource.startsWith(`${arnOf(id, bucket)}/`);
  });
  const keyPolicy = resourcesOf(template, 'AWS::KMS::Key').find(([id]) => key(id) === resource);
  const resourcePolicy =
    bucketPolicy?.[1].Properties['PolicyDocument'] ?? keyPolicy?.[1].Properties['KeyPolicy'];
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/theirs`,
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:SecureTransport': 'true',
          'aws:PrincipalAccount': account,
          'aws:ResourceAccount': account,
          ...context,
        },
      },
      identityPolicies,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy: deployed(template, resourcePolicy) }),
    },
    {},
  );
  if (outcome.resultType === 'error') throw new Error(JSON.stringify(outcome.errors));
  return outcome.overallResult;
}

/** What belongs to an upload in parts, beside the put. */
const tendParts = (purpose: string): Call[] =>
  ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'].map(action => ({
    action,
    resource: `${bucketOf(purpose)}/a.pdf`,
  }));

const flowProps = { bundles: stubBundles };

function roleIn(stack: ReturnType<typeof plainStack>): Role {
  return new Role(stack, 'Theirs', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
}

/** What a grant lets a role do, and the nearest things that it does not. */
const grants: [
  name: string,
  give: (stack: ReturnType<typeof plainStack>, role: Role) => void,
  allowed: Call[],
  denied: Call[],
][] = [
  [
    'DocumentIntake.grantUpload',
    (stack, role) => new DocumentIntake(stack, 'Flow', flowProps).grantUpload(role),
    [
      {
        action: 's3:PutObject',
        resource: `${bucketOf('uploads')}/a.pdf`,
        context: underOwnKey('UploadsKey'),
      },
      ...tendParts('uploads'),
      { action: 'kms:GenerateDataKey', resource: key('UploadsKey'), context: through('s3') },
    ],
    [
      { action: 's3:PutObject', resource: `${bucketOf('uploads')}/a.pdf` },
      { action: 's3:GetObject', resource: `${bucketOf('uploads')}/a.pdf` },
      { action: 's3:DeleteObject', resource: `${bucketOf('uploads')}/a.pdf` },
      { action: 's3:PutObject', resource: `${bucketOf('access-logs')}/a.pdf` },
      { action: 'kms:GenerateDataKey', resource: key('UploadsKey') },
    ],
  ],
  [
    'DocumentProcessing.grantReadDelivery',
    (stack, role) => new DocumentProcessing(stack, 'Flow', flowProps).grantReadDelivery(role),
    [
      { action: 's3:GetObject', resource: `${bucketOf('delivery')}/a.pdf` },
      { action: 's3:ListBucket', resource: bucketOf('delivery') },
      { action: 'kms:Decrypt', resource: key('DeliveryKey'), context: through('s3') },
    ],
    [
      { action: 's3:GetObject', resource: `${bucketOf('quarantine')}/a.pdf` },
      {
        action: 's3:PutObject',
        resource: `${bucketOf('delivery')}/a.pdf`,
        context: underOwnKey('DeliveryKey'),
      },
      { action: 'kms:Decrypt', resource: key('QuarantineKey'), context: through('s3') },
    ],
  ],
  [
    'DocumentProcessing.grantReadVerdicts',
    (stack, role) => new DocumentProcessing(stack, 'Flow', flowProps).grantReadVerdicts(role),
    [{ action: 's3:GetObject', resource: `${bucketOf('processing-compliance-logs')}/verdicts/a.json` }],
    [{ action: 's3:GetObject', resource: `${bucketOf('processing-compliance-logs')}/compliance/a.json` }],
  ],
  [
    'DocumentApi.grantInvoke',
    (stack, role) => new DocumentApi(stack, 'Flow', flowProps).grantInvoke(role),
    [
      {
        action: 'execute-api:Invoke',
        resource: `arn:aws:execute-api:${place}:DocumentApi/v1/POST/documents/scan`,
      },
    ],
    [
      {
        action: 'execute-api:Invoke',
        resource: `arn:aws:execute-api:${place}:DocumentApi/v1/GET/documents/scan`,
      },
      { action: 's3:GetObject', resource: `${bucketOf('documents')}/a.pdf` },
    ],
  ],
  [
    'DocumentApi.grantUpload',
    (stack, role) => new DocumentApi(stack, 'Flow', flowProps).grantUpload(role),
    [
      {
        action: 's3:PutObject',
        resource: `${bucketOf('documents')}/a.pdf`,
        context: underOwnKey('DocumentsKey'),
      },
      ...tendParts('documents'),
    ],
    [
      { action: 's3:GetObject', resource: `${bucketOf('documents')}/a.pdf` },
      { action: 's3:DeleteObject', resource: `${bucketOf('documents')}/a.pdf` },
    ],
  ],
  [
    'RecordIngestion.grantUploadRecords',
    (stack, role) => new RecordIngestion(stack, 'Flow', flowProps).grantUploadRecords(role),
    [
      {
        action: 's3:PutObject',
        resource: `${bucketOf('records')}/a.json`,
        context: underOwnKey('RecordsKey'),
      },
      ...tendParts('records'),
    ],
    [{ action: 's3:PutObject', resource: `${bucketOf('records')}/a.json`, context: underOwnKey('OtherKey') }],
  ],
  [
    'RecordIngestion.grantReadRecords',
    (stack, role) => new RecordIngestion(stack, 'Flow', flowProps).grantReadRecords(role),
    [
      { action: 'dynamodb:Query', resource: tableOf('processed-records') },
      { action: 'kms:Decrypt', resource: key('RecordTablesKey'), context: through('dynamodb') },
    ],
    [
      { action: 'dynamodb:PutItem', resource: tableOf('processed-records') },
      { action: 'dynamodb:Query', resource: tableOf('records-audit') },
    ],
  ],
  [
    'TrailAnalysis.grantReadEvents',
    (stack, role) => new TrailAnalysis(stack, 'Flow', flowProps).grantReadEvents(role),
    [
      { action: 'dynamodb:GetItem', resource: tableOf('trail-events') },
      { action: 'dynamodb:Query', resource: `${tableOf('trail-events')}/index/ByPrincipal` },
    ],
    [
      { action: 'dynamodb:UpdateItem', resource: tableOf('trail-events') },
      { action: 'dynamodb:Query', resource: tableOf('trail-dead-letters') },
    ],
  ],
  [
    'ComplianceMonitor.grantStartScan',
    (stack, role) => new ComplianceMonitor(stack, 'Flow', flowProps).grantStartScan(role),
    [
      {
        action: 'states:StartExecution',
        resource: `arn:aws:states:${place}:stateMachine:sallyport-compliance-scan-dev`,
      },
      {
        action: 'states:DescribeExecution',
        resource: `arn:aws:states:${place}:execution:sallyport-compliance-scan-dev:1`,
      },
    ],
    [
      {
        action: 'states:StopExecution',
        resource: `arn:aws:states:${place}:execution:sallyport-compliance-scan-dev:1`,
      },
    ],
  ],
  [
    'ComplianceMonitor.grantReadReports',
    (stack, role) => new ComplianceMonitor(stack, 'Flow', flowProps).grantReadReports(role),
    [{ action: 's3:GetObject', resource: `${bucketOf('scan-compliance-logs')}/compliance/a.json` }],
    [{ action: 's3:GetObject', resource: `${bucketOf('scan-compliance-logs')}/verdicts/a.json` }],
  ],
  [
    'FindingResponse.grantRollBack',
    (stack, role) => new FindingResponse(stack, 'Flow', flowProps).grantRollBack(role),
    [
      {
        action: 'lambda:InvokeFunction',
        resource: `arn:aws:lambda:${place}:function:sallyport-finding-remediator-dev`,
      },
    ],
    [
      {
        action: 'lambda:UpdateFunctionCode',
        resource: `arn:aws:lambda:${place}:function:sallyport-finding-remediator-dev`,
      },
    ],
  ],
  [
    'FindingResponse.grantReadRemediations',
    (stack, role) => new FindingResponse(stack, 'Flow', flowProps).grantReadRemediations(role),
    [{ action: 'dynamodb:Query', resource: tableOf('remediations') }],
    [{ action: 'dynamodb:DeleteItem', resource: tableOf('remediations') }],
  ],
];

describe('grants', () => {
  test.each(grants)('%s lets a role do that, and no more', async (_name, give, allowed, denied) => {
    const stack = plainStack();
    give(stack, roleIn(stack));
    const template = synthesized(stack);
    for (const call of allowed) expect([call, await mayDo(template, call)]).toEqual([call, 'Allowed']);
    for (const call of denied) expect([call, await mayDo(template, call)]).not.toEqual([call, 'Allowed']);
  });

  test('say where there is nobody whose policy could hold them', () => {
    const stack = plainStack();
    const flow = new TrailAnalysis(stack, 'Flow', flowProps);
    expect(() => flow.grantReadEvents(new AccountPrincipal('444455556666')).assertSuccess()).toThrow();
    expect(flow.grantReadEvents(roleIn(stack)).success).toBe(true);
  });

  const env = { account, region: 'eu-central-1' };
  const roleArn = (of: string) => `arn:aws:iam::${of}:role/theirs`;
  const mutes: [who: string, grantee: (stack: ReturnType<typeof plainStack>) => IGrantable, says: string][] =
    [
      [
        'a role of another account',
        stack => Role.fromRoleArn(stack, 'Theirs', roleArn('444455556666')),
        'nothing can be granted to Own/Theirs, which is of account 444455556666, the stacks of 111122223333: give a role of the same account, which the other one may assume.',
      ],
      [
        'a role that another account has in this app',
        stack =>
          roleIn(plainStack('Other', { env: { ...env, account: '444455556666' } }, stack.node.root as App)),
        'nothing can be granted to Other/Theirs, which is of account 444455556666, the stacks of 111122223333 and 444455556666: ',
      ],
      [
        'a role of this account that is imported into a stack of another, whose policies do not reach it',
        stack => {
          const other = plainStack(
            'Other',
            { env: { ...env, account: '444455556666' } },
            stack.node.root as App,
          );
          return Role.fromRoleArn(other, 'Theirs', roleArn(account));
        },
        'nothing can be granted to Other/Theirs, which is of account 111122223333, the stacks of 111122223333 and 444455556666: ',
      ],
      [
        'a role imported not to be changed',
        stack => Role.fromRoleArn(stack, 'Theirs', roleArn(account), { mutable: false }),
        'nothing can be granted to Own/Theirs, a role whose policies are not changed by this app: import it without mutable: false, or write what it may do into its policies yourself.',
      ],
      [
        'a role of this app that takes no more policies',
        stack => roleIn(stack).withoutPolicyUpdates(),
        'a role whose policies are not changed by this app',
      ],
      [
        'a function imported without its role',
        stack => LambdaFunction.fromFunctionName(stack, 'Theirs', 'theirs'),
        'nothing can be granted to Own/Theirs, which was imported without its role: import it with its role.',
      ],
    ];

  test.each(mutes)('are refused for %s', (_who, grantee, says) => {
    const stack = plainStack('Own', { env });
    const documents = new DocumentApi(stack, 'Documents', flowProps);
    const theirs = grantee(stack);
    expect(() => documents.grantUpload(theirs)).toThrow(says);
    expect(() => documents.grantInvoke(theirs)).toThrow(says);
    expect(() => documents.grantReadApiKey(theirs)).toThrow(says);
    expect(() => documents.auditTable.grantRead(theirs)).toThrow(says);
    expect(() => documents.alerts.grantPublish(theirs)).toThrow(says);
  });

  test('reach a role of the same account by its name or its ARN, known to the stack or not', () => {
    for (const props of [{ env }, {}]) {
      const stack = plainStack('Own', props);
      const processing = new DocumentProcessing(stack, 'Flow', flowProps);
      for (const theirs of [
        Role.fromRoleArn(stack, 'TheirsByArn', roleArn(account)),
        Role.fromRoleName(stack, 'TheirsByName', 'theirs'),
      ]) {
        processing.grantReadDelivery(theirs).assertSuccess();
      }
      const policies = resourcesOf(synthesized(stack), 'AWS::IAM::Policy').filter(([id]) =>
        id.startsWith('TheirsBy'),
      );
      expect(policies.map(([, { Properties }]) => Properties['Roles'])).toEqual([['theirs'], ['theirs']]);
    }
  });
});
