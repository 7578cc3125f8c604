import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clientConfiguration, localSecret } from '../../../../infra/local/aws-clients.ts';
import { LocalS3 } from '../../../../infra/local/s3/local-s3.ts';

const [region, accountId] = ['eu-central-1', '111122223333'];
const role = `arn:aws:iam::${accountId}:role/remediation`;
const Bucket = 'contained';
let endpoint: string;
let close: () => Promise<void>;

const clientOf = (principal: string) => new S3Client(clientConfiguration(endpoint, region, principal));

beforeAll(async () => {
  const s3 = new LocalS3({
    region,
    accountId,
    secretAccessKey: localSecret,
    principalOf: name => (name === 'remediator' ? role : `arn:aws:iam::${accountId}:user/${name}`),
  });
  ({ endpoint, close } = await s3.listen());
  const client = clientOf('remediator');
  await client.send(new CreateBucketCommand({ Bucket }));
  const Statement = [
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
      Condition: { ArnNotLike: { 'aws:PrincipalArn': [role] } },
    },
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
});

afterAll(() => close());

test('a policy that denies all but one denies all but one, each by its access key', async () => {
  const list = new ListObjectsV2Command({ Bucket });
  await expect(clientOf('somebody').send(list)).rejects.toMatchObject({ name: 'AccessDenied' });
  expect((await clientOf('remediator').send(list)).KeyCount).toBe(0);
});

test.each([
  ['somebody', 403],
  ['remediator', 204],
])('a form is its signer: %s', async (principal, status) => {
  const { url, fields } = await createPresignedPost(clientOf(principal), { Bucket, Key: 'note.txt' });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob(['text']));
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(status);
});
