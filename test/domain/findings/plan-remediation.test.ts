import { describe, expect, test } from '@jest/globals';
import { type MemoryAccount, MemoryContainment } from '../../../src/adapters/memory/memory-containment.ts';
import type { ContainmentPolicy } from '../../../src/domain/findings/containment-policy.ts';
import { findingRoutes } from '../../../src/domain/findings/finding-routes.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';
import type { InterfaceHomes } from '../../../src/domain/findings/interface-homes.ts';
import { manualSteps } from '../../../src/domain/findings/manual-steps.ts';
import { containmentTargetOf, planRemediation } from '../../../src/domain/findings/plan-remediation.ts';
import type { PlannedCall, RemediationPlan } from '../../../src/domain/findings/remediation-plan.ts';
import type { ContainmentState } from '../../../src/ports/containment.ts';
import fc from '../../seeded-properties.ts';
import {
  account,
  bucketFinding,
  credentialsFinding,
  instanceFinding,
  instanceId,
  longTermKey,
  policyWith,
  region,
  sessionKey,
} from './sample-findings.ts';

const instance = {
  id: instanceId,
  vpcId: 'vpc-0a1',
  interfaces: [{ id: 'eni-0a1', groups: ['sg-0a1'] }],
  volumes: ['vol-0a1'],
};
const group = { id: 'sg-0a1', name: 'web', vpcId: 'vpc-0a1', ingress: [], egress: [] };
const things = {
  instances: [instance],
  securityGroups: [group],
  users: [{ name: 'eve', accessKeys: { [longTermKey]: 'Active' as const } }],
  roles: [{ name: 'worker' }],
  buckets: [{ name: 'ledgers' }],
};

function world(rest: Partial<MemoryAccount> = {}): MemoryContainment {
  return new MemoryContainment({ region, ...things, ...rest });
}

async function planIn(
  containment: MemoryContainment,
  finding: GuardDutyFinding,
  policy: Partial<ContainmentPolicy> = {},
  homes: InterfaceHomes = {},
): Promise<RemediationPlan> {
  const whole = policyWith(policy);
  const subject = containmentTargetOf(finding, whole);
  const state = subject && (await containment.observe(subject.target, subject.marks));
  return planRemediation(finding, state, whole, homes);
}

const codesOf = ({ notes }: RemediationPlan) => notes.map(({ code }) => code);
const idsOf = ({ steps }: RemediationPlan) => steps.map(({ id }) => id);
const stepOf = ({ steps }: RemediationPlan, id: string) => steps.find(step => step.id === id);

