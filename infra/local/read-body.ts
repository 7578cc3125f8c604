import type { IncomingMessage } from 'node:http';

/** The largest request of the emulated services but for S3: DynamoDB's BatchWriteItem, 16 MiB. */
const longestBody = 16 * 1024 * 1024;

/** The body is longer than any request of these services. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * The whole body of a request, as UTF-8 text. Rejects with {@link BodyTooLargeError} above 16 MiB, once it has all gone
 * by unkept, and where the client breaks off.
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= longestBody) chunks.push(Buffer.from(chunk));
    else chunks.length = 0;
  }
  if (length > longestBody) {
    throw new BodyTooLargeError(`A request of ${length} bytes; the most is ${longestBody}`);
  }
  return Buffer.concat(chunks).toString('utf8');
}
