import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { documentApiPaths } from '../../../../src/handlers/lambda/api/document-api.env.ts';
import type { DocumentOperation } from '../../../../src/handlers/lambda/api/document-requests.ts';
import { documentResponses } from '../../../../src/handlers/lambda/api/document-responses.ts';
import { documentApiDescription } from '../../../../src/handlers/lambda/api/openapi.ts';
import { problemDetails } from '../../../../src/handlers/lambda/api/problem-details.ts';
import { type FailureKind, PortError } from '../../../../src/ports/failure.ts';
import { card } from '../../../domain/documents/document-world.ts';
import {
  type ApiWorld,
  apiRequest,
  apiWorld,
  bodyFor,
  jsonOf,
  keyId,
  maximumBytes,
  requestId,
} from './api-world.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await apiWorld();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const everyOperation: readonly DocumentOperation[] = ['validate', 'encrypt', 'scan', 'uploadUrl'];
const onDocuments: readonly DocumentOperation[] = ['validate', 'encrypt', 'scan'];

interface Scene {
  readonly name: string;
  readonly operations: readonly DocumentOperation[];
  readonly status: number;
  /** The last part of the problem's URI; none for 200. */
  readonly problem?: string;
  /** Sets the scene, and says what is sent. */
  play(
    world: ApiWorld,
    operation: DocumentOperation,
  ): Parameters<typeof apiRequest> | Promise<Parameters<typeof apiRequest>>;
}

const wellKnown = async ({ put }: ApiWorld, operation: DocumentOperation): Promise<[body: unknown]> => {
  await put('notes.txt', 'nothing of note');
  return [bodyFor(operation, 'notes.txt')];
};

function failing(
  port: string,
  kind: FailureKind,
  status: number,
  problem: string,
): Omit<Scene, 'operations'> {
  return {
    name: `${port} is ${kind}`,
    status,
    problem,
    play: (world, operation) => {
      world.faults.failCall(1, 'before', { of: port, kind });
      return wellKnown(world, operation);
    },
  };
}

