import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { forwardTopicRequest, type PublishedMessage } from './forward-topic-request.ts';
import { BodyTooLargeError, readBody } from './read-body.ts';

/** What stands behind the one endpoint. */
export interface GatewayBackends {
  readonly region: string;
  /** Base URLs of the emulators. */
  readonly messaging: string;
  readonly tables: string;
  /** Answers S3 requests. */
  /** `proceed` asks for a body that the client holds back. */
  readonly s3: (request: IncomingMessage, response: ServerResponse, proceed: () => void) => Promise<void>;
  /** Answers a Step Functions action, its body still text. */
  readonly stepFunctions: (action: string, text: string) => Promise<{ status: number; body: object }>;
  /** Hears of every message that a topic has accepted. */
  readonly onPublished: (message: PublishedMessage) => void;
}

/** The port asked for belongs to someone else. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
}

const targets: readonly (readonly [RegExp, string])[] = [
  [/^DynamoDB_/, 'dynamodb'],
  [/^AmazonSQS\./, 'sqs'],
  [/^AWSStepFunctions\./, 'states'],
];

/** What a request or an answer says of itself, not of the connection. */
const passedOn = /^(?:authorization|content-type|x-amz.*)$/;

const queueUrlAnswers = /\.(?:CreateQueue|GetQueueUrl|ListQueues)$/;

/**
 * The service that a request is for: by its SigV4 credential scope
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html), in the header or in
 * the query, else by `X-Amz-Target`; what names none, such as an unsigned PUT, is for S3.
 */
export function serviceOf(request: Pick<IncomingMessage, 'headers' | 'method' | 'url'>): string {
  const { authorization = '', 'x-amz-target': target = '', 'content-type': type = '' } = request.headers;
  const scope =
    /Credential=[^/,\s]+\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization) ??
    /[?&]X-Amz-Credential=[^&]*%2F([^&%]+)%2Faws4_request/i.exec(request.url ?? '');
  const [, signedFor] = scope ?? [];
  if (signedFor !== undefined) return signedFor;
  const byTarget = targets.find(([pattern]) => pattern.test(String(target)));
  if (byTarget !== undefined) return byTarget[1];
  // Only SNS still speaks the query protocol here; S3 takes no POST to the root.
  const isQuery = type.startsWith('application/x-www-form-urlencoded');
  return isQuery && request.method === 'POST' && request.url === '/' ? 'sns' : 's3';
}

/** One HTTP endpoint on 127.0.0.1 for every service of the local run. */
export class Gateway {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  #backends: GatewayBackends | undefined;
  #endpoint = '';

  constructor() {
    const answer = (request: IncomingMessage, response: ServerResponse, proceed: () => void): void => {
      this.#answer(request, response, proceed).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else if (error instanceof BodyTooLargeError) {
          sendJson(response, 413, { __type: 'RequestEntityTooLarge', message: error.message });
        } else sendJson(response, 500, { __type: 'InternalFailure', message: String(error) });
      });
    };
    this.#server = createServer((request, response) => answer(request, response, () => undefined));
    this.#server.on('checkContinue', (request, response) => {
      answer(request, response, () => response.writeContinue());
    });
  }

  /** `http://127.0.0.1:<port>`, once it listens. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** Begins to listen; port 0 takes any free one. Rejects with {@link PortInUseError}. */
  async listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new PortInUseError(`Port ${port} is in use`, { cause: error }) : error,
      ),
    );
    this.#server.listen(port, '127.0.0.1', resolve);
    await promise;
    this.#endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Tells where requests go. */
  connect(backends: GatewayBackends): void {
    this.#backends = backends;
  }

  /** Stops listening and cuts what is open. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await promise;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, proceed: () => void): Promise<void> {
    const backends = this.#backends;
    if (backends === undefined) throw new Error('The local run has not started');
    const service = serviceOf(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    if (service === 's3') return backends.s3(request, response, proceed);
    proceed();
    switch (service) {
      case 'dynamodb':
        return forwardWhole(request, response, backends.tables, signed(request.headers, backends.region));
      case 'sqs':
        return queueUrlAnswers.test(target)
          ? forwardWhole(request, response, backends.messaging, request.headers, body =>
              // The emulator names itself in queue URLs; clients must come here instead.
              body.replace(/http:\/\/[^/"]+(?=\/\d{12}\/)/g, this.#endpoint),
            )
          : this.#stream(request, response, backends.messaging);
      case 'sns':
        return forwardTopicRequest(request, response, backends.messaging, backends.onPublished);
      case 'states': {
        const action = target.slice(target.indexOf('.') + 1);
        const answer = await backends.stepFunctions(action, await readBody(request));
        return sendJson(response, answer.status, answer.body);
      }
      default:
        return sendJson(response, 501, {
          __type: 'NotImplemented',
          message: `The local run does not emulate "${service}"; it has s3, dynamodb, sqs, sns and states.`,
        });
    }
  }

  async #stream(request: IncomingMessage, response: ServerResponse, backend: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { method, url: path, headers } = request;
    const upstream = sendRequest(backend, { method, path, headers, agent: this.#agent }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', reject);
    });
    upstream.on('error', reject);
    // A client that gives up, for example on a long poll, ends the call behind it as well.
    response.on('close', () => {
      upstream.destroy();
      resolve();
    });
    request.pipe(upstream);
    await promise;
  }
}

/**
 * Passes a request on once all of it is here, and to its end: the table emulator throws, outside of any call, where a
 * request breaks off. Headers that belong to the connection stay behind.
 */
async function forwardWhole(
  request: IncomingMessage,
  response: ServerResponse,
  backend: string,
  headers: IncomingHttpHeaders,
  rewrite = (body: string): string => body,
): Promise<void> {
  const body = await readBody(request);
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    passedOn.test(name) && value !== undefined ? [[name, String(value)] as const] : [],
  );
  const answer = await fetch(backend, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', ...Object.fromEntries(passed) },
    body,
  });
  const answered = [...answer.headers].filter(([name]) => passedOn.test(name));
  response.writeHead(answer.status, Object.fromEntries(answered));
  response.end(rewrite(await answer.text()));
}

/** The table emulator wants a signature, which it does not check; a plain `curl` has none. */
function signed(headers: IncomingHttpHeaders, region: string): IncomingHttpHeaders {
  if (headers.authorization !== undefined) return headers;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return {
    ...headers,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': date,
    authorization:
      `AWS4-HMAC-SHA256 Credential=unsigned/${date.slice(0, 8)}/${region}/dynamodb/aws4_request, ` +
      'SignedHeaders=host, Signature=unsigned',
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}
