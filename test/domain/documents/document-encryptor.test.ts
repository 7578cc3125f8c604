import { describe, expect, test } from '@jest/globals';
import { DocumentEncryptor } from '../../../src/domain/documents/document-encryptor.ts';
import { uploadIdentity } from '../../../src/domain/kernel/upload-identity.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { documentWorld } from './document-world.ts';

const requestId = 'request-1';
const keyId = 'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const target = { bucket: 'documents', key: 'encrypted/in/a.txt' };

function world(faults?: Parameters<typeof documentWorld>[0]) {
  const parts = documentWorld(faults);
  return { ...parts, encryptor: new DocumentEncryptor({ ...parts.ports, keyId }) };
}

describe('the encryptor', () => {
  test('copies under the key, with content type and metadata', async () => {
    const { encryptor, put, objects, textOf } = world();
    const source = await put('in/a.txt', 'text', { metadata: { author: 'ann' } });
    const encryption = await encryptor.encrypt({ ...source, requestId });
    const copy = await objects.current(target);
    expect(encryption).toEqual({ outcome: 'encrypted', source, ref: copy?.ref, keyId });
    expect(copy).toMatchObject({
      contentType: 'text/plain',
      metadata: { author: 'ann', 'sallyport-source': expect.stringMatching(/^[0-9a-f]{64}$/) },
      encryption: { algorithm: 'aws:kms', keyId },
    });
    expect(await textOf(target)).toBe('text');
  });

  test('asked again, answers the copy that stands; of a later version it makes a new one', async () => {
    const { encryptor, put, textOf } = world();
    const first = await put('in/a.txt', 'first');
    const encryption = await encryptor.encrypt({ ...first, requestId });
    expect(await encryptor.encrypt({ ...first, requestId: 'request-2' })).toEqual(encryption);
    const second = await put('in/a.txt', 'second');
    const { bucket, key } = second;
    const later = await encryptor.encrypt({ bucket, key, requestId: 'request-3' });
    expect(later).toMatchObject({ outcome: 'encrypted', source: second });
    expect(later).not.toMatchObject({ ref: 'ref' in encryption ? encryption.ref : {} });
    expect(await textOf(target)).toBe('second');
  });

  test('a copy of the same version under another key does not do', async () => {
    const { encryptor, ports, put, objects } = world();
    const source = await put('in/a.txt', 'text');
    await new DocumentEncryptor({ ...ports, keyId: `${keyId}0` }).encrypt({ ...source, requestId });
    await encryptor.encrypt({ ...source, requestId });
    expect((await objects.current(target))?.encryption).toEqual({ algorithm: 'aws:kms', keyId });
  });

  test('a copy of another content type does not do', async () => {
    const { encryptor, put, objects } = world();
    const source = await put('in/a.txt', 'text');
    const metadata = { 'sallyport-source': uploadIdentity(source) };
    const encryption = { algorithm: 'aws:kms', keyId } as const;
    await objects.put(target, new TextEncoder().encode('text'), {
      contentType: 'text/html',
      metadata,
      encryption,
    });
    await encryptor.encrypt({ ...source, requestId });
    expect((await objects.current(target))?.contentType).toBe('text/plain');
  });

  test('answers what is absent; refuses keys, also one that its prefix makes too long', async () => {
    const { encryptor, put } = world();
    expect(await encryptor.encrypt({ bucket: 'documents', key: 'a.txt', requestId })).toEqual({
      outcome: 'missing',
    });
    expect(await encryptor.encrypt({ bucket: 'documents', key: '../a', requestId })).toMatchObject({
      outcome: 'key-refused',
    });
    const longest = await put(`${'a'.repeat(200)}/`.repeat(5).concat('b'.repeat(15)), 'text');
    expect(await encryptor.encrypt({ ...longest, requestId })).toMatchObject({
      outcome: 'key-refused',
      reasons: [{ code: 'too-long' }],
    });
  });

  test('answers what the store does not copy at once', async () => {
    const { ports, put } = world();
    const source = await put('a.txt', 'text');
    const copy = async () => {
      throw new PortError({
        kind: 'permanent',
        operation: 'ObjectStore.copy',
        code: 'EntityTooLarge',
        message: '',
      });
    };
    const objects = Object.create(ports.objects, { copy: { value: copy } }) as typeof ports.objects;
    const encryptor = new DocumentEncryptor({ ...ports, objects, keyId });
    expect(await encryptor.encrypt({ ...source, requestId })).toEqual({
      outcome: 'too-large',
      source,
      size: 4,
    });
  });

  test('claims no success that a head does not verify', async () => {
    const { ports, put, audit, objects: store } = world();
    const source = await put('in/a.txt', 'text');
    const copy: typeof store.copy = (from, to, options) =>
      store.copy(from, to, { ...options, encryption: { algorithm: 'AES256' } });
    const objects = Object.create(ports.objects, { copy: { value: copy } }) as typeof ports.objects;
    const encryptor = new DocumentEncryptor({ ...ports, objects, keyId });
    await expect(encryptor.encrypt({ ...source, requestId })).rejects.toMatchObject({
      code: 'CopyNotVerified',
    });
    expect(audit.entries).toEqual([]);
  });

  test('audits every answer, and fails when it cannot', async () => {
    const { encryptor, put, audit, faults } = world();
    const source = await put('in/a.txt', 'text');
    const encryption = await encryptor.encrypt({ ...source, requestId });
    await encryptor.encrypt({ bucket: 'documents', key: 'b', requestId: 'request-2' });
    expect(audit.entries).toMatchObject([
      {
        action: 'document.encrypt',
        outcome: 'encrypted',
        object: source,
        details: { versionId: 'ref' in encryption ? encryption.ref.versionId : undefined, keyId },
      },
      { outcome: 'missing', object: { key: 'b' } },
    ]);
    faults.reset();
    faults.failCall(1, 'before', { of: 'audit.append' });
    await expect(encryptor.encrypt({ ...source, requestId })).rejects.toMatchObject({
      code: 'InjectedFault',
    });
  });

  test('keeps as much metadata as S3 takes', async () => {
    const { encryptor, put, objects } = world();
    const source = await put('in/a.txt', 'text', { metadata: { a: 'x'.repeat(2000), b: 'short' } });
    expect(await encryptor.encrypt({ ...source, requestId })).toMatchObject({ outcome: 'encrypted' });
    expect((await objects.current(target))?.metadata).toEqual({
      'sallyport-source': expect.any(String),
      b: 'short',
    });
  });
});

await describeEachCrash('a document is encrypted', async faults => {
  const { encryptor, put, audit, objects } = world(faults);
  const source = await put('in/a.txt', 'text');
  const request = { ...source, requestId, requestedAt: '2026-11-21T08:00:00.000Z' };
  return {
    deliver: () => encryptor.encrypt(request),
    verify: () => {
      expect(audit.entries).toMatchObject([{ action: 'document.encrypt', outcome: 'encrypted' }]);
      expect(objects.list('documents').map(({ ref }) => ref.key)).toEqual([target.key, source.key]);
    },
  };
});
