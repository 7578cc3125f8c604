import { type Checksums, verifyChecksums } from './checksums.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

export interface Entity {
  readonly bytes: Buffer;
  readonly checksums: Checksums;
}

/** Bounds what the framing of `aws-chunked` adds: six bytes for each byte in the worst case, signatures and trailers. */
const framingAllowance = 64 * 1024;

/**
 * Reads a body whole, undoes `aws-chunked` and verifies length and checksums; nothing above `maximumBytes` is kept.
 * Bodies without a known length are refused as S3 refuses them.
 */
export async function readEntity(request: S3Request, maximumBytes: number): Promise<Entity> {
  const { headers } = request;
  const chunked = (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const announced = headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'];
  if (announced === undefined || !/^\d{1,15}$/.test(announced)) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const length = Number(announced);
  if (length > maximumBytes) throw tooLarge(length, maximumBytes);
  const raw = await readAtMost(request.body, chunked ? length * 7 + framingAllowance : length);
  const { bytes, trailers } = chunked ? decodeAwsChunked(raw) : { bytes: raw, trailers: {} };
  if (bytes.length !== length) throw incomplete();
  return { bytes, checksums: verifyChecksums(bytes, { ...headers, ...trailers }) };
}

async function readAtMost(body: AsyncIterable<Uint8Array>, maximumBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maximumBytes) throw tooLarge(length, maximumBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Undoes the content coding `aws-chunked`: `<hex size>[;chunk-signature=…]CRLF <bytes> CRLF`, a chunk of size 0, then
 * trailers ("Signature calculations: transferring payload in multiple chunks"). Signatures are not checked.
 */
export function decodeAwsChunked(raw: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let position = 0;
  const line = (): string => {
    const end = raw.indexOf('\r\n', position);
    if (end < 0) throw incomplete();
    const text = raw.toString('latin1', position, end);
    position = end + 2;
    return text;
  };
  for (;;) {
    const size = /^([0-9a-f]{1,13})(?:;|$)/i.exec(line())?.[1];
    if (size === undefined) throw incomplete();
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    const end = position + length;
    if (end > raw.length) throw incomplete();
    chunks.push(raw.subarray(position, end));
    position = end;
    if (line() !== '') throw incomplete();
  }
  const trailers: Record<string, string> = {};
  while (position < raw.length) {
    const [, name, value] = /^([^:]+):\s*(.*?)\s*$/.exec(line()) ?? [];
    if (name !== undefined && value !== undefined) trailers[name.toLowerCase()] = value;
  }
  return { bytes: Buffer.concat(chunks), trailers };
}

function incomplete(): S3Error {
  return new S3Error(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}

function tooLarge(length: number, maximumBytes: number): S3Error {
  return new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    fields: { ProposedSize: String(length), MaxSizeAllowed: String(maximumBytes) },
  });
}
