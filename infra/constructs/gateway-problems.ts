import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

interface GatewayProblem {
  readonly type: ResponseType;
  /** Part of the problem's URI. */
  readonly code: string;
  readonly title: string;
  /** Absent where API Gateway picks one of several. */
  readonly status?: number;
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
    code: 'invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: 'The body does not fit the model of this operation, which the API description gives.',
  },
  {
    type: ResponseType.BAD_REQUEST_PARAMETERS,
    code: 'invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: 'A header or parameter of this operation is missing or wrong.',
  },
  {
    type: ResponseType.UNAUTHORIZED,
    code: 'unauthorized',
    title: 'The caller is not known',
    status: 401,
    detail: 'The request says nothing by which its caller could be known.',
  },
  {
    type: ResponseType.ACCESS_DENIED,
    code: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The caller is known, and has no permission to invoke this operation.',
  },
  {
    type: ResponseType.INVALID_API_KEY,
    code: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The header x-api-key is missing, or names no key of this API.',
  },
  {
    type: ResponseType.INVALID_SIGNATURE,
    code: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The signature does not fit the request.',
  },
  {
    type: ResponseType.EXPIRED_TOKEN,
    code: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The credentials of the caller have expired.',
  },
  {
    // The gateway says the same of a path that it does not know.
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    code: 'forbidden',
    title: 'The caller may not do this',
    status: 403,
    detail: 'The request is not signed, or there is no such operation.',
  },
  {
    type: ResponseType.RESOURCE_NOT_FOUND,
    code: 'operation-not-found',
    title: 'There is no such operation',
    status: 404,
    detail: 'The API has no operation under this path and method.',
  },
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    code: 'request-too-large',
    title: 'The request is too large',
    status: 413,
    detail: 'The body has more bytes than the API takes.',
  },
  {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    code: 'unsupported-media-type',
    title: 'The media type is not supported',
    status: 415,
    detail: 'The API takes application/json.',
  },
  {
    type: ResponseType.THROTTLED,
    code: 'throttled',
    title: 'Too many requests',
    status: 429,
    detail: 'More requests came at once than the API takes.',
    retryAfter: 1,
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    code: 'quota-exceeded',
    title: 'The quota is used up',
    status: 429,
    detail: 'The requests of this API key for today are used up.',
  },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    code: 'timeout',
    title: 'The request took too long',
    status: 504,
    detail: 'The operation was not done in time.',
  },
  {
    type: ResponseType.DEFAULT_4XX,
    code: 'request-refused',
    title: 'The request was refused',
    detail: 'The API refused the request.',
  },
  {
    type: ResponseType.DEFAULT_5XX,
    code: 'internal-error',
    title: 'The request failed',
    detail: 'Something failed that is not the fault of the request.',
  },
];

/** Lets the API answer with problem details (RFC 9457) and the id of the request where no function answers. */
export function addGatewayProblems(api: RestApi, mediaType: string): void {
  for (const { type, status, retryAfter, ...problem } of problems) {
    api.addGatewayResponse(type.responseType, {
      type,
      ...(status === undefined ? {} : { statusCode: String(status) }),
      responseHeaders: {
        'Content-Type': `'${mediaType}'`,
        ...(retryAfter === undefined ? {} : { 'Retry-After': `'${retryAfter}'` }),
      },
      // The key picks no media type of the answer: the header above does.
      templates: { 'application/json': bodyOf(problem, status) },
    });
  }
}

function bodyOf({ code, title, detail }: Omit<GatewayProblem, 'type'>, status: number | undefined): string {
  return JSON.stringify({
    type: `urn:sallyport:problem:${code}`,
    title,
    ...(status === undefined ? {} : { status }),
    detail,
    instance: 'urn:uuid:$context.requestId',
    request_id: '$context.requestId',
  });
}
