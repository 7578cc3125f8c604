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
import type { LocalService, ServiceAnswer } from './account/local-service.ts';
import { credentialOf } from './credential.ts';
import { forwardTopicRequest, type PublishedMessage } from './forward-topic-request.ts';
import { refuseAmbiguity } from './permissions/refuse-ambiguity.ts';
import type { ServiceCall } from './permissions/service-call.ts';
import { BodyTooLargeError, readBody } from './read-body.ts';
import type { TableSettings } from './table-settings.ts';

/** What stands behind the one endpoint. */
export interface GatewayBackends {
  readonly region: string;
  /** Base URLs of the emulators. */
  readonly messaging: string;
  readonly tables: string;
  /** What the table emulator does not keep. */
  readonly tableSettings: TableSettings;
  /** Answers S3 requests; `proceed` asks for a body that the client holds back. */
  readonly s3: (request: IncomingMessage, response: ServerResponse, proceed: () => void) => Promise<void>;
  /** Answers a Step Functions action, its body still text. */
  readonly stepFunctions: (action: string, text: string) => Promise<{ status: number; body: object }>;
  /** The other services, by the name in their credential scope; S3 Control, which signs as S3 does, as `s3-control`. */
  readonly services: Readonly<Record<string, LocalService>>;
  /** What is answered in place of a call that its caller may not make; of S3, it asks for itself. @default nothing */
  readonly refuse?: (call: GatewayCall) => Promise<ServiceAnswer | undefined>;
  /** Hears of every message that a topic has accepted. */
  readonly onPublished: (message: PublishedMessage) => void;
}

/** A call to a service other than S3. */
export interface GatewayCall extends ServiceCall {
  /** Absent of what is not signed. */
  readonly accessKeyId: string | undefined;
  readonly sourceIp: string;
}

/** The port asked for belongs to someone else. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
}

const targets: readonly (readonly [RegExp, string])[] = [
  [/^DynamoDB_/, 'dynamodb'],
  [/^AmazonSQS\./, 'sqs'],
  [/^AWSStepFunctions\./, 'states'],
  [/^AWSEvents\./, 'events'],
];

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const invocationPath = /^\/2015-03-31\/functions\/[^/]+\/invocations(?:\?|$)/;

/** What a request or an answer says of itself, not of the connection. */
const passedOn = /^(?:authorization|content-type|x-amz.*)$/;

/** As which the call was judged: the emulator of queues would take a form for a call of topics. */
const asJson = { 'content-type': 'application/x-amz-json-1.0' } as const;

const queueUrlAnswers = /\.(?:CreateQueue|GetQueueUrl|ListQueues)$/;

type RequestHead = Pick<IncomingMessage, 'headers' | 'method' | 'url'>;

/**
 * The service that a request is for: by its SigV4 credential scope
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html), in the header or in
 * the query, else by `X-Amz-Target`; what names none, such as an unsigned PUT, is for S3.
 */
export function serviceOf(request: RequestHead): string {
  const { 'x-amz-target': target = '', 'content-type': type = '' } = request.headers;
  const credential = credentialOf(request);
  const signedFor = typeof credential === 'object' ? credential.service : undefined;
  // S3 Control signs as S3 does; its paths begin with its version, and an account stands in a header.
  const isControl = request.url?.startsWith('/v20180820/') && 'x-amz-account-id' in request.headers;
  if (signedFor === 's3' && isControl) return 's3-control';
  if (signedFor !== undefined) return signedFor;
  const byTarget = targets.find(([pattern]) => pattern.test(String(target)));
  if (byTarget !== undefined) return byTarget[1];
  if (request.method === 'POST' && invocationPath.test(request.url ?? '')) return 'lambda';
  // Of what is not signed, only SNS speaks the query protocol; S3 takes no POST to the root.
  const isQuery = type.startsWith('application/x-www-form-urlencoded');
  return isQuery && request.method === 'POST' && request.url === '/' ? 'sns' : 's3';
}

/**
 * Milliseconds for which an idle connection stays open. A client that takes one up just when it is closed fails, on a busy
 * machine with each of its attempts: S3 would then lose the notification of an object.
 */
