import { describe, expect, test } from '@jest/globals';
import { marksOf, quarantineTagKey } from '../../../src/domain/findings/containment-policy.ts';
import { containmentApis } from '../../../src/ports/containment.ts';
import { account, type RoleCall, region, simulateRole } from '../simulate-role.ts';
import { allStatements, type Statement, statementsOfRole, synthesizeFindings } from '../synthesized-stack.ts';

const words = 'what finding-remediator may do';
const planning = synthesizeFindings();
const containing = synthesizeFindings({ remediationMode: 'contain', protectedRoles: 'admin-*' });
const inPlan = simulateRole(planning, words);
const inContain = simulateRole(containing, words);

const tag = quarantineTagKey;
const evidence = marksOf({ kind: 'role', account, roleName: 'worker' }, 'finding').snapshotTag.key;
const ec2 = (rest: string, where = region, whose = account) => `arn:aws:ec2:${where}:${whose}:${rest}`;
const instance = ec2('instance/i-0123456789abcdef0');
const volume = ec2('volume/vol-0123456789abcdef0');
const snapshot = ec2('snapshot/snap-0123456789abcdef0', region, '');
const group = ec2('security-group/sg-0123456789abcdef0');
const vpc = ec2('vpc/vpc-0123456789abcdef0');
const eni = ec2('network-interface/eni-0123456789abcdef0');
const scalingGroup = `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:11111111-2222-3333-4444-555555555555:autoScalingGroupName/web`;
const targetGroup = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/0123456789abcdef`;
const user = `arn:aws:iam::${account}:user/team/mallory`;
const role = `arn:aws:iam::${account}:role/team/worker`;
const bucket = 'arn:aws:s3:::customer-data';

const requestTag = (key: string) => ({ [`aws:RequestTag/${key}`]: 'finding', 'aws:TagKeys': [key] });
const ours = { [`aws:ResourceTag/${tag}`]: 'finding' };
const tagged = { 'aws:TagKeys': [tag] };
const whileMade = (action: string, key: string) => ({ ...requestTag(key), 'ec2:CreateAction': action });
/** IAM is called in one region, wherever the function is. */
const globally = { 'aws:RequestedRegion': 'us-east-1' };

/** Each of the containment's calls, once for every resource that IAM asks about. */
const calls: Record<(typeof containmentApis)[number], readonly RoleCall[]> = {
  'ec2:CreateTags': [
    { action: 'ec2:CreateTags', resource: instance, context: tagged },
    { action: 'ec2:CreateTags', resource: snapshot, context: whileMade('CreateSnapshots', evidence) },
    { action: 'ec2:CreateTags', resource: group, context: whileMade('CreateSecurityGroup', tag) },
  ],
  'ec2:DeleteTags': [{ action: 'ec2:DeleteTags', resource: instance, context: tagged }],
  'ec2:ModifyInstanceAttribute': [{ action: 'ec2:ModifyInstanceAttribute', resource: instance }],
  'ec2:CreateSnapshots': [
    { action: 'ec2:CreateSnapshots', resource: instance },
    { action: 'ec2:CreateSnapshots', resource: volume },
    { action: 'ec2:CreateSnapshots', resource: snapshot, context: requestTag(evidence) },
  ],
  'ec2:CreateSecurityGroup': [
    { action: 'ec2:CreateSecurityGroup', resource: vpc },
    { action: 'ec2:CreateSecurityGroup', resource: group, context: requestTag(tag) },
  ],
  'ec2:DeleteSecurityGroup': [{ action: 'ec2:DeleteSecurityGroup', resource: group, context: ours }],
  'ec2:AuthorizeSecurityGroupIngress': [
    { action: 'ec2:AuthorizeSecurityGroupIngress', resource: group, context: ours },
  ],
  'ec2:RevokeSecurityGroupIngress': [
    { action: 'ec2:RevokeSecurityGroupIngress', resource: group, context: ours },
  ],
  'ec2:AuthorizeSecurityGroupEgress': [
    { action: 'ec2:AuthorizeSecurityGroupEgress', resource: group, context: ours },
  ],
  'ec2:RevokeSecurityGroupEgress': [
    { action: 'ec2:RevokeSecurityGroupEgress', resource: group, context: ours },
  ],
  'ec2:ModifyNetworkInterfaceAttribute': [eni, instance, group].map(resource => ({
    action: 'ec2:ModifyNetworkInterfaceAttribute',
    resource,
  })),
  'autoscaling:DetachInstances': [{ action: 'autoscaling:DetachInstances', resource: scalingGroup }],
  'autoscaling:AttachInstances': [{ action: 'autoscaling:AttachInstances', resource: scalingGroup }],
  'elasticloadbalancing:DeregisterTargets': [
    { action: 'elasticloadbalancing:DeregisterTargets', resource: targetGroup },
  ],
  'elasticloadbalancing:RegisterTargets': [
    { action: 'elasticloadbalancing:RegisterTargets', resource: targetGroup },
  ],
  'iam:UpdateAccessKey': [{ action: 'iam:UpdateAccessKey', resource: user, context: globally }],
  'iam:PutUserPolicy': [{ action: 'iam:PutUserPolicy', resource: user, context: globally }],
  'iam:DeleteUserPolicy': [{ action: 'iam:DeleteUserPolicy', resource: user, context: globally }],
  'iam:PutRolePolicy': [{ action: 'iam:PutRolePolicy', resource: role, context: globally }],
  'iam:DeleteRolePolicy': [{ action: 'iam:DeleteRolePolicy', resource: role, context: globally }],
  // S3 Service Authorization Reference: one permission for setting and deleting the block.
  's3:PutPublicAccessBlock': [{ action: 's3:PutBucketPublicAccessBlock', resource: bucket }],
  's3:DeletePublicAccessBlock': [{ action: 's3:PutBucketPublicAccessBlock', resource: bucket }],
  's3:PutBucketPolicy': [{ action: 's3:PutBucketPolicy', resource: bucket }],
  's3:DeleteBucketPolicy': [{ action: 's3:DeleteBucketPolicy', resource: bucket }],
};

const looks: readonly RoleCall[] = [
  { action: 'ec2:DescribeInstances', resource: '*' },
  { action: 'ec2:DescribeInstanceAttribute', resource: instance },
  { action: 'ec2:DescribeSnapshots', resource: '*' },
  { action: 'ec2:DescribeSecurityGroups', resource: '*' },
  { action: 'autoscaling:DescribeAutoScalingInstances', resource: '*' },
  { action: 'autoscaling:DescribeAutoScalingGroups', resource: '*' },
  { action: 'elasticloadbalancing:DescribeTargetGroups', resource: '*' },
  { action: 'elasticloadbalancing:DescribeTargetHealth', resource: '*' },
  { action: 'iam:GetUser', resource: user, context: globally },
  { action: 'iam:GetUserPolicy', resource: user, context: globally },
  { action: 'iam:ListAccessKeys', resource: user, context: globally },
  { action: 'iam:GetRole', resource: role, context: globally },
  { action: 'iam:GetRolePolicy', resource: role, context: globally },
  { action: 's3:GetBucketTagging', resource: bucket },
  { action: 's3:GetBucketPublicAccessBlock', resource: bucket },
  { action: 's3:GetBucketPolicy', resource: bucket },
];

const named = (list: readonly RoleCall[]) =>
  list.map(call => [`${call.action} on ${call.resource.split(':').at(-1)}`, call] as const);
const every = named(Object.values(calls).flat());

/** What the role may do on services of the account, beside its own queue, tables, topic, log and traces. */
function outside(statements: readonly Statement[]): string[] {
  const own = /^(sqs|dynamodb|sns|kms|logs|xray):/;
  const allowed = statements.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions);
  return [...new Set(allowed.filter(action => !own.test(action)))].sort();
}

describe('D6: contain mode', () => {
  test.each(every)('may %s', async (_name, call) => {
    expect(await inContain.ask(call)).toBe('Allowed');
  });

  test('may call what contains and what looks, and nothing else', () => {
    const actions = [...Object.values(calls).flat(), ...looks].map(({ action }) => action);
    expect(outside(statementsOfRole(containing, words))).toEqual([...new Set(actions)].sort());
    expect(Object.keys(calls).sort()).toEqual([...containmentApis].sort());
  });

  test.each([
    [
      'tags of its own alone',
      { action: 'ec2:CreateTags', resource: instance, context: { 'aws:TagKeys': ['Name'] } },
    ],
    [
      'no tag that exempts',
      { action: 'ec2:CreateTags', resource: instance, context: { 'aws:TagKeys': [tag, 'sallyport-exempt'] } },
    ],
    [
      'no tags of others away',
      { action: 'ec2:DeleteTags', resource: instance, context: { 'aws:TagKeys': ['Name'] } },
    ],
    ['not all tags away at once', { action: 'ec2:DeleteTags', resource: instance }],
    ['no tags on groups that stand', { action: 'ec2:CreateTags', resource: group, context: tagged }],
    ['no tags on volumes', { action: 'ec2:CreateTags', resource: volume, context: tagged }],
    ['no snapshot without its tag', { action: 'ec2:CreateSnapshots', resource: snapshot }],
    ['no group without its tag', { action: 'ec2:CreateSecurityGroup', resource: group }],
    ['no group of others away', { action: 'ec2:DeleteSecurityGroup', resource: group }],
    ['no rule into groups of others', { action: 'ec2:AuthorizeSecurityGroupIngress', resource: group }],
    ['no rule out of groups of others', { action: 'ec2:RevokeSecurityGroupEgress', resource: group }],
    ['no instance ended', { action: 'ec2:TerminateInstances', resource: instance }],
    ['no instance stopped', { action: 'ec2:StopInstances', resource: instance }],
    ['no snapshot deleted', { action: 'ec2:DeleteSnapshot', resource: snapshot }],
    ['no key deleted', { action: 'iam:DeleteAccessKey', resource: user }],
    ['no managed policy attached', { action: 'iam:AttachRolePolicy', resource: role }],
    ['no trust changed', { action: 'iam:UpdateAssumeRolePolicy', resource: role }],
    ['no bucket deleted', { action: 's3:DeleteBucket', resource: bucket }],
    ['no object read', { action: 's3:GetObject', resource: `${bucket}/key` }],
    [
      'nothing in another region',
      {
        action: 'ec2:ModifyNetworkInterfaceAttribute',
        resource: ec2('network-interface/eni-0123456789abcdef0', 'us-east-1'),
        context: { 'aws:RequestedRegion': 'us-east-1' },
      },
    ],
    [
      'no look at another region',
      { action: 'ec2:DescribeInstances', resource: '*', context: { 'aws:RequestedRegion': 'us-east-1' } },
    ],
    [
      'no bucket of another account',
      { action: 's3:PutBucketPolicy', resource: bucket, context: { 'aws:ResourceAccount': '444455556666' } },
    ],
    [
      'no user of another account',
      { action: 'iam:PutUserPolicy', resource: 'arn:aws:iam::444455556666:user/m' },
    ],
  ] as const)('%s', async (_name, call: RoleCall) => {
    expect(await inContain.ask(call)).toBe('ImplicitlyDenied');
  });

  test.each([
    ['its own role', inContain.principal],
    ["the pipeline's roles", `arn:aws:iam::${account}:role/sallyport-trail-dev-AnalyzerRole-ABC`],
    [
      'roles of services',
      `arn:aws:iam::${account}:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport`,
    ],
    ['protected roles', `arn:aws:iam::${account}:role/admin-break-glass`],
    ['protected roles of any path', `arn:aws:iam::${account}:role/people/admin-break-glass`],
  ])('never touches %s', async (_name, resource) => {
    for (const action of ['iam:PutRolePolicy', 'iam:DeleteRolePolicy']) {
      expect(await inContain.ask({ action, resource, context: globally })).toBe('ExplicitlyDenied');
    }
  });

  test('never touches roles of IAM Identity Center, which IAM itself protects as well', async () => {
    const resource = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0`;
    expect(await inContain.ask({ action: 'iam:PutRolePolicy', resource })).toBe('ImplicitlyDenied');
    const denied = statementsOfRole(containing, words).filter(({ effect }) => effect === 'Deny');
    expect(denied.flatMap(({ resources }) => resources)).toContain(
      'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/aws-reserved/*',
    );
  });

  test('fits into what IAM takes as inline policies of a role: 10 240 characters', () => {
    expect(JSON.stringify(inContain.policies).length).toBeLessThan(9000);
  });

  test('no condition on the region stands in a statement that names a call of IAM', () => {
    const conditioned = allStatements(containing).filter(({ actions }) =>
      actions.some(action => action.startsWith('iam:')),
    );
    expect(conditioned.length).toBeGreaterThan(2);
    expect(conditioned.flatMap(({ conditions }) => Object.keys(conditions))).toEqual([]);
  });
});

describe('D6: plan mode, the default', () => {
  test.each(every)('may not %s', async (_name, call) => {
    expect(await inPlan.ask(call)).toBe('ImplicitlyDenied');
  });

  test('may call what looks, and nothing else', () => {
    const actions = looks.map(({ action }) => action);
    expect(outside(statementsOfRole(planning, words))).toEqual([...new Set(actions)].sort());
  });
});

describe.each([
  ['plan', inPlan],
  ['contain', inContain],
])('D6: in %s mode', (_mode, { ask }) => {
  test.each(named(looks))('may %s', async (_name, call) => {
    expect(await ask(call)).toBe('Allowed');
  });
});
