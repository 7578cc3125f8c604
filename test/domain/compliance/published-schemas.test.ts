import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { account, block, keyFacts, now, read, refOf, region, unreadable } from './inspected-resources.ts';
import { publishedSchemas } from './published-schemas.ts';

function published(path: string): object {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8'));
}

test.each(Object.keys(publishedSchemas))('%s is what the code reads', path => {
  // Where not: node test/domain/compliance/write-published-schemas.ts && npm run format
  expect(published(path)).toEqual(publishedSchemas[path]);
});

function accepts(path: string, value: unknown): boolean {
  return new Ajv2020({ validateFormats: false }).compile(published(path))(value);
}

describe('for those who write an inventory file', () => {
  const file = {
    capturedAt: now,
    resources: [
      { resource: refOf('account'), facts: { 'public-access-block': read(block()) } },
      {
        resource: refOf('kms-key'),
        facts: { key: read(keyFacts()), 'key-rotation': unreadable('kms:GetKeyRotationStatus') },
      },
    ],
    keys: [{ keyId: 'alias/a', scope: { account, region }, reading: read(keyFacts()) }],
  };
  const path = 'docs/inventory.schema.json';
  test('accepts one', () => expect(accepts(path, file)).toBe(true));
  test.each([
    ['without a time', { ...file, capturedAt: undefined }],
    [
      'with an unknown aspect',
      { ...file, resources: [{ resource: refOf('secret'), facts: { sse: read(true) } }] },
    ],
    ['with an unknown key', { ...file, account }],
  ])('refuses one %s', (_, other) => expect(accepts(path, JSON.parse(JSON.stringify(other)))).toBe(false));
});

describe('for those who write a policy', () => {
  const path = 'docs/compliance-policy.schema.json';
  test('accepts an empty one', () => expect(accepts(path, {})).toBe(true));
  test('refuses an unknown floor', () => expect(accepts(path, { encryption: { floor: 'x' } })).toBe(false));
});
