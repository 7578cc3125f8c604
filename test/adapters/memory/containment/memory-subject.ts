import type { ContainmentSubject } from '../../../../src/adapters/contracts/containment-contract.ts';
import { MemoryContainment } from '../../../../src/adapters/memory/memory-containment.ts';

const account = '111122223333';
const region = 'eu-central-1';

/** The adapter in memory, things put there by `change`. */
export function memorySubject(): ContainmentSubject {
  const containment = new MemoryContainment({ account, region });
  let count = 0;
  const named = (prefix: string) => {
    count += 1;
    return `${prefix}-c${count.toString(16).padStart(16, '0')}`;
  };
  return {
    containment,
    account,
    region,
    async createInstance(sizes) {
      const instanceId = named('i');
      const vpcId = named('vpc');
      const [first, second] = [named('sg'), named('sg')];
      const [eth0, eth1] = [named('eni'), named('eni')];
      const volumes = [named('vol'), named('vol')];
      const [byId, byAddress, autoScalingGroup] = [named('arn'), named('arn'), named('group')];
      const tags = { Name: 'a <server> & "more"', empty: '' };
      const targets = [8080, 8081].map(port => ({ id: instanceId, port }));
      containment.change(held => {
        for (const id of [first, second]) {
          held.securityGroups.push({ id, name: id, vpcId, ingress: [], egress: [] });
        }
        held.instances.push({
          id: instanceId,
          vpcId,
          tags,
          interfaces: [
            { id: eth1, groups: [first] },
            { id: eth0, groups: [second, first], addresses: ['10.0.0.4'] },
          ],
          volumes: volumes.toReversed(),
        });
        held.targetGroups.push(
          {
            arn: byId,
            targetType: 'instance',
            vpcId,
            port: 80,
            targets: [...targets, { id: 'i-0', port: 80 }],
          },
          {
            arn: byAddress,
            targetType: 'ip',
            vpcId,
            port: 443,
            targets: [
              { id: '10.0.0.5', port: 443 },
              { id: '10.0.0.4', port: 443 },
            ],
          },
        );
        if (sizes !== undefined) {
          const instances = [{ id: instanceId, lifecycle: 'InService' }];
          held.autoScalingGroups.push({ name: autoScalingGroup, ...sizes, instances });
        }
      });
      return {
        instanceId,
        vpcId,
        tags,
        interfaces: [
          { id: eth0, groups: [first, second] },
          { id: eth1, groups: [first] },
        ],
        volumes,
        rootVolume: volumes[1] ?? '',
        autoScalingGroup,
        targetGroups: [
          ...targets.map(({ id, port }) => ({ arn: byId, target: id, port })),
          { arn: byAddress, target: '10.0.0.4', port: 443 },
        ],
      };
    },
    async createUser(tags) {
      const userName = named('user');
      const accessKeyIds = [named('AKIA'), named('AKIA')] as const;
      const accessKeys = Object.fromEntries(accessKeyIds.map(id => [id, 'Active' as const]));
      containment.change(({ users }) => users.push({ name: userName, tags, accessKeys }));
      return { userName, accessKeyIds };
    },
    async createRole(tags, path) {
      const roleName = named('role');
      containment.change(({ roles }) => roles.push({ name: roleName, tags, path }));
      return { roleName };
    },
    async createBucket(tags) {
      const bucket = named('bucket');
      containment.change(({ buckets }) => buckets.push({ name: bucket, tags }));
      return { bucket };
    },
  };
}
