import { expect, test } from '@jest/globals';
import { notifiedIdentity, uploadIdentity } from '../../../src/domain/kernel/upload-identity.ts';

const upload = { bucket: 'uploads', key: 'invoices/offer.pdf', versionId: 'v1' };
const occurredAt = '2026-11-21T08:00:00.000Z';

test('an identity stays what it is: runs and records of earlier releases are found by it', () => {
  // printf '["uploads","invoices/offer.pdf","v1"]' | sha256sum
  expect(uploadIdentity(upload)).toBe('271f2fc691f63afcaac88e4588c2266cba60bb256b4ce491394721a19ba82041');
});

test('an identity is of the version alone, whenever it is announced', () => {
  expect(notifiedIdentity({ ...upload, occurredAt })).toBe(uploadIdentity(upload));
  expect(notifiedIdentity({ ...upload, occurredAt: '2026-11-22T08:00:00.000Z' })).toBe(
    uploadIdentity(upload),
  );
});

test('names that run together in text are told apart', () => {
  const identities = [
    { bucket: 'a', key: 'b/c', versionId: 'd' },
    { bucket: 'a/b', key: 'c', versionId: 'd' },
    { bucket: 'a', key: 'b', versionId: 'c/d' },
    { bucket: 'a', key: 'b","c', versionId: 'd' },
    { bucket: 'a', key: 'b', versionId: 'c","d' },
  ].map(uploadIdentity);
  expect(new Set(identities).size).toBe(identities.length);
});

test('an upload without a version is told by the time of its event, apart from every version', () => {
  const { versionId: _, ...unversioned } = upload;
  const first = notifiedIdentity({ ...unversioned, occurredAt });
  const identities = [
    first,
    notifiedIdentity({ ...unversioned, occurredAt: '2026-11-21T08:00:00.001Z' }),
    uploadIdentity({ ...unversioned, versionId: '' }),
    uploadIdentity({ ...unversioned, versionId: 'null' }),
    uploadIdentity({ ...unversioned, versionId: occurredAt }),
  ];
  expect(new Set(identities).size).toBe(identities.length);
  expect(notifiedIdentity({ ...unversioned, versionId: 'null', occurredAt })).toBe(first);
});
