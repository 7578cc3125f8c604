import {
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type ServerSideEncryptionByDefault,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { allowsEveryone } from '../../../../infra/local/s3/allows-everyone.ts';
import { LocalS3 } from '../../../../infra/local/s3/local-s3.ts';
import { s3Client } from '../../../emulators/local-s3.ts';

const Bucket = 'files';
const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/1234';
const allOn = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
const allOff = {
  BlockPublicAcls: false,
  IgnorePublicAcls: false,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};

function policy(statement: object): string {
  const whole = {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
    ...statement,
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [whole] });
}

let s3: LocalS3;
let client: S3Client;
let close: () => Promise<void>;

beforeEach(async () => {
  s3 = new LocalS3({ region: 'us-east-1', accountId: '111122223333' });
  const listening = await s3.listen();
  close = listening.close;
  client = s3Client(listening.endpoint);
  await client.send(new CreateBucketCommand({ Bucket }));
});

afterEach(async () => {
  client.destroy();
  await close();
});

describe('encryption', () => {
  const encryption = async () => {
    const answer = await client.send(new GetBucketEncryptionCommand({ Bucket }));
    const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
    return rule?.ApplyServerSideEncryptionByDefault;
  };
  const put = (byDefault: ServerSideEncryptionByDefault) =>
    client.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault }] },
      }),
    );
  const keyOfNewObject = async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
    return (await client.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).SSEKMSKeyId;
  };

  test('is SSE-S3 until another is put', async () => {
    expect(await encryption()).toEqual({ SSEAlgorithm: 'AES256' });
  });

  test.each<ServerSideEncryptionByDefault>([
    { SSEAlgorithm: 'AES256' },
    { SSEAlgorithm: 'aws:kms' },
    { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
    { SSEAlgorithm: 'aws:kms:dsse', KMSMasterKeyID: 'alias/mine' },
  ])('is told as it was put: %j', async byDefault => {
    await put(byDefault);

    expect(await encryption()).toEqual(byDefault);
  });

  test('that is put encrypts new objects, and deleted no longer does', async () => {
    await put({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn });
    expect(await keyOfNewObject()).toBe(keyArn);

    await client.send(new DeleteBucketEncryptionCommand({ Bucket }));

    expect(await encryption()).toEqual({ SSEAlgorithm: 'AES256' });
    expect(await keyOfNewObject()).toBeUndefined();
  });

  test('of no known algorithm is refused', async () => {
    await expect(put({ SSEAlgorithm: 'rot13' as 'AES256' })).rejects.toMatchObject({ name: 'MalformedXML' });
    await expect(put({ SSEAlgorithm: 'AES256', KMSMasterKeyID: keyArn })).rejects.toMatchObject({
      name: 'InvalidArgument',
    });
  });
});

