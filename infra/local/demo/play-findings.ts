import type { LocalPipeline } from '../local-pipeline.ts';
import { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation } from './expectation.ts';
import { sampleFindings } from './sample-findings.ts';
import { type SeededThreats, seedThreats } from './seed-threats.ts';

/**
 * Puts GuardDuty findings of every kind on the bus of a pipeline that contains threats, rolls two of them back, and finds
 * out what became of instance, key and bucket.
 */
export async function playFindings(
  pipeline: LocalPipeline,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { accountId, region, outputs } = pipeline;
  const functionName = outputs['FindingRemediatorFunctionName'] ?? '';
  const clients = new DemoClients(pipeline);
  const targets = await seedThreats(pipeline);
  const findings = sampleFindings(accountId, region, targets);
  const put = (name: keyof typeof findings) =>
    clients.putEvent('aws.guardduty', 'GuardDuty Finding', findings[name]);
  const look = async (): Promise<Look> => ({
    instance: lookAtInstance(pipeline, targets),
    user: lookAtUser(pipeline, targets),
    isOpen: await clients.mayList(targets.bucket),
  });
  const snapshots = (): readonly string[] =>
    [...pipeline.account.ec2.snapshots.values()].map(({ volumeId }) => volumeId).toSorted();
  const rollBack = async (name: keyof typeof findings) =>
    clients.invoke(functionName, {
      action: 'rollback',
      findingId: findings[name]['id'],
      by: 'the demo',
      reason: 'to show the way back',
    });
  try {
    const before = await look();
    progress(
      'findings: an instance that calls home (told twice), one that is knocked at, a key in other hands',
    );
    await Promise.all([put('backdoor'), put('backdoor')]);
    await put('bruteForce');
    await put('stolenKey');
    progress('findings: a bucket that is emptied, a sample, one without a time, one below the threshold');
    await put('bucketEmptied');
    await put('sample');
    await put('malformed');
    await put('minor');
    await pipeline.idle(180_000);
    const contained = await look();
    const taken = snapshots();

    progress('rolling instance and key back: the function, invoked by hand');
    const rolledBack = [await rollBack('backdoor'), await rollBack('stolenKey')];
    progress('telling the first finding again, which is held now');
    await put('backdoor');
    await pipeline.idle(180_000);
    const after = await look();
    return [
      ...expectContained(contained, taken, targets.volumes),
      expectation(
        'rolled back',
        2,
        rolledBack.filter(({ outcome }) => outcome === 'rolled-back').length,
        rolledBack.map(({ outcome }) => String(outcome)),
      ),
      expectation(
        'as they were before: instance, user',
        2,
        [
          [before.instance, after.instance],
          [before.user, after.user],
        ].filter(([was, is]) => JSON.stringify(was) === JSON.stringify(is)).length,
        after.instance.groups,
      ),
      expectation('open before, and closed still: the bucket', 1, Number(before.isOpen && !after.isOpen)),
      expectation('volumes with one snapshot each, still', targets.volumes.length, snapshots().length),
      ...(await expectTold(pipeline)),
    ];
  } finally {
    clients.close();
  }
}

/** What there is to see of the instance: plain, so that two looks can be compared. */
function lookAtInstance({ account }: LocalPipeline, { instanceId, targetGroupArn }: SeededThreats) {
  const { interfaces, isProtected, tags } = account.ec2.instance(instanceId);
  const groups = interfaces.flatMap(one => one.groups.map(id => account.ec2.group(id)));
  const { targets } = account.loadBalancing.targetGroup(targetGroupArn);
  return {
    groups: groups.map(({ name }) => name),
    closed: groups.every(({ ingress, egress }) => ingress.size + egress.size === 0),
    isProtected,
    tags: [...tags].map(([key, value]) => `${key}=${value}`).toSorted(),
    scaled: account.autoScaling.groupOf(instanceId)?.members.get(instanceId),
    served: targets.some(({ id, state }) => id === instanceId && state !== 'draining'),
  };
}

function lookAtUser({ account }: LocalPipeline, { userName, accessKeyId }: SeededThreats) {
  const user = account.iam.users.get(userName);
  return { key: user?.accessKeys.get(accessKeyId), policies: [...(user?.policies.keys() ?? [])] };
}

type Look = {
  readonly instance: ReturnType<typeof lookAtInstance>;
  readonly user: ReturnType<typeof lookAtUser>;
  /** Whether the bucket lets in just anybody of the account. */
  readonly isOpen: boolean;
};

function expectContained(
  { instance, user, isOpen }: Look,
  snapshots: readonly string[],
  volumes: readonly string[],
): readonly Expectation[] {
  const { closed, isProtected, scaled, served } = instance;
  return [
    expectation(
      'instances in quarantine: closed, protected from termination, out of scaling and of load balancing',
      1,
      Number(closed && isProtected && scaled === undefined && !served),
      [...instance.groups, ...instance.tags],
    ),
    expectation('snapshots of its volumes, one each', volumes.length, snapshots.length, snapshots),
    expectation(
      'keys deactivated, and their users denied',
      1,
      Number(user.key === 'Inactive' && user.policies.length === 1),
      [String(user.key), ...user.policies],
    ),
    expectation('buckets closed to all but those who respond', 1, Number(!isOpen)),
  ];
}

async function expectTold(pipeline: LocalPipeline): Promise<readonly Expectation[]> {
  const { FindingAlertTopicArn: topic, FindingsDeadLetterQueueUrl: deadLetters = '' } = pipeline.outputs;
  const told = pipeline.announcements.all.filter(({ topicArn }) => topicArn === topic);
  const of = (kind: string) => told.filter(({ attributes }) => attributes['kind'] === kind);
  const titles = (kind: string) =>
    of(kind)
      .map(({ subject = '' }) => subject)
      .toSorted();
  return [
    expectation(
      'containments announced, each once',
      3,
      of('finding.contained').length,
      titles('finding.contained'),
    ),
    expectation(
      'findings told of and left alone: a target, a sample',
      2,
      of('finding.notify-only').length,
      titles('finding.notify-only'),
    ),
    expectation('ways back announced', 2, of('finding.rolled-back').length),
    expectation(
      'findings in the dead-letter queue: the one without a time',
      1,
      await pipeline.queueDepth(deadLetters.split('/').at(-1) ?? ''),
    ),
  ];
}
