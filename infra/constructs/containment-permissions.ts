import { Aws } from 'aws-cdk-lib';
import type { PatternAllowance } from './allow-by-pattern.ts';

/** Tag on instances in quarantine and on the security groups of quarantine, and tag on snapshots (src/domain/findings). */
export const containmentTags = { quarantine: 'sallyport-quarantine', evidence: 'sallyport-finding' } as const;

const unforeseen = 'What a finding will be about is not known when the template is made.';

const regional = (service: string, rest: string) =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${rest}`;
const ec2 = (type: string) => regional('ec2', `${type}/*`);
const iam = (type: string) => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:${type}/*`;

/** EC2 names no account in the ARN of a snapshot. */
const snapshots = `arn:${Aws.PARTITION}:ec2:${Aws.REGION}::snapshot/*`;
const groups = ec2('security-group');
const buckets = `arn:${Aws.PARTITION}:s3:::*`;

/** The ARN of a bucket names no account. */
const ofThisAccount = { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } };

const present = (key: string) => ({ Null: { [key]: 'false' } });

/**
 * The calls by which the remediator looks at what a threat is contained at. A region is named in ARNs and conditions of
 * regional services alone: IAM is called in one region, whichever this one is.
 */
export const threatObserving: readonly PatternAllowance[] = [
  {
    // None of these supports a resource (Service Authorization Reference).
    actions: [
      'ec2:DescribeInstances',
      'ec2:DescribeSnapshots',
      'ec2:DescribeSecurityGroups',
      'autoscaling:DescribeAutoScalingInstances',
      'autoscaling:DescribeAutoScalingGroups',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetHealth',
    ],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:RequestedRegion': Aws.REGION } },
    reason:
      'These support no resource (Service Authorization Reference). A test holds that no other statement names every resource.',
  },
  { actions: ['ec2:DescribeInstanceAttribute'], resources: [ec2('instance')], reason: unforeseen },
  {
    actions: ['iam:GetUser', 'iam:GetUserPolicy', 'iam:ListAccessKeys'],
    resources: [iam('user')],
    reason: unforeseen,
  },
  { actions: ['iam:GetRole', 'iam:GetRolePolicy'], resources: [iam('role')], reason: unforeseen },
  {
    actions: ['s3:GetBucketTagging', 's3:GetBucketPublicAccessBlock', 's3:GetBucketPolicy'],
    resources: [buckets],
    conditions: ofThisAccount,
    reason: unforeseen,
  },
];

/** The calls by which the remediator contains a threat, and goes the way back. */
export const threatContaining: readonly PatternAllowance[] = [
  {
    actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
    resources: [ec2('instance')],
    conditions: {
      'ForAllValues:StringEquals': { 'aws:TagKeys': [containmentTags.quarantine] },
      // DeleteTags that names no tags deletes them all (EC2 API Reference), and `ForAllValues` holds for none.
      ...present('aws:TagKeys'),
    },
    reason: unforeseen,
  },
  { actions: ['ec2:ModifyInstanceAttribute'], resources: [ec2('instance')], reason: unforeseen },
  {
    actions: ['ec2:CreateSnapshots'],
    resources: [ec2('instance'), ec2('volume')],
    reason: unforeseen,
  },
  {
    actions: ['ec2:CreateSnapshots'],
    resources: [snapshots],
    conditions: present(`aws:RequestTag/${containmentTags.evidence}`),
    reason: 'A snapshot gets its id when it is made; it bears our tag.',
  },
  {
    actions: ['ec2:CreateSecurityGroup'],
    resources: [ec2('vpc')],
    reason: unforeseen,
  },
  {
    actions: ['ec2:CreateSecurityGroup'],
    resources: [groups],
    conditions: present(`aws:RequestTag/${containmentTags.quarantine}`),
    reason: 'A security group gets its id when it is made; it bears our tag.',
  },
  {
    actions: ['ec2:CreateTags'],
    resources: [snapshots, groups],
    conditions: { StringEquals: { 'ec2:CreateAction': ['CreateSnapshots', 'CreateSecurityGroup'] } },
    reason: 'Only while they are made.',
  },
  {
    actions: [
      'ec2:DeleteSecurityGroup',
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:RevokeSecurityGroupIngress',
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:RevokeSecurityGroupEgress',
    ],
    resources: [groups],
    conditions: present(`aws:ResourceTag/${containmentTags.quarantine}`),
    reason: 'Only groups that bear our tag.',
  },
  {
    // Every group is in question: on the way back an interface gets those that it had.
    actions: ['ec2:ModifyNetworkInterfaceAttribute'],
    resources: [ec2('network-interface'), ec2('instance'), groups],
    reason: unforeseen,
  },
  {
    actions: ['autoscaling:DetachInstances', 'autoscaling:AttachInstances'],
    resources: [regional('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*')],
    reason: unforeseen,
  },
  {
    actions: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
    resources: [regional('elasticloadbalancing', 'targetgroup/*')],
    reason: unforeseen,
  },
  {
    // IAM has no condition on the name of an inline policy (Service Authorization Reference, AWS IAM).
    actions: ['iam:UpdateAccessKey', 'iam:PutUserPolicy', 'iam:DeleteUserPolicy'],
    resources: [iam('user')],
    reason: unforeseen,
  },
  { actions: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'], resources: [iam('role')], reason: unforeseen },
  {
    // The first is the permission of DeletePublicAccessBlock, too (S3 API Reference).
    actions: ['s3:PutBucketPublicAccessBlock', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
    resources: [buckets],
    conditions: ofThisAccount,
    reason: unforeseen,
  },
];

/**
 * ARNs of the roles whose policies the remediator never touches, whatever a finding says: the pipeline's own, those of
 * services and of IAM Identity Center, and those of the names given (`*` for any run of characters), whatever their path.
 */
export function untouchableRoles(names: readonly string[]): string[] {
  const patterns = names.flatMap(name => [name, `*/${name}`]);
  return ['aws-service-role/*', 'aws-reserved/*', ...patterns].map(
    pattern => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${pattern}`,
  );
}
