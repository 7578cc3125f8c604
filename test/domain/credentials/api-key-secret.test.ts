import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  newApiKey,
  parseApiKeySecret,
  renderApiKeySecret,
} from '../../../src/domain/credentials/api-key-secret.ts';
import fc from '../../seeded-properties.ts';

const key = '0123456789abcdefghijABCDEFGHIJ';

describe('the text of a secret', () => {
  test('holds a version and the key', () => {
    expect(JSON.parse(renderApiKeySecret(key))).toEqual({ schemaVersion: 1, apiKey: key });
  });

  test('gives the key back', () => {
    const values = fc.stringMatching(/^[A-Za-z0-9]{20,128}$/);
    fc.assert(fc.property(values, value => parseApiKeySecret(renderApiKeySecret(value)) === value));
  });

  test.each([
    ['without a version, which is 1', JSON.stringify({ apiKey: key }), key],
    ['with more in it', JSON.stringify({ schemaVersion: 1, apiKey: key, note: 'x' }), key],
    ['of a later version', JSON.stringify({ schemaVersion: 2, apiKey: key }), undefined],
    ['that is no JSON', key, undefined],
    ['that is empty', '', undefined],
    ['that is null', 'null', undefined],
    ['without a key', '{"schemaVersion":1}', undefined],
    ['with a key that is too short', JSON.stringify({ apiKey: key.slice(0, 19) }), undefined],
    ['with the shortest key', JSON.stringify({ apiKey: key.slice(0, 20) }), key.slice(0, 20)],
    ['with the longest key', JSON.stringify({ apiKey: 'a'.repeat(128) }), 'a'.repeat(128)],
    ['with a key that is too long', JSON.stringify({ apiKey: 'a'.repeat(129) }), undefined],
    ['with a key of other characters', JSON.stringify({ apiKey: `${key}-` }), undefined],
    ['with a line after the key', JSON.stringify({ apiKey: `${key}\n` }), undefined],
  ])('%s', (_name, text, expected) => {
    expect(parseApiKeySecret(text)).toBe(expected);
  });

  test('of any kind is read without a fault', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        const parsed = parseApiKeySecret(text);
        return parsed === undefined || /^[A-Za-z0-9]{20,128}$/.test(parsed);
      }),
    );
  });
});

describe('a new key', () => {
  test('spells its bytes out in hexadecimal digits', () => {
    expect(newApiKey(count => new Uint8Array(count).fill(10))).toBe('0a'.repeat(32));
  });

  test('is one that a secret can hold, and another each time', () => {
    const keys = Array.from({ length: 50 }, () => newApiKey(randomBytes));
    expect(new Set(keys).size).toBe(50);
    for (const made of keys) expect(parseApiKeySecret(renderApiKeySecret(made))).toBe(made);
  });
});
