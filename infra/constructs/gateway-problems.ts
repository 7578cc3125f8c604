import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

interface GatewayProblem {
  readonly type: ResponseType;
  /** Last part of the problem's URI. Where a function answers with the same kind, it has the same title and status. */
  readonly kind: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Seconds, for the header `Retry-After`. */
  readonly retryAfter?: number;
}

/**
 * What API Gateway answers by itself, before or instead of a function (API Gateway Developer Guide, "Gateway response
 * types"). No text of the gateway is passed on: it may quote the request, or name what stands behind the API.
 */
const problems: readonly GatewayProblem[] = [
  {
    type: ResponseType.BAD_REQUEST_BODY,
    kind: 'invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: 'The body does not fit the model of this operation, which the API description gives.',
  },
  {
    type: ResponseType.BAD_REQUEST_PARAMETERS,
    kind: 'invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: 'A header or parameter of this operation is missing or wrong.',
  },
  {
    type: ResponseType.ACCESS_DENIED,
    kind: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The caller is known, and has no permission to invoke this operation.',
  },
  {
    type: ResponseType.INVALID_API_KEY,
    kind: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The header x-api-key is missing, or names no key of this API.',
  },
  {
    type: ResponseType.INVALID_SIGNATURE,
    kind: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The signature does not fit the request.',
  },
  {
    type: ResponseType.EXPIRED_TOKEN,
    kind: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The credentials of the caller have expired.',
  },
  {
    // The gateway says the same of a path that it does not know.
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    kind: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The request is not signed, or there is no such operation.',
  },
  {
    type: ResponseType.RESOURCE_NOT_FOUND,
    kind: 'operation-not-found',
    title: 'There is no such operation',
    status: 404,
    detail: 'The API has no operation under this path and method.',
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    kind: 'request-too-large',
    title: 'The request is too large',
    status: 413,
    detail: 'The body has more bytes than the API takes.',
  },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    kind: 'unsupported-media-type',
    title: 'The media type is not supported',
    status: 415,
    detail: 'The API takes application/json.',
  },
  {
    type: ResponseType.THROTTLED,
    kind: 'throttled',
    title: 'Too many requests',
    status: 429,
    detail: 'More requests came at once than the API takes.',
    retryAfter: 1,
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    kind: 'quota-exceeded',
    title: 'The quota is used up',
    status: 429,
    detail: 'The requests of this API key for today are used up.',
  },
  {
    type: ResponseType.WAF_FILTERED,
    kind: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'A web ACL refuses the request.',
  },
  {
    type: ResponseType.INTEGRATION_FAILURE,
    kind: 'unavailable',
    title: 'The service is not available',
    status: 503,
    detail: 'The operation could not be reached just now.',
    retryAfter: 2,
  },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    kind: 'unavailable',
    title: 'The service is not available',
    status: 503,
    detail: 'The operation was not done in time.',
    retryAfter: 2,
  },
  // What is left; without a status of their own, these two would not know which one they come with.
  {
    type: ResponseType.DEFAULT_4XX,
    kind: 'invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: 'The API refuses the request.',
  },
  {
    type: ResponseType.DEFAULT_5XX,
    kind: 'internal-error',
    title: 'The request failed',
    status: 500,
    detail: 'Something failed that is not the fault of the request.',
  },
];

/** Lets the API answer with problem details (RFC 9457) and the id of the request where no function answers. */
export function addGatewayProblems(api: RestApi, mediaType: string): void {
  for (const problem of problems) {
    const { type, status, retryAfter } = problem;
    api.addGatewayResponse(type.responseType, {
      type,
      statusCode: String(status),
      responseHeaders: {
        'Content-Type': `'${mediaType}'`,
        ...(retryAfter === undefined ? {} : { 'Retry-After': `'${retryAfter}'` }),
      },
      // This key names the one template there is; the media type of the answer is that of the header above.
      templates: { 'application/json': bodyOf(problem) },
    });
  }
}

function bodyOf({ kind, title, status, detail }: GatewayProblem): string {
  return JSON.stringify({
    type: `urn:sallyport:problem:${kind}`,
    title,
    status,
    detail,
    instance: 'urn:uuid:$context.requestId',
    request_id: '$context.requestId',
  });
}
