import { describe, expect, test } from '@jest/globals';
import { DocumentPolicyError } from '../../../src/domain/documents/document-policy.ts';
import { DocumentValidator } from '../../../src/domain/documents/document-validator.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { bytesOf, card, documentWorld } from './document-world.ts';

const requestId = 'request-1';

function world(faults?: Parameters<typeof documentWorld>[0]) {
  const parts = documentWorld(faults);
  return { ...parts, validator: new DocumentValidator(parts.ports) };
}

describe('the validator', () => {
  test('lets a clean document pass and says of which type it is', async () => {
    const { validator, put, inspector } = world();
    const bytes = bytesOf('%PDF-');
    inspector.know(bytes, {
      signature: 'application/pdf',
      structure: { state: 'sound', type: 'application/pdf', pages: 3 },
      features: [{ name: 'hyperlink', count: 1 }],
    });
    const ref = await put('in/a.pdf', bytes, { contentType: 'application/pdf' });
    expect(await validator.validate({ ...ref, requestId })).toEqual({
      outcome: 'valid',
      ref,
      size: 5,
      type: 'application/pdf',
      pages: 3,
      notes: [{ code: 'hyperlink', explanation: 'the document holds links (1)' }],
    });
  });

  test('judges the version that is named, or else the current one', async () => {
    const { validator, put } = world();
    const first = await put('a.txt', 'first');
    const second = await put('a.txt', 'the second');
    expect(await validator.validate({ ...first, requestId })).toMatchObject({ ref: first, size: 5 });
    const { bucket, key } = first;
    expect(await validator.validate({ bucket, key, requestId })).toMatchObject({ ref: second, size: 10 });
  });

  test('refuses what is no PDF, and names every reason', async () => {
    const { validator, put } = world();
    const ref = await put('invalid.pdf', 'this is not a valid PDF', { contentType: 'application/pdf' });
    expect(await validator.validate({ ...ref, requestId })).toMatchObject({
      outcome: 'invalid',
      reasons: [{ code: 'signature-mismatch' }, { code: 'structure-mismatch' }],
    });
  });

  test('decides by the head what is too large or empty, and reads neither', async () => {
    const { ports, put, faults } = world();
    const validator = new DocumentValidator({
      ...ports,
      policy: { allowedTypes: ['text/plain'], maximumBytes: 4 },
    });
    const large = await put('a.txt', '12345');
    const empty = await put('b.txt', '');
    const exact = await put('c.txt', '1234');
    expect(await validator.validate({ ...large, requestId })).toMatchObject({
      reasons: [{ code: 'too-large' }],
    });
    expect(await validator.validate({ ...empty, requestId })).toMatchObject({ reasons: [{ code: 'empty' }] });
    expect(faults.calls).not.toContain('objects.read');
    expect(await validator.validate({ ...exact, requestId })).toMatchObject({ outcome: 'valid' });
  });

  test('answers what is absent, and refuses a key before it asks for it', async () => {
    const { validator, faults } = world();
    expect(await validator.validate({ bucket: 'documents', key: 'a.txt', requestId })).toEqual({
      outcome: 'missing',
    });
    faults.reset();
    const refused = await validator.validate({ bucket: 'documents', key: '../a.txt', requestId });
    expect(refused).toMatchObject({ outcome: 'key-refused', reasons: [{ code: expect.any(String) }] });
    expect(faults.calls).toEqual(['audit.append']);
  });

  test('audits every answer', async () => {
    const { validator, put, audit, clock } = world();
    const valid = await put('a.txt', 'text');
    const invalid = await put('a.pdf', 'text', { contentType: 'application/pdf' });
    await validator.validate({ ...valid, requestId: 'valid' });
    await validator.validate({ ...invalid, requestId: 'invalid' });
    await validator.validate({ bucket: 'documents', key: 'b.txt', requestId: 'missing' });
    await validator.validate({ bucket: 'documents', key: '../b', requestId: 'key-refused' });
    expect(audit.entries).toMatchObject([
      { outcome: 'valid', object: valid, details: { size: 4, type: 'text/plain', notes: [] } },
      { outcome: 'invalid', object: invalid, details: { reasons: [{ code: 'signature-mismatch' }, {}] } },
      { outcome: 'missing', object: { key: 'b.txt' } },
      { outcome: 'key-refused', object: { key: '../b' }, details: { reasons: [{ position: 0 }] } },
    ]);
    for (const entry of audit.entries) {
      expect(entry).toMatchObject({
        action: 'document.validate',
        requestId: entry.outcome,
        timestamp: clock.now().toISOString(),
        correlationId: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    }
  });

  test('masks a card number that stands in a key, or in a version that was made up', async () => {
    const { validator, put, audit } = world();
    const ref = await put(`${card.replaceAll(' ', '')}.txt`, 'text');
    await validator.validate({ ...ref, requestId });
    await validator.validate({ ...ref, versionId: '4111111111111111', requestId: 'request-2' });
    expect(audit.entries).toHaveLength(2);
    expect(JSON.stringify(audit.entries)).not.toContain('41111111111');
    expect(audit.entries[0]?.object?.key).toMatch(/1111\.txt$/);
  });

  test('fails when its answer cannot be audited', async () => {
    const { validator, put, faults } = world();
    const ref = await put('a.txt', 'text');
    faults.failCall(1, 'before', { of: 'audit.append' });
    await expect(validator.validate({ ...ref, requestId })).rejects.toMatchObject({ code: 'InjectedFault' });
  });

  test('is not made with a policy that allows what cannot be judged', () => {
    const { ports } = world();
    const policy = { allowedTypes: ['image/png'], maximumBytes: 1 };
    expect(() => new DocumentValidator({ ...ports, policy })).toThrow(DocumentPolicyError);
  });
});

await describeEachCrash('a document is validated', async faults => {
  const { validator, put, audit } = world(faults);
  const request = { ...(await put('a.txt', 'text')), requestId, requestedAt: '2026-11-21T08:00:00.000Z' };
  return {
    deliver: () => validator.validate(request),
    verify: () => {
      expect(audit.entries).toMatchObject([{ action: 'document.validate', outcome: 'valid' }]);
    },
  };
});
