import type { Bucket, ObjectVersion } from './bucket.ts';
import { S3Error } from './s3-error.ts';

type Headers = Readonly<Record<string, string>>;

/** Conditional writes: `If-None-Match: *` and `If-Match: <etag>` ("Add preconditions to S3 operations"). */
export function requireWriteConditions(bucket: Bucket, key: string, headers: Headers): void {
  const current = bucket.current(key);
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() !== '*') {
      throw new S3Error(
        'NotImplemented',
        'A header you provided implies functionality that is not implemented',
        {
          fields: { Header: 'If-None-Match' },
        },
      );
    }
    if (current !== undefined) throw preconditionFailed('If-None-Match');
  }
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) return;
  if (current === undefined) {
    throw new S3Error('NoSuchKey', 'The specified key does not exist.', { fields: { Key: key } });
  }
  if (!namesTag(ifMatch, current.etag)) throw preconditionFailed('If-Match');
}

/**
 * Conditional reads, in the order of RFC 9110, 13.2.2; `prefix` is `x-amz-copy-source-` for the source of a copy.
 *
 * @returns Whether the version counts as not modified.
 */
export function isNotModified(version: ObjectVersion, headers: Headers, prefix = ''): boolean {
  const ifMatch = headers[`${prefix}if-match`];
  const unmodifiedSince = dateOf(headers[`${prefix}if-unmodified-since`]);
  if (ifMatch !== undefined) {
    if (!namesTag(ifMatch, version.etag)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && version.lastModified.getTime() > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  if (ifNoneMatch !== undefined) return namesTag(ifNoneMatch, version.etag);
  const modifiedSince = dateOf(headers[`${prefix}if-modified-since`]);
  return modifiedSince !== undefined && version.lastModified.getTime() <= modifiedSince;
}

export function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    fields: { Condition: condition },
  });
}

function namesTag(list: string, etag: string): boolean {
  return list
    .split(',')
    .map(tag => tag.trim().replace(/^W\//, '').replaceAll('"', ''))
    .some(tag => tag === '*' || tag === etag);
}

function dateOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