const scenes: readonly Scene[] = [
  { name: 'all is well', operations: everyOperation, status: 200, play: wellKnown },
  {
    name: 'the version is named',
    operations: onDocuments,
    status: 200,
    play: async ({ put }, operation) => {
      const { versionId } = await put('notes.txt', 'the first');
      await put('notes.txt', Buffer.from([0, 1, 2]));
      return [{ ...bodyFor(operation, 'notes.txt'), version_id: versionId }];
    },
  },
  {
    name: 'the body is not JSON',
    operations: everyOperation,
    status: 400,
    problem: 'invalid-request',
    play: () => ['{'],
  },
  {
    name: 'the body lacks what it must have',
    operations: everyOperation,
    status: 400,
    problem: 'invalid-request',
    play: () => [{}],
  },
  {
    name: 'the key breaks the policy',
    operations: everyOperation,
    status: 400,
    problem: 'key-refused',
    play: (_, operation) => [bodyFor(operation, '../notes.txt')],
  },
  ...(
    [
      ['denied', 403, 'document-denied'],
      ['conflict', 409, 'document-conflict'],
      ['throttled', 429, 'throttled'],
      ['not-found', 500, 'internal-error'],
      ['permanent', 500, 'internal-error'],
      ['retryable', 503, 'unavailable'],
    ] as const
  ).map(([kind, status, problem]) => ({
    name: `the store of documents is ${kind}`,
    operations: onDocuments,
    status,
    problem,
    play: ({ objects }: ApiWorld, operation: DocumentOperation): [body: unknown] => {
      const failure = { kind, operation: 'ObjectStore.current', code: 'Odd', message: 'odd' };
      jest.spyOn(objects, 'current').mockRejectedValue(new PortError(failure));
      return [bodyFor(operation, 'notes.txt')];
    },
  })),
  {
    name: 'the document is absent',
    operations: onDocuments,
    status: 404,
    problem: 'document-not-found',
    play: (_, operation) => [bodyFor(operation, 'absent.txt')],
  },
  {
    name: 'the version is absent',
    operations: onDocuments,
    status: 404,
    problem: 'document-not-found',
    play: async (world, operation) => {
      await wellKnown(world, operation);
      return [{ ...bodyFor(operation, 'notes.txt'), version_id: 'another' }];
    },
  },
  {
    name: 'the body is too large',
    operations: everyOperation,
    status: 413,
    problem: 'request-too-large',
    play: () => [`"${'x'.repeat(20_000)}"`],
  },
  {
    name: 'the document is too large',
    operations: ['validate'],
    status: 413,
    problem: 'document-too-large',
    play: async ({ put }) => {
      await put('notes.txt', 'x'.repeat(maximumBytes + 1));
      return [{ document_key: 'notes.txt' }];
    },
  },
  {
    name: 'the document is larger than is copied at once',
    operations: ['encrypt'],
    status: 413,
    problem: 'document-too-large',
    play: (world, operation) => {
      world.faults.failCall(1, 'before', { of: 'objects.copy', kind: 'permanent', code: 'EntityTooLarge' });
      return wellKnown(world, operation);
    },
  },
  {
    name: 'the upload would be too large',
    operations: ['uploadUrl'],
    status: 413,
    problem: 'document-too-large',
    play: (_, operation) => [{ ...bodyFor(operation, 'notes.txt'), size: maximumBytes + 1 }],
  },
  {
    name: 'the request is no JSON by its type',
    operations: everyOperation,
    status: 415,
    problem: 'unsupported-media-type',
    play: (_, operation) => [
      bodyFor(operation, 'notes.txt'),
      { headers: { 'content-type': 'text/plain' }, multiValueHeaders: {} },
    ],
  },
  {
    name: 'the type of the document is not let in',
    operations: ['validate'],
    status: 415,
    problem: 'document-type-refused',
    play: async ({ put }) => {
      await put('notes.txt', 'x', { contentType: 'text/html' });
      return [{ document_key: 'notes.txt' }];
    },
  },
  {
    name: 'the type of the upload is not let in',
    operations: ['uploadUrl'],
    status: 415,
    problem: 'document-type-refused',
    play: () => [{ document_key: 'notes.html', content_type: 'text/html' }],
  },
  {
    name: 'the document is not what it says',
    operations: ['validate'],
    status: 422,
    problem: 'document-invalid',
    play: async ({ put }) => {
      await put('invalid.pdf', 'this is not a valid PDF', { contentType: 'application/pdf' });
      return [{ document_key: 'invalid.pdf' }];
    },
  },
  {
    name: 'the document is too large and of no type that is let in',
    operations: ['validate'],
    status: 422,
    problem: 'document-invalid',
    play: async ({ put }) => {
      await put('notes.txt', 'x'.repeat(maximumBytes + 1), { contentType: 'text/html' });
      return [{ document_key: 'notes.txt' }];
    },
  },
  ...(
    [
      ['throttled', 429, 'throttled'],
      ['denied', 500, 'internal-error'],
      ['conflict', 500, 'internal-error'],
      ['not-found', 500, 'internal-error'],
      ['permanent', 500, 'internal-error'],
      ['retryable', 503, 'unavailable'],
    ] as const
  ).map(([kind, status, problem]) => ({
    ...failing('audit.append', kind, status, problem),
    operations: everyOperation,
  })),
  { ...failing('inspector.inspect', 'retryable', 503, 'unavailable'), operations: ['validate'] },
  { ...failing('extractor.extract', 'retryable', 503, 'unavailable'), operations: ['scan'] },
  { ...failing('signer.permit', 'denied', 500, 'internal-error'), operations: ['uploadUrl'] },
];

const played = scenes.flatMap(scene => scene.operations.map(operation => ({ ...scene, operation })));

async function answerTo({ operation, play }: (typeof played)[number]): Promise<APIGatewayProxyResult> {
  const [body, fields] = await play(world, operation);
  return world.operations[operation](apiRequest(body, fields));
}

