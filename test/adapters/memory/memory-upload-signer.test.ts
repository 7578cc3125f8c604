import { describe, expect, test } from '@jest/globals';
import {
  type UploadSignerSubject,
  uploadSignerContract,
} from '../../../src/adapters/contracts/upload-signer-contract.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import { MemoryUploadSigner } from '../../../src/adapters/memory/memory-upload-signer.ts';
import type { UploadSigner, UploadTerms } from '../../../src/ports/upload-signer.ts';

const bucket = 'documents';
const keyId = 'arn:aws:kms:us-east-1:111122223333:key/documents';
const hour = 3_600_000;

function world() {
  const clock = new ManualClock('2026-11-21T08:00:00.750Z');
  const objects = new MemoryObjectStore({ clock, buckets: [bucket] });
  return { clock, objects, signer: new MemoryUploadSigner({ objects, clock }) };
}

function subject(): UploadSignerSubject {
  const { clock, objects, signer } = world();
  const slowSigner: UploadSigner = {
    permit: async terms => {
      const permit = await signer.permit(terms);
      clock.advance(hour);
      return permit;
    },
  };
  return {
    signer,
    slowSigner,
    bucket,
    encryptionKeyId: keyId,
    uniqueKey: () => crypto.randomUUID(),
    send: (permit, file) => signer.post(permit.fields, file),
    stored: target => objects.current(target),
  };
}

describe(`the contract of ${uploadSignerContract.port}`, () => {
  test.each(uploadSignerContract.cases)('$name', ({ run }) => run(subject()));
});

const terms: UploadTerms = {
  target: { bucket, key: 'report.pdf' },
  contentType: 'application/pdf',
  size: { minimum: 1, maximum: 10 },
  keyId,
  expiresInSeconds: 60,
};

test.each([
  ['a moment before', 59_249, 'stored'],
  ['at', 59_250, 'refused'],
] as const)('%s its end a permit is %s', async (_, milliseconds, expected) => {
  const { clock, signer } = world();
  const { fields, expiresAt } = await signer.permit(terms);

  expect(expiresAt).toBe('2026-11-21T08:01:00.000Z');
  clock.advance(milliseconds);
  expect(await signer.post(fields, new Uint8Array(5))).toBe(expected);
});

test('a permit of another signer is refused', async () => {
  const { fields } = await world().signer.permit(terms);

  expect(await world().signer.post(fields, new Uint8Array(5))).toBe('refused');
});

test('a permit into a bucket that is not there fails when it is used', async () => {
  const { signer } = world();
  const { fields } = await signer.permit({ ...terms, target: { bucket: 'absent', key: 'a' } });

  await expect(signer.post(fields, new Uint8Array(5))).rejects.toMatchObject({ code: 'NoSuchBucket' });
});
