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
  test.each([
    [{ apiKey: key }, { schemaVersion: 1, apiKey: key }],
    [
      { apiKey: key, apiKeyId: 'a1b2' },
      { schemaVersion: 1, apiKey: key, apiKeyId: 'a1b2' },
    ],
  ])('holds a version, the key, and its id where it has one: %j', (secret, expected) => {
    expect(JSON.parse(renderApiKeySecret(secret))).toEqual(expected);
  });

  test('gives back what it was made of', () => {
    const secrets = fc.record(
      { apiKey: fc.stringMatching(/^[A-Za-z0-9]{20,128}$/), apiKeyId: fc.string({ minLength: 1 }) },
      { requiredKeys: ['apiKey'] },
    );
    fc.assert(
      fc.property(secrets, secret => {
        expect(parseApiKeySecret(renderApiKeySecret(secret))).toEqual(secret);
      }),
    );
  });

  test.each([
    ['without an id', { apiKey: key }, { apiKey: key }],
    ['with an id that is empty', { apiKey: key, apiKeyId: '' }, undefined],
    ['with an id that is no text', { apiKey: key, apiKeyId: 7 }, undefined],
  ])('%s', (_name, members, expected) => {
    expect(parseApiKeySecret(JSON.stringify(members))).toEqual(expected);
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
    expect(parseApiKeySecret(text)?.apiKey).toBe(expected);
  });

  test('of any kind is read without a fault', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        const parsed = parseApiKeySecret(text);
        return parsed === undefined || /^[A-Za-z0-9]{20,128}$/.test(parsed.apiKey);
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
    for (const made of keys)
      expect(parseApiKeySecret(renderApiKeySecret({ apiKey: made }))).toEqual({ apiKey: made });
  });
});
