import { describe, expect, test } from '@jest/globals';
import { UnknownKindError } from '../../../src/domain/sensitive-data/judge-text.ts';
import { SensitiveDataScanner } from '../../../src/domain/sensitive-data/sensitive-data-scanner.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { bytesOf, card, documentWorld } from '../documents/document-world.ts';

const requestId = 'request-1';

function world(faults?: Parameters<typeof documentWorld>[0]) {
  const parts = documentWorld(faults);
  return { ...parts, scanner: new SensitiveDataScanner(parts.ports) };
}

describe('the scanner', () => {
  test('answers verdict, findings and the version that it read', async () => {
    const { scanner, put } = world();
    const ref = await put('a.txt', `pay with ${card}`);
    const scan = await scanner.scan({ bucket: ref.bucket, key: ref.key, requestId });
    expect(scan).toMatchObject({
      outcome: 'scanned',
      ref,
      type: 'text/plain',
      verdict: 'non-compliant',
      findings: [{ kind: 'payment-card', start: 9, end: 28 }],
      counts: { 'payment-card': 1 },
    });
  });

  test('takes what is too large as unread, without reading it', async () => {
    const { ports, put, faults } = world();
    const scanner = new SensitiveDataScanner({ ...ports, policy: { maximumBytes: 4 } });
    const large = await put('a.txt', '12345');
    const scan = await scanner.scan({ ...large, requestId });
    expect(scan).toMatchObject({ verdict: 'indeterminate', reasons: [{ code: 'unscannable-too-large' }] });
    expect(faults.calls).not.toContain('objects.read');
    const exact = await put('b.txt', '1234');
    expect(await scanner.scan({ ...exact, requestId })).toMatchObject({ verdict: 'compliant' });
  });

  test('what cannot be read is indeterminate', async () => {
    const { scanner, put } = world();
    const ref = await put('a.txt', Uint8Array.of(0, 1, 2));
    const scan = await scanner.scan({ ...ref, requestId });
    expect(scan).toMatchObject({ verdict: 'indeterminate', reasons: [{ code: 'unscannable-not-text' }] });
    expect(scan).not.toHaveProperty('type');
  });

  test('answers what is absent, and refuses a key before it asks for it', async () => {
    const { scanner, faults } = world();
    expect(await scanner.scan({ bucket: 'documents', key: 'a.txt', requestId })).toEqual({
      outcome: 'missing',
    });
    faults.reset();
    expect(await scanner.scan({ bucket: 'documents', key: '/a', requestId })).toMatchObject({
      outcome: 'key-refused',
    });
    expect(faults.calls).toEqual(['audit.append']);
  });

  test('audits every answer, without a value', async () => {
    const { scanner, put, audit, extractor } = world();
    const found = await put('a.txt', `pay with ${card}`);
    const unread = await put('b.txt', 'b');
    extractor.know(bytesOf('b'), {
      segments: [],
      unscannable: [{ reason: 'encrypted', explanation: 'a password' }],
    });
    await scanner.scan({ ...found, requestId });
    await scanner.scan({ ...unread, requestId });
    await scanner.scan({ bucket: 'documents', key: 'c', requestId });
    await scanner.scan({ bucket: 'documents', key: '../c', requestId: 'request-2' });
    expect(audit.entries).toMatchObject([
      {
        action: 'document.scan',
        outcome: 'non-compliant',
        object: found,
        details: { type: 'text/plain', counts: { 'payment-card': 1 }, reasons: [{ code: 'payment-card' }] },
      },
      { outcome: 'key-refused', details: { reasons: [{ position: 0 }] } },
    ]);
    expect(JSON.stringify(audit.entries)).not.toContain('1111 1111');
  });

  test('is not made with a policy that blocks what is not looked for', () => {
    const { ports } = world();
    const policy = { blockingKinds: ['payment_card'] };
    expect(() => new SensitiveDataScanner({ ...ports, policy })).toThrow(UnknownKindError);
  });

  test('fails when its answer cannot be audited', async () => {
    const { scanner, put, faults } = world();
    const ref = await put('a.txt', 'text');
    faults.failCall(1, 'before', { of: 'audit.append' });
    await expect(scanner.scan({ ...ref, requestId })).rejects.toMatchObject({ code: 'InjectedFault' });
  });
});

await describeEachCrash('a document is scanned', async faults => {
  const { scanner, put, audit } = world(faults);
  const request = { ...(await put('a.txt', card)), requestId, requestedAt: '2026-11-21T08:00:00.000Z' };
  return {
    deliver: () => scanner.scan(request),
    verify: () => {
      expect(audit.entries).toMatchObject([{ action: 'document.scan', outcome: 'non-compliant' }]);
    },
  };
});
