import { describe, expect, test } from '@jest/globals';
import { judge, keyFacts, read, unreadable } from './inspected-resources.ts';

const on = read({ enabled: true, periodDays: 365 });
const off = read({ enabled: false });
const noRotation = unreadable('kms:GetKeyRotationStatus');
const noKey = unreadable('kms:DescribeKey');

describe('rotation', () => {
  test.each([
    ['on', read(keyFacts()), on, 'pass'],
    ['off', read(keyFacts()), off, 'fail'],
    ['unreadable', read(keyFacts()), noRotation, 'indeterminate'],
    ['on, of a key that could not be described', noKey, on, 'pass'],
    ['off, of a key that could not be described', noKey, off, 'indeterminate'],
    ['nothing readable', noKey, noRotation, 'indeterminate'],
  ] as const)('%s', (_, key, rotation, verdict) => {
    const judgement = judge('kms-key-rotation', { key, 'key-rotation': rotation });
    expect(judgement.verdict).toBe(verdict);
    expect(judgement).not.toHaveProperty('applies');
  });

  test.each([
    ['AWS-managed', { manager: 'AWS' }, 'AWS rotates the keys that it manages'],
    ['asymmetric', { keySpec: 'RSA_2048' }, 'KMS does not rotate keys of type RSA_2048'],
    ['imported', { origin: 'EXTERNAL' }, 'KMS does not rotate material of origin EXTERNAL'],
    ['disabled', { keyState: 'Disabled' }, 'the key is in state Disabled'],
    ['about to be deleted', { keyState: 'PendingDeletion' }, 'the key is in state PendingDeletion'],
  ] as const)('does not apply to a key that is %s', (_, facts, reason) => {
    const judgement = judge('kms-key-rotation', { key: read(keyFacts(facts)), 'key-rotation': off });
    expect(judgement).toEqual({ verdict: 'pass', applies: false, explanation: `Does not apply: ${reason}.` });
  });

  test('the explanation gives the period where it is known', () => {
    const explanation = (rotation: typeof on | typeof off) =>
      judge('kms-key-rotation', { key: read(keyFacts()), 'key-rotation': rotation }).explanation;
    expect(explanation(on)).toBe('KMS rotates the material every 365 days.');
    expect(explanation(read({ enabled: true }))).toBe('KMS rotates the material.');
  });
});

describe('deletion', () => {
  test.each([
    ['Enabled', 'pass'],
    ['Disabled', 'pass'],
    ['PendingDeletion', 'fail'],
    ['PendingReplicaDeletion', 'fail'],
  ])('%s', (keyState, verdict) => {
    expect(judge('kms-key-state', { key: read(keyFacts({ keyState })) })).toEqual({
      verdict,
      explanation: expect.stringContaining(`(${keyState})`),
    });
  });

  test('what could not be read is not known', () => {
    expect(judge('kms-key-state', { key: noKey })).toMatchObject({
      verdict: 'indeterminate',
      unread: [noKey],
    });
  });
});
