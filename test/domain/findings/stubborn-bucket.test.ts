import { describe, expect, test } from '@jest/globals';
import { bucketFinding, memoryAccount, RemediationWorld } from './remediation-world.ts';

const statement = (principal: unknown) => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::papers/*',
});

function worldWith(principal: unknown, blockPublicPolicy: boolean): RemediationWorld {
  const containment = memoryAccount();
  containment.change(({ buckets }) => {
    for (const bucket of buckets) {
      bucket.policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement(principal)] });
      bucket.publicAccessBlock = {
        blockPublicAcls: true,
        ignorePublicAcls: false,
        blockPublicPolicy,
        restrictPublicBuckets: false,
      };
    }
  });
  return new RemediationWorld({ containment });
}

const sids = ({ containment }: RemediationWorld) => {
  const { Statement } = JSON.parse(containment.state.buckets[0]?.policy ?? '{}') as {
    Statement: { Sid?: string }[];
  };
  return Statement.map(({ Sid }) => Sid);
};

describe('a bucket whose policy S3 would not take again', () => {
  test('since it blocks public policies, is closed all the same, and put back word for word', async () => {
    const world = worldWith('*', true);
    const before = world.containment.state.buckets;
    expect(await world.remediator.remediate(bucketFinding())).toMatchObject({ outcome: 'contained' });
    expect(sids(world)).toEqual([undefined, 'SallyportContainment']);
    expect(Object.values(world.containment.state.buckets[0]?.publicAccessBlock ?? {})).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(
      await world.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'false alarm' }),
    ).toMatchObject({ outcome: 'rolled-back' });
    expect(world.containment.state.buckets).toEqual(before);
  });

  test('since a principal in it is deleted, is closed by the denial alone, and the way back says what it cannot', async () => {
    const world = worldWith({ AWS: 'AIDAEXAMPLE' }, false);
    expect(await world.remediator.remediate(bucketFinding())).toMatchObject({ outcome: 'contained' });
    expect(sids(world)).toEqual(['SallyportContainment']);
    expect(world.statuses()).toMatchObject({
      'deny-all-but-responders': 'already-there',
      'replace-by-denial': 'done',
    });
    const back = await world.rollback.rollBack({ findingId: 'f1', by: 'kim', reason: 'false alarm' });
    expect(back).toMatchObject({ outcome: 'partially-rolled-back' });
    expect(sids(world)).toEqual(['SallyportContainment']);
  });
});

test('a denial that the role may not put is a failure, and the rest goes on', async () => {
  const world = worldWith({ AWS: 'arn:aws:iam::444455556666:root' }, false);
  world.containment.refuse('s3:PutBucketPolicy', { kind: 'denied', code: 'AccessDenied' });
  expect(await world.remediator.remediate(bucketFinding())).toMatchObject({ outcome: 'partially-contained' });
  expect(world.statuses()).toEqual({
    'deny-all-but-responders': 'failed',
    'replace-by-denial': 'failed',
    'block-public-access': 'done',
  });
});
