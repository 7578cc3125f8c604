import { describe, expect, test } from '@jest/globals';
import {
  type MemoryAccount,
  type MemoryBucket,
  MemoryContainment,
  type MemoryInstance,
} from '../../../src/adapters/memory/memory-containment.ts';
import { quarantineTagKey } from '../../../src/domain/findings/containment-policy.ts';
import type { GuardDutyFinding } from '../../../src/domain/findings/guard-duty-finding.ts';
import { type InterfaceHomes, interfaceHomes } from '../../../src/domain/findings/interface-homes.ts';
import { containmentTargetOf, planRemediation } from '../../../src/domain/findings/plan-remediation.ts';
import type { RemediationPlan } from '../../../src/domain/findings/remediation-plan.ts';
import { planToStore } from '../../../src/domain/findings/stored-plan.ts';
import fc from '../../seeded-properties.ts';
import { carryOut, takeBack } from './carry-out.ts';
import {
  bucketFinding,
  credentialsFinding,
  instanceFinding,
  instanceId,
  longTermKey,
  policyWith,
  region,
  sessionKey,
} from './sample-findings.ts';

const policy = policyWith();

async function planOn(
  containment: MemoryContainment,
  finding: GuardDutyFinding,
  homes: InterfaceHomes = {},
): Promise<RemediationPlan> {
  const subject = containmentTargetOf(finding, policy);
  const state = subject && (await containment.observe(subject.target, subject.marks));
  return planRemediation(finding, state, policy, homes);
}

/** What the ledger would tell of where interfaces came from. */
function homesIn(plan: RemediationPlan): InterfaceHomes {
  const remediation = {
    schemaVersion: 1 as const,
    findingId: 'finding-1',
    generation: '2026-11-21T08:00:00.000Z',
    decidedAt: '2026-11-21T09:00:00.000Z',
    plan: planToStore(plan, instanceFinding()),
    steps: {},
  };
  return interfaceHomes([remediation]);
}

const groupIds = ['sg-0a1', 'sg-0b2', 'sg-0c3'];
const vpcId = 'vpc-0a1';
const targetGroupArn = (name: string) =>
  `arn:aws:elasticloadbalancing:${region}:111122223333:targetgroup/${name}/0a1b2c3d`;

const otherGroups = groupIds.map(id => ({ id, name: `other-${id}`, vpcId, ingress: [], egress: [] }));

const instances = fc.record({
  protection: fc.boolean(),
  tags: fc.dictionary(fc.constantFrom('Name', 'a.b', 'team'), fc.string({ maxLength: 8 })),
  interfaces: fc.array(fc.uniqueArray(fc.constantFrom(...groupIds), { minLength: 1 }), {
    minLength: 1,
    maxLength: 3,
  }),
  volumes: fc.nat(3),
  status: fc.constantFrom('running', 'running', 'stopped'),
  isDualStack: fc.boolean(),
  // Wanted above the minimum: at it, Auto Scaling starts another instance, which no way back ends.
  scaling: fc.option(fc.record({ spare: fc.integer({ min: 1, max: 2 }), isTargeted: fc.boolean() })),
  targets: fc.uniqueArray(
    fc.record({ name: fc.constantFrom('web', 'api'), port: fc.constantFrom(80, 8080) }),
    { selector: ({ name, port }) => `${name}:${port}` },
  ),
});

type Instance = typeof instances extends fc.Arbitrary<infer Value> ? Value : never;

