import * as z from 'zod';

/** The kinds of problem: the last part of their URI, and what they mean to whoever asked. */
const problemKinds = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'key-refused': { status: 400, title: 'The key is refused' },
  forbidden: { status: 403, title: 'The caller may not do this' },
  'document-denied': { status: 403, title: 'The document may not be read or written' },
  'document-not-found': { status: 404, title: 'There is no such document' },
  'document-conflict': { status: 409, title: 'The state of the document forbids this' },
  'request-too-large': { status: 413, title: 'The request is too large' },
  'document-too-large': { status: 413, title: 'The document is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'document-type-refused': { status: 415, title: 'The type of the document is not let in' },
  'document-invalid': { status: 422, title: 'The document is not valid' },
  throttled: { status: 429, title: 'Too many requests' },
  'internal-error': { status: 500, title: 'The request failed' },
  unavailable: { status: 503, title: 'The service is not available' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemKind = keyof typeof problemKinds;

/** Why a document or a key does not pass. */
export const problemReason = z.object({
  code: z.string().meta({ description: 'Stable word.', example: 'signature-mismatch' }),
  explanation: z.string().meta({ description: 'One sentence for people, without content of the document.' }),
  position: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'Of a key: where, in UTF-16 units from its start.' }),
});

/** What is wrong with a part of the request's body. */
export const requestFault = z.object({
  pointer: z
    .string()
    .meta({ description: 'JSON pointer (RFC 6901) into the body; empty for the body as a whole.' }),
  detail: z.string(),
});

/** Problem details (RFC 9457), with the id of the request and, where they are known, all reasons. */
export const problemDetails = z.object({
  type: z.string().meta({ description: 'URI of the kind of problem.' }),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  instance: z.string().meta({ description: 'URI of this occurrence.' }),
  request_id: z.string(),
  errors: z.array(requestFault).optional().meta({ description: 'What is wrong with the body.' }),
  reasons: z.array(problemReason).optional().meta({ description: 'Why the document or its key is refused.' }),
  version_id: z.string().optional().meta({ description: 'Version of the document that was judged.' }),
});

export type ProblemDetails = z.infer<typeof problemDetails>;

/** A problem before it is told: of which kind, and what there is to say. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly errors?: readonly z.infer<typeof requestFault>[];
  readonly reasons?: readonly z.infer<typeof problemReason>[];
  readonly versionId?: string;
  /** Whole seconds after which the same request may succeed. */
  readonly retryAfter?: number;
}

/** The HTTP status of a kind of problem, and its title. */
export function problemKind(kind: ProblemKind): { readonly status: number; readonly title: string } {
  return problemKinds[kind];
}

/** The body that tells of a problem. */
export function problemBody(
  { kind, detail, errors, reasons, versionId }: Problem,
  requestId: string,
): ProblemDetails {
  const { status, title } = problemKinds[kind];
  return {
    type: `urn:sallyport:problem:${kind}`,
    title,
    status,
    detail,
    // API Gateway's request ids are UUIDs (RFC 9562).
    instance: `urn:uuid:${requestId}`,
    request_id: requestId,
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(reasons === undefined ? {} : { reasons: [...reasons] }),
    ...(versionId === undefined ? {} : { version_id: versionId }),
  };
}
