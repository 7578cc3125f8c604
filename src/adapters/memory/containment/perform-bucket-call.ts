import type { ContainmentCall } from '../../../ports/containment.ts';
import { CallInput } from './call-input.ts';
import type { MemoryAccount, MemoryBucket } from './memory-account.ts';
import { isPolicyDocument } from './perform-identity-call.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html */
const longestPolicy = 20 * 1024;

/** Sets a bucket's block of public access, all four switches, or takes it away. */
export function performPublicAccessBlockCall(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'Bucket', 'PublicAccessBlockConfiguration', 'ExpectedBucketOwner');
  const bucket = bucketOf(input, account);
  if (call.api === 's3:DeletePublicAccessBlock') {
    delete bucket.publicAccessBlock;
    return;
  }
  const block = input.object(
    'PublicAccessBlockConfiguration',
    'BlockPublicAcls',
    'IgnorePublicAcls',
    'BlockPublicPolicy',
    'RestrictPublicBuckets',
  );
  const isOn = (name: string) => block.optionalFlag(name) ?? false;
  bucket.publicAccessBlock = {
    blockPublicAcls: isOn('BlockPublicAcls'),
    ignorePublicAcls: isOn('IgnorePublicAcls'),
    blockPublicPolicy: isOn('BlockPublicPolicy'),
    restrictPublicBuckets: isOn('RestrictPublicBuckets'),
  };
}

/**
 * Puts a bucket's policy, or deletes it. A bucket that blocks public policies refuses one that lets in everybody, as S3
 * does; here that is one that allows everybody without a condition. It refuses one that names a deleted principal, by the
 * unique id that is left of it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export function performBucketPolicyCall(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'Bucket', 'Policy', 'ExpectedBucketOwner');
  const bucket = bucketOf(input, account);
  if (call.api === 's3:DeleteBucketPolicy') {
    delete bucket.policy;
    return;
  }
  const policy = input.text('Policy');
  if (!isPolicyDocument(policy) || Buffer.byteLength(policy) > longestPolicy) {
    throw input.refuse('permanent', 'MalformedPolicy', 'the policy is no policy, or above 20 KB');
  }
  if (statementsOf(policy).some(statement => principalsOf(statement).some(isDeleted))) {
    throw input.refuse('permanent', 'MalformedPolicy', 'Invalid principal in policy');
  }
  if (bucket.publicAccessBlock?.blockPublicPolicy === true && isPublic(policy)) {
    throw input.refuse('denied', 'AccessDenied', 'the bucket blocks public policies');
  }
  bucket.policy = policy;
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

function isPublic(policy: string): boolean {
  return statementsOf(policy).some(
    statement =>
      statement.Effect === 'Allow' &&
      statement.Condition === undefined &&
      principalsOf(statement).includes('*'),
  );
}

function statementsOf(policy: string): Statement[] {
  const { Statement: statements } = JSON.parse(policy) as { readonly Statement: Statement | Statement[] };
  return [statements].flat();
}

function principalsOf({ Principal }: Statement): unknown[] {
  const named = typeof Principal === 'object' && Principal !== null ? Object.values(Principal) : [Principal];
  return named.flat();
}

function isDeleted(principal: unknown): boolean {
  return typeof principal === 'string' && /^(AIDA|AROA)[A-Z0-9]+$/.test(principal);
}

function bucketOf(input: CallInput, account: MemoryAccount): MemoryBucket {
  const name = input.text('Bucket');
  const bucket = account.buckets.find(candidate => candidate.name === name);
  if (bucket === undefined) throw input.refuse('not-found', 'NoSuchBucket', `there is no bucket ${name}`);
  return bucket;
}
