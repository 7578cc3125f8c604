import * as z from 'zod';
import { documentApiPaths, problemMediaType, requestMediaType } from './document-api.env.ts';
import { type DocumentOperation, documentRequests } from './document-requests.ts';
import { documentResponses } from './document-responses.ts';
import { type ProblemKind, problemDetails, problemKind } from './problem-details.ts';

type Json = Readonly<Record<string, unknown>>;

interface OperationText {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** What the status 200 means. */
  readonly success: string;
  /** Every kind of problem that it answers, or that API Gateway answers in its place. */
  readonly problems: readonly ProblemKind[];
}

const everywhere: readonly ProblemKind[] = [
  'invalid-request',
  'key-refused',
  'forbidden',
  'request-too-large',
  'unsupported-media-type',
  'throttled',
  'internal-error',
  'unavailable',
];

const onDocuments: readonly ProblemKind[] = ['document-denied', 'document-not-found', 'document-conflict'];

const operations: Readonly<Record<DocumentOperation, OperationText>> = {
  validate: {
    operationId: 'validateDocument',
    summary: 'Validate a document',
    description:
      'Judges a document of the documents bucket on its bytes: declared type, extension, first bytes and structure must agree.',
    success: 'The document is valid.',
    problems: [
      ...everywhere,
      ...onDocuments,
      'document-too-large',
      'document-type-refused',
      'document-invalid',
    ],
  },
  encrypt: {
    operationId: 'encryptDocument',
    summary: 'Encrypt a document',
    description:
      'Copies a document to `encrypted/<key>` under the configured KMS key. Repeating it names the same copy.',
    success: 'The copy stands, and is encrypted under the key.',
    problems: [...everywhere, ...onDocuments, 'document-too-large'],
  },
  scan: {
    operationId: 'scanDocument',
    summary: 'Scan a document',
    description: 'Searches the text of a document for card numbers, social-security numbers and the like.',
    success: 'The document was scanned, as far as it can be read: see the verdict.',
    problems: [...everywhere, ...onDocuments],
  },
  uploadUrl: {
    operationId: 'issueUploadUrl',
    summary: 'Permit an upload',
    description:
      'Gives a form (presigned POST) by which one document can be uploaded without credentials, under the type, size and encryption that it fixes.',
    success: 'The upload is permitted until the time that is given.',
    problems: [...everywhere, 'document-too-large', 'document-type-refused'],
  },
};

/**
 * The OpenAPI description of the document API, generated from the schemas by which requests are parsed and answers are
 * typed. Version 3.0.3: API Gateway imports no later one.
 */
export function documentApiDescription(): Json {
  return {
    openapi: '3.0.3',
    info: {
      title: 'Sallyport document API',
      version: '1.0.0',
      description:
        'Validates, encrypts and scans documents of the documents bucket, and permits uploads into it. Every answer carries the id of its request in `x-request-id` and `request_id`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com/{stage}',
        variables: {
          api: { default: 'api-id', description: 'Id of the API, in the outputs of its stack.' },
          region: { default: 'us-east-1' },
          stage: { default: 'v1', description: 'Stage of the API, in the outputs of its stack.' },
        },
      },
    ],
    security: [{ signature: [], apiKey: [] }],
    tags: [{ name: 'documents', description: 'Documents of the documents bucket.' }],
    paths: Object.fromEntries(
      operationNames.map(name => [documentApiPaths[name], { post: operationOf(name) }]),
    ),
    components: {
      schemas: {
        ...Object.fromEntries(
          operationNames.flatMap(name => [
            [schemaName(name, 'Request'), schemaOf(documentRequests[name])],
            [schemaName(name, 'Response'), schemaOf(documentResponses[name])],
          ]),
        ),
        ProblemDetails: schemaOf(problemDetails),
      },
      headers: {
        RequestId: {
          description: 'Id of the request, also in logs and audit.',
          schema: { type: 'string' },
        },
        RetryAfter: {
          description: 'Seconds after which the same request may succeed.',
          schema: { type: 'integer' },
        },
      },
      securitySchemes: {
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description:
            'AWS Signature Version 4, for the service `execute-api`; not where the API is key-only.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description: 'Tells whose quota a request counts on.',
        },
      },
    },
  };
}

const operationNames = Object.keys(operations) as DocumentOperation[];

function operationOf(name: DocumentOperation): Json {
  const { operationId, summary, description, success, problems } = operations[name];
  const statuses = [...new Set(problems.map(kind => problemKind(kind).status))].sort();
  return {
    operationId,
    summary,
    description,
    tags: ['documents'],
    requestBody: {
      required: true,
      content: { [requestMediaType]: { schema: { $ref: schemaRef(schemaName(name, 'Request')) } } },
    },
    responses: {
      200: {
        description: success,
        headers: requestIdHeader,
        content: { [requestMediaType]: { schema: { $ref: schemaRef(schemaName(name, 'Response')) } } },
      },
      ...Object.fromEntries(
        statuses.map(status => [
          status,
          problemResponse(
            problems
              .filter(kind => problemKind(kind).status === status)
              .map(kind => `${problemKind(kind).title} (\`${kind}\`).`)
              .join(' '),
            status === 429 || status === 503,
          ),
        ]),
      ),
      default: problemResponse('What API Gateway answers where it reaches no operation.', false),
    },
  };
}

const requestIdHeader = { 'x-request-id': { $ref: '#/components/headers/RequestId' } };

function problemResponse(description: string, isPassing: boolean): Json {
  return {
    description,
    headers: {
      ...requestIdHeader,
      ...(isPassing ? { 'retry-after': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: { [problemMediaType]: { schema: { $ref: schemaRef('ProblemDetails') } } },
  };
}

function schemaRef(name: string): string {
  return `#/components/schemas/${name}`;
}

function schemaName(operation: DocumentOperation, role: 'Request' | 'Response'): string {
  const { operationId } = operations[operation];
  return `${operationId.charAt(0).toUpperCase()}${operationId.slice(1)}${role}`;
}

/** As input, so that an answer may come to have more members. */
function schemaOf(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    override: ({ jsonSchema }) => {
      // The format says it; the pattern of it is a page long.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
}
