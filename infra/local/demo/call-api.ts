import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { LocalApi, LocalPipeline } from '../local-pipeline.ts';

/** SHA-256 as the signer takes it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls an operation of the API as a client does: a JSON body, the API key, and a signature (Signature Version 4). */
export async function callApi(
  { client, region }: Pick<LocalPipeline, 'client' | 'region'>,
  { url, apiKeys }: LocalApi,
  path: string,
  body: object,
): Promise<ApiAnswer> {
  const target = new URL(`${url}${path}`);
  const request = {
    method: 'POST',
    protocol: target.protocol,
    hostname: target.hostname,
    port: Number(target.port),
    path: target.pathname,
    query: {},
    headers: { host: target.host, 'content-type': 'application/json', 'x-api-key': apiKeys[0] ?? '' },
    body: JSON.stringify(body),
  };
  const signer = new SignatureV4({
    service: 'execute-api',
    region,
    credentials: client.credentials,
    sha256: Sha256,
  });
  const { headers } = await signer.sign(request);
  const response = await fetch(target, { method: 'POST', headers, body: request.body });
  return { status: response.status, body: (await response.json()) as ApiAnswer['body'] };
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