function accountOf(drawn: Instance): Partial<MemoryAccount> {
  const instance: MemoryInstance = {
    id: instanceId,
    vpcId,
    status: drawn.scaling === null ? drawn.status : 'running',
    tags: drawn.tags,
    terminationProtection: drawn.protection,
    interfaces: drawn.interfaces.map((groups, index) => ({ id: `eni-0${index}`, groups: groups.toSorted() })),
    volumes: Array.from({ length: drawn.volumes }, (_, index) => `vol-0${index}`),
  };
  const names = ['web', 'api'];
  return {
    instances: [instance],
    securityGroups: otherGroups,
    dualStackVpcs: drawn.isDualStack ? [vpcId] : [],
    targetGroups: names.map(name => ({
      arn: targetGroupArn(name),
      targetType: 'instance' as const,
      vpcId,
      port: 80,
      targets: drawn.targets
        .filter(target => target.name === name)
        .map(({ port }) => ({ id: instanceId, port })),
    })),
    autoScalingGroups:
      drawn.scaling === null
        ? []
        : [
            {
              name: 'fleet',
              minimum: 0,
              desired: drawn.scaling.spare,
              maximum: 3,
              instances: [{ id: instanceId, lifecycle: 'InService' }],
            },
          ],
  };
}

/** What is to be as it was: everything but evidence, in whatever order. */
function comparable({ snapshots: _, ...rest }: MemoryAccount): unknown {
  return {
    ...rest,
    targetGroups: rest.targetGroups.map(group => ({
      ...group,
      targets: group.targets.toSorted((a, b) => a.port - b.port),
    })),
  };
}

