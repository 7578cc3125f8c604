import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** Sends one request with its target as it is given: no client normalises, encodes or retries it. */
export function sendRaw(
  endpoint: string,
  method: string,
  target: string,
  headers: OutgoingHttpHeaders = {},
  body: Uint8Array | string = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path: target, headers, agent: false }, incoming => {
      const chunks: Buffer[] = [];
      incoming.on('data', chunk => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const status = incoming.statusCode ?? 0;
        resolve({ status, headers: incoming.headers, body: bytes, text: bytes.toString('utf8') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The error code of an answer. */
export function codeOf({ text }: RawAnswer): string | undefined {
  return /<Code>(\w+)<\/Code>/.exec(text)?.[1];
}