describe('what is only told of', () => {
  test.each<[string, Partial<GuardDutyFinding>, Partial<ContainmentPolicy>, string]>([
    ['a sample', { sample: true }, {}, 'sample'],
    ['an archived finding', { archived: true }, {}, 'archived'],
    ['a finding below the severity', { severity: 6.9 }, {}, 'below-minimum-severity'],
    ['a finding of another account', { accountId: '444455556666' }, {}, 'other-account'],
  ])('%s, whose disposition stays', async (_, rest, policy, code) => {
    const plan = await planIn(world(), instanceFinding(rest), policy);
    expect(plan).toMatchObject({ disposition: 'contain-instance', outcome: 'notify-only', steps: [] });
    expect(codesOf(plan)).toContain(code);
    expect(containmentTargetOf(instanceFinding(rest), policyWith(policy))).toBeUndefined();
  });

  test.each([
    ['at the severity', 7],
    ['critical', 10],
  ])('and not what is %s', async (_, severity) => {
    expect(await planIn(world(), instanceFinding({ severity }))).toMatchObject({ outcome: 'planned' });
  });

  test.each<[string, GuardDutyFinding, string]>([
    ['an instance that is attacked', instanceFinding({ role: 'TARGET' }), 'target-not-actor'],
    [
      'an instance that is attacked, of an access from outside',
      instanceFinding({ role: 'TARGET', type: 'UnauthorizedAccess:EC2/SSHBruteForce' }),
      'target-not-actor',
    ],
    [
      'an instance that nobody says acts, of a type that it could be the target of',
      (({ role: _, ...rest }) => rest)(instanceFinding({ type: 'UnauthorizedAccess:EC2/RDPBruteForce' })),
      'target-not-actor',
    ],
    [
      'a pod',
      instanceFinding({ type: 'Impact:Runtime/CryptoMinerExecuted', resourceType: 'EKSCluster' }),
      'not-an-instance',
    ],
    ['an instance without a name', (({ instance: _, ...rest }) => rest)(instanceFinding()), 'target-unnamed'],
    ['root', credentialsFinding({ userType: 'Root', accessKeyId: longTermKey }), 'root'],
    ['a federated user', credentialsFinding({ userType: 'FederatedUser', userName: 'x' }), 'federated-user'],
    ['a user of a directory', credentialsFinding({ userType: 'IdentityCenterUser' }), 'federated-user'],
    ['another account', credentialsFinding({ userType: 'AWSAccount' }), 'other-account-principal'],
    ['a service', credentialsFinding({ userType: 'AWSService' }), 'aws-service'],
    ['who nobody knows', credentialsFinding({ userType: 'Martian' }), 'principal-unknown'],
    ['who is of no type', credentialsFinding({ userName: 'x' }), 'principal-unknown'],
    ['a user without a name', credentialsFinding({ userType: 'IAMUser' }), 'target-unnamed'],
    ['a role without a name', credentialsFinding({ userType: 'AssumedRole' }), 'target-unnamed'],
    ['nobody', (({ principal: _, ...rest }) => rest)(credentialsFinding()), 'target-unnamed'],
    [
      'a key of another kind',
      credentialsFinding({ userType: 'IAMUser', userName: 'eve', accessKeyId: 'ABSKX' }),
      'credential-unknown',
    ],
    [
      'a service-linked role',
      credentialsFinding({ userType: 'AssumedRole', userName: 'AWSServiceRoleForX' }),
      'service-linked-role',
    ],
    [
      'a role of Identity Center',
      credentialsFinding({ userType: 'AssumedRole', userName: 'AWSReservedSSO_Admin_0a' }),
      'identity-center-role',
    ],
    ['our own role', credentialsFinding({ userType: 'AssumedRole', userName: 'Remediator' }), 'own-role'],
    ['no bucket', bucketFinding({ buckets: [] }), 'target-unnamed'],
    ['a directory bucket', bucketFinding({ buckets: ['x--euc1-az1--x-s3'] }), 'directory-bucket'],
  ])('%s', async (_, finding, code) => {
    const plan = await planIn(world(), finding);
    expect(plan).toMatchObject({ disposition: 'notify', outcome: 'notify-only', steps: [] });
    expect(codesOf(plan)).toContain(code);
    expect(plan.manual.length).toBeGreaterThan(0);
  });

  test.each<[string, GuardDutyFinding]>([
    ['that it says', instanceFinding({ role: 'TARGET' })],
    [
      'that its type presumes',
      (({ role: _, ...rest }) => rest)(instanceFinding({ type: 'Recon:EC2/PortProbeUnprotectedPort' })),
    ],
  ])(
    'an attack, %s, with what people do about attacks, and not about what is compromised',
    async (_, finding) => {
      const { manual } = await planIn(world(), finding);
      expect(manual).toEqual(manualSteps('target'));
      expect(manual.filter(step => manualSteps('instance').includes(step))).toEqual([]);
    },
  );

  test('a sample, with nothing for people to do', async () => {
    expect((await planIn(world(), instanceFinding({ sample: true }))).manual).toEqual([]);
  });

  test.each(['deployer', 'Deployer', 'app-x', 'app-'])('the protected role %s', async userName => {
    const finding = credentialsFinding({ userType: 'AssumedRole', userName });
    const plan = await planIn(world(), finding, { protectedRoles: ['nobody', 'deployer', 'app-*'] });
    expect(codesOf(plan)).toEqual(['protected-role']);
  });

  test('a type that nothing is contained for, with what people do', async () => {
    const finding = instanceFinding({ type: 'AttackSequence:IAM/CompromisedCredentials', severity: 9 });
    const plan = await planIn(world(), finding);
    expect(plan).toMatchObject({ disposition: 'notify', outcome: 'notify-only', notes: [] });
    expect(plan.manual[0]).toMatch(/incident/);
  });

  test.each<[string, GuardDutyFinding, Partial<MemoryAccount>]>([
    ['an instance that is gone', instanceFinding(), { instances: [] }],
    [
      'an instance that is terminated',
      instanceFinding(),
      { instances: [{ ...instance, status: 'terminated' }] },
    ],
    [
      'an instance that shuts down',
      instanceFinding(),
      { instances: [{ ...instance, status: 'shutting-down' }] },
    ],
    ['a user who is gone', credentialsFinding(), { users: [] }],
    ['a role that is gone', credentialsFinding({ userType: 'Role', userName: 'worker' }), { roles: [] }],
    ['a bucket that is gone', bucketFinding(), { buckets: [] }],
  ])('%s', async (_, finding, there) => {
    const plan = await planIn(world(there), finding);
    expect(plan).toMatchObject({ disposition: 'notify', outcome: 'notify-only', steps: [] });
    expect(codesOf(plan)).toContain('gone');
  });

  test('a role that only its path tells to be service-linked', async () => {
    const roles = [{ name: 'worker', path: '/aws-service-role/x.amazonaws.com/' }];
    const plan = await planIn(
      world({ roles }),
      credentialsFinding({ userType: 'AssumedRole', userName: 'worker' }),
    );
    expect(plan).toMatchObject({ disposition: 'notify', outcome: 'notify-only' });
    expect(codesOf(plan)).toEqual(['service-linked-role']);
  });
});

