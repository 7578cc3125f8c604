import type { BucketState, ContainmentTarget } from '../../ports/containment.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ContainmentPolicy } from './containment-policy.ts';
import { blockConfiguration, policyDocument } from './facts.ts';
import { canonicalPolicy, sameJson } from './json-equality.ts';
import { absent, before, call, equals, reversibleStep, type TargetPlan, unreadable } from './plan-step.ts';
import { containmentSid, policyOf, policyWith, statementsOf } from './policy-statement.ts';
import type { PlanNote, PlanStep } from './remediation-plan.ts';

type BucketTarget = Extract<ContainmentTarget, { readonly kind: 'bucket' }>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
const mostPolicyBytes = 20 * 1024;

const wholeBlock: JsonObject = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/**
 * Closes a bucket to all but responders and the remediation role, and blocks public access. In this order: once public
 * policies are blocked, S3 refuses a policy that still holds, beside our statement, one that makes it public; and the way
 * back must lift the block before it can put such a policy back. Where they are blocked beforehand, that is lifted for the
 * one call, while public policies are kept from letting anybody in.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 *
 * @param state Absent where nothing was looked at: what stood before is then left open.
 */
export function planBucket(
  target: BucketTarget,
  state: BucketState | undefined,
  policy: ContainmentPolicy,
  partition: string,
): TargetPlan {
  const statement = denyAllBut([policy.remediationRoleArn, ...policy.responders], target.bucket, partition);
  const deny = state === undefined ? blindDeny(target, statement) : planDeny(target, state.policy, statement);
  const lifted = liftedBlock(state);
  const lift = lifted === undefined || deny.steps.length === 0 ? [] : [liftStep(target, lifted, statement)];
  const block = planBlock(target, state?.publicAccessBlock, lift.length === 0 ? undefined : lifted?.to);
  const denied: PlanNote = {
    code: 'services-denied',
    explanation:
      'the statement denies AWS services too: logs are not delivered to the bucket, and replication from it stands still, until the way back',
  };
  const steps = inOneUnit(lift, deny.steps, block);
  return { steps, notes: [...deny.notes, ...(steps.length === 0 ? [] : [denied])], manual: [] };
}

/**
 * Denies everything to everyone else. AWS services bear no `aws:PrincipalArn`, so that they are denied: a service that reads
 * for others (CloudFront) would leave the bucket open. The account's root user can delete the policy all the same.
 */
function denyAllBut(principals: readonly string[], bucket: string, partition: string): JsonObject {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return {
    Sid: containmentSid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { StringNotLike: { 'aws:PrincipalArn': [...new Set(principals)].toSorted() } },
  };
}

/** Where a block is lifted, nothing ends the plan in between: public policies would stay unblocked. */
function inOneUnit(
  lift: readonly PlanStep[],
  deny: readonly PlanStep[],
  block: readonly PlanStep[],
): readonly PlanStep[] {
  if (lift.length === 0) return [...deny, ...block];
  const after = lift.map(({ id }) => id);
  const afterLift = (step: PlanStep) => (step.insteadOf === undefined ? { ...step, after } : step);
  return [...lift, ...deny.map(afterLift), ...block.map(afterLift)].map(step => ({
    ...step,
    unit: 'bucket-policy',
  }));
}

interface LiftedBlock {
  readonly from: JsonObject;
  readonly to: JsonObject;
}

/** The block under which a policy that may be public can be put; `undefined` where it can be put, or there is none. */
function liftedBlock(state: BucketState | undefined): LiftedBlock | undefined {
  if (state?.publicAccessBlock.state !== 'read' || state.policy.state !== 'read') return undefined;
  const block = state.publicAccessBlock.value;
  const text = state.policy.value;
  if (block?.blockPublicPolicy !== true || text === undefined || !mayBePublic(text)) return undefined;
  return { from: blockConfiguration(block), to: { ...wholeBlock, BlockPublicPolicy: false } };
}

/** Whether S3 may call the policy public: it lets in whom it does not name. */
function mayBePublic(text: string): boolean {
  return (statementsOf(text) ?? []).some(
    ({ Effect, Principal, NotPrincipal }) =>
      Effect === 'Allow' && (NotPrincipal !== undefined || JSON.stringify(Principal ?? '*').includes('*')),
  );
}

function liftStep(target: BucketTarget, { from, to }: LiftedBlock, statement: JsonObject): PlanStep {
  const put = (block: JsonObject, standing: JsonObject) =>
    call('s3:PutPublicAccessBlock', { ...bucketOf(target), PublicAccessBlockConfiguration: block }, [
      equals(configuration, standing),
    ]);
  const there = {
    ...put(to, from),
    needless: [equals(configuration, wholeBlock), equals(ours, canonicalPolicy(statement))],
  };
  return reversibleStep(
    'let-policy-be-put',
    'Let a policy that S3 calls public be put, for the next step alone, and keep it from letting anybody in.',
    there,
    { effect: [equals(configuration, to)], inverse: put(from, to) },
  );
}

const denyId = 'deny-all-but-responders';
const denyDoes = 'Deny all access to the bucket but to responders and the remediation role.';
const ours = `bucket-policy.statement.${containmentSid}`;

