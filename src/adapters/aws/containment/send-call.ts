import {
  AttachInstancesCommand,
  type AutoScalingClient,
  DetachInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  type EC2Client,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import {
  DeregisterTargetsCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  type IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ContainmentApi } from '../../../ports/containment.ts';
import type { JsonObject } from '../../../ports/json.ts';
import { sentOnce } from './send-once.ts';

/** The clients of one region, and that of IAM, which has none. */
export interface CallClients {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly loadBalancing: ElasticLoadBalancingV2Client;
  readonly s3: S3Client;
  readonly iam: IAMClient;
}

export interface CallAnswer {
  readonly $metadata: { readonly requestId?: string | undefined };
  /** Of revoked rules: those that the group did not have. */
  readonly UnknownIpPermissions?: readonly unknown[] | undefined;
}

type Send = (clients: CallClients, input: Input) => Promise<CallAnswer>;

/** An input under the service's own names goes as it is; SDK and service refuse what is none. */
type Input = never;

const sends: Readonly<Record<ContainmentApi, Send>> = {
  'ec2:CreateTags': ({ ec2 }, input) => ec2.send(sentOnce(new CreateTagsCommand(input))),
  'ec2:DeleteTags': ({ ec2 }, input) => ec2.send(sentOnce(new DeleteTagsCommand(input))),
  'ec2:ModifyInstanceAttribute': ({ ec2 }, input) =>
    ec2.send(sentOnce(new ModifyInstanceAttributeCommand(input))),
  'ec2:CreateSnapshots': ({ ec2 }, input) => ec2.send(sentOnce(new CreateSnapshotsCommand(input))),
  'ec2:CreateSecurityGroup': ({ ec2 }, input) => ec2.send(sentOnce(new CreateSecurityGroupCommand(input))),
  'ec2:DeleteSecurityGroup': ({ ec2 }, input) => ec2.send(sentOnce(new DeleteSecurityGroupCommand(input))),
  'ec2:AuthorizeSecurityGroupIngress': ({ ec2 }, input) =>
    ec2.send(sentOnce(new AuthorizeSecurityGroupIngressCommand(input))),
  'ec2:RevokeSecurityGroupIngress': ({ ec2 }, input) =>
    ec2.send(sentOnce(new RevokeSecurityGroupIngressCommand(input))),
  'ec2:AuthorizeSecurityGroupEgress': ({ ec2 }, input) =>
    ec2.send(sentOnce(new AuthorizeSecurityGroupEgressCommand(input))),
  'ec2:RevokeSecurityGroupEgress': ({ ec2 }, input) =>
    ec2.send(sentOnce(new RevokeSecurityGroupEgressCommand(input))),
  'ec2:ModifyNetworkInterfaceAttribute': ({ ec2 }, input) =>
    ec2.send(sentOnce(new ModifyNetworkInterfaceAttributeCommand(input))),
  'autoscaling:DetachInstances': ({ autoScaling }, input) =>
    autoScaling.send(sentOnce(new DetachInstancesCommand(input))),
  'autoscaling:AttachInstances': ({ autoScaling }, input) =>
    autoScaling.send(sentOnce(new AttachInstancesCommand(input))),
  'elasticloadbalancing:DeregisterTargets': ({ loadBalancing }, input) =>
    loadBalancing.send(sentOnce(new DeregisterTargetsCommand(input))),
  'elasticloadbalancing:RegisterTargets': ({ loadBalancing }, input) =>
    loadBalancing.send(sentOnce(new RegisterTargetsCommand(input))),
  'iam:UpdateAccessKey': ({ iam }, input) => iam.send(sentOnce(new UpdateAccessKeyCommand(input))),
  'iam:PutUserPolicy': ({ iam }, input) => iam.send(sentOnce(new PutUserPolicyCommand(input))),
  'iam:DeleteUserPolicy': ({ iam }, input) => iam.send(sentOnce(new DeleteUserPolicyCommand(input))),
  'iam:PutRolePolicy': ({ iam }, input) => iam.send(sentOnce(new PutRolePolicyCommand(input))),
  'iam:DeleteRolePolicy': ({ iam }, input) => iam.send(sentOnce(new DeleteRolePolicyCommand(input))),
  's3:PutPublicAccessBlock': ({ s3 }, input) => s3.send(sentOnce(new PutPublicAccessBlockCommand(input))),
  's3:DeletePublicAccessBlock': ({ s3 }, input) =>
    s3.send(sentOnce(new DeletePublicAccessBlockCommand(input))),
  's3:PutBucketPolicy': ({ s3 }, input) => s3.send(sentOnce(new PutBucketPolicyCommand(input))),
  's3:DeleteBucketPolicy': ({ s3 }, input) => s3.send(sentOnce(new DeleteBucketPolicyCommand(input))),
};

/** Sends one call, its input as it is. */
export async function sendCall(
  api: ContainmentApi,
  clients: CallClients,
  input: JsonObject,
): Promise<CallAnswer> {
  return sends[api](clients, input as Input);
}