describe('what is exempt', () => {
  const tags = { 'sallyport-exempt': 'true' };
  test.each<[string, GuardDutyFinding, Partial<ContainmentPolicy['exempt']>, Partial<MemoryAccount>, string]>(
    [
      ['its account', instanceFinding(), { accounts: [account] }, {}, 'exempt-account'],
      ['its id', instanceFinding(), { ids: [instanceId] }, {}, 'exempt-id'],
      ['its name, of a user', credentialsFinding(), { ids: ['eve'] }, {}, 'exempt-id'],
      [
        'its name, of a role',
        credentialsFinding({ userType: 'Role', userName: 'worker' }),
        { ids: ['worker'] },
        {},
        'exempt-id',
      ],
      ['its name, of a bucket', bucketFinding(), { ids: ['ledgers'] }, {}, 'exempt-id'],
      ['its tag', instanceFinding(), {}, { instances: [{ ...instance, tags }] }, 'exempt-tag'],
      ['its tag, of a user', credentialsFinding(), {}, { users: [{ name: 'eve', tags }] }, 'exempt-tag'],
      [
        'its tag, of a role',
        credentialsFinding({ userType: 'Role', userName: 'worker' }),
        {},
        { roles: [{ name: 'worker', tags }] },
        'exempt-tag',
      ],
      ['its tag, of a bucket', bucketFinding(), {}, { buckets: [{ name: 'ledgers', tags }] }, 'exempt-tag'],
    ],
  )('by %s', async (_, finding, exempt, there, code) => {
    const policy = { exempt: { ...policyWith().exempt, ...exempt } };
    const plan = await planIn(world(there), finding, policy);
    expect(plan).toMatchObject({ outcome: 'exempt', steps: [] });
    expect(codesOf(plan)).toContain(code);
  });

  test('and not by another value of the tag', async () => {
    const instances = [{ ...instance, tags: { 'sallyport-exempt': 'no' } }];
    expect(await planIn(world({ instances }), instanceFinding())).toMatchObject({ outcome: 'planned' });
  });

  test.each<[GuardDutyFinding, string]>([
    [instanceFinding(), 'ec2:DescribeInstances'],
    [credentialsFinding(), 'iam:GetUser'],
    [credentialsFinding({ userType: 'Role', userName: 'worker' }), 'iam:GetRole'],
    [bucketFinding(), 's3:GetBucketTagging'],
  ])('where nobody can tell whether it is: %#', async (finding, api) => {
    const containment = world();
    containment.breakReading(api, { reason: 'denied', code: 'AccessDenied' });
    const plan = await planIn(containment, finding);
    expect(plan).toMatchObject({ outcome: 'exempt', steps: [] });
    expect(codesOf(plan)).toContain('exemption-unreadable');
  });

  test('where it was not looked at, and would be contained', () => {
    const plan = planRemediation(instanceFinding(), undefined, policyWith());
    expect(plan.outcome).toBe('exempt');
    expect(codesOf(plan)).toContain('exemption-unreadable');
  });

  test('by the tag that the finding shows, where it was not looked at', () => {
    const shown = instanceFinding({ instance: { instanceId, tags, interfaces: [] } });
    expect(planRemediation(shown, undefined, policyWith({ mode: 'plan' })).outcome).toBe('exempt');
  });
});