describe('a plan, carried out and taken back', () => {
  test('quarantines an instance, whatever it is like, and leaves everything else as it was', async () => {
    await fc.assert(
      fc.asyncProperty(instances, async drawn => {
        const containment = new MemoryContainment({ region, ...accountOf(drawn) });
        const before = comparable(containment.state);
        const plan = await planOn(containment, instanceFinding());
        const made = await carryOut(plan, containment);

        const {
          instances: [instance],
          securityGroups,
          snapshots,
          autoScalingGroups,
          targetGroups,
        } = containment.state;
        const closed = securityGroups.find(({ name }) => name.includes('closed'));
        expect(closed).toMatchObject({ ingress: [], egress: [] });
        expect(instance?.interfaces.map(({ groups }) => groups)).toEqual(
          drawn.interfaces.map(() => [closed?.id]),
        );
        expect(securityGroups.filter(({ name }) => name.includes('open'))).toEqual([]);
        expect(instance).toMatchObject({
          terminationProtection: true,
          tags: { [quarantineTagKey]: 'finding-1' },
        });
        expect(snapshots.map(({ volumeId }) => volumeId)).toEqual(instance?.volumes);
        expect(autoScalingGroups.flatMap(group => group.instances)).toEqual([]);
        // What is stopped could not be registered again.
        const isStopped = instance?.status === 'stopped';
        expect(targetGroups.flatMap(({ targets }) => targets)).toHaveLength(
          isStopped ? drawn.targets.length : 0,
        );

        const again = await planOn(containment, instanceFinding({ updatedAt: '2026-11-21T14:00:00.000Z' }));
        expect(again).toMatchObject({ outcome: 'planned', steps: [] });

        await takeBack(plan, made, containment);
        expect(comparable(containment.state)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  test('undoes as much as was done, wherever it ended', async () => {
    await fc.assert(
      fc.asyncProperty(instances, fc.nat(20), async (drawn, stop) => {
        const containment = new MemoryContainment({ region, ...accountOf(drawn) });
        const before = comparable(containment.state);
        const plan = await planOn(containment, instanceFinding());
        const part = { ...plan, steps: plan.steps.slice(0, stop) };
        await takeBack(part, await carryOut(part, containment), containment);
        expect(comparable(containment.state)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  test('goes on where an earlier containment ended, and both can be taken back', async () => {
    await fc.assert(
      fc.asyncProperty(instances, fc.nat(20), async (drawn, stop) => {
        const containment = new MemoryContainment({ region, ...accountOf(drawn) });
        const before = comparable(containment.state);
        const first = await planOn(containment, instanceFinding());
        const part = { ...first, steps: first.steps.slice(0, stop) };
        const madeFirst = await carryOut(part, containment);
        const homes = homesIn(first);
        const second = await planOn(
          containment,
          instanceFinding({ updatedAt: '2026-11-21T14:00:00.000Z' }),
          homes,
        );
        const madeSecond = await carryOut(second, containment);
        const closed = containment.state.securityGroups.find(({ name }) => name.includes('closed'));
        expect(
          containment.state.instances[0]?.interfaces.every(({ groups }) => groups[0] === closed?.id),
        ).toBe(true);
        expect(containment.state.securityGroups.filter(({ name }) => name.includes('open'))).toEqual([]);

        await takeBack(second, madeSecond, containment);
        await takeBack(part, madeFirst, containment);
        expect(comparable(containment.state)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  const statements = fc.array(
    fc.record({
      Sid: fc.constantFrom('A', 'B'),
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: fc.constant('*'),
      Action: fc.constantFrom('s3:GetObject', ['s3:GetObject']),
      Resource: fc.constant('arn:aws:s3:::ledgers/*'),
    }),
    { minLength: 1, maxLength: 2 },
  );
  const buckets = fc.record(
    {
      name: fc.constant('ledgers'),
      publicAccessBlock: fc.record({
        blockPublicAcls: fc.boolean(),
        ignorePublicAcls: fc.boolean(),
        blockPublicPolicy: fc.boolean(),
        restrictPublicBuckets: fc.boolean(),
      }),
      policy: statements.map(list =>
        JSON.stringify({ Version: '2012-10-17', Id: 'p', Statement: list }, null, 1),
      ),
    },
    { requiredKeys: ['name'] },
  );

  const isWhole = ({ publicAccessBlock }: Pick<MemoryBucket, 'publicAccessBlock'>) =>
    Object.values(publicAccessBlock ?? {}).filter(Boolean).length === 4;

  test('closes a bucket, and opens it again as it was', async () => {
    await fc.assert(
      fc.asyncProperty(buckets, async bucket => {
        const containment = new MemoryContainment({ region, buckets: [bucket as MemoryBucket] });
        const plan = await planOn(containment, bucketFinding());
        const made = await carryOut(plan, containment);
        const isLifted = bucket.publicAccessBlock?.blockPublicPolicy === true && made.length > 2;
        expect(made).toEqual([
          ...(isLifted ? ['let-policy-be-put'] : []),
          'deny-all-but-responders',
          ...(isWhole(bucket) && !isLifted ? [] : ['block-public-access']),
        ]);
        expect(containment.state.buckets[0]?.publicAccessBlock).toMatchObject({
          blockPublicPolicy: true,
          restrictPublicBuckets: true,
        });
        expect((await planOn(containment, bucketFinding())).steps).toEqual([]);
        await takeBack(plan, made, containment);
        expect(containment.state.buckets).toEqual([bucket]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    [
      'a long-term key',
      { userType: 'IAMUser', userName: 'eve', accessKeyId: longTermKey },
      ['deactivate-key', 'deny-user'],
    ],
    ['a session of a user', { userType: 'IAMUser', userName: 'eve', accessKeyId: sessionKey }, ['deny-user']],
    [
      'a session of a role',
      { userType: 'AssumedRole', userName: 'worker', accessKeyId: sessionKey },
      ['deny-role-sessions'],
    ],
  ])('denies %s, and lets it work again', async (_, principal, steps) => {
    const containment = new MemoryContainment({
      region,
      users: [
        {
          name: 'eve',
          accessKeys: { [longTermKey]: 'Active' },
          policies: { mine: '{"Version":"2012-10-17","Statement":[]}' },
        },
      ],
      roles: [{ name: 'worker', path: '/app/' }],
    });
    const before = containment.state;
    const finding = credentialsFinding(principal);
    const plan = await planOn(containment, finding);
    const made = await carryOut(plan, containment);
    expect(made).toEqual(steps);
    expect((await planOn(containment, finding)).steps).toEqual([]);
    await takeBack(plan, made, containment);
    // An empty list of policies is none.
    const normal = (state: MemoryAccount) => JSON.stringify(state).replaceAll(',"policies":{}', '');
    expect(normal(containment.state)).toBe(normal(before));
  });
});
