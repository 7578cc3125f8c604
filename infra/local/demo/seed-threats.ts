import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalPipeline } from '../local-pipeline.ts';
import type { SampleTargets } from './sample-findings.ts';

/** What the demo's findings are about, and stands in the emulated account. */
export interface SeededThreats extends SampleTargets {
  readonly volumes: readonly string[];
  readonly autoScalingGroup: string;
  readonly targetGroupArn: string;
}

/** Puts an instance that serves requests, a user with a key, and a bucket into the account. */
export async function seedThreats({
  account,
  accountId,
  region,
  client,
}: Pick<LocalPipeline, 'account' | 'accountId' | 'region' | 'client'>): Promise<SeededThreats> {
  const threats: SeededThreats = {
    instanceId: 'i-0de30000000000001',
    vpcId: 'vpc-0de30000000000001',
    interfaceId: 'eni-0de30000000000001',
    volumes: ['vol-0de30000000000001', 'vol-0de30000000000002'],
    autoScalingGroup: 'web',
    targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${accountId}:targetgroup/web/0de3000000000001`,
    userName: 'builder',
    // Of the examples in AWS's documents.
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    bucket: `demo-papers-${accountId}`,
  };
  const { ec2, autoScaling, loadBalancing, iam } = account;
  const groupId = 'sg-0de30000000000001';
  ec2.addSecurityGroup({
    id: groupId,
    name: 'web',
    vpcId: threats.vpcId,
    ingress: [{ protocol: 'tcp', fromPort: 443, toPort: 443, kind: 'ipv4', peer: '0.0.0.0/0' }],
  });
  ec2.addInstance({
    id: threats.instanceId,
    vpcId: threats.vpcId,
    tags: { Name: 'web' },
    interfaces: [{ id: threats.interfaceId, groups: [groupId], addresses: ['10.0.0.10'] }],
    volumes: threats.volumes,
  });
  loadBalancing.addTargetGroup({
    arn: threats.targetGroupArn,
    targetType: 'instance',
    vpcId: threats.vpcId,
    port: 443,
    targets: [{ id: threats.instanceId, port: 443 }],
  });
  autoScaling.addGroup({
    name: threats.autoScalingGroup,
    minimum: 0,
    maximum: 2,
    desired: 1,
    members: new Map([[threats.instanceId, 'InService']]),
    targetGroups: [threats.targetGroupArn],
  });
  iam.addUser(threats.userName, {}, { [threats.accessKeyId]: 'Active' });
  const s3 = new S3Client(client);
  await s3.send(new CreateBucketCommand({ Bucket: threats.bucket }));
  s3.destroy();
  return threats;
}
