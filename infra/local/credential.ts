import type { IncomingMessage } from 'node:http';

/** Who has signed a request, and for what. */
export interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  /** As the credential scope names it: `s3`. */
  readonly service: string;
}

/** What {@link credentialOf} looks at. */
export type SignedHead = Pick<IncomingMessage, 'headers' | 'url'>;

const inHeader = /\bCredential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/;
const inQuery = /^([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request$/;

/** Parameters that sign a request; those without `X-Amz-` are of Signature Version 2. */
const signing = /^(?:X-Amz-(?:Algorithm|Credential|Signature)|AWSAccessKeyId|Signature)$/i;

/**
 * The credential of Signature Version 4, in the header or in the query
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html); `undefined` of a
 * request that is not signed. What is signed in any other way, or twice, is `unreadable`: nobody can be told to be its
 * caller.
 */
export function credentialOf({ headers, url = '' }: SignedHead): Credential | 'unreadable' | undefined {
  const { authorization } = headers;
  const mark = url.indexOf('?');
  const parameters = [...new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))].filter(([name]) =>
    signing.test(name),
  );
  if (authorization === undefined && parameters.length === 0) return undefined;
  if (authorization !== undefined && parameters.length > 0) return 'unreadable';
  const given = parameters.filter(([name]) => /^X-Amz-Credential$/i.test(name));
  if (given.length > 1) return 'unreadable';
  const [, accessKeyId, region, service] =
    (authorization === undefined ? inQuery.exec(given[0]?.[1] ?? '') : inHeader.exec(authorization)) ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return 'unreadable';
  return { accessKeyId, region, service };
}
