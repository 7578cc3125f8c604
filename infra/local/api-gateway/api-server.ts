import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiAnswer } from './gateway-response.ts';
import type { ApiRequest } from './proxy-event.ts';
import type { RestApi } from './rest-api.ts';

/** The longest body ("Quotas for configuring and running a REST API", API Gateway Developer Guide). */
const maximumBodyBytes = 10 * 1024 * 1024;

/** A request and what came of it. */
export interface ApiCall {
  readonly api: string;
  readonly method: string;
  /** As the template spells it; absent where there is no such method. */
  readonly resourcePath: string | undefined;
  readonly status: number;
  readonly requestId: string;
}

export interface ApiServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** @default the machine's clock */
  readonly clock?: () => Date;
  /** Hears of each request before it is answered. */
  readonly onCall: (call: ApiCall) => void;
}

export interface ApiServer {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Serves an API on the loopback interface: below `/<stage>/`, as on AWS, and, where it has one stage only, at the root as
 * well. A port that is taken is replaced by any free one.
 */
export async function serveApi(api: RestApi, options: ApiServerOptions): Promise<ApiServer> {
  const server = createServer((incoming, outgoing) => {
    answer(api, incoming, outgoing, options).catch(() => outgoing.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(options.port).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    await listen(0);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  api: RestApi,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { clock = () => new Date(), onCall }: ApiServerOptions,
): Promise<void> {
  const requestId = randomUUID();
  const method = incoming.method ?? 'GET';
  const body = await readAtMost(incoming, maximumBodyBytes);
  const { stage, path, query } = targetOf(incoming.url ?? '/', [...api.stages.keys()]);
  const request = { requestId, time: clock(), method, path, query, headers: headersOf(incoming) };
  const sourceIp = (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const outcome =
    body === undefined
      ? api.refuse('REQUEST_TOO_LARGE', requestId)
      : await api.answer(stage, { ...request, body, sourceIp });
  const { resourcePath, status } = outcome;
  onCall({ api: api.name, method, resourcePath, status, requestId });
  send(outcome, api, requestId, outgoing);
}

function send(answered: ApiAnswer, api: RestApi, requestId: string, outgoing: ServerResponse): void {
  try {
    writeHead(answered, requestId, outgoing);
    outgoing.end(answered.body);
  } catch {
    // The function's headers are none: Node.js refuses to send them.
    const fault = api.refuse('FUNCTION_FAILED', requestId);
    writeHead(fault, requestId, outgoing);
    outgoing.end(fault.body);
  }
}

function writeHead({ status, headers, body }: ApiAnswer, requestId: string, outgoing: ServerResponse): void {
  outgoing.writeHead(status, {
    ...(Object.fromEntries(Object.entries(headers)) as Record<string, string | string[]>),
    'content-length': String(Buffer.byteLength(body)),
    'x-amzn-requestid': requestId,
  });
}

/** The whole body as UTF-8 text, or nothing above the limit, once it has gone by. */
async function readAtMost(incoming: IncomingMessage, maximumBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += chunk.length;
    if (length <= maximumBytes) chunks.push(Buffer.from(chunk));
    else chunks.length = 0;
  }
  return length > maximumBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function targetOf(
  target: string,
  stages: readonly string[],
): Pick<ApiRequest, 'path' | 'query'> & { stage: string } {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const [, first = ''] = path.split('/', 2);
  if (stages.includes(first)) return { stage: first, path: path.slice(first.length + 1) || '/', query };
  const [only = '', other] = stages;
  return { stage: other === undefined ? only : '', path, query };
}

function headersOf({ rawHeaders }: IncomingMessage): ApiRequest['headers'] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return headers;
}
