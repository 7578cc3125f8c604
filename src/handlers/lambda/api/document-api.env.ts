import * as z from 'zod';
import { type DocumentOperation, documentRequests } from './document-requests.ts';

/** Where the operations of the document API stand; each is a `POST`. */
export const documentApiPaths: Readonly<Record<DocumentOperation, `/documents/${string}`>> = {
  validate: '/documents/upload',
  encrypt: '/documents/encrypt',
  scan: '/documents/scan',
  uploadUrl: '/documents/upload-url',
};

/** The one media type of requests. */
export const requestMediaType = 'application/json';

/** The media type of answers to requests that failed (RFC 9457). */
export const problemMediaType = 'application/problem+json';

/** A schema in JSON Schema draft 4, as models of API Gateway take it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The bodies of requests, generated from the schemas by which the functions parse them. */
export const requestModels: Readonly<Record<DocumentOperation, JsonSchema>> = {
  validate: modelOf('validate'),
  encrypt: modelOf('encrypt'),
  scan: modelOf('scan'),
  uploadUrl: modelOf('uploadUrl'),
};

function modelOf(operation: DocumentOperation): JsonSchema {
  return z.toJSONSchema(documentRequests[operation], {
    target: 'draft-4',
    // Draft 4 knows no examples: API Gateway refuses models with members that are not of the draft.
    override: ({ jsonSchema }) => {
      delete jsonSchema['example'];
    },
  });
}
