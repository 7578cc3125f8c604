import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAuditLog } from '../../../src/adapters/memory/memory-audit-log.ts';
import { MemoryObjectStore } from '../../../src/adapters/memory/memory-object-store.ts';
import { MemoryUploadSigner } from '../../../src/adapters/memory/memory-upload-signer.ts';
import { DocumentPolicyError } from '../../../src/domain/documents/document-policy.ts';
import {
  type PermitRequest,
  UploadPermitIssuer,
  type UploadPermitIssuerOptions,
} from '../../../src/domain/documents/upload-permit-issuer.ts';
import type { AuditEntry } from '../../../src/ports/audit-log.ts';
import { describeEachCrash } from '../../each-crash.ts';

const bucket = 'documents';
const keyId = 'arn:aws:kms:us-east-1:111122223333:key/documents';
const policy = { allowedTypes: ['application/pdf', 'text/plain'], maximumBytes: 1000 };
const request: PermitRequest = {
  key: 'claims/17.pdf',
  contentType: 'application/pdf',
  requestId: 'request-1',
};

function world(
  faults = new FaultInjector(),
  options: Partial<Pick<UploadPermitIssuerOptions, 'policy' | 'keyPolicy'>> = { policy },
) {
  const clock = new ManualClock('2026-11-21T08:00:00.250Z');
  const objects = new MemoryObjectStore({ clock, buckets: [bucket] });
  const memorySigner = new MemoryUploadSigner({ objects, clock });
  const memoryAudit = new MemoryAuditLog();
  const issuer = new UploadPermitIssuer({
    signer: faults.wrap('uploadSigner', memorySigner),
    audit: faults.wrap('auditLog', memoryAudit),
    clock,
    bucket,
    keyId,
    expiresInSeconds: 300,
    ...options,
  });
  const entries = async (): Promise<AuditEntry[]> => {
    const found: AuditEntry[] = [];
    for await (const entry of memoryAudit.entriesOf(request.requestId)) found.push(entry);
    return found;
  };
  return { clock, objects, issuer, entries, faults, post: memorySigner.post.bind(memorySigner) };
}

describe('a permit', () => {
  test('lets the client store what was asked for, under the key of the bucket', async () => {
    const { issuer, post, objects } = world();
    const decision = await issuer.issue(request);

    if (decision.outcome !== 'permitted') throw new Error(decision.outcome);
    expect(decision.target).toEqual({ bucket, key: request.key });
    expect(decision.permit.expiresAt).toBe('2026-11-21T08:05:00.000Z');
    expect(await post(decision.permit.fields, new Uint8Array(7))).toBe('stored');
    expect(await objects.current(decision.target)).toMatchObject({
      contentType: 'application/pdf',
      metadata: { 'request-id': 'request-1' },
      encryption: { algorithm: 'aws:kms', keyId },
    });
  });

  test.each([
    ['without a size', undefined, { minimum: 1, maximum: 1000 }],
    ['for a size', 7, { minimum: 7, maximum: 7 }],
    ['for the largest size', 1000, { minimum: 1000, maximum: 1000 }],
  ])('%s holds the upload to it', async (_, size, expected) => {
    const { issuer, post } = world();
    const decision = await issuer.issue({ ...request, ...(size === undefined ? {} : { size }) });

    if (decision.outcome !== 'permitted') throw new Error(decision.outcome);
    expect(decision.size).toEqual(expected);
    for (const [bytes, answer] of [
      [expected.minimum - 1, 'refused'],
      [expected.minimum, 'stored'],
      [expected.maximum, 'stored'],
      [expected.maximum + 1, 'refused'],
    ] as const) {
      expect(await post(decision.permit.fields, new Uint8Array(bytes))).toBe(answer);
    }
  });

  test.each([
    ['text/plain; charset=utf-8', 'notes.txt'],
    ['Application/PDF', 'claim.PDF'],
  ])('for %s declares just that', async (contentType, key) => {
    const { issuer } = world();
    const decision = await issuer.issue({ ...request, contentType, key });

    if (decision.outcome !== 'permitted') throw new Error(decision.outcome);
    expect(decision.permit.fields['Content-Type']).toBe(contentType);
  });

  test('by default goes to PDF, binary Word and text of up to 10 MB', async () => {
    const { issuer } = world(new FaultInjector(), {});
    const word = { ...request, key: 'letter.doc', contentType: 'application/msword' };

    expect(await issuer.issue(word)).toMatchObject({
      outcome: 'permitted',
      size: { minimum: 1, maximum: 10_485_760 },
    });
  });
});