describe('an answer', () => {
  test.each(played)('where $name: $operation answers $status', async scene => {
    const answer = await answerTo(scene);
    const { status, problem, operation } = scene;

    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': status === 200 ? 'application/json' : 'application/problem+json',
      'x-request-id': requestId,
      'cache-control': 'no-store',
    });
    const wait = Number(answer.headers?.['retry-after'] ?? 0);
    expect(wait > 0).toBe(status === 429 || status === 503);
    const body = jsonOf(answer);
    expect(body['request_id']).toBe(requestId);
    if (status === 200) {
      expect(documentResponses[operation].strict().parse(body)).toEqual(body);
    } else {
      expect(problemDetails.strict().parse(body)).toEqual(body);
      expect(body).toMatchObject({
        type: `urn:sallyport:problem:${problem}`,
        status,
        instance: `urn:uuid:${requestId}`,
      });
    }
  });

  test('is described for every path and status that there is, and no other', () => {
    const { paths } = documentApiDescription() as {
      paths: Record<string, { post: { responses: Record<string, unknown> } }>;
    };
    const described = Object.entries(paths).flatMap(([path, { post }]) =>
      Object.keys(post.responses).map(status => `${path} ${status}`),
    );
    const given = played.map(({ operation, status }) => `${documentApiPaths[operation]} ${status}`);
    // API Gateway answers these by itself: to a caller that may not call, and where it reaches no function.
    const ofTheGateway = [
      '/documents/upload-url 403',
      ...everyOperation.map(operation => `${documentApiPaths[operation]} default`),
    ];
    expect(described.sort()).toEqual([...new Set([...given, ...ofTheGateway])].sort());
  });

  test('of a problem is logged under the id of the request, with what caused it', async () => {
    world.faults.failCall(1, 'before', { of: 'objects.current', kind: 'permanent', code: 'Odd' });
    const answer = await world.operations.scan(apiRequest({ document_key: 'a.txt' }));

    expect(answer.body).not.toContain('Odd');
    expect(world.telemetry.logs()).toContainEqual(
      expect.objectContaining({
        message: 'Request failed',
        requestId,
        operation: 'scan',
        error: expect.objectContaining({ code: 'Odd' }),
      }),
    );
    expect(world.telemetry.metricsOf('DocumentRequestsFailed')).toMatchObject([{ value: 1 }]);
  });

  test('counts its duration where an operation was reached', async () => {
    await world.operations.scan(apiRequest('{'));
    expect(world.telemetry.metricsOf('DocumentRequestDuration')).toEqual([]);
    await world.operations.scan(apiRequest({ document_key: 'absent.txt' }));
    expect(world.telemetry.metricsOf('DocumentRequestDuration')).toMatchObject([{ unit: 'Milliseconds' }]);
  });

  test('of a defect names nothing of it', async () => {
    jest.spyOn(world.inspector, 'inspect').mockRejectedValue(new TypeError('secret of the inside'));
    await world.put('notes.txt', 'x');
    const answer = await world.operations.validate(apiRequest({ document_key: 'notes.txt' }));

    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toMatch(/secret|TypeError/);
  });

  test.each(everyOperation)('of %s is audited under the id of the request', async operation => {
    const [body] = await wellKnown(world, operation);
    await world.operations[operation](apiRequest(body));

    const entries = [];
    for await (const entry of world.audit.entriesOf(requestId)) entries.push(entry);
    expect(entries).toHaveLength(1);
  });
});

describe('validation', () => {
  test('answers what the document is', async () => {
    const { versionId } = await world.put('notes.txt', 'nothing of note');
    const answer = await world.operations.validate(apiRequest({ document_key: 'notes.txt' }));

    expect(jsonOf(answer)).toEqual({
      request_id: requestId,
      document_key: 'notes.txt',
      version_id: versionId,
      valid: true,
      content_type: 'text/plain',
      size: 15,
      notes: [],
    });
    expect(world.telemetry.metricsOf('DocumentsValid')).toMatchObject([{ value: 1 }]);
  });

  test('answers pages and notes, where there are any', async () => {
    const pdf = Buffer.from('%PDF-1.7');
    world.inspector.know(pdf, {
      signature: 'application/pdf',
      structure: { state: 'sound', type: 'application/pdf', pages: 3 },
      features: [{ name: 'hyperlink', count: 2 }],
    });
    await world.put('a.pdf', pdf, { contentType: 'application/pdf' });

    expect(jsonOf(await world.operations.validate(apiRequest({ document_key: 'a.pdf' })))).toMatchObject({
      pages: 3,
      notes: [{ code: 'hyperlink', explanation: expect.any(String) }],
    });
  });

  test('answers everything that is wrong, and of which version', async () => {
    const { versionId } = await world.put('invalid.pdf', 'this is not a valid PDF');
    const body = jsonOf(await world.operations.validate(apiRequest({ document_key: 'invalid.pdf' })));

    expect(body['version_id']).toBe(versionId);
    expect(body['reasons']).toEqual([
      { code: 'extension-mismatch', explanation: expect.stringContaining('.pdf') },
    ]);
    expect(world.telemetry.metricsOf('DocumentsInvalid')).toMatchObject([{ value: 1 }]);
  });

  test('masks a card number in what it explains', async () => {
    await world.put('scan.4111111111111111', 'x');
    const answer = await world.operations.validate(apiRequest({ document_key: 'scan.4111111111111111' }));

    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('411111******1111');
    expect(answer.body).not.toContain('4111111111111111');
  });
});