describe('the plan for an instance', () => {
  test('keeps evidence, takes it out of service, and cuts it off, in this order', async () => {
    const plan = await planIn(
      world({
        autoScalingGroups: [
          {
            name: 'fleet',
            minimum: 0,
            desired: 1,
            maximum: 1,
            instances: [{ id: instanceId, lifecycle: 'InService' }],
          },
        ],
        targetGroups: [
          {
            arn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/0a1`,
            targetType: 'instance',
            vpcId: 'vpc-0a1',
            port: 80,
            targets: [{ id: instanceId, port: 80 }],
          },
        ],
      }),
      instanceFinding(),
    );
    expect(plan).toMatchObject({ disposition: 'contain-instance', outcome: 'planned', unknownType: false });
    expect(codesOf(plan)).toEqual(['actor']);
    expect(idsOf(plan)).toEqual([
      'tag',
      'protect-from-termination',
      'snapshot-volumes',
      'detach-from-auto-scaling',
      `deregister:targetgroup/web/0a1:${instanceId}:80`,
      'create-closed-group',
      'close-outbound',
      'close-inbound',
      'create-open-group',
      'open-inbound',
      'open-outbound',
      'swap-to-open:eni-0a1',
      'swap-to-closed:eni-0a1',
      'delete-open-group',
    ]);
    expect(plan.steps.filter(({ unit }) => unit === 'quarantine').map(({ id }) => id)).toEqual(
      idsOf(plan).slice(-6),
    );
    // Cut off while it is in its group, it would fail the health checks and be terminated.
    expect(stepOf(plan, 'swap-to-open:eni-0a1')?.after).toContain('detach-from-auto-scaling');
    expect(stepOf(plan, `deregister:targetgroup/web/0a1:${instanceId}:80`)?.after).toEqual([
      'detach-from-auto-scaling',
    ]);
    expect(stepOf(plan, 'swap-to-closed:eni-0a1')).toMatchObject({
      after: expect.arrayContaining(['detach-from-auto-scaling', 'swap-to-open:eni-0a1']),
      otherwise: ['swap-to-open:eni-0a1'],
    });
    // Whatever failed before, the open group must not stay.
    expect(stepOf(plan, 'delete-open-group')?.after).toEqual([]);
    expect(stepOf(plan, 'detach-from-auto-scaling')?.input).toMatchObject({
      ShouldDecrementDesiredCapacity: true,
    });
  });

  test('contains malware whoever brought it, on a volume or in a process', async () => {
    for (const type of ['Execution:EC2/MaliciousFile', 'Execution:Runtime/ReverseShell']) {
      expect(await planIn(world(), instanceFinding({ type, role: 'TARGET' }))).toMatchObject({
        outcome: 'planned',
      });
    }
  });

  test('flags a type that nobody knows', async () => {
    const plan = await planIn(world(), instanceFinding({ type: 'Trojan:EC2/NewThing' }));
    expect(plan).toMatchObject({ outcome: 'planned', unknownType: true });
    expect(codesOf(plan)).toContain('unknown-type');
  });

  test('has Auto Scaling start another where the group is at its minimum', async () => {
    const autoScalingGroups = [
      {
        name: 'fleet',
        minimum: 1,
        desired: 1,
        maximum: 2,
        instances: [{ id: instanceId, lifecycle: 'InService' }],
      },
    ];
    const plan = await planIn(world({ autoScalingGroups }), instanceFinding());
    expect(stepOf(plan, 'detach-from-auto-scaling')?.input).toMatchObject({
      ShouldDecrementDesiredCapacity: false,
    });
    expect(codesOf(plan)).toContain('auto-scaling-at-minimum');
  });

  test('says that the way back brings into service what was on standby', async () => {
    const instances = [{ id: instanceId, lifecycle: 'Standby' }];
    const autoScalingGroups = [{ name: 'fleet', minimum: 0, desired: 1, maximum: 2, instances }];
    expect(codesOf(await planIn(world({ autoScalingGroups }), instanceFinding()))).toContain(
      'auto-scaling-standby',
    );
  });

  test('does not detach what is being detached', async () => {
    const autoScalingGroups = [
      {
        name: 'fleet',
        minimum: 0,
        desired: 1,
        maximum: 2,
        instances: [{ id: instanceId, lifecycle: 'Detaching' }],
      },
    ];
    expect(idsOf(await planIn(world({ autoScalingGroups }), instanceFinding()))).not.toContain(
      'detach-from-auto-scaling',
    );
  });

  test('says nothing of its own mark', async () => {
    const instances = [{ ...instance, tags: { 'sallyport-quarantine': instanceFinding().id } }];
    const plan = await planIn(world({ instances }), instanceFinding());
    expect(idsOf(plan)).not.toContain('tag');
    expect(codesOf(plan)).toEqual(['actor']);
  });

  test('leaves the mark of another finding', async () => {
    const instances = [{ ...instance, tags: { 'sallyport-quarantine': 'finding-0' } }];
    const plan = await planIn(world({ instances }), instanceFinding());
    expect(idsOf(plan)).not.toContain('tag');
    expect(codesOf(plan)).toContain('marked-before');
  });

  test.each([
    [['vol-0a1'], { ExcludeBootVolume: true }],
    [['vol-0a2'], { ExcludeBootVolume: false, ExcludeDataVolumeIds: ['vol-0a2'] }],
  ])('takes no second snapshot of %j', async (taken, excluded) => {
    const tags = { 'sallyport-finding': 'finding-1' };
    const containment = world({
      instances: [{ ...instance, volumes: ['vol-0a1', 'vol-0a2', 'vol-0a3'] }],
      snapshots: taken.map(volumeId => ({ id: `snap-${volumeId}`, volumeId, tags })),
    });
    const step = stepOf(await planIn(containment, instanceFinding()), 'snapshot-volumes');
    expect(step?.input['InstanceSpecification']).toEqual({ InstanceId: instanceId, ...excluded });
  });

  test('says where there is no volume', async () => {
    const plan = await planIn(world({ instances: [{ ...instance, volumes: [] }] }), instanceFinding());
    expect(idsOf(plan)).not.toContain('snapshot-volumes');
    expect(codesOf(plan)).toContain('no-volumes');
  });

  test('never goes back into our own groups', async () => {
    const groups = ['open', 'closed'].map(which => ({
      id: `sg-0${which}`,
      name: `sallyport-${which}-${instanceId}`,
      vpcId: 'vpc-0a1',
      ingress: [{ protocol: '-1', peer: '0.0.0.0/0' }],
      egress: [],
    }));
    const interfaces = [
      { id: 'eni-0a1', groups: ['sg-0a1', 'sg-0closed', 'sg-0open'] },
      { id: 'eni-0a2', groups: ['sg-0closed'] },
      { id: 'eni-0a3', groups: ['sg-0open'] },
    ];
    const containment = world({
      securityGroups: [group, ...groups],
      instances: [{ ...instance, interfaces }],
    });
    const plan = await planIn(containment, instanceFinding());
    expect(stepOf(plan, 'swap-to-closed:eni-0a1')?.inverse?.input).toMatchObject({ Groups: ['sg-0a1'] });
    expect(idsOf(plan).filter(id => id.endsWith('eni-0a2'))).toEqual([]);
    // Nobody knows where it came from: it is not swapped on without a way back, and people are told.
    expect(idsOf(plan).filter(id => id.endsWith('eni-0a3'))).toEqual([]);
    expect(codesOf(plan)).toEqual(expect.arrayContaining(['closed-group-changed', 'home-unknown']));
    expect(plan.notes.find(({ code }) => code === 'home-unknown')?.explanation).toContain('eni-0a3');

    const homes = { 'eni-0a3': ['sg-0a1', 'sg-0open'] };
    const knowing = await planIn(containment, instanceFinding(), {}, homes);
    expect(stepOf(knowing, 'swap-to-closed:eni-0a3')?.inverse?.input).toMatchObject({ Groups: ['sg-0a1'] });
    expect(codesOf(knowing)).not.toContain('home-unknown');
  });

  test('takes snapshots where that of one volume is missing, and none where all are there', async () => {
    const instances = [{ ...instance, volumes: ['vol-0a1', 'vol-0a2'] }];
    const of = (...volumes: string[]) =>
      volumes.map((volumeId, index) => ({
        id: `snap-0${index}`,
        volumeId,
        tags: { 'sallyport-finding': instanceFinding().id },
      }));
    const some = await planIn(world({ instances, snapshots: of('vol-0a1') }), instanceFinding());
    expect(idsOf(some)).toContain('snapshot-volumes');
    const all = await planIn(world({ instances, snapshots: of('vol-0a1', 'vol-0a2') }), instanceFinding());
    expect(idsOf(all)).not.toContain('snapshot-volumes');
  });

  test.each(['stopping', 'stopped'])('leaves an instance that is %s registered', async status => {
    const targetGroups = [
      {
        arn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/0a1`,
        targetType: 'instance' as const,
        vpcId: 'vpc-0a1',
        port: 80,
        targets: [{ id: instanceId, port: 80 }],
      },
    ];
    const plan = await planIn(
      world({ targetGroups, instances: [{ ...instance, status }] }),
      instanceFinding(),
    );
    expect(idsOf(plan).filter(id => id.startsWith('deregister'))).toEqual([]);
    expect(codesOf(plan)).toContain('stopped');
  });

  test.each([
    ['ingress', 'egress'],
    ['egress', 'ingress'],
  ] as const)(
    'takes back the %s of the closed group that an interface stands in, for good, and looks at its %s, too',
    async (open, shut) => {
      const closedGroup = {
        id: 'sg-0c',
        name: `sallyport-closed-${instanceId}`,
        vpcId: 'vpc-0a1',
        [open]: [{ protocol: 'tcp', fromPort: 22, toPort: 22, peer: '0.0.0.0/0' }],
        [shut]: [],
      };
      const tags = { 'sallyport-quarantine': 'finding-1' };
      const interfaces = [{ id: 'eni-0a1', groups: ['sg-0c'] }];
      const contained = { ...instance, tags, terminationProtection: true, volumes: [], interfaces };
      const securityGroups = [group, { ingress: [], egress: [], ...closedGroup }];
      const plan = await planIn(world({ securityGroups, instances: [contained] }), instanceFinding());
      expect(plan.steps).toMatchObject([
        { id: 'close-outbound', evidence: true, upheld: true },
        { id: 'close-inbound', evidence: true, upheld: true },
      ]);
      for (const step of plan.steps) expect(step).not.toHaveProperty('inverse');
    },
  );

  test('deletes the open group where only that is left', async () => {
    const rule = (peer: string) => ({ protocol: '-1', peer });
    const everywhere = [rule('0.0.0.0/0'), rule('::/0')];
    const securityGroups = [
      {
        id: 'sg-0o',
        name: `sallyport-open-${instanceId}`,
        vpcId: 'vpc-0a1',
        ingress: everywhere,
        egress: everywhere,
      },
      { id: 'sg-0c', name: `sallyport-closed-${instanceId}`, vpcId: 'vpc-0a1', ingress: [], egress: [] },
    ];
    const tags = { 'sallyport-quarantine': 'finding-1' };
    const closed = {
      ...instance,
      tags,
      terminationProtection: true,
      volumes: [],
      interfaces: [{ id: 'eni-0a1', groups: ['sg-0c'] }],
    };
    expect(idsOf(await planIn(world({ securityGroups, instances: [closed] }), instanceFinding()))).toEqual([
      'open-inbound',
      'open-outbound',
      'delete-open-group',
    ]);
  });

  test.each([
    ['elasticloadbalancing:DescribeTargetHealth', ['deregister'], 'target-groups-unreadable'],
    ['ec2:DescribeSecurityGroups', ['create-open-group', 'create-closed-group'], 'actor'],
    ['ec2:DescribeSnapshots', ['snapshot-volumes'], 'actor'],
    ['ec2:DescribeInstanceAttribute', ['protect-from-termination'], 'actor'],
  ])('does not take for done what %s cannot tell', async (api, ids, code) => {
    const containment = world();
    containment.breakReading(api, { reason: 'denied', code: 'UnauthorizedOperation' });
    const plan = await planIn(containment, instanceFinding());
    expect(idsOf(plan)).toEqual(expect.arrayContaining(ids));
    expect(codesOf(plan)).toContain(code);
  });

  test.each([
    [{}, false],
    [{ 'aws:autoscaling:groupName': 'fleet' }, true],
  ])('goes by the tag %j where the group cannot be read', async (tags, isDetached) => {
    const containment = world({ instances: [{ ...instance, tags }] });
    containment.breakReading('autoscaling:DescribeAutoScalingInstances', {
      reason: 'denied',
      code: 'AccessDenied',
    });
    const ids = idsOf(await planIn(containment, instanceFinding()));
    expect(ids.includes('detach-from-auto-scaling')).toBe(isDetached);
  });
});

describe('the plan for credentials', () => {
  const role = credentialsFinding({ userType: 'AssumedRole', userName: 'worker', accessKeyId: sessionKey });
  const denied = (time: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'SallyportContainment',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': time } },
        },
      ],
    });
  const withPolicy = (policy: string) =>
    world({ roles: [{ name: 'worker', policies: { 'sallyport-containment': policy } }] });

  test('denies what was issued before now', async () => {
    const [step] = (await planIn(world(), role)).steps;
    expect(step).toMatchObject({
      api: 'iam:PutRolePolicy',
      input: {
        RoleName: 'worker',
        PolicyName: 'sallyport-containment',
        PolicyDocument: denied('2026-11-21T09:00:00.000Z'),
      },
      inverse: {
        api: 'iam:DeleteRolePolicy',
        input: { RoleName: 'worker', PolicyName: 'sallyport-containment' },
      },
    });
  });

  test('denies again what was seen after it was denied, and goes back to that', async () => {
    const earlier = denied('2026-11-21T07:00:00.000Z');
    const [step] = (await planIn(withPolicy(earlier), role)).steps;
    expect(step?.inverse).toMatchObject({ api: 'iam:PutRolePolicy', input: { PolicyDocument: earlier } });
  });

  test.each([
    ['at the time', denied('2026-11-21T07:55:00.000Z')],
    ['later', denied('2026-11-21T08:00:00.000Z')],
    ['always', denied('x').replace(/,"Condition":.*}}(?=})/, '')],
  ])('does not deny again what was denied %s', async (_, policy) => {
    expect(await planIn(withPolicy(policy), role)).toMatchObject({ outcome: 'planned', steps: [] });
  });

  test.each([
    [
      'is none of ours',
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    ],
    [
      'says more',
      denied('2026-11-21T08:00:00.000Z').replace('"Condition":{', '"Condition":{"Bool":{"a":"b"},'),
    ],
    ['has two statements', '{"Statement":[{},{}]}'],
    [
      'has another statement beside ours',
      denied('2026-11-21T08:00:00.000Z').replace(']}', ',{"Effect":"Allow","Action":"*","Resource":"*"}]}'),
    ],
    ['is no policy', '"x"'],
  ])('replaces a policy under our name that %s', async (_, policy) => {
    const { steps } = await planIn(withPolicy(policy), role);
    expect(steps).toMatchObject([
      {
        // As long as it is the one that the way back puts in place again.
        precondition: [{ fact: 'policy.document', holds: 'equals' }],
        inverse: { api: 'iam:PutRolePolicy', input: { PolicyDocument: policy } },
      },
    ]);
  });

  test('deactivates a long-term key, and denies its user everything', async () => {
    const plan = await planIn(world(), credentialsFinding());
    expect(plan.steps.map(({ api }) => api)).toEqual(['iam:UpdateAccessKey', 'iam:PutUserPolicy']);
    expect(JSON.parse(String(plan.steps[1]?.input['PolicyDocument']))).toMatchObject({
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    });
    expect(plan.steps[1]?.input['PolicyDocument']).not.toContain('Condition');
  });

  test('says that long-term keys work on, where a session of a user is denied', async () => {
    const plan = await planIn(
      world(),
      credentialsFinding({ userType: 'IAMUser', userName: 'eve', accessKeyId: sessionKey }),
    );
    expect(codesOf(plan)).toEqual(['long-term-keys']);
    expect(plan.steps[0]?.input['PolicyDocument']).toContain('aws:TokenIssueTime');
  });

  test.each([
    [{ [longTermKey]: 'Inactive' as const }, ['assumed-roles']],
    [{}, ['key-gone', 'assumed-roles']],
  ])('leaves the keys %j', async (accessKeys, codes) => {
    const plan = await planIn(world({ users: [{ name: 'eve', accessKeys }] }), credentialsFinding());
    expect(idsOf(plan)).toEqual(['deny-user']);
    expect(codesOf(plan)).toEqual(codes);
  });

  test.each([
    [{ principalId: 'AROAX:i-0a', userName: 'worker' }, 'role'],
    [{ principalId: 'AIDAX', userName: 'eve' }, 'user'],
    [{ accessKeyId: longTermKey, userName: 'eve' }, 'user'],
  ])('takes %j for a %s', async (principal, kind) => {
    expect((await planIn(world(), credentialsFinding(principal))).target?.kind).toBe(kind);
  });

  test('sends people to the instance that the finding names too', async () => {
    const finding = { ...role, instance: { instanceId, tags: {}, interfaces: [] } };
    expect((await planIn(world(), finding)).manual[0]).toContain(instanceId);
  });

  test('does not replace a policy that it cannot read, nor take that for done', async () => {
    const containment = world();
    containment.breakReading('iam:GetRolePolicy', { reason: 'denied', code: 'AccessDenied' });
    const plan = await planIn(containment, role);
    expect(codesOf(plan)).toContain('policy-unreadable');
    expect(plan.steps).toMatchObject([
      { id: 'deny-role-sessions', precondition: [{ fact: 'policy', holds: 'absent' }] },
    ]);
  });
});

