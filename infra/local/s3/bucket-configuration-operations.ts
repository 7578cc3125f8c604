import type { Encryption } from './bucket.ts';
import { BucketPolicy } from './bucket-policy.ts';
import type { PublicAccessBlock } from './bucket-settings.ts';
import { readEntity } from './read-entity.ts';
import { S3Error, type S3ErrorCode } from './s3-error.ts';
import type { S3Response } from './s3-request.ts';
import type { S3Call, S3Operation } from './s3-state.ts';
import { element, elementsNamed, textOf, type Xml, xmlDocument } from './xml.ts';

/** Bucket policies are limited to 20 KB (https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html). */
const maximumPolicyBytes = 20 * 1024;
const maximumDocumentBytes = 64 * 1024;
const maximumTags = 50;

/** The operations on what is set on a bucket, permissions as the Service Authorization Reference names them. */
export const bucketConfigurationOperations: readonly S3Operation[] = [
  ...operations('encryption', [
    ['GetBucketEncryption', 'GET', 's3:GetEncryptionConfiguration', getEncryption],
    ['PutBucketEncryption', 'PUT', 's3:PutEncryptionConfiguration', putEncryption],
    ['DeleteBucketEncryption', 'DELETE', 's3:PutEncryptionConfiguration', deleteEncryption],
  ]),
  ...operations('policy', [
    ['GetBucketPolicy', 'GET', 's3:GetBucketPolicy', getPolicy],
    ['PutBucketPolicy', 'PUT', 's3:PutBucketPolicy', putPolicy],
    ['DeleteBucketPolicy', 'DELETE', 's3:DeleteBucketPolicy', deletePolicy],
  ]),
  ...operations('policyStatus', [
    ['GetBucketPolicyStatus', 'GET', 's3:GetBucketPolicyStatus', getPolicyStatus],
  ]),
  ...operations('publicAccessBlock', [
    ['GetPublicAccessBlock', 'GET', 's3:GetBucketPublicAccessBlock', getPublicAccessBlock],
    ['PutPublicAccessBlock', 'PUT', 's3:PutBucketPublicAccessBlock', putPublicAccessBlock],
    ['DeletePublicAccessBlock', 'DELETE', 's3:PutBucketPublicAccessBlock', deletePublicAccessBlock],
  ]),
  ...operations('acl', [['GetBucketAcl', 'GET', 's3:GetBucketAcl', getAcl]]),
  ...operations('tagging', [
    ['GetBucketTagging', 'GET', 's3:GetBucketTagging', getTagging],
    ['PutBucketTagging', 'PUT', 's3:PutBucketTagging', putTagging],
    ['DeleteBucketTagging', 'DELETE', 's3:PutBucketTagging', deleteTagging],
  ]),
];

type Run = S3Operation['run'];

function operations(
  parameter: string,
  rows: readonly (readonly [name: string, method: string, action: string, run: Run])[],
): S3Operation[] {
  return rows.map(([name, method, action, run]) => ({
    name,
    method,
    level: 'bucket',
    action,
    requires: [parameter],
    run,
  }));
}

function getEncryption({ state, bucketName }: S3Call): S3Response {
  const { algorithm, kmsKeyId } = state.settings(bucketName).encryption;
  const byDefault = element(
    'ApplyServerSideEncryptionByDefault',
    element('SSEAlgorithm', algorithm),
    kmsKeyId === undefined ? undefined : element('KMSMasterKeyID', kmsKeyId),
  );
  const rule = element('Rule', byDefault, element('BucketKeyEnabled', false));
  return answer(element('ServerSideEncryptionConfiguration', rule));
}

async function putEncryption(call: S3Call): Promise<S3Response> {
  const document = await documentOf(call);
  const algorithm = textOf(document, 'SSEAlgorithm');
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') throw malformedXml();
  const kmsKeyId = textOf(document, 'KMSMasterKeyID');
  if (algorithm === 'AES256' && kmsKeyId !== undefined) {
    throw new S3Error('InvalidArgument', 'a KMSMasterKeyID is not applicable if the algorithm is AES256');
  }
  encryptBy(call, { algorithm, ...(kmsKeyId === undefined ? {} : { kmsKeyId }) });
  return { status: 200 };
}

/** Without a configuration of its own a bucket encrypts with SSE-S3. */
function deleteEncryption(call: S3Call): S3Response {
  encryptBy(call, { algorithm: 'AES256' });
  return { status: 204 };
}

function encryptBy({ state, bucketName }: S3Call, encryption: Encryption): void {
  state.settings(bucketName).encryption = encryption;
  state.bucket(bucketName).defaultEncryption = state.encryptionOf(encryption);
}

function getPolicy(call: S3Call): S3Response {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: policyOf(call).text };
}

async function putPolicy(call: S3Call): Promise<S3Response> {
  const { state, request, bucketName } = call;
  const { bytes } = await readEntity(request, maximumPolicyBytes);
  const settings = state.settings(bucketName);
  const policy = readPolicy(bytes.toString('utf8'));
  try {
    await policy.denies({
      action: 's3:GetBucketPolicy',
      resource: `arn:aws:s3:::${bucketName}`,
      principal: `arn:aws:iam::${state.accountId}:root`,
      accountId: state.accountId,
      sourceIpAddress: request.sourceIpAddress,
      context: {},
    });
  } catch (error) {
    // One that cannot be judged would fail every later request.
    throw malformedPolicy(error);
  }
  if (settings.publicAccessBlock?.BlockPublicPolicy === true && policy.isPublic) {
    throw new S3Error('AccessDenied', 'Access Denied: public policies are prevented by BlockPublicPolicy');
  }
  settings.policy = policy;
  return { status: 204 };
}

