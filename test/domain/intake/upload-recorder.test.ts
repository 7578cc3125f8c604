import { describe, expect, test } from '@jest/globals';
import type { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import { MemoryUploadLedger } from '../../../src/adapters/memory/memory-upload-ledger.ts';
import { UploadRecorder } from '../../../src/domain/intake/upload-recorder.ts';
import { defaultObjectKeyPolicy } from '../../../src/domain/kernel/object-key-policy.ts';
import { uploadIdentity } from '../../../src/domain/kernel/upload-identity.ts';
import type { ObjectRef } from '../../../src/ports/object-store.ts';
import type { UploadRecord } from '../../../src/ports/upload-ledger.ts';
import { describeEachCrash } from '../../each-crash.ts';

const bucket = 'uploads';
const key = 'invoices/offer (final).pdf';

function world(faults?: FaultInjector, maximumSlots?: number) {
  const clock = new ManualClock('2026-11-21T08:00:00.000Z');
  const objects = new MemoryObjectStore({ clock, buckets: [bucket] });
  const ledger = new MemoryUploadLedger();
  const recorder = new UploadRecorder({
    objects: faults?.wrap('objects', objects) ?? objects,
    ledger: faults?.wrap('ledger', ledger) ?? ledger,
    ...(maximumSlots === undefined ? {} : { maximumSlots }),
  });
  const upload = async (text: string): Promise<ObjectRef> => {
    const put = await objects.put({ bucket, key }, new TextEncoder().encode(text), {
      contentType: 'application/pdf',
    });
    if (put.outcome !== 'stored') throw new Error('The upload was not stored');
    return put.ref;
  };
  return { clock, objects, ledger, recorder, upload };
}

describe('a recorded upload', () => {
  test('stands under its key and the time of its version, with the facts of the version', async () => {
    const { recorder, ledger, upload, clock } = world();
    const ref = await upload('first');
    clock.advance(5_000);
    const other = await upload('second, longer');
    expect(await recorder.record(ref)).toMatchObject({ outcome: 'recorded' });
    expect(await recorder.record(other)).toMatchObject({ outcome: 'recorded' });
    expect(ledger.uploads).toEqual([
      {
        schemaVersion: 1,
        filename: key,
        uploadTimestamp: '2026-11-21T08:00:00.000Z',
        bucket,
        versionId: ref.versionId,
        size: 5,
        etag: expect.stringMatching(/^[0-9a-f]{32}$/),
        contentType: 'application/pdf',
        correlationId: uploadIdentity(ref),
      },
      expect.objectContaining({
        uploadTimestamp: '2026-11-21T08:00:05.000Z',
        size: 14,
        correlationId: uploadIdentity(other),
      }),
    ]);
  });

  test('that comes again is a duplicate', async () => {
    const { recorder, ledger, upload } = world();
    const ref = await upload('first');
    await recorder.record(ref);
    const repeated = await recorder.record(ref);
    expect(repeated).toEqual({ outcome: 'duplicate', upload: ledger.uploads[0] });
    expect(ledger.uploads).toHaveLength(1);
  });

  test('moves to the next millisecond where another version holds its slot, and is found there again', async () => {
    const { recorder, ledger, upload } = world();
    const versions = [await upload('a'), await upload('b'), await upload('c')];
    for (const ref of versions) await recorder.record(ref);
    for (const ref of versions.toReversed()) {
      expect(await recorder.record(ref)).toMatchObject({
        outcome: 'duplicate',
      });
    }
    expect(ledger.uploads.map(({ uploadTimestamp }) => uploadTimestamp)).toEqual([
      '2026-11-21T08:00:00.000Z',
      '2026-11-21T08:00:00.001Z',
      '2026-11-21T08:00:00.002Z',
    ]);
  });

  test('of one bucket is not taken for that of another', async () => {
    const { recorder, ledger, upload } = world();
    const ref = await upload('a');
    const twin: UploadRecord = {
      schemaVersion: 1,
      filename: key,
      uploadTimestamp: '2026-11-21T08:00:00.000Z',
      bucket: 'other',
      versionId: ref.versionId,
      size: 1,
      etag: 'e',
      correlationId: 'c',
    };
    await ledger.record(twin);
    expect(await recorder.record(ref)).toMatchObject({ outcome: 'recorded' });
    expect(ledger.uploads.map(({ bucket }) => bucket)).toEqual(['other', bucket]);
  });

  test('is answered as it was first recorded, when it comes again', async () => {
    const { recorder, ledger, upload } = world();
    const ref = await upload('a');
    await ledger.record({
      schemaVersion: 1,
      filename: key,
      uploadTimestamp: '2026-11-21T08:00:00.000Z',
      ...ref,
      size: 77,
      etag: 'of then',
      correlationId: 'of then',
    });
    expect(await recorder.record(ref)).toMatchObject({
      outcome: 'duplicate',
      upload: { size: 77, etag: 'of then' },
    });
  });

  test('finds a slot among 100 concurrent versions of one second', async () => {
    const { recorder, ledger, upload } = world();
    const versions = await Promise.all(Array.from({ length: 100 }, (_, index) => upload(`version ${index}`)));
    await Promise.all(versions.map(ref => recorder.record(ref)));
    expect(new Set(ledger.uploads.map(({ versionId }) => versionId)).size).toBe(100);
  });
});

describe('an upload that cannot be recorded', () => {
  test('because it has no version of its own is refused, as the trigger refuses it', async () => {
    const { recorder, ledger } = world();
    expect(await recorder.record({ bucket, key, versionId: 'null' })).toMatchObject({
      outcome: 'refused',
      reasons: [{ code: 'unversioned' }],
    });
    expect(ledger.uploads).toEqual([]);
  });

  test('under the policy it is given is refused', async () => {
    const { objects, ledger, upload } = world();
    const keyPolicy = { ...defaultObjectKeyPolicy, reservedRoots: ['invoices'] };
    const recorder = new UploadRecorder({ objects, ledger, keyPolicy });
    expect(await recorder.record(await upload('a'))).toMatchObject({
      outcome: 'refused',
      reasons: [{ code: 'reserved-name' }],
    });
  });

  test('whose key violates the policy is refused before the store is asked', async () => {
    const { recorder, ledger } = world();
    const outcome = await recorder.record({
      bucket: 'no-such-bucket',
      key: 'a/../b',
      versionId: 'v',
    });
    expect(outcome).toMatchObject({ outcome: 'refused' });
    expect(outcome.outcome === 'refused' && outcome.reasons.length).toBeGreaterThan(0);
    expect(ledger.uploads).toEqual([]);
  });

  test('whose version is gone is missing', async () => {
    const { recorder, ledger } = world();
    expect(await recorder.record({ bucket, key, versionId: 'gone' })).toEqual({
      outcome: 'missing',
    });
    expect(ledger.uploads).toEqual([]);
  });

  test('for want of a slot fails loudly and leaves the other rows as they are', async () => {
    const { recorder, ledger, upload } = world(undefined, 2);
    const versions = [await upload('a'), await upload('b'), await upload('c')];
    for (const ref of versions.slice(0, 2)) await recorder.record(ref);
    const last = versions[2];
    if (last === undefined) throw new Error('unreachable');
    await expect(recorder.record(last)).rejects.toMatchObject({
      kind: 'permanent',
      code: 'NoFreeSlot',
    });
    expect(ledger.uploads).toHaveLength(2);
  });
});

await describeEachCrash('recording an upload', async faults => {
  const { recorder, ledger, upload } = world(faults);
  const earlier = await upload('earlier in the same second');
  await recorder.record(earlier);
  const ref = await upload('content');
  return {
    deliver: () => recorder.record(ref),
    verify: () =>
      expect(ledger.uploads.map(({ versionId }) => versionId)).toEqual([earlier.versionId, ref.versionId]),
  };
});
