import { describe, expect, test } from '@jest/globals';
import { documentApiPaths, requestModels } from '../../../../src/handlers/lambda/api/document-api.env.ts';
import {
  type DocumentOperation,
  documentRequests,
} from '../../../../src/handlers/lambda/api/document-requests.ts';

const operations = Object.keys(documentRequests) as DocumentOperation[];

/** What API Gateway takes in a model of these requests, of draft 4 ("Data models for REST APIs"). */
const keywords = new Set([
  '$schema',
  'additionalProperties',
  'description',
  'maxLength',
  'maximum',
  'minLength',
  'minimum',
  'pattern',
  'properties',
  'required',
  'type',
]);

interface Model {
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required: readonly string[];
  readonly additionalProperties: boolean;
}

describe.each(operations)('the model of %s', operation => {
  const model = requestModels[operation];
  const { properties, required, additionalProperties } = model as unknown as Model;

  test('is of draft 4, and has no member that is not', () => {
    expect(model['$schema']).toBe('http://json-schema.org/draft-04/schema#');
    for (const schema of [model, ...Object.values(properties)]) {
      expect(Object.keys(schema).filter(name => !keywords.has(name))).toEqual([]);
    }
  });

  test('names the members that the function takes, and refuses others', () => {
    const { shape } = documentRequests[operation];
    expect(Object.keys(properties)).toEqual(Object.keys(shape));
    expect(required).toEqual(Object.keys(shape).filter(name => !/version_id|^size/.test(name)));
    expect(additionalProperties).toBe(false);
  });
});

test.each([
  ['application/pdf', true],
  ['text/plain; charset=utf-8', true],
  ['text/plain;charset=utf-8', true],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', true],
  ['', false],
  ['pdf', false],
  ['text/plain; x=y', false],
  ['text/plain\r\nx: y', false],
  ['text/plain, text/html', false],
])('the content type %j of an upload is taken: %s', (content_type, expected) => {
  const request = { document_key: 'a', content_type };
  expect(documentRequests.uploadUrl.safeParse(request).success).toBe(expected);
});

test('each operation has a path of its own', () => {
  expect(Object.values(documentApiPaths)).toEqual([
    '/documents/upload',
    '/documents/encrypt',
    '/documents/scan',
    '/documents/upload-url',
  ]);
});
