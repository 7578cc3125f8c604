import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { S3ObjectStore } from '../../../src/adapters/aws/s3-object-store.ts';
import { S3UploadSigner } from '../../../src/adapters/aws/s3-upload-signer.ts';
import {
  type UploadSignerSubject,
  uploadSignerContract,
} from '../../../src/adapters/contracts/upload-signer-contract.ts';
import type { UploadPermit, UploadTerms } from '../../../src/ports/upload-signer.ts';
import { type S3Endpoint, startS3 } from '../../emulators/local-s3.ts';

const keyId = 'arn:aws:kms:us-east-1:000000000000:key/documents';
const hour = 3_600_000;

const terms: UploadTerms = {
  target: { bucket: 'documents', key: 'claims/report 1.pdf' },
  contentType: 'application/pdf',
  size: { minimum: 1, maximum: 10_485_760 },
  keyId,
  metadata: { 'request-id': 'r-1' },
  expiresInSeconds: 300,
};

async function send({ url, fields }: UploadPermit, file: Uint8Array): Promise<'stored' | 'refused'> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([Uint8Array.from(file)]), 'file.bin');
  const response = await fetch(url, { method: 'POST', body: form });
  const answer = await response.text();
  if (response.ok) return 'stored';
  // A fault of the server is no refusal.
  if (response.status === 400 || response.status === 403) return 'refused';
  throw new Error(`${response.status}: ${answer}`);
}

describe(`the contract of ${uploadSignerContract.port}`, () => {
  let s3: S3Endpoint;
  let client: S3Client;
  let slowClient: S3Client;
  let subject: UploadSignerSubject;

  beforeAll(async () => {
    s3 = await startS3();
    client = s3.client();
    slowClient = s3.client();
    slowClient.config.systemClockOffset = -hour;
    const objects = new S3ObjectStore({ client });
    subject = {
      signer: new S3UploadSigner({ client }),
      slowSigner: new S3UploadSigner({ client: slowClient }),
      bucket: await s3.createBucket('upload-signer'),
      encryptionKeyId: keyId,
      uniqueKey: () => crypto.randomUUID(),
      send,
      stored: target => objects.current(target),
    };
  });

  afterAll(async () => {
    client.destroy();
    slowClient.destroy();
    await s3.close();
  });

  test.each(uploadSignerContract.cases)('$name', ({ run }) => run(subject));
});

describe('a permit', () => {
  function signerWith(sessionToken?: string) {
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
    return new S3UploadSigner({
      client: new S3Client({
        region: 'eu-central-1',
        credentials: sessionToken === undefined ? credentials : { ...credentials, sessionToken },
      }),
    });
  }

  function policyOf({ fields }: UploadPermit) {
    return JSON.parse(Buffer.from(String(fields['Policy']), 'base64').toString('utf8')) as {
      expiration: string;
      conditions: unknown[];
    };
  }

  test('goes to the bucket in its region', async () => {
    const { url } = await signerWith().permit(terms);

    expect(url).toBe('https://documents.s3.eu-central-1.amazonaws.com/');
  });

  test('carries the terms in its form and, to the letter, in its policy', async () => {
    const permit = await signerWith().permit(terms);
    const { Policy, 'X-Amz-Signature': signature, ...fields } = permit.fields;

    expect(fields).toEqual({
      bucket: 'documents',
      key: 'claims/report 1.pdf',
      'Content-Type': 'application/pdf',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': keyId,
      'x-amz-meta-request-id': 'r-1',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': expect.stringMatching(
        /^AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request$/,
      ),
      'X-Amz-Date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
    });
    const exact = Object.entries(fields).map(([name, value]) => ({ [name]: value }));
    const { conditions } = policyOf(permit);
    expect(conditions).toHaveLength(exact.length + 1);
    expect(conditions).toEqual(expect.arrayContaining([...exact, ['content-length-range', 1, 10_485_760]]));
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
  });

  test('ends when its policy does', async () => {
    const permit = await signerWith().permit(terms);

    expect(new Date(policyOf(permit).expiration).toISOString()).toBe(permit.expiresAt);
  });

  test('of temporary credentials names their session', async () => {
    const permit = await signerWith('a session').permit(terms);

    expect(permit.fields['X-Amz-Security-Token']).toBe('a session');
    expect(policyOf(permit).conditions).toContainEqual({ 'X-Amz-Security-Token': 'a session' });
  });

  test('without credentials is denied', async () => {
    const credentials = () =>
      Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }));
    const signer = new S3UploadSigner({ client: new S3Client({ region: 'eu-central-1', credentials }) });

    await expect(signer.permit(terms)).rejects.toMatchObject({
      kind: 'denied',
      operation: 'UploadSigner.permit',
      code: 'CredentialsProviderError',
    });
  });
});
