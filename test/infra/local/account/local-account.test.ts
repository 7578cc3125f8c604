import { AutoScalingClient, DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetBucketLocationCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SeededThreats, seedThreats } from '../../../../infra/local/demo/seed-threats.ts';
import { type LocalPipeline, startLocalPipeline } from '../../../../infra/local/local-pipeline.ts';
import { writeAssembly } from '../fixtures/write-assembly.ts';

let pipeline: LocalPipeline;
let seeded: SeededThreats;

beforeAll(async () => {
  const assembly = writeAssembly({ stacks: { empty: { template: { Resources: {} } } } });
  pipeline = await startLocalPipeline({ assembly, logFolder: false });
  seeded = await seedThreats(pipeline);
});

afterAll(() => pipeline.stop());

test('what is put into the account is there for its clients, service by service', async () => {
  const { client } = pipeline;
  const {
    instanceId,
    interfaceId,
    volumes,
    autoScalingGroup,
    targetGroupArn,
    userName,
    accessKeyId,
    bucket,
  } = seeded;
  const InstanceIds = [instanceId];
  const { Reservations } = await new EC2Client(client).send(new DescribeInstancesCommand({ InstanceIds }));
  expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
    InstanceId: instanceId,
    NetworkInterfaces: [{ NetworkInterfaceId: interfaceId }],
    BlockDeviceMappings: volumes.map(VolumeId => ({ Ebs: { VolumeId } })),
  });
  const { AutoScalingInstances } = await new AutoScalingClient(client).send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds }),
  );
  expect(AutoScalingInstances).toMatchObject([{ AutoScalingGroupName: autoScalingGroup }]);
  const { TargetHealthDescriptions } = await new ElasticLoadBalancingV2Client(client).send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
  );
  expect(TargetHealthDescriptions).toMatchObject([{ Target: { Id: instanceId, Port: 443 } }]);
  const { AccessKeyMetadata } = await new IAMClient(client).send(
    new ListAccessKeysCommand({ UserName: userName }),
  );
  expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: accessKeyId, Status: 'Active' }]);
  const location = await new S3Client(client).send(new GetBucketLocationCommand({ Bucket: bucket }));
  expect(location.LocationConstraint).toBe(pipeline.region);
});

test('what no service knows is answered in its own name', async () => {
  const unknown = new IAMClient({ ...pipeline.client, maxAttempts: 1 }).send(
    new ListAccessKeysCommand({ UserName: 'nobody' }),
  );
  await expect(unknown).rejects.toMatchObject({ name: 'NoSuchEntityException' });
});