describe('refused', () => {
  test.each([
    ['a traversal', '../claims/17.pdf', 'dot-segment', 0],
    ["the folder of the encryptor's copies", 'encrypted/17.pdf', 'reserved-name', 0],
    ['the variable of S3', 'claims/$\u007bfilename}', 'unportable-character', 7],
    ['nothing', '', 'empty-key', 0],
  ])('for its key: %s', async (_, key, code, position) => {
    const { issuer, faults } = world();

    expect(await issuer.issue({ ...request, key })).toMatchObject({
      outcome: 'key-refused',
      reasons: [{ code, position }],
    });
    expect(faults.calls).toEqual(['auditLog.append']);
  });

  test('not for a key that only resembles the folder of copies', async () => {
    for (const key of ['encrypted.pdf', 'a/encrypted/b.pdf', 'Encrypted/b.pdf']) {
      expect(await world().issuer.issue({ ...request, key })).toMatchObject({ outcome: 'permitted' });
    }
  });

  test('by the key policy of the team, where it has one', async () => {
    const { defaultObjectKeyPolicy } = await import('../../../src/domain/kernel/object-key-policy.ts');
    const keyPolicy = { ...defaultObjectKeyPolicy, characters: 'portable' as const };
    const { issuer } = world(new FaultInjector(), { policy, keyPolicy });

    expect(await issuer.issue({ ...request, key: 'ä.pdf' })).toMatchObject({ outcome: 'key-refused' });
  });

  test.each([
    ['application/zip', 'a.zip', ['type-not-allowed']],
    ['application/msword', 'a.doc', ['type-not-allowed']],
    ['application/pdf', 'a.txt', ['extension-mismatch']],
    ['application/pdf', 'a', ['extension-mismatch']],
    ['', 'a.pdf', ['type-not-allowed']],
  ])('for its type: %j of %s', async (contentType, key, codes) => {
    const decision = await world().issuer.issue({ ...request, contentType, key });

    if (decision.outcome !== 'type-refused') throw new Error(decision.outcome);
    expect(decision.reasons.map(({ code }) => code)).toEqual(codes);
  });

  test('for its size, where nothing else speaks against it', async () => {
    expect(await world().issuer.issue({ ...request, size: 1001 })).toEqual({
      outcome: 'too-large',
      maximumBytes: 1000,
    });
  });

  test('for everything that speaks against it', async () => {
    const decision = await world().issuer.issue({ ...request, contentType: 'a/b', size: 1001 });

    if (decision.outcome !== 'type-refused') throw new Error(decision.outcome);
    expect(decision.reasons.map(({ code }) => code)).toEqual(['too-large', 'type-not-allowed']);
  });

  test('from the start, where the policy allows what cannot be judged', () => {
    expect(() => world(new FaultInjector(), { policy: { ...policy, allowedTypes: ['a/b'] } })).toThrow(
      DocumentPolicyError,
    );
  });
});

describe('the audit log', () => {
  test('says what was permitted, and holds nothing that permits', async () => {
    const { issuer, entries } = world();
    const decision = await issuer.issue({ ...request, size: 7 });

    if (decision.outcome !== 'permitted') throw new Error(decision.outcome);
    expect(await entries()).toEqual([
      {
        schemaVersion: 1,
        id: 'request-1:document.permit-upload',
        requestId: 'request-1',
        timestamp: '2026-11-21T08:00:00.250Z',
        action: 'document.permit-upload',
        outcome: 'permitted',
        object: { bucket, key: 'claims/17.pdf' },
        correlationId: expect.stringMatching(/^[0-9a-f]{64}$/),
        details: {
          contentType: 'application/pdf',
          size: { minimum: 7, maximum: 7 },
          expiresAt: '2026-11-21T08:05:00.000Z',
        },
      },
    ]);
    const written = JSON.stringify(await entries());
    for (const name of ['Policy', 'X-Amz-Signature']) {
      expect(written).not.toContain(decision.permit.fields[name]);
    }
  });

  test.each([
    [{ key: '../a.pdf' }, 'key-refused', { reasons: [{ code: 'dot-segment', position: 0 }] }],
    [{ size: 1001 }, 'too-large', { maximumBytes: 1000 }],
    [
      { contentType: 'a/b' },
      'type-refused',
      { reasons: [{ code: 'type-not-allowed', explanation: expect.any(String) }] },
    ],
  ])('says why %j was refused', async (fields, outcome, details) => {
    const { issuer, entries } = world();
    await issuer.issue({ ...request, ...fields });

    expect(await entries()).toEqual([expect.objectContaining({ outcome, details })]);
  });

  test('that cannot be written fails the request', async () => {
    const { issuer, faults } = world();
    faults.failCall(1, 'before', { of: 'auditLog.append', kind: 'throttled' });

    await expect(issuer.issue(request)).rejects.toMatchObject({ kind: 'throttled' });
  });
});

await describeEachCrash('a permit is issued', faults => {
  const { issuer, entries } = world(faults);
  const requestedAt = '2026-11-21T08:00:00.000Z';
  return {
    deliver: () => issuer.issue({ ...request, requestedAt }),
    verify: async () => {
      expect(await entries()).toMatchObject([{ outcome: 'permitted', timestamp: requestedAt }]);
    },
  };
});
