import { describe, expect, test } from '@jest/globals';
import {
  DocumentProcessor,
  type DocumentProcessorOptions,
} from '../../../src/domain/documents/document-processor.ts';
import { DocumentValidator } from '../../../src/domain/documents/document-validator.ts';
import { documentVerdictSchema } from '../../../src/domain/documents/document-verdict.ts';
import { uploadIdentity } from '../../../src/domain/kernel/upload-identity.ts';
import { SensitiveDataScanner } from '../../../src/domain/sensitive-data/sensitive-data-scanner.ts';
import { PortError } from '../../../src/ports/failure.ts';
import type { ObjectRef, WriteOptions } from '../../../src/ports/object-store.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { bytesOf, card, documentWorld } from './document-world.ts';

const key = (name: string) => `arn:aws:kms:eu-central-1:111122223333:key/${name}`;

function world(
  faults?: Parameters<typeof documentWorld>[0],
  options: Partial<DocumentProcessorOptions> = {},
) {
  const parts = documentWorld(faults);
  const { ports, objects, textOf } = parts;
  const processor = new DocumentProcessor({
    ...ports,
    validator: new DocumentValidator(ports),
    scanner: new SensitiveDataScanner(ports),
    processed: { bucket: 'processed', keyId: key('processed') },
    quarantine: { bucket: 'quarantine', keyId: key('quarantine') },
    verdicts: { bucket: 'compliance', keyId: key('compliance') },
    ...options,
  });
  const arrive = async (name: string, content: string | Uint8Array, writing?: WriteOptions) => ({
    ...(await parts.put(name, content, writing)),
    occurredAt: '2026-11-21T08:00:00.000Z',
  });
  const verdictOf = async (ref: ObjectRef) => {
    const text = await textOf({ bucket: 'compliance', key: `verdicts/${uploadIdentity(ref)}.json` });
    return text === undefined ? undefined : documentVerdictSchema.parse(JSON.parse(text));
  };
  const kept = (ref: ObjectRef, name: string) =>
    objects.current({ bucket: 'quarantine', key: `${uploadIdentity(ref)}/${name}` });
  return { ...parts, processor, arrive, verdictOf, kept };
}

/** A verdict file on the first version that a world stores, as `a.txt`, with what is given in place of what is right. */
const verdictText = (change: object) =>
  JSON.stringify({
    schemaVersion: 1,
    correlationId: uploadIdentity({ bucket: 'documents', key: 'a.txt', versionId: 'memory-00000001' }),
    object: { bucket: 'documents', key: 'a.txt', versionId: 'memory-00000001' },
    verdict: 'compliant',
    reasons: [],
    findings: [],
    counts: {},
    deliver: true,
    judgedAt: '2026-11-21T08:00:00.000Z',
    ...change,
  });

describe('a clean document', () => {
  test('is delivered: the judged version, under its key, with its type and metadata', async () => {
    const { processor, arrive, objects, verdictOf, textOf, alerts } = world();
    const arrived = await arrive('in/a.txt', 'a letter', { metadata: { author: 'ann' } });
    const later = await arrive('in/a.txt', 'another letter');
    const outcome = await processor.process(arrived);
    const target = { bucket: 'processed', key: 'in/a.txt' };
    expect(outcome).toMatchObject({ outcome: 'delivered', ref: target });
    expect(await textOf(target)).toBe('a letter');
    expect(await objects.current(target)).toMatchObject({
      contentType: 'text/plain',
      metadata: { author: 'ann', 'sallyport-source': uploadIdentity(arrived) },
      encryption: { algorithm: 'aws:kms', keyId: key('processed') },
    });
    expect(await verdictOf(arrived)).toMatchObject({
      schemaVersion: 1,
      correlationId: uploadIdentity(arrived),
      object: { bucket: 'documents', key: 'in/a.txt', versionId: arrived.versionId },
      verdict: 'compliant',
      type: 'text/plain',
      size: 8,
      reasons: [],
      findings: [],
      deliver: true,
    });
    expect(await verdictOf(later)).toBeUndefined();
    expect(await objects.head(arrived)).toBeDefined();
    expect(alerts.published).toEqual([]);
  });

  test('is audited station by station, under its identity', async () => {
    const { processor, arrive, audit } = world();
    const arrived = await arrive('a.txt', 'a letter');
    await processor.process(arrived);
    expect(audit.entries).toMatchObject([
      { action: 'document.validate', outcome: 'valid', object: { versionId: arrived.versionId } },
      { action: 'document.scan', outcome: 'compliant' },
      {
        action: 'document.deliver',
        outcome: 'delivered',
        details: { to: { bucket: 'processed', key: 'a.txt' } },
      },
    ]);
    for (const { requestId, correlationId } of audit.entries) {
      expect([requestId, correlationId]).toEqual([uploadIdentity(arrived), uploadIdentity(arrived)]);
    }
  });

  test('does not go over a later version that was delivered before it', async () => {
    const { processor, arrive, textOf, clock, audit } = world();
    const first = await arrive('a.txt', 'first');
    clock.advance(2000);
    const second = await arrive('a.txt', 'second');
    expect(await processor.process(second)).toMatchObject({ outcome: 'delivered' });
    expect(await processor.process(first)).toMatchObject({ outcome: 'superseded' });
    expect(await textOf({ bucket: 'processed', key: 'a.txt' })).toBe('second');
    expect(audit.entries.at(-1)).toMatchObject({ action: 'document.deliver', outcome: 'superseded' });
    expect(await processor.process(first)).toEqual({ outcome: 'already-processed' });
  });
});

