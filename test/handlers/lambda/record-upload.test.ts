import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { RecordUploadOutcome } from '../../../src/domain/intake/upload-recorder.ts';
import { uploadIdentity } from '../../../src/domain/kernel/upload-identity.ts';
import { recordUpload } from '../../../src/handlers/lambda/record-upload.ts';
import { type FailureKind, failureKinds, PortError } from '../../../src/ports/failure.ts';
import type { ObjectRef } from '../../../src/ports/object-store.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
beforeEach(async () => {
  jest.restoreAllMocks();
  telemetry = await recordedTelemetry();
});

const input = { schemaVersion: 1, bucket: 'uploads', key: 'a.pdf', versionId: 'v1', correlationId: 'c1' };
const upload = {
  schemaVersion: 1,
  filename: 'a.pdf',
  uploadTimestamp: '2026-11-21T08:00:00.000Z',
  bucket: 'uploads',
  versionId: 'v1',
  size: 7,
  etag: 'e',
  correlationId: 'c1',
} as const;
const answering = (outcome: RecordUploadOutcome) => ({
  record: jest.fn(async (_: ObjectRef) => outcome),
});

describe('the writer', () => {
  test('hands the upload on and answers where it stands', async () => {
    const recorder = answering({ outcome: 'recorded', upload });
    expect(await recordUpload(input, recorder, telemetry)).toEqual({
      outcome: 'recorded',
      uploadTimestamp: upload.uploadTimestamp,
      size: 7,
      etag: 'e',
    });
    expect(recorder.record).toHaveBeenCalledWith({
      bucket: 'uploads',
      key: 'a.pdf',
      versionId: 'v1',
    });
    expect(telemetry.metricsOf('UploadsRecorded')).toMatchObject([{ value: 1, unit: 'Count' }]);
    expect(telemetry.metricsOf('UploadBytes')).toMatchObject([{ value: 7, unit: 'Bytes' }]);
    expect(telemetry.metricsOf('RecordingDuration')).toMatchObject([{ unit: 'Milliseconds' }]);
  });

  test('succeeds on a duplicate, and counts no bytes twice', async () => {
    const answer = await recordUpload(input, answering({ outcome: 'duplicate', upload }), telemetry);
    expect(answer.outcome).toBe('duplicate');
    expect(telemetry.metricsOf('UploadsDuplicate')).toMatchObject([{ value: 1 }]);
    expect(telemetry.metricsOf('UploadBytes')).toEqual([]);
    expect(telemetry.metricsOf('UploadsRecorded')).toEqual([]);
  });

  test.each([
    [{ outcome: 'missing' } as const, 'Sallyport.UploadMissing', /not in the bucket/],
    [
      { outcome: 'refused', reasons: [{ code: 'empty-segment', position: 0, explanation: '' }] } as const,
      'Sallyport.UploadRefused',
      /empty-segment/,
    ],
  ])('fails the workflow on %j', async (outcome, name, message) => {
    await expect(
      recordUpload(input, answering(outcome as RecordUploadOutcome), telemetry),
    ).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });

  test.each([...failureKinds])(
    'gives a port failure of kind %s a name that the state machine can match',
    async kind => {
      const names: Record<FailureKind, string> = {
        retryable: 'Sallyport.Retryable',
        throttled: 'Sallyport.Throttled',
        denied: 'Sallyport.Denied',
        'not-found': 'Sallyport.NotFound',
        conflict: 'Sallyport.Conflict',
        permanent: 'Sallyport.Permanent',
      };
      const failure = new PortError({ kind, operation: 'ObjectStore.head', code: 'Code', message: 'said' });
      const recorder = { record: async () => Promise.reject(failure) };
      await expect(recordUpload(input, recorder, telemetry)).rejects.toMatchObject({
        name: names[kind],
        message: 'Code: said',
        cause: failure,
      });
    },
  );

  test('lets a defect keep its own name', async () => {
    const recorder = { record: async () => Promise.reject(new TypeError('defect')) };
    await expect(recordUpload(input, recorder, telemetry)).rejects.toThrow(TypeError);
  });

  test.each([
    [null, /input: /],
    [{ ...input, versionId: undefined }, /versionId: /],
    [{ ...input, versionId: '' }, /versionId: /],
    [{ ...input, schemaVersion: 2 }, /schemaVersion: /],
    [{ ...input, bucket: '', key: 5 }, /bucket: .*key: /],
  ])('refuses %j and names the fields', async (malformed, message) => {
    await expect(recordUpload(malformed, answering({ outcome: 'missing' }), telemetry)).rejects.toMatchObject(
      {
        name: 'Sallyport.InvalidInput',
        message: expect.stringMatching(message),
      },
    );
  });

  test('reads an input without schema version as version 1', async () => {
    const { schemaVersion: _, ...unversioned } = input;
    const answer = await recordUpload(unversioned, answering({ outcome: 'recorded', upload }), telemetry);
    expect(answer.outcome).toBe('recorded');
  });

  test('names the upload that is not recorded, escaped and with its correlation id', async () => {
    const hostile = { ...input, bucket: 'up\nloads', key: 'a\u202eb', versionId: 'v\n1' };
    const failure = new PortError({ kind: 'denied', operation: 'o', code: 'AccessDenied', message: 'm' });
    for (const record of [
      async () => Promise.reject(failure),
      async () => ({ outcome: 'missing' }) as const,
    ]) {
      await recordUpload(hostile, { record }, telemetry).catch(() => undefined);
    }
    const lines = telemetry.logs().filter(({ message }) => message === 'Upload not recorded');
    const { bucket, key, versionId } = hostile;
    const facts = {
      level: 'ERROR',
      bucket: 'up\\u{a}loads',
      key: 'a\\u{202e}b',
      versionId: 'v\\u{a}1',
      correlationId: uploadIdentity({ bucket, key, versionId }),
    };
    expect(lines).toEqual([
      expect.objectContaining({ ...facts, error: expect.objectContaining({ code: 'AccessDenied' }) }),
      expect.objectContaining({ ...facts, outcome: 'missing' }),
    ]);
  });

  test('logs where a recorded upload stands', async () => {
    await recordUpload(input, answering({ outcome: 'recorded', upload }), telemetry);
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({
        message: 'Upload recorded',
        key: 'a.pdf',
        uploadTimestamp: upload.uploadTimestamp,
      }),
    );
  });
});