const idleConnectionMs = 600_000;

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
    this.#server.keepAliveTimeout = idleConnectionMs;
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
    const call = callOf(request, service, await readBody(request), backends.region);
    const refusal = refuseAmbiguity(call, credentialOf(request)) ?? (await backends.refuse?.(call));
    if (refusal !== undefined) return send(response, refusal);
    switch (service) {
      case 'dynamodb':
        return send(response, await answerOfTables(request, call.body, backends));
      case 'sqs':
        return queueUrlAnswers.test(target)
          ? this.#answerQueueUrls(request, response, call.body, backends.messaging)
          : this.#stream(request, response, call.body, backends.messaging);
      case 'sns': {
        const { messaging, onPublished } = backends;
        return send(response, await forwardTopicRequest(request.headers, call.body, messaging, onPublished));
      }
      case 'states': {
        const action = target.slice(target.indexOf('.') + 1);
        const answer = await backends.stepFunctions(action, call.body);
        return sendJson(response, answer.status, answer.body);
      }
      default:
        return answerService(call, response, backends);
    }
  }

  /** The emulator names itself in queue URLs; clients must come here instead. */
  async #answerQueueUrls(
    request: IncomingMessage,
    response: ServerResponse,
    body: string,
    backend: string,
  ): Promise<void> {
    const answer = await passOn(request.headers, backend, body);
    response.writeHead(answer.status, { ...answer.headers });
    response.end(answer.body.replace(/http:\/\/[^/"]+(?=\/\d{12}\/)/g, this.#endpoint));
  }

  async #stream(
    request: IncomingMessage,
    response: ServerResponse,
    body: string,
    backend: string,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { 'transfer-encoding': _, ...given } = request.headers;
    const headers = { ...given, ...asJson, 'content-length': String(Buffer.byteLength(body)) };
    const upstream = sendRequest(backend, { method: 'POST', headers, agent: this.#agent }, answer => {
      // How long the emulator keeps its connections says nothing of the client's (RFC 9110, section 7.6.1).
      const { connection: _connection, 'keep-alive': _keepAlive, ...headersOfAnswer } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, headersOfAnswer);
      answer.pipe(response);
      answer.on('error', reject);
    });
    upstream.on('error', reject);
    // A client that gives up, for example on a long poll, ends the call behind it as well.
    response.on('close', () => {
      upstream.destroy();
      resolve();
    });
    upstream.end(body);
    await promise;
  }
}

function callOf(request: IncomingMessage, service: string, body: string, homeRegion: string): GatewayCall {
  const { method = 'GET', url = '/' } = request;
  const credential = credentialOf(request);
  const scope = typeof credential === 'object' ? credential : undefined;
  return {
    service,
    method,
    url,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([key, value]) => [key, String(value ?? '')]),
    ),
    body,
    region: scope?.region ?? homeRegion,
    accessKeyId: scope?.accessKeyId,
    sourceIp: (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
  };
}

async function answerOfTables(
  request: IncomingMessage,
  body: string,
  { tables, tableSettings, region }: GatewayBackends,
): Promise<ServiceAnswer> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const [version = '', action = ''] = target.split('.');
  const headers = signed(request.headers, region);
  const sendAction = (name: string, text: string): Promise<ServiceAnswer> =>
    passOn({ ...headers, 'x-amz-target': `${version}.${name}` }, tables, text);
  return tableSettings.answer(action, body, sendAction);
}

/** Answers in the name of an emulated service of the account. */
async function answerService(
  call: GatewayCall,
  response: ServerResponse,
  { services }: GatewayBackends,
): Promise<void> {
  const { service: name, method, url, headers, body, region } = call;
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined) {
    const known = ['s3', 'dynamodb', 'sqs', 'sns', 'states', ...Object.keys(services)].join(', ');
    const message = `The local run does not emulate "${name}"; it has ${known}.`;
    return sendJson(response, 501, { __type: 'NotImplemented', message });
  }
  send(response, await service({ method, url, headers, body, region }));
}

function send(response: ServerResponse, answer: ServiceAnswer): void {
  response.writeHead(answer.status, { ...answer.headers });
  response.end(answer.body);
}

/**
 * Sends a request that is here in whole, and to its end: the table emulator throws, outside of any call, where a
 * request breaks off. Headers that belong to the connection stay behind.
 */
async function passOn(headers: IncomingHttpHeaders, backend: string, body: string): Promise<ServiceAnswer> {
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    passedOn.test(name) && value !== undefined ? [[name, String(value)] as const] : [],
  );
  const answer = await fetch(backend, {
    method: 'POST',
    headers: { ...Object.fromEntries(passed), ...asJson },
    body,
  });
  const answered = [...answer.headers].filter(([name]) => passedOn.test(name));
  return { status: answer.status, headers: Object.fromEntries(answered), body: await answer.text() };
}

/** The table emulator wants a signature, which it does not check; a plain `curl` has none. */
function signed(headers: IncomingHttpHeaders, region: string): IncomingHttpHeaders {
  if (headers.authorization !== undefined) return headers;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return {
    ...headers,
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