describe('the policy', () => {
  const put = (Policy: string) => client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const get = () => client.send(new GetBucketPolicyCommand({ Bucket }));
  const isPublic = async () =>
    (await client.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic;

  test('is absent until one is put, and once it is deleted', async () => {
    await expect(get()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
    await expect(isPublic()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
    await put(policy({ Effect: 'Deny', Principal: '*' }));
    expect(await isPublic()).toBe(false);

    await client.send(new DeleteBucketPolicyCommand({ Bucket }));

    await expect(get()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
  });

  test('comes back as the text that was put, and is enforced at once', async () => {
    const text = `${policy({ Effect: 'Deny', Principal: '*', Action: 's3:PutObject' })}\n`;

    await put(text);

    expect((await get()).Policy).toBe(text);
    const refused = client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
    await expect(refused).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test.each(['', '[]', 'null', '{', '{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}'])(
    'that is none is refused: %j',
    async text => {
      await expect(put(text)).rejects.toMatchObject({ name: 'MalformedPolicy' });
      await expect(get()).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
    },
  );

  test('that is public is refused while public policies are blocked', async () => {
    const open = policy({ Principal: '*' });
    await expect(put(open)).rejects.toMatchObject({ name: 'AccessDenied' });
    await client.send(new DeletePublicAccessBlockCommand({ Bucket }));

    await put(open);

    expect(await isPublic()).toBe(true);
  });
});

describe('a policy allows everyone', () => {
  const heldTo = (operator: string, key: string, value: string) => ({
    Principal: '*',
    Condition: { [operator]: { [key]: value } },
  });

  test.each<[boolean, object]>([
    [true, { Principal: '*' }],
    [true, { Principal: { AWS: '*' } }],
    [true, { Principal: { AWS: ['arn:aws:iam::111122223333:root', '*'] } }],
    [true, { NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } }],
    [true, heldTo('Bool', 'aws:SecureTransport', 'true')],
    [true, heldTo('StringNotEquals', 'aws:SourceVpc', 'vpc-1')],
    [true, heldTo('StringEqualsIfExists', 'aws:SourceVpc', 'vpc-1')],
    [true, heldTo('StringLike', 'aws:SourceVpc', 'vpc-*')],
    [true, heldTo('IpAddress', 'aws:SourceIp', '0.0.0.0/0')],
    [true, { Principal: '*', Condition: { StringEquals: { 'aws:SourceVpc': [] } } }],
    [false, heldTo('StringEquals', 'AWS:SourceVpc', 'vpc-1')],
    [false, heldTo('IpAddress', 'aws:SourceIp', '192.0.2.0/24')],
    [false, { Principal: { AWS: 'arn:aws:iam::111122223333:root' } }],
    [false, { Principal: { Service: 'cloudtrail.amazonaws.com' } }],
    [false, { Effect: 'Deny', Principal: '*' }],
  ])('%j: %j', (expected, statement) => {
    expect(allowsEveryone(JSON.parse(policy(statement)))).toBe(expected);
  });

  test('where it cannot be read', () => {
    expect(allowsEveryone({ Statement: 'all' })).toBe(true);
  });
});

describe('the block of public access', () => {
  const block = async (name = Bucket) =>
    (await client.send(new GetPublicAccessBlockCommand({ Bucket: name }))).PublicAccessBlockConfiguration;

  test('is whole on a new bucket', async () => {
    expect(await block()).toEqual(allOn);
  });

  test('is as it was put, what was not named being off', async () => {
    const PublicAccessBlockConfiguration = { IgnorePublicAcls: true };
    await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));

    expect(await block()).toEqual({ ...allOff, IgnorePublicAcls: true });
  });

  test('that was deleted is absent', async () => {
    await client.send(new DeletePublicAccessBlockCommand({ Bucket }));

    await expect(block()).rejects.toMatchObject({ name: 'NoSuchPublicAccessBlockConfiguration' });
  });
});

test('a bucket that another account is expected to own is denied', async () => {
  const ask = (ExpectedBucketOwner: string) =>
    client.send(new GetPublicAccessBlockCommand({ Bucket, ExpectedBucketOwner }));

  await ask('111122223333');
  await expect(ask('444455556666')).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('an ACL grants all to the owner, and to the public what the bucket was made with', async () => {
  s3.createBucket({
    name: 'public',
    versioned: false,
    publicGrants: [{ group: 'AllUsers', permission: 'READ' }],
  });
  const grantsOf = async (name: string) =>
    (await client.send(new GetBucketAclCommand({ Bucket: name }))).Grants?.map(grant => [
      grant.Grantee?.Type,
      grant.Grantee?.URI ?? grant.Grantee?.ID,
      grant.Permission,
    ]);
  const owner = ['CanonicalUser', '111122223333', 'FULL_CONTROL'];

  expect(await grantsOf(Bucket)).toEqual([owner]);
  expect(await grantsOf('public')).toEqual([
    owner,
    ['Group', 'http://acs.amazonaws.com/groups/global/AllUsers', 'READ'],
  ]);
});

describe('tags', () => {
  const put = (TagSet: { Key: string; Value: string }[]) =>
    client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  const tags = async () => (await client.send(new GetBucketTaggingCommand({ Bucket }))).TagSet;

  test('are absent until they are put, replaced as a whole, and absent once they are deleted', async () => {
    await expect(tags()).rejects.toMatchObject({ name: 'NoSuchTagSet' });
    await put([{ Key: 'a', Value: '1' }]);
    await put([{ Key: 'b & <c>', Value: '' }]);
    expect(await tags()).toEqual([{ Key: 'b & <c>', Value: '' }]);

    await client.send(new DeleteBucketTaggingCommand({ Bucket }));

    await expect(tags()).rejects.toMatchObject({ name: 'NoSuchTagSet' });
  });

  test('of the same key, or of none, are refused', async () => {
    const same = { Key: 'a', Value: '1' };
    await expect(put([same, same])).rejects.toMatchObject({ name: 'InvalidTag' });
    await expect(put([{ Key: '', Value: '1' }])).rejects.toMatchObject({ name: 'InvalidTag' });
  });
});

describe('buckets are listed', () => {
  beforeEach(() => {
    for (const name of ['alpha', 'beta', 'gamma']) {
      s3.createBucket({ name, versioned: false, region: name === 'beta' ? 'eu-central-1' : 'us-east-1' });
    }
  });

  test('whole and without their regions where no page is asked for', async () => {
    const { Buckets = [], ContinuationToken } = await client.send(new ListBucketsCommand({}));

    expect(Buckets.map(({ Name }) => Name)).toEqual(['alpha', 'beta', 'files', 'gamma']);
    expect(Buckets.every(({ BucketRegion }) => BucketRegion === undefined)).toBe(true);
    expect(ContinuationToken).toBeUndefined();
  });

  test('page by page with their regions', async () => {
    const seen: unknown[] = [];
    let ContinuationToken: string | undefined;
    let pages = 0;
    do {
      const page = await client.send(new ListBucketsCommand({ MaxBuckets: 2, ContinuationToken }));
      seen.push(...(page.Buckets ?? []).map(({ Name, BucketRegion }) => `${Name} ${BucketRegion}`));
      ContinuationToken = page.ContinuationToken;
      pages += 1;
    } while (ContinuationToken !== undefined);

    expect(seen).toEqual(['alpha us-east-1', 'beta eu-central-1', 'files us-east-1', 'gamma us-east-1']);
    expect(pages).toBe(2);
  });

  test('by prefix and by region', async () => {
    const names = async (query: { Prefix?: string; BucketRegion?: string }) =>
      (await client.send(new ListBucketsCommand(query))).Buckets?.map(({ Name }) => Name);

    expect(await names({ Prefix: 'f' })).toEqual(['files']);
    expect(await names({ BucketRegion: 'eu-central-1' })).toEqual(['beta']);
  });

  test.each([0, 10_001])('and a page of %d is refused', async MaxBuckets => {
    await expect(client.send(new ListBucketsCommand({ MaxBuckets }))).rejects.toMatchObject({
      name: 'InvalidArgument',
    });
  });

  test('and a bucket tells where it is', async () => {
    const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: 'beta' }));
    const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket: 'beta' }));

    expect([BucketRegion, LocationConstraint]).toEqual(['eu-central-1', 'eu-central-1']);
  });
});
