import { randomBytes } from 'node:crypto';
import { type IncomingMessage, validateHeaderName, validateHeaderValue } from 'node:http';
import { credentialOf } from '../credential.ts';
import { S3Error } from './s3-error.ts';

/** One request, its target taken apart. */
export interface S3Request {
  readonly method: string;
  readonly bucket?: string;
  /** As the client means it: percent-decoded once, never normalised. */
  readonly key?: string;
  readonly query: URLSearchParams;
  /** Lower-case names; `x-amz-*` query parameters of presigned requests count as headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: string;
  readonly requestId: string;
  readonly hostId: string;
  readonly time: Date;
  readonly sourceIpAddress: string;
  /** From the credential; signatures are not checked. */
  readonly accessKeyId: string;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface S3Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface RequestIdentity {
  readonly requestId: string;
  readonly hostId: string;
  readonly time: Date;
}

export const maximumKeyBytes = 1024;

export function identifyRequest(time: Date): RequestIdentity {
  return {
    requestId: randomBytes(8).toString('hex').toUpperCase(),
    hostId: randomBytes(32).toString('base64'),
    time,
  };
}

/**
 * Reads a path-style request. The target is taken apart by hand: `URL` would collapse the dot segments that belong
 * to a key.
 */
export function parseS3Request(incoming: IncomingMessage, identity: RequestIdentity): S3Request {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const slash = path.indexOf('/', 1);
  const bucket = decodeOnce(slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = slash < 0 ? '' : decodeOnce(path.slice(slash + 1));
  requireKeyLength(key);
  const headers = headersOf(incoming, query);
  return {
    ...identity,
    method: incoming.method ?? 'GET',
    ...(bucket === '' ? {} : { bucket }),
    ...(key === '' ? {} : { key }),
    query,
    headers,
    resource: path,
    sourceIpAddress: (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    accessKeyId: accessKeyIdOf(incoming),
    body: incoming,
  };
}

/** Throws `InvalidRequest` where it is signed otherwise than S3 takes: its newer regions know Signature Version 4 alone. */
function accessKeyIdOf(incoming: IncomingMessage): string {
  const credential = credentialOf(incoming);
  if (credential !== 'unreadable') return credential?.accessKeyId ?? 'anonymous';
  throw new S3Error(
    'InvalidRequest',
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  );
}

/** Throws `KeyTooLongError` above what S3 takes, in bytes of UTF-8. */
export function requireKeyLength(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes <= maximumKeyBytes) return;
  throw new S3Error('KeyTooLongError', 'Your key is too long', {
    fields: { Size: String(bytes), MaxSizeAllowed: String(maximumKeyBytes) },
  });
}

/** Percent-decodes the bytes of a request target once; `+` stays itself in a path. */
export function decodeOnce(encoded: string): string {
  const raw = Buffer.from(encoded, 'latin1');
  const bytes = Buffer.alloc(raw.length);
  let length = 0;
  for (let index = 0; index < raw.length; index += 1) {
    const digits = raw[index] === 0x25 ? raw.toString('latin1', index + 1, index + 3) : undefined;
    if (digits !== undefined && !/^[0-9a-f]{2}$/i.test(digits)) throw invalidUri();
    bytes[length] = digits === undefined ? (raw[index] ?? 0) : Number.parseInt(digits, 16);
    length += 1;
    if (digits !== undefined) index += 2;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length));
  } catch {
    throw invalidUri();
  }
}

function invalidUri(): S3Error {
  return new S3Error('InvalidURI', "Couldn't parse the specified URI.");
}

function headersOf(incoming: IncomingMessage, query: URLSearchParams): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of query) {
    if (!/^x-amz-/i.test(name)) continue;
    requireHeader(name, value);
    headers[name.toLowerCase()] = value;
  }
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** A query or a form can say what no header can, such as a line break; stored, it could never be answered. */
export function requireHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new S3Error('InvalidArgument', 'A parameter that stands for a header is not valid as one', {
      fields: { ArgumentName: name, ArgumentValue: value },
    });
  }
}