function planDeny(
  target: BucketTarget,
  reading: BucketState['policy'],
  statement: JsonObject,
): Pick<TargetPlan, 'steps' | 'notes'> {
  if (reading.state === 'unreadable') {
    const [step] = blindDeny(target, statement).steps;
    const steps = step === undefined ? [] : [{ ...step, precondition: [unreadable('bucket-policy')] }];
    const explanation = `the bucket policy cannot be read (${reading.code}): without it there is no way back, so it is not replaced`;
    return { steps, notes: [{ code: 'policy-unreadable', explanation }] };
  }
  const earlier = reading.value;
  const standing = earlier === undefined ? [] : (statementsOf(earlier) ?? []);
  if (standing.some(it => sameJson(canonicalPolicy(it), canonicalPolicy(statement)))) {
    return { steps: [], notes: [] };
  }
  const added = policyWith(earlier, statement);
  const isFitting = added !== undefined && Buffer.byteLength(added) <= mostPolicyBytes;
  const text = isFitting ? added : policyOf([statement]);
  const explanation =
    'the policy would be larger than the 20 KB that S3 allows: it is replaced, not added to, and put back on the way back';
  const alone = isFitting && earlier !== undefined ? [denyAlone(target, earlier, statement)] : [];
  return {
    steps: [denyStep(target, text, earlier, statement), ...alone],
    notes: isFitting ? [] : [{ code: 'policy-replaced', explanation }],
  };
}

function denyStep(
  target: BucketTarget,
  text: string,
  earlier: string | undefined,
  statement: JsonObject,
): PlanStep {
  const stands = [equals('bucket-policy.document', policyDocument(text))];
  return reversibleStep(
    denyId,
    denyDoes,
    call('s3:PutBucketPolicy', { ...bucketOf(target), Policy: text }, [
      earlier === undefined
        ? absent('bucket-policy.document')
        : equals('bucket-policy.document', policyDocument(earlier)),
    ]),
    {
      effect: [equals(ours, canonicalPolicy(statement))],
      inverse:
        earlier === undefined
          ? call('s3:DeleteBucketPolicy', bucketOf(target), stands)
          : call('s3:PutBucketPolicy', { ...bucketOf(target), Policy: earlier }, stands),
    },
  );
}

/** What S3 refuses to add to (the account blocks public policies, a principal that is named is deleted) can be replaced. */
function denyAlone(target: BucketTarget, earlier: string, statement: JsonObject): PlanStep {
  const text = policyOf([statement]);
  const stands = [equals('bucket-policy.document', policyDocument(text))];
  const put = (policy: string, precondition: PlanStep['precondition']) =>
    call('s3:PutBucketPolicy', { ...bucketOf(target), Policy: policy }, precondition);
  const there = put(text, [equals('bucket-policy.document', policyDocument(earlier))]);
  return {
    ...reversibleStep(
      'replace-by-denial',
      'Where S3 refuses that, replace the policy by the denial alone; S3 may then refuse to have it back as well.',
      { ...there, needless: [equals(ours, canonicalPolicy(statement))] },
      { effect: stands, inverse: put(earlier, stands) },
    ),
    insteadOf: denyId,
  };
}

function blindDeny(target: BucketTarget, statement: JsonObject): Pick<TargetPlan, 'steps' | 'notes'> {
  const Policy = { $policy: { of: 'bucket-policy.text', and: statement } };
  const effect = [equals(ours, canonicalPolicy(statement))];
  const inverse = call(
    's3:PutBucketPolicy',
    { ...bucketOf(target), Policy: before('bucket-policy.text') },
    effect,
  );
  const there = call('s3:PutBucketPolicy', { ...bucketOf(target), Policy }, [absent(ours)]);
  return { steps: [reversibleStep(denyId, denyDoes, there, { effect, inverse })], notes: [] };
}

const configuration = 'public-access-block.configuration';

function planBlock(
  target: BucketTarget,
  reading: BucketState['publicAccessBlock'] | undefined,
  lifted: JsonObject | undefined,
): readonly PlanStep[] {
  const isUnknown = reading?.state !== 'read';
  const standing = isUnknown || reading.value === undefined ? undefined : blockConfiguration(reading.value);
  const earlier = lifted ?? standing;
  const stands = [equals(configuration, wholeBlock)];
  if (earlier !== undefined && sameJson(earlier, wholeBlock)) return [];
  const put = (block: JsonObject) => ({ ...bucketOf(target), PublicAccessBlockConfiguration: block });
  const untouched = earlier === undefined ? absent(configuration) : equals(configuration, earlier);
  const unknown =
    reading === undefined
      ? { ...untouched, holds: 'differs' as const, value: wholeBlock }
      : unreadable('public-access-block');
  const inverse = isUnknown
    ? call('s3:PutPublicAccessBlock', put(before(configuration)), stands)
    : earlier === undefined
      ? call('s3:DeletePublicAccessBlock', bucketOf(target), stands)
      : call('s3:PutPublicAccessBlock', put(earlier), stands);
  return [
    reversibleStep(
      'block-public-access',
      'Block all public access to the bucket.',
      call('s3:PutPublicAccessBlock', put(wholeBlock), [isUnknown ? unknown : untouched]),
      { effect: stands, inverse },
    ),
  ];
}

/** With the owner named, S3 refuses where the name has come to be another account's bucket. */
function bucketOf({ bucket, account }: BucketTarget): JsonObject {
  return { Bucket: bucket, ExpectedBucketOwner: account };
}