describe('the plan for a bucket', () => {
  const allow = {
    Sid: 'Readers',
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::ledgers/*',
  };
  const policyOf = (...statements: object[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const policyPut = (plan: RemediationPlan) =>
    JSON.parse(String(stepOf(plan, 'deny-all-but-responders')?.input['Policy'])) as { Statement: object[] };

  test('adds to what stands, and names who keeps access', async () => {
    const plan = await planIn(
      world({ buckets: [{ name: 'ledgers', policy: policyOf(allow) }] }),
      bucketFinding(),
    );
    expect(policyPut(plan).Statement).toEqual([
      allow,
      {
        Sid: 'SallyportContainment',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::ledgers', 'arn:aws:s3:::ledgers/*'],
        Condition: {
          StringNotLike: {
            'aws:PrincipalArn': [
              `arn:aws:iam::${account}:role/remediator`,
              `arn:aws:iam::${account}:role/responder-*`,
            ],
          },
        },
      },
    ]);
    // A name that has come to be another account's bucket is not touched.
    for (const step of plan.steps) expect(step.input).toMatchObject({ ExpectedBucketOwner: account });
    expect(codesOf(plan)).toEqual(['services-denied']);
  });

  test('adds no second statement of ours', async () => {
    const old = { ...allow, Sid: 'SallyportContainment' };
    const plan = await planIn(
      world({ buckets: [{ name: 'ledgers', policy: policyOf(old, allow) }] }),
      bucketFinding(),
    );
    expect(policyPut(plan).Statement).toHaveLength(2);
  });

  test('finds its statement in another order, and names each principal once', async () => {
    const own = `arn:aws:iam::${account}:role/remediator`;
    const responders = [own, `arn:aws:iam::${account}:role/a`];
    const plan = await planIn(world(), bucketFinding(), { responders });
    const [ours] = policyPut(plan).Statement as { Resource: string[]; Condition: object }[];
    expect(ours?.Condition).toEqual({
      StringNotLike: { 'aws:PrincipalArn': [`arn:aws:iam::${account}:role/a`, own] },
    });
    const reordered = { ...ours, Resource: ours?.Resource.toReversed() };
    const policy = policyOf(allow, reordered);
    const again = await planIn(world({ buckets: [{ name: 'ledgers', policy }] }), bucketFinding(), {
      responders,
    });
    expect(idsOf(again)).not.toContain('deny-all-but-responders');
  });

  test('counts the bytes of a policy, not its characters', async () => {
    const policy = policyOf({
      ...allow,
      Sid: undefined,
      Condition: { StringLike: { 'aws:userid': 'ä'.repeat(10_200) } },
    });
    const plan = await planIn(world({ buckets: [{ name: 'ledgers', policy }] }), bucketFinding());
    expect(codesOf(plan)).toContain('policy-replaced');
  });

  test('replaces a policy that has no room, and puts it back', async () => {
    const policy = policyOf({
      ...allow,
      Resource: Array.from({ length: 800 }, (_, n) => `arn:aws:s3:::ledgers/${n}`),
    });
    const plan = await planIn(world({ buckets: [{ name: 'ledgers', policy }] }), bucketFinding());
    expect(policyPut(plan).Statement).toHaveLength(1);
    expect(codesOf(plan)).toContain('policy-replaced');
    expect(stepOf(plan, 'deny-all-but-responders')?.inverse?.input).toMatchObject({ Policy: policy });
  });

  test.each([
    ['s3:GetBucketPolicy', 'deny-all-but-responders', 'bucket-policy'],
    ['s3:GetPublicAccessBlock', 'block-public-access', 'public-access-block'],
  ])('does not replace what %s cannot tell, nor take it for done', async (api, id, fact) => {
    const containment = world();
    containment.breakReading(api, { reason: 'denied', code: 'AccessDenied' });
    const plan = await planIn(containment, bucketFinding());
    expect(stepOf(plan, id)?.precondition).toEqual([{ fact, holds: 'absent' }]);
  });

  test('leaves other buckets, and who acted, to people', async () => {
    const plan = await planIn(
      world(),
      bucketFinding({ buckets: ['ledgers', 'others'], principal: { userName: 'eve' } }),
    );
    expect(codesOf(plan)).toEqual(['more-buckets', 'principal-named', 'services-denied']);
    expect(plan.manual[0]).toContain('others');
  });
});

describe('a plan made without looking', () => {
  const blind = (finding: GuardDutyFinding) =>
    planRemediation(finding, undefined, policyWith({ mode: 'plan' }));

  test('goes by what the finding says of an instance', () => {
    const interfaces = [{ id: 'eni-0a1', vpcId: 'vpc-0a1', groups: ['sg-0a1'] }, { id: 'eni-0a2' }];
    const tags = { 'aws:autoscaling:groupName': 'fleet' };
    const plan = blind(instanceFinding({ instance: { instanceId, tags, interfaces } }));
    expect(stepOf(plan, 'create-open-group')?.input).toMatchObject({ VpcId: 'vpc-0a1' });
    expect(stepOf(plan, 'detach-from-auto-scaling')?.input).toMatchObject({ AutoScalingGroupName: 'fleet' });
    expect(stepOf(plan, 'swap-to-closed:eni-0a1')?.inverse?.input).toMatchObject({ Groups: ['sg-0a1'] });
    expect(stepOf(plan, 'swap-to-closed:eni-0a2')?.inverse?.input).toMatchObject({
      Groups: { $before: 'interface.eni-0a2.groups' },
    });
    expect(codesOf(plan)).toContain('account-unseen');
  });

  test('leaves open what it does not', () => {
    const plan = blind(instanceFinding());
    expect(stepOf(plan, 'create-open-group')?.input).toMatchObject({ VpcId: { $fact: 'instance.vpc' } });
    expect(idsOf(plan)).toContain('swap-to-open:each');
    expect(codesOf(plan)).toEqual(expect.arrayContaining(['interfaces-unseen', 'target-groups-unseen']));
  });

  test('leaves open what stands at a bucket', () => {
    const [deny, block] = blind(bucketFinding()).steps;
    expect(deny).toMatchObject({
      input: { Policy: { $policy: { of: 'bucket-policy.text' } } },
      inverse: { input: { Policy: { $before: 'bucket-policy.text' } } },
    });
    expect(block?.inverse?.input).toMatchObject({
      PublicAccessBlockConfiguration: { $before: 'public-access-block.configuration' },
    });
  });

  test('is a plan for credentials', () => {
    expect(idsOf(blind(credentialsFinding()))).toEqual(['deactivate-key', 'deny-user']);
    expect(idsOf(blind(credentialsFinding({ userType: 'Role', userName: 'worker' })))).toEqual([
      'deny-role-sessions',
    ]);
  });
});

describe('whatever the finding, and whatever stands', () => {
  const types = fc.oneof(
    fc.constantFrom(...findingRoutes.keys()),
    fc
      .tuple(
        fc.constantFrom('Trojan', 'Policy', 'New'),
        fc.constantFrom('EC2', 'IAMUser', 'S3', 'Runtime', 'X'),
      )
      .map(([purpose, resource]) => `${purpose}:${resource}/NewThing`),
  );
  const findings: fc.Arbitrary<GuardDutyFinding> = fc
    .record({
      type: types,
      severity: fc.double({ min: 1, max: 10, noNaN: true }),
      sample: fc.boolean(),
      archived: fc.boolean(),
      role: fc.constantFrom('ACTOR' as const, 'TARGET' as const, undefined),
      resourceType: fc.constantFrom('Instance', 'AccessKey', 'S3Bucket', 'EKSCluster', undefined),
      userType: fc.constantFrom('IAMUser', 'AssumedRole', 'Root', undefined),
      userName: fc.constantFrom('eve', 'worker', 'AWSServiceRoleForX', undefined),
      accessKeyId: fc.constantFrom(longTermKey, sessionKey, undefined),
      isInstance: fc.boolean(),
      buckets: fc.constantFrom([], ['ledgers'], ['ledgers', 'x']),
    })
    .map(({ role, resourceType, isInstance, userType, userName, accessKeyId, ...rest }) => {
      const { role: _, resourceType: __, instance: ___, ...common } = instanceFinding(rest);
      const principal = Object.fromEntries(
        Object.entries({ userType, userName, accessKeyId }).filter(([, value]) => value !== undefined),
      );
      return {
        ...common,
        ...(role === undefined ? {} : { role }),
        ...(resourceType === undefined ? {} : { resourceType }),
        ...(isInstance ? { instance: { instanceId, tags: {}, interfaces: [] } } : {}),
        principal,
      };
    });
  const apis = fc.uniqueArray(
    fc.constantFrom(
      'ec2:DescribeInstances',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSnapshots',
      'autoscaling:DescribeAutoScalingInstances',
      'elasticloadbalancing:DescribeTargetHealth',
      'iam:GetUser',
      'iam:GetUserPolicy',
      'iam:GetRolePolicy',
      's3:GetBucketPolicy',
      's3:GetPublicAccessBlock',
    ),
  );
  const irreversible =
    /Terminate|DeleteBucket$|DeleteUser$|DeleteRole$|DeleteAccessKey|DeleteSnapshot|DeleteVolume/;

  test('the plan is defined, has a way back, and nothing in it is final', async () => {
    await fc.assert(
      fc.asyncProperty(findings, apis, fc.boolean(), async (finding, broken, isBlind) => {
        const containment = world();
        for (const api of broken) containment.breakReading(api, { reason: 'denied', code: 'AccessDenied' });
        const policy = policyWith({ mode: isBlind ? 'plan' : 'contain' });
        const subject = containmentTargetOf(finding, policy);
        const state: ContainmentState | undefined =
          subject === undefined || isBlind
            ? undefined
            : await containment.observe(subject.target, subject.marks);
        const plan = planRemediation(finding, state, policy);

        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
        expect(plan.outcome === 'planned' || plan.steps.length === 0).toBe(true);
        expect(plan.outcome !== 'planned' || plan.disposition !== 'notify').toBe(true);
        const ids = idsOf(plan);
        expect(new Set(ids).size).toBe(ids.length);
        plan.steps.forEach((step, index) => {
          for (const id of step.after) expect(ids.slice(0, index)).toContain(id);
          expect(step.reversible).toBe(true);
          expect(step.inverse === undefined).toBe(step.evidence);
          expect(step.precondition.length * step.effect.length).toBeGreaterThan(0);
          const calls: (PlannedCall | undefined)[] = [step, step.inverse];
          for (const call of calls) expect(call?.api ?? '').not.toMatch(irreversible);
        });
      }),
      { numRuns: 400 },
    );
  });
});