function readPolicy(text: string): BucketPolicy {
  try {
    return new BucketPolicy(text);
  } catch (error) {
    throw malformedPolicy(error);
  }
}

function deletePolicy({ state, bucketName }: S3Call): S3Response {
  state.settings(bucketName).policy = undefined;
  return { status: 204 };
}

function getPolicyStatus(call: S3Call): S3Response {
  return answer(element('PolicyStatus', element('IsPublic', policyOf(call).isPublic)));
}

function policyOf({ state, bucketName }: S3Call): BucketPolicy {
  const { policy } = state.settings(bucketName);
  if (policy !== undefined) return policy;
  throw absent('NoSuchBucketPolicy', 'The bucket policy does not exist', bucketName);
}

function getPublicAccessBlock({ state, bucketName }: S3Call): S3Response {
  const { publicAccessBlock } = state.settings(bucketName);
  if (publicAccessBlock === undefined) {
    const message = 'The public access block configuration was not found';
    throw absent('NoSuchPublicAccessBlockConfiguration', message, bucketName);
  }
  const switches = Object.entries(publicAccessBlock).map(([name, on]) => element(name, on));
  return answer(element('PublicAccessBlockConfiguration', ...switches));
}

async function putPublicAccessBlock(call: S3Call): Promise<S3Response> {
  const document = await documentOf(call);
  if (elementsNamed(document, 'PublicAccessBlockConfiguration').length !== 1) throw malformedXml();
  call.state.settings(call.bucketName).publicAccessBlock = readPublicAccessBlock(document);
  return { status: 200 };
}

/** The switches of a `PublicAccessBlockConfiguration`; those that it does not name are off. */
export function readPublicAccessBlock(document: string): PublicAccessBlock {
  const isOn = (name: keyof PublicAccessBlock): boolean => /^true$/i.test(textOf(document, name) ?? '');
  return {
    BlockPublicAcls: isOn('BlockPublicAcls'),
    IgnorePublicAcls: isOn('IgnorePublicAcls'),
    BlockPublicPolicy: isOn('BlockPublicPolicy'),
    RestrictPublicBuckets: isOn('RestrictPublicBuckets'),
  };
}

function deletePublicAccessBlock({ state, bucketName }: S3Call): S3Response {
  state.settings(bucketName).publicAccessBlock = undefined;
  return { status: 204 };
}

function getAcl({ state, bucketName }: S3Call): S3Response {
  const owner = [element('ID', state.accountId), element('DisplayName', 'local')];
  const publicGrants = state
    .settings(bucketName)
    .publicGrants.map(({ group, permission }) =>
      grant('Group', permission, element('URI', `http://acs.amazonaws.com/groups/global/${group}`)),
    );
  const grants = [grant('CanonicalUser', 'FULL_CONTROL', ...owner), ...publicGrants];
  return answer(
    element('AccessControlPolicy', element('Owner', ...owner), element('AccessControlList', ...grants)),
  );
}

function grant(type: string, permission: string, ...grantee: readonly Xml[]): Xml {
  const schema = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  return element(
    'Grant',
    element(`Grantee ${schema} xsi:type="${type}"`, ...grantee),
    element('Permission', permission),
  );
}

function getTagging({ state, bucketName }: S3Call): S3Response {
  const tags = [...state.settings(bucketName).tags];
  if (tags.length === 0) throw absent('NoSuchTagSet', 'The TagSet does not exist', bucketName);
  const set = tags.map(([key, value]) => element('Tag', element('Key', key), element('Value', value)));
  return answer(element('Tagging', element('TagSet', ...set)));
}

async function putTagging(call: S3Call): Promise<S3Response> {
  const given = elementsNamed(await documentOf(call), 'Tag').map(
    tag => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''] as const,
  );
  const tags = new Map(given);
  if (tags.size !== given.length) {
    throw new S3Error('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  if (tags.size > maximumTags || tags.has('')) {
    throw new S3Error('InvalidTag', `A bucket has at most ${maximumTags} tags, each with a key`);
  }
  call.state.settings(call.bucketName).tags = tags;
  return { status: 204 };
}

function deleteTagging({ state, bucketName }: S3Call): S3Response {
  state.settings(bucketName).tags = new Map();
  return { status: 204 };
}

async function documentOf({ request }: S3Call): Promise<string> {
  return (await readEntity(request, maximumDocumentBytes)).bytes.toString('utf8');
}

function answer(root: Xml): S3Response {
  return { status: 200, body: xmlDocument(root, true) };
}

function absent(code: S3ErrorCode, message: string, bucketName: string): S3Error {
  return new S3Error(code, message, { fields: { BucketName: bucketName } });
}

function malformedXml(): S3Error {
  return new S3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate');
}

function malformedPolicy(cause: unknown): S3Error {
  return new S3Error('MalformedPolicy', `The policy is not valid: ${String(cause)}`);
}
