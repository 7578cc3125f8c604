import { readFileSync } from 'node:fs';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from '@jest/globals';
import { render, resourcesOf, type SynthesizedStack, synthesizeAll } from '../synthesized-stack.ts';
import { wholePipeline } from '../whole-pipeline.ts';

const account = '111122223333';
const guide = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: string }[];
}

/** The policy of CloudFormation's role, as the guide gives it. */
const documented = JSON.parse(/^```json\n(.*?)^```/ms.exec(guide)?.[1] ?? '') as Policy;

/** What stands beside it (AWS Managed Policy Reference, "PowerUserAccess", version 12), as far as roles go. */
const powerUser = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole', 'iam:ListRoles'],
      Resource: '*',
    },
  ],
};

/** One call that CloudFormation makes for a resource. */
interface Call {
  readonly type: string;
  readonly action: string;
  /** The role's ARN, or the managed policy's. */
  readonly resource: string;
  /** Who the role is passed to. */
  readonly service?: string;
}

async function mayDo({ action, resource, service }: Call): Promise<boolean> {
  const outcome = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/cdk-cfn-exec-role`,
        action,
        resource: { resource, accountId: account },
        contextVariables: service === undefined ? {} : { 'iam:PassedToService': service },
      },
      identityPolicies: [
        { name: 'sallyport-deployment', policy: documented },
        { name: 'PowerUserAccess', policy: powerUser },
      ],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (outcome.resultType === 'error') throw new Error(`${action}: ${JSON.stringify(outcome.errors)}`);
  return outcome.overallResult === 'Allowed';
}

/** What the handlers of CloudFormation's types ask of IAM (the types' schemas, `handlers`), on what the resource is. */
const handlerActions: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::Role': [
    'iam:AttachRolePolicy',
    'iam:CreateRole',
    'iam:DeleteRole',
    'iam:DeleteRolePermissionsBoundary',
    'iam:DeleteRolePolicy',
    'iam:DetachRolePolicy',
    'iam:GetRole',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:ListRolePolicies',
    'iam:PutRolePermissionsBoundary',
    'iam:PutRolePolicy',
    'iam:TagRole',
    'iam:UntagRole',
    'iam:UpdateAssumeRolePolicy',
    'iam:UpdateRole',
    'iam:UpdateRoleDescription',
  ],
  'AWS::IAM::Policy': ['iam:DeleteRolePolicy', 'iam:GetRolePolicy', 'iam:PutRolePolicy'],
  'AWS::IAM::ManagedPolicy': [
    'iam:CreatePolicy',
    'iam:CreatePolicyVersion',
    'iam:DeletePolicy',
    'iam:DeletePolicyVersion',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
    'iam:ListEntitiesForPolicy',
    'iam:ListPolicyVersions',
  ],
  'AWS::IAM::ServiceLinkedRole': [
    'iam:CreateServiceLinkedRole',
    'iam:DeleteServiceLinkedRole',
    'iam:GetRole',
    'iam:GetServiceLinkedRoleDeletionStatus',
    'iam:UpdateRole',
  ],
};

/** Types whose service gets a role of its own from their handlers. */
const servicesWithRoles: Readonly<Record<string, string>> = {
  'AWS::Backup::BackupSelection': 'backup.amazonaws.com/AWSServiceRoleForBackup',
  'AWS::GuardDuty::Detector': 'guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty',
  'AWS::WAFv2::LoggingConfiguration': 'wafv2.amazonaws.com/AWSServiceRoleForWAFV2Logging',
};

const roleArn = (path: string) => `arn:aws:iam::${account}:role/${path}`;
const serviceRole = (path: string) => roleArn(`aws-service-role/${path}`);

/** Every text in a value, intrinsics flattened; policies and what a function is told stand for nothing that is passed. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([name]) => !/Policy$|PolicyDocument$|^Environment$/.test(name))
    .flatMap(([, inner]) => textsIn(inner));
}

const literalRole = /^arn:\S+:iam::\S+:role\/(aws-service-role\/([^/]+)\/.+)$/;

interface TrustPolicy {
  readonly Statement: readonly { readonly Principal: { readonly Service?: string } }[];
}

/** The calls about roles and policies that a stack's resources come to. */
function callsFor(name: string, { json }: SynthesizedStack): Call[] {
  /** CloudFormation makes a name of the stack's and the logical id, where the template gives none. */
  const nameOf = (id: string) =>
    String(render(json.Resources[id]?.Properties['RoleName'] ?? `${name}-${id}-1A2B3C`));
  const roles = new Map(resourcesOf({ json }, 'AWS::IAM::Role'));

  const passed = (type: string, text: string): Call[] => {
    const pass = (path: string, service: string) => [
      { type, action: 'iam:PassRole', resource: roleArn(path), service },
    ];
    const id = /^<(\w+)\.Arn>$/.exec(text)?.[1] ?? '';
    const trust = roles.get(id)?.Properties['AssumeRolePolicyDocument'] as TrustPolicy | undefined;
    if (trust !== undefined) {
      return trust.Statement.flatMap(({ Principal: { Service = '' } }) => pass(nameOf(id), Service));
    }
    const [, path, service = ''] = literalRole.exec(text) ?? [];
    return path === undefined ? [] : pass(path, service);
  };

  return Object.entries(json.Resources).flatMap(([id, { Type: type, Properties: properties }]) => {
    const on = (resource: string, actions = handlerActions[type] ?? []): Call[] =>
      actions.map(action => ({ type, action, resource }));
    const attachedTo = () =>
      (render(properties['Roles']) as string[]).map(role => roleArn(nameOf(role.slice(1, -1))));
    switch (type) {
      case 'AWS::IAM::Role':
        return on(roleArn(nameOf(id)));
      case 'AWS::IAM::Policy':
        return attachedTo().flatMap(role => on(role));
      case 'AWS::IAM::ManagedPolicy':
        return [
          ...on(`arn:aws:iam::${account}:policy/${nameOf(id)}`),
          ...attachedTo().flatMap(role => on(role, ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'])),
        ];
      case 'AWS::IAM::ServiceLinkedRole':
        return on(serviceRole(`${String(properties['AWSServiceName'])}/AWSServiceRole`));
      default: {
        const own = servicesWithRoles[type];
        return [
          ...(own === undefined ? [] : on(serviceRole(own), ['iam:CreateServiceLinkedRole', 'iam:GetRole'])),
          ...[...new Set(textsIn(render(properties)))].flatMap(text => passed(type, text)),
        ];
      }
    }
  });
}

/** Every option that adds resources, and more roles than one inline policy has room for. */
const stacks = synthesizeAll({
  ...wholePipeline,
  protectedRoles: Array.from({ length: 20 }, (_, place) => `protected-role-${place}`),
});
const calls = stacks.flatMap(([, stack]) => callsFor(stack.stackName, stack));

/** One of each: a call is made for many resources of a type. */
const distinct = [...new Map(calls.map(call => [JSON.stringify(call), call])).values()];

describe('the policy that the guide gives CloudFormation', () => {
  test('is asked about every type that makes roles or is given one', () => {
    const types = new Set(
      stacks.flatMap(([, { json }]) => Object.values(json.Resources).map(({ Type }) => Type)),
    );
    const known = [...Object.keys(handlerActions), ...Object.keys(servicesWithRoles)];
    expect([...types].filter(type => type.startsWith('AWS::IAM::') && !known.includes(type))).toEqual([]);
    expect(known.filter(type => !types.has(type))).toEqual([]);
    expect(
      [...new Set(calls.filter(({ action }) => action === 'iam:PassRole').map(({ type }) => type))].sort(),
    ).toEqual([
      'AWS::ApiGateway::Account',
      'AWS::Backup::BackupSelection',
      'AWS::Config::ConfigurationRecorder',
      'AWS::EC2::FlowLog',
      'AWS::Events::Rule',
      'AWS::Lambda::Function',
      'AWS::S3::Bucket',
      'AWS::StepFunctions::StateMachine',
    ]);
  });

  test('allows, with PowerUserAccess, what CloudFormation does about roles for the templates', async () => {
    const denied: Call[] = [];
    for (const call of distinct) if (!(await mayDo(call))) denied.push(call);
    expect(denied).toEqual([]);
  });

  test('allows nothing else', () => {
    const covers = (pattern: string, resource: string) =>
      pattern.split('*').every(part => resource.includes(part)) &&
      (pattern.endsWith('*') || resource.endsWith(pattern));
    const asked = (action: string, resource: string) =>
      distinct.some(call => call.action === action && covers(resource, call.resource));
    expect(
      documented.Statement.flatMap(({ Action, Resource }) =>
        Action.filter(action => !asked(action, Resource)).map(action => `${action} ${Resource}`),
      ),
    ).toEqual([]);
  });

  test.each([
    ['iam:PassRole', roleArn('admin')],
    ['iam:PassRole', serviceRole('guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty')],
    ['iam:CreateRole', roleArn('admin')],
    ['iam:PutRolePolicy', serviceRole('config.amazonaws.com/AWSServiceRoleForConfig')],
    ['iam:UpdateAssumeRolePolicy', serviceRole('config.amazonaws.com/AWSServiceRoleForConfig')],
    ['iam:CreateUser', `arn:aws:iam::${account}:user/sallyport-x`],
    ['iam:CreateAccessKey', `arn:aws:iam::${account}:user/sallyport-x`],
    ['iam:CreatePolicyVersion', `arn:aws:iam::${account}:policy/sallyport-deployment`],
  ])('does not allow %s on %s', async (action, resource) => {
    expect(await mayDo({ type: 'none', action, resource })).toBe(false);
  });
});