describe('two versions of one second', () => {
  test('the one that is current at the source stays, whichever comes first', async () => {
    for (const order of ['as written', 'reversed']) {
      const { processor, arrive, textOf } = world();
      const first = await arrive('a.txt', 'first');
      const second = await arrive('a.txt', 'second');
      const outcomes = [];
      for (const version of order === 'reversed' ? [second, first] : [first, second]) {
        outcomes.push((await processor.process(version)).outcome);
      }
      expect(outcomes).toEqual(
        order === 'reversed' ? ['delivered', 'superseded'] : ['delivered', 'delivered'],
      );
      expect(await textOf({ bucket: 'processed', key: 'a.txt' })).toBe('second');
    }
  });
});

describe('quarantine takes', () => {
  test('a document that holds a card number: no trace of it in what is told', async () => {
    const { processor, arrive, objects, kept, verdictOf, alerts, audit } = world();
    const arrived = await arrive('in/a.txt', `pay with ${card}`);
    const outcome = await processor.process(arrived);
    const copy = await kept(arrived, 'a.txt');
    expect(outcome).toMatchObject({ outcome: 'quarantined', ref: copy?.ref });
    expect(copy?.encryption).toEqual({ algorithm: 'aws:kms', keyId: key('quarantine') });
    expect(await objects.current({ bucket: 'processed', key: 'in/a.txt' })).toBeUndefined();
    const verdict = await verdictOf(arrived);
    expect(verdict).toMatchObject({
      verdict: 'non-compliant',
      deliver: false,
      counts: { 'payment-card': 1 },
      findings: [{ kind: 'payment-card', start: 9, end: 28 }],
    });
    expect(alerts.published).toMatchObject([
      {
        id: `${uploadIdentity(arrived)}:document.quarantined`,
        severity: 'high',
        details: { verdict: 'non-compliant' },
      },
    ]);
    const told = JSON.stringify([verdict, alerts.published, audit.entries]);
    expect(told).not.toMatch(/1111[ ]?1111[ ]?1111/);
  });

  test.each([
    ['what is not what it says', 'a.pdf', 'this is not a valid PDF', 'application/pdf', 'invalid', 'medium'],
    ['what is not let in', 'a.html', '<p>', 'text/html', 'invalid', 'medium'],
    ['what is empty', 'a.txt', '', 'text/plain', 'invalid', 'medium'],
  ])('%s, unscanned', async (_, name, content, contentType, expected, severity) => {
    const { processor, arrive, kept, verdictOf, alerts, faults } = world();
    const arrived = await arrive(name, content, { contentType });
    expect(await processor.process(arrived)).toMatchObject({ outcome: 'quarantined' });
    expect(await kept(arrived, name)).toBeDefined();
    expect(await verdictOf(arrived)).toMatchObject({ verdict: expected });
    expect(alerts.published).toMatchObject([{ severity }]);
    expect(faults.calls).not.toContain('extractor.extract');
  });

  test('what the key policy refuses, under a name of ours', async () => {
    const { processor, arrive, kept, verdictOf, faults } = world();
    const arrived = await arrive('in/../a.txt', 'a letter');
    faults.reset();
    expect(await processor.process(arrived)).toMatchObject({ outcome: 'quarantined' });
    expect(await kept(arrived, 'document')).toBeDefined();
    expect(await verdictOf(arrived)).toMatchObject({
      verdict: 'key-refused',
      reasons: [{ explanation: expect.stringContaining(' (at ') }],
    });
    expect(faults.calls).not.toContain('objects.read');
  });

  test('what could not be read, unless a policy releases it', async () => {
    for (const releaseIndeterminate of [false, true]) {
      const { processor, arrive, extractor, verdictOf, alerts } = world(undefined, { releaseIndeterminate });
      const arrived = await arrive('a.txt', 'a scan');
      extractor.know(bytesOf('a scan'), {
        type: 'text/plain',
        segments: [],
        unscannable: [{ reason: 'image-only', page: 2, explanation: 'the page holds an image and no text' }],
      });
      const outcome = releaseIndeterminate ? 'delivered' : 'quarantined';
      expect(await processor.process(arrived)).toMatchObject({ outcome });
      expect(await verdictOf(arrived)).toMatchObject({
        verdict: 'indeterminate',
        deliver: releaseIndeterminate,
        reasons: [{ code: 'unscannable-image-only' }],
      });
      expect(alerts.published).toHaveLength(releaseIndeterminate ? 0 : 1);
    }
  });

  test('nothing of an object without a version, and says so', async () => {
    const { processor, alerts, audit } = world();
    const arrived = { bucket: 'documents', key: 'a.txt', occurredAt: '2026-11-21T08:00:00.000Z' };
    expect(await processor.process(arrived)).toMatchObject({
      outcome: 'quarantined',
      verdict: { verdict: 'key-refused' },
    });
    expect(alerts.published).toMatchObject([
      { text: expect.stringContaining('where it is, until it expires there') },
    ]);
    expect(audit.entries.map(({ action }) => action)).toEqual([
      'document.quarantine',
      'document.announce-quarantine',
    ]);
  });
});

