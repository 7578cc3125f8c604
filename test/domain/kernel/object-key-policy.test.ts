import { describe, expect, test } from '@jest/globals';
import { parseObjectKey } from '../../../src/domain/kernel/object-key.ts';
import {
  defaultObjectKeyPolicy,
  type ObjectKeyPolicy,
  strictObjectKeyPolicy,
  wideObjectKeyPolicy,
} from '../../../src/domain/kernel/object-key-policy.ts';

function codes(key: string, policy: ObjectKeyPolicy): readonly string[] {
  const result = parseObjectKey(key, policy);
  return result.outcome === 'accepted' ? [] : result.violations.map(({ code }) => code);
}

describe('the strict policy', () => {
  test.each(['reports/2026-11/offer_v2.pdf', "it's_(final)!.txt", '.github/x.yml'])('accepts %j', key => {
    expect(codes(key, strictObjectKeyPolicy)).toEqual([]);
  });

  test.each<[string, string]>([
    ['a b.pdf', 'unportable-character'],
    ['a%20b.pdf', 'unportable-character'],
    ['résumé.pdf', 'unportable-character'],
    ['a/b./c', 'unportable-character'],
    ['drivers/aux.c', 'reserved-name'],
    ['CON .d/x', 'reserved-name'],
    ['a/'.repeat(16).concat('b'), 'too-deep'],
  ])('refuses %j as %s', (key, code) => {
    expect(codes(key, strictObjectKeyPolicy)).toContain(code);
  });
});

describe('the wide policy', () => {
  test.each([
    'folder/',
    'system-systemd\\x2dcryptsetup.slice',
    'photos\\001.jpg',
    'https%3A%2F%2Fexample.com%2Fa',
    'in\u200bvisible\u200e.txt',
    'uploads/NUL',
    'a/'.repeat(200).concat('b'),
    'a'.repeat(1024),
  ])('accepts %j', key => {
    expect(codes(key, wideObjectKeyPolicy)).toEqual([]);
  });

  test.each<[string, string]>([
    ['a\\..\\b', 'dot-segment'],
    ['a%2F..%2Fb', 'dot-segment'],
    ['a/.\u200b./b', 'dot-segment'],
    ['%2Fetc%2Fpasswd', 'absolute-path'],
    ['\\etc', 'absolute-path'],
    ['..%c0%af', 'overlong-utf8'],
    ['a%00b', 'null-byte'],
    ['a\nb', 'control-character'],
    ['a//b', 'empty-segment'],
    ['/', 'absolute-path'],
    ['a\ud800', 'lone-surrogate'],
    ['a'.repeat(1025), 'too-long'],
  ])('refuses %j as %s', (key, code) => {
    expect(codes(key, wideObjectKeyPolicy)).toContain(code);
  });
});

describe('a policy of one’s own', () => {
  test.each<[string, Partial<ObjectKeyPolicy>, string, readonly string[]]>([
    ['reserves a first segment', { reservedRoots: ['encrypted'] }, 'encrypted/a', ['reserved-name']],
    ['reserves it in every reading', { reservedRoots: ['encrypted'] }, '%65ncrypted/a', ['reserved-name']],
    ['reserves nothing further down', { reservedRoots: ['encrypted'] }, 'a/encrypted', []],
    ['allows schemes', { refusedSchemes: [] }, 's3:/x', []],
    ['allows opaque schemes', { refusedOpaqueSchemes: [] }, 'data:x', []],
    ['decodes once', { maxDecodings: 1 }, 'a%2520b', ['nested-encoding']],
    ['decodes twice', { maxDecodings: 2 }, 'a%2520b', []],
    ['shortens keys', { maxBytes: 3 }, 'abcd', ['too-long']],
    [
      'takes segments as Linux does',
      strictObjectKeyPolicy,
      `${'a'.repeat(255)}/${'b'.repeat(256)}`,
      ['segment-too-long'],
    ],
    ['shortens segments', { maxSegmentBytes: 3 }, 'abc/abcd', ['segment-too-long']],
  ])('%s', (_, change, key, expected) => {
    expect(codes(key, { ...defaultObjectKeyPolicy, ...change })).toEqual(expected);
  });

  test('is plain data that survives JSON', () => {
    expect(JSON.parse(JSON.stringify(defaultObjectKeyPolicy))).toEqual(defaultObjectKeyPolicy);
  });
});