describe('encryption', () => {
  test('answers which version was copied, and where the copy stands', async () => {
    const { versionId } = await world.put('notes.txt', 'x');
    const body = jsonOf(await world.operations.encrypt(apiRequest({ source_key: 'notes.txt' })));
    const copy = await world.objects.current({ bucket: 'documents', key: 'encrypted/notes.txt' });

    expect(copy?.encryption).toEqual({ algorithm: 'aws:kms', keyId });
    expect(body).toEqual({
      request_id: requestId,
      source_key: 'notes.txt',
      version_id: versionId,
      encrypted_key: 'encrypted/notes.txt',
      encrypted_version_id: copy?.ref.versionId,
      kms_key_id: keyId,
    });
    expect(world.telemetry.metricsOf('DocumentsEncrypted')).toMatchObject([{ value: 1 }]);
  });

  test('answers the same again', async () => {
    await world.put('notes.txt', 'x');
    const [first, second] = [
      await world.operations.encrypt(apiRequest({ source_key: 'notes.txt' })),
      await world.operations.encrypt(apiRequest({ source_key: 'notes.txt' })),
    ];

    expect(second).toEqual(first);
  });
});

describe('a scan', () => {
  test('answers findings, masked, and counts them', async () => {
    await world.put('notes.txt', `Visa ${card}.`);
    const answer = await world.operations.scan(apiRequest({ document_key: 'notes.txt' }));

    expect(jsonOf(answer)).toMatchObject({
      verdict: 'non-compliant',
      pci_dss_compliant: false,
      content_type: 'text/plain',
      reasons: [{ code: 'payment-card' }],
      findings: [{ kind: 'payment-card', start: 5, end: 24, masked: '411111******1111' }],
      finding_counts: { 'payment-card': 1 },
    });
    expect(world.telemetry.metricsOf('DocumentsNonCompliant')).toMatchObject([{ value: 1 }]);
  });

  test.each([
    ['compliant', 'nothing of note', true, 'DocumentsCompliant'],
    ['indeterminate', Buffer.from([0, 1, 2]), false, 'DocumentsIndeterminate'],
  ])('is %s for what it can read', async (verdict, content, compliant, metric) => {
    await world.put('notes.txt', content);
    const answer = await world.operations.scan(apiRequest({ document_key: 'notes.txt' }));

    expect(jsonOf(answer)).toMatchObject({ verdict, pci_dss_compliant: compliant, findings: [] });
    expect(world.telemetry.metricsOf(metric)).toMatchObject([{ value: 1 }]);
  });

  test('shows no card number in answer, logs or audit, wherever it stands', async () => {
    const digits = card.replaceAll(' ', '');
    await world.put('notes.txt', `${card} and ${digits}`);
    const answers = [
      await world.operations.scan(apiRequest({ document_key: 'notes.txt' })),
      await world.operations.scan(apiRequest({ document_key: `../${digits}` })),
      await world.operations.scan(apiRequest({ document_key: 'notes.txt', [digits]: digits })),
      await world.operations.scan(apiRequest({ document_key: `${digits}.txt` })),
    ];
    const entries = [];
    for await (const entry of world.audit.entriesOf(requestId)) entries.push(entry);

    const sinks = JSON.stringify([answers, world.telemetry.logs(), entries]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 400, 400, 404]);
    expect(sinks).toContain('411111******1111');
    expect(sinks).not.toContain(digits);
    expect(sinks).not.toContain(card);
  });
});

describe('an upload URL', () => {
  test('answers a form that stores the document', async () => {
    const answer = await world.operations.uploadUrl(
      apiRequest({ document_key: 'notes.txt', content_type: 'text/plain', size: 7 }),
    );

    expect(jsonOf(answer)).toEqual({
      request_id: requestId,
      document_key: 'notes.txt',
      url: expect.stringContaining('documents'),
      fields: expect.objectContaining({ key: 'notes.txt', 'Content-Type': 'text/plain' }),
      expires_at: '2026-11-21T08:05:00.000Z',
      minimum_bytes: 7,
      maximum_bytes: 7,
    });
    expect(world.telemetry.metricsOf('UploadsPermitted')).toMatchObject([{ value: 1 }]);
    const { fields } = jsonOf(answer) as { fields: Record<string, string> };
    expect(JSON.stringify(world.telemetry.logs())).not.toContain(fields['X-Amz-Signature']);
  });

  test('lists what speaks against the type', async () => {
    const answer = await world.operations.uploadUrl(
      apiRequest({ document_key: 'notes.txt', content_type: 'application/zip' }),
    );

    expect(jsonOf(answer)['reasons']).toMatchObject([{ code: 'type-not-allowed' }]);
    expect(world.telemetry.metricsOf('DocumentRequestsRefused')).toMatchObject([{ value: 1 }]);
  });

  test('is not for the folder of encrypted copies', async () => {
    const answer = await world.operations.uploadUrl(
      apiRequest({ document_key: 'encrypted/notes.txt', content_type: 'text/plain' }),
    );

    expect(jsonOf(answer)).toMatchObject({
      type: 'urn:sallyport:problem:key-refused',
      reasons: [{ code: 'reserved-name', position: 0 }],
    });
  });
});