test('a document too large to be copied stays where it is, and people hear of it', async () => {
  const { ports, arrive, alerts, audit } = world();
  const copy = async () => {
    throw new PortError({
      kind: 'permanent',
      operation: 'ObjectStore.copy',
      code: 'EntityTooLarge',
      message: '',
    });
  };
  const objects = Object.create(ports.objects, { copy: { value: copy } }) as typeof ports.objects;
  const { processor } = world(undefined, { ...ports, objects, validator: new DocumentValidator(ports) });
  const arrived = await arrive('a.txt', '');
  const outcome = await processor.process(arrived);
  expect(outcome).toMatchObject({ outcome: 'quarantined', verdict: { verdict: 'invalid' } });
  expect(outcome).not.toHaveProperty('ref');
  expect(alerts.published).toMatchObject([{ details: { kept: null } }]);
  expect(audit.entries.at(-1)).toMatchObject({
    action: 'document.announce-quarantine',
    details: { to: null },
  });
});

describe('the processor', () => {
  test('keeps versions of one key apart in quarantine', async () => {
    const { processor, arrive, kept } = world();
    const first = await arrive('a.txt', card);
    const second = await arrive('a.txt', `${card}, again`);
    await processor.process(second);
    await processor.process(first);
    expect((await kept(first, 'a.txt'))?.size).toBe(19);
    expect((await kept(second, 'a.txt'))?.size).toBe(26);
  });

  test('takes the verdict that stands on the version', async () => {
    const { processor, arrive, objects } = world();
    const arrived = await arrive('a.txt', 'a letter');
    await objects.put(
      { bucket: 'compliance', key: `verdicts/${uploadIdentity(arrived)}.json` },
      bytesOf(verdictText({ type: 'text/x-standing' })),
    );
    expect(await processor.process(arrived)).toMatchObject({
      outcome: 'delivered',
      verdict: { type: 'text/x-standing' },
    });
  });

  test.each([
    ['of characters outside the Basic Multilingual Plane', `${'\u{20bb7}'.repeat(150)}.doc`],
    ['of 300 letters', `${'a'.repeat(240)}.doc`],
  ])('keeps a document under the end of a long name %s', async (_, name) => {
    const { processor, arrive, objects } = world();
    await processor.process(await arrive(name, card));
    const [kept] = objects.list('quarantine');
    const end = kept?.ref.key.split('/')[1] ?? '';
    expect(end.length).toBeLessThanOrEqual(200);
    expect(end.isWellFormed()).toBe(true);
    expect(name.endsWith(end)).toBe(true);
  });

  test('once announced, is done: a repetition announces nothing', async () => {
    const { processor, arrive, alerts } = world();
    const arrived = await arrive('a.txt', card);
    await processor.process(arrived);
    expect(await processor.process(arrived)).toEqual({ outcome: 'already-processed' });
    expect(alerts.published).toHaveLength(1);
  });

  test('audits each judgement once, whichever time an event bears', async () => {
    const { processor, arrive, audit, faults } = world();
    const arrived = await arrive('a.txt', 'a letter');
    faults.failCall(1, 'before', { of: 'objects.copy' });
    await expect(processor.process(arrived)).rejects.toThrow();
    await processor.process({ ...arrived, occurredAt: '2026-11-21T08:00:00.123Z' });
    expect(audit.entries.map(({ action }) => action)).toEqual([
      'document.validate',
      'document.scan',
      'document.deliver',
    ]);
  });

  test('answers what is not there', async () => {
    const { processor, alerts } = world();
    const arrived = {
      bucket: 'documents',
      key: 'a.txt',
      versionId: 'gone',
      occurredAt: '2026-11-21T08:00:00.000Z',
    };
    expect(await processor.process(arrived)).toEqual({ outcome: 'missing' });
    expect(alerts.published).toEqual([]);
  });

  test('holds on to the verdict that stands, even where it would now judge otherwise', async () => {
    const { processor, arrive, extractor, faults, textOf, alerts } = world();
    const arrived = await arrive('a.txt', 'a letter');
    faults.failCall(1, 'before', { of: 'objects.copy' });
    await expect(processor.process(arrived)).rejects.toMatchObject({ code: 'InjectedFault' });
    extractor.know(bytesOf('a letter'), {
      segments: [],
      unscannable: [{ reason: 'over-budget', explanation: 'it took too long' }],
    });
    expect(await processor.process(arrived)).toMatchObject({
      outcome: 'delivered',
      verdict: { verdict: 'compliant' },
    });
    expect(await textOf({ bucket: 'processed', key: 'a.txt' })).toBe('a letter');
    expect(alerts.published).toEqual([]);
  });

  test.each([
    ['no JSON', '{'],
    ['no verdict', '{"schemaVersion":1}'],
    ['one on another version', verdictText({ correlationId: 'another' })],
    [
      'one on another object',
      verdictText({ object: { bucket: 'documents', key: 'b.txt', versionId: 'memory-00000001' } }),
    ],
    ['one that delivers what is not compliant', verdictText({ verdict: 'non-compliant' })],
  ])('does nothing on a standing verdict that is %s', async (_, text) => {
    const { processor, arrive, objects } = world();
    const arrived = await arrive('a.txt', 'a letter');
    const target = { bucket: 'compliance', key: `verdicts/${uploadIdentity(arrived)}.json` };
    await objects.put(target, bytesOf(text));
    await expect(processor.process(arrived)).rejects.toMatchObject({
      kind: 'permanent',
      code: 'VerdictUnusable',
    });
    expect(await objects.current({ bucket: 'processed', key: 'a.txt' })).toBeUndefined();
  });
});

const ends = [
  ['a clean document is delivered', 'a letter', 'processed', 'in/a.txt', 0],
  ['a document with a card number is quarantined', `pay with ${card}`, 'quarantine', undefined, 1],
] as const;
for (const [name, content, bucket, target, alertsExpected] of ends) {
  await describeEachCrash(name, async faults => {
    const { processor, arrive, objects, audit, alerts, verdictOf } = world(faults);
    const arrived = await arrive('in/a.txt', content);
    return {
      deliver: () => processor.process(arrived),
      verify: async () => {
        const at = { bucket, key: target ?? `${uploadIdentity(arrived)}/a.txt` };
        expect(objects.list(bucket).map(({ ref }) => ref.key)).toEqual([at.key]);
        expect(await verdictOf(arrived)).toBeDefined();
        const actions = audit.entries.map(({ action }) => action);
        expect(new Set(actions).size).toBe(actions.length);
        expect(actions).toEqual([
          'document.validate',
          'document.scan',
          ...(bucket === 'processed'
            ? ['document.deliver']
            : ['document.quarantine', 'document.announce-quarantine']),
        ]);
        const told = new Set(alerts.published.map(({ id }) => id));
        expect(told.size).toBe(alertsExpected);
      },
    };
  });
}
