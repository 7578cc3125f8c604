import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import { printableText } from '../../../domain/kernel/printable-text.ts';
import { requestMediaType } from './document-api.env.ts';
import type { Problem } from './problem-details.ts';

export type ReadRequest<Value> =
  | { readonly outcome: 'read'; readonly value: Value }
  | { readonly outcome: 'refused'; readonly problem: Problem };

/** A key of 1,024 bytes takes up to 6 KiB where each of them is escaped; the other members are small. */
const maximumBodyBytes = 16 * 1024;
const maximumErrors = 20;

/** Reads the body of a request. Every fault is named by its place in the body; no value of it is repeated. */
export function readRequest<Value>(
  event: Pick<APIGatewayProxyEvent, 'headers' | 'multiValueHeaders' | 'body' | 'isBase64Encoded'>,
  schema: z.ZodType<Value>,
): ReadRequest<Value> {
  const declared = headerValues(event, 'content-type');
  if (declared.length !== 1 || !declared.every(isJson)) {
    return refused({
      kind: 'unsupported-media-type',
      detail: `The body must be sent as ${requestMediaType}.`,
    });
  }
  const encoded = event.body ?? '';
  // API Gateway hands on at most 10 MB, so that the bytes may be counted after decoding.
  const bytes = Buffer.from(encoded, event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maximumBodyBytes) {
    return refused({
      kind: 'request-too-large',
      detail: `The body has more than ${maximumBodyBytes} bytes.`,
    });
  }
  const json = parsedJson(bytes);
  if (json === undefined) {
    const detail = encoded === '' ? 'The request has no body.' : 'The body is not JSON (RFC 8259) in UTF-8.';
    return refused({ kind: 'invalid-request', detail, errors: [{ pointer: '', detail }] });
  }
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { outcome: 'read', value: parsed.data };
  return refused({
    kind: 'invalid-request',
    detail: 'The body is not what the operation takes.',
    errors: parsed.error.issues.flatMap(faultsOf).slice(0, maximumErrors),
  });
}

function refused(problem: Problem): { readonly outcome: 'refused'; readonly problem: Problem } {
  return { outcome: 'refused', problem };
}

/** The values of a header, whatever the case of its name (RFC 9110, 5.1); one that is repeated alike counts once. */
function headerValues(
  { headers, multiValueHeaders }: Pick<APIGatewayProxyEvent, 'headers' | 'multiValueHeaders'>,
  name: string,
): string[] {
  // Each holds all headers; an event made by hand may have only one of them, and the gateway `null` for none.
  const values = [...Object.entries(headers ?? {}), ...Object.entries(multiValueHeaders ?? {})]
    .filter(([header]) => header.toLowerCase() === name)
    .flatMap(([, value]) => value ?? []);
  return [...new Set(values)];
}

/** JSON is UTF-8 whether or not a `charset` says so, which has no meaning there (RFC 8259, 11). */
function isJson(contentType: string): boolean {
  const [mediaType = '', ...parameters] = contentType.split(';').map(part => part.trim().toLowerCase());
  return mediaType === requestMediaType && parameters.every(it => /^(charset="?utf-8"?)?$/.test(it));
}

function parsedJson(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

function faultsOf(issue: z.core.$ZodIssue): { pointer: string; detail: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(name => ({
      pointer: pointerTo([...issue.path, name]),
      detail: 'There is no such member.',
    }));
  }
  return [{ pointer: pointerTo(issue.path), detail: issue.message }];
}

/** RFC 6901, with names that the sender chose made safe to show, numbers masked. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path
    .map(name => printableText(String(name), 100))
    .map(name => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
