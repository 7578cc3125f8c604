import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { DeletePublicAccessBlockCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { createAutoScalingService, LocalAutoScaling } from '../../../../infra/local/account/auto-scaling.ts';
import { createEc2Service } from '../../../../infra/local/account/ec2.ts';
import {
  createElasticLoadBalancingService,
  LocalLoadBalancing,
} from '../../../../infra/local/account/elastic-load-balancing.ts';
import { createIamService, LocalIam } from '../../../../infra/local/account/iam.ts';
import { LocalEc2 } from '../../../../infra/local/account/local-ec2.ts';
import { AwsContainment } from '../../../../src/adapters/aws/aws-containment.ts';
import type { ContainmentSubject } from '../../../../src/adapters/contracts/containment-contract.ts';
import { startS3 } from '../../../emulators/local-s3.ts';
import { startLocalServices } from '../../../emulators/local-services.ts';

const account = '000000000000';
const region = 'us-east-1';

/** The adapter on emulated services, and the emulations' own state. */
export async function startEmulatedAccount() {
  const ec2 = new LocalEc2();
  const balancing = new LocalLoadBalancing();
  const scaling = new LocalAutoScaling();
  const iam = new LocalIam(account);
  const services = await startLocalServices({
    ec2: createEc2Service(ec2),
    autoscaling: createAutoScalingService(scaling, ec2, balancing),
    elasticloadbalancing: createElasticLoadBalancingService(balancing, ec2),
    iam: createIamService(iam),
  });
  const s3 = await startS3();
  const config = {
    endpoint: services.endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    ec2: new EC2Client(config),
    autoScaling: new AutoScalingClient(config),
    loadBalancing: new ElasticLoadBalancingV2Client(config),
    s3: s3.client(),
  };
  const iamClient = new IAMClient(config);
  const containment = new AwsContainment({ clientsOf: () => clients, iam: iamClient, account });
  let count = 0;
  const named = (prefix: string) => {
    count += 1;
    return `${prefix}-${count.toString(16).padStart(17, '0')}`;
  };
  const subject: ContainmentSubject = {
    containment,
    account,
    region,
    async createInstance(sizes) {
      const instanceId = named('i');
      const vpcId = named('vpc');
      const [first, second] = [named('sg'), named('sg')];
      for (const id of [first, second]) ec2.addSecurityGroup({ id, name: id, vpcId });
      const address = `10.0.${count}.4`;
      const interfaces = [
        { id: named('eni'), groups: [second, first], addresses: [address, '2001:db8::4'] },
        { id: named('eni'), groups: [first] },
      ];
      const volumes = [named('vol'), named('vol')];
      const tags = { Name: 'a <server> & "more"', empty: '' };
      ec2.addInstance({ id: instanceId, vpcId, tags, interfaces, volumes });
      const arns = [1, 2].map(
        () => `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${named('group')}/0`,
      );
      const [byId = '', byAddress = ''] = arns;
      const targets = [8080, 8081].map(port => ({ id: instanceId, port }));
      const others = { id: 'i-0', port: 8080 };
      balancing.addTargetGroup({
        arn: byId,
        targetType: 'instance',
        vpcId,
        port: 80,
        targets: [others, ...targets],
      });
      const byAddressTargets = [
        { id: address, port: 443 },
        { id: '10.9.9.9', port: 443 },
      ];
      balancing.addTargetGroup({
        arn: byAddress,
        targetType: 'ip',
        vpcId,
        port: 443,
        targets: byAddressTargets,
      });
      const name = named('group');
      if (sizes !== undefined) {
        scaling.addGroup({
          name,
          ...sizes,
          members: new Map([[instanceId, 'InService']]),
          targetGroups: [],
        });
      }
      return {
        instanceId,
        vpcId,
        tags,
        interfaces: interfaces.map(({ id, groups }) => ({ id, groups: groups.toSorted() })),
        volumes,
        rootVolume: volumes[0] ?? '',
        autoScalingGroup: name,
        targetGroups: [
          ...targets.map(({ id, port }) => ({ arn: byId, target: id, port })),
          { arn: byAddress, target: address, port: 443 },
        ],
      };
    },
    async createUser(tags) {
      const userName = named('user');
      const accessKeyIds = [named('AKIA'), named('AKIA')] as const;
      iam.addUser(userName, tags, Object.fromEntries(accessKeyIds.map(id => [id, 'Active'])));
      return { userName, accessKeyIds };
    },
    async createRole(tags, path) {
      const roleName = named('role');
      iam.addRole(roleName, tags, path);
      return { roleName };
    },
    async createBucket(tags) {
      const bucket = await s3.createBucket('containment', { versioned: false });
      await clients.s3.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
      const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      if (TagSet.length > 0) {
        await clients.s3.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet } }));
      }
      return { bucket };
    },
  };
  return {
    subject,
    ec2,
    balancing,
    scaling,
    iam,
    async close() {
      for (const client of [...Object.values(clients), iamClient]) client.destroy();
      await services.close();
      await s3.close();
    },
  };
}
