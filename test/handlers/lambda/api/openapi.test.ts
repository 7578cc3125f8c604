import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { documentApiDescription } from '../../../../src/handlers/lambda/api/openapi.ts';

const committed = JSON.parse(
  readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;

test('the committed description is the generated one', () => {
  expect(committed).toEqual(documentApiDescription());
});

test('the description is OpenAPI 3.0', async () => {
  const validator = new Validator();

  expect(await validator.validate(structuredClone(committed))).toEqual({ valid: true });
  expect(validator.version).toBe('3.0');
});

test('every reference leads to something', () => {
  const references = [...JSON.stringify(committed).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path);
  const lost = references.filter(
    path =>
      path
        ?.split('/')
        .reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], committed) ===
      undefined,
  );

  expect(references.length).toBeGreaterThan(0);
  expect(lost).toEqual([]);
});
