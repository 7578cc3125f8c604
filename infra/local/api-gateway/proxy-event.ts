import type { ApiMethod } from './api-method.ts';

/** One request as the server takes it apart. */
export interface ApiRequest {
  readonly requestId: string;
  readonly time: Date;
  readonly method: string;
  /** Without the stage. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names as the client writes them, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly sourceIp: string;
}

/** What the gateway knows of a request once it has found its method. */
export interface RequestContext {
  readonly apiId: string;
  readonly accountId: string;
  readonly stage: string;
  readonly method: ApiMethod;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly apiKey: { readonly id: string; readonly value: string } | undefined;
  /** From the signature. */
  readonly accessKeyId: string | undefined;
}

/** The event of a Lambda proxy integration (API Gateway Developer Guide, "Input format of a Lambda function for proxy integration"). */
export function proxyEvent(request: ApiRequest, context: RequestContext): object {
  const { method, stage, apiKey, accessKeyId, accountId } = context;
  const headers = grouped([
    ...request.headers,
    ['X-Forwarded-For', request.sourceIp],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Port', '443'],
  ]);
  const query = grouped([...request.query]);
  const caller = accessKeyId === undefined ? null : `arn:aws:iam::${accountId}:user/${accessKeyId}`;
  return {
    resource: method.path,
    path: request.path,
    httpMethod: request.method,
    headers: lastOfEach(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOfEach(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(context.pathParameters),
    stageVariables: null,
    requestContext: {
      accountId,
      apiId: context.apiId,
      resourceId: method.resourceId,
      resourcePath: method.path,
      httpMethod: request.method,
      path: `/${stage}${request.path}`,
      stage,
      protocol: 'HTTP/1.1',
      requestId: request.requestId,
      extendedRequestId: request.requestId,
      requestTime: requestTime(request.time),
      requestTimeEpoch: request.time.getTime(),
      identity: {
        sourceIp: request.sourceIp,
        userAgent: lastOfEach(headers)['user-agent'] ?? lastOfEach(headers)['User-Agent'] ?? null,
        apiKey: apiKey?.value ?? null,
        apiKeyId: apiKey?.id ?? null,
        accessKey: accessKeyId ?? null,
        accountId: accessKeyId === undefined ? null : accountId,
        caller: accessKeyId ?? null,
        user: accessKeyId ?? null,
        userArn: caller,
      },
    },
    body: request.body === '' ? null : request.body,
    isBase64Encoded: false,
  };
}

type Multimap = Record<string, string[]>;

function grouped(pairs: readonly (readonly [string, string])[]): Multimap {
  // Without a prototype: a client may well name a header or a parameter `constructor`.
  const groups: Multimap = Object.create(null);
  for (const [name, value] of pairs) {
    const group = groups[name];
    if (group === undefined) groups[name] = [value];
    else group.push(value);
  }
  return groups;
}

function lastOfEach(groups: Multimap): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1) ?? '']));
}

function orNull<T extends object>(members: T): T | null {
  return Object.keys(members).length === 0 ? null : members;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As in the Common Log Format, for example `21/Nov/2026:08:00:00 +0000`. */
function requestTime(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
