import type { ContainmentState, ContainmentTarget } from '../../../ports/containment.ts';
import type { Unreadable } from '../../../ports/reading.ts';

/** Of a thing in another account nothing is known: one of the same name here is not it. */
export function otherAccountState(target: ContainmentTarget): ContainmentState {
  switch (target.kind) {
    case 'instance':
      return {
        kind: 'instance',
        instance: unread('ec2:DescribeInstances'),
        terminationProtection: unread('ec2:DescribeInstanceAttribute'),
        snapshots: unread('ec2:DescribeSnapshots'),
        autoScaling: unread('autoscaling:DescribeAutoScalingInstances'),
        targetGroups: unread('ec2:DescribeInstances'),
        groups: unread('ec2:DescribeInstances'),
      };
    case 'user': {
      const state = {
        kind: 'user',
        tags: unread('iam:GetUser'),
        policy: unread('iam:GetUserPolicy'),
      } as const;
      return target.accessKeyId === undefined ? state : { ...state, accessKey: unread('iam:ListAccessKeys') };
    }
    case 'role':
      return { kind: 'role', role: unread('iam:GetRole'), policy: unread('iam:GetRolePolicy') };
    case 'bucket':
      return {
        kind: 'bucket',
        tags: unread('s3:GetBucketTagging'),
        publicAccessBlock: unread('s3:GetPublicAccessBlock'),
        policy: unread('s3:GetBucketPolicy'),
      };
  }
}

function unread(api: string): Unreadable {
  return { state: 'unreadable', reason: 'failed', api, code: 'OtherAccount' };
}
