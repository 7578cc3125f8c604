import { PortError } from '../../ports/failure.ts';
import type { ByteRange } from '../../ports/object-store.ts';

/** What S3 takes: "Creating object key names" and "PutObject", `x-amz-meta-`, Amazon S3 documentation. */
const maximumKeyBytes = 1024;
const maximumMetadataBytes = 2048;
const maximumPutBytes = 5 * 1024 ** 3;

/** Refuses a key that S3 could not hold, or that has no UTF-8 form. */
export function requireKey(key: string, operation: string): void {
  if (key === '' || !key.isWellFormed()) {
    throw permanent(operation, 'InvalidKey', 'a key is at least one character of well-formed Unicode');
  }
  if (Buffer.byteLength(key) > maximumKeyBytes) {
    throw permanent(operation, 'KeyTooLongError', `the key is longer than ${maximumKeyBytes} bytes`);
  }
}

/** Refuses metadata that would not come back as it was sent. */
export function requireMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
  operation: string,
): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata ?? {})) {
    bytes += name.length + value.length;
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && /^(?:[!-~](?:[ -~]*[!-~])?)?$/.test(value)) continue;
    throw permanent(
      operation,
      'InvalidMetadata',
      'metadata holds a name or value that S3 does not keep as it is',
    );
  }
  if (bytes > maximumMetadataBytes) {
    throw permanent(operation, 'MetadataTooLarge', `metadata is larger than ${maximumMetadataBytes} bytes`);
  }
}

/** Refuses what is no range: S3 would ignore it and send the whole object. */
export function requireRange({ first, last }: ByteRange, operation: string): void {
  if (Number.isSafeInteger(first) && Number.isSafeInteger(last) && first >= 0 && first <= last) return;
  throw permanent(operation, 'InvalidRange', `bytes ${first} to ${last} are no range`);
}

export function requireBodySize(size: number, operation: string): void {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw permanent(operation, 'SizeMismatch', `${size} is no size in bytes`);
  }
  if (size > maximumPutBytes) {
    throw permanent(operation, 'EntityTooLarge', `PutObject takes at most ${maximumPutBytes} bytes`);
  }
}

export function sizeMismatch(size: number, operation: string): PortError {
  return permanent(
    operation,
    'SizeMismatch',
    `the stream does not have the ${size} bytes that were announced`,
  );
}

function permanent(operation: string, code: string, reason: string): PortError {
  return new PortError({ kind: 'permanent', operation, code, message: `${operation} failed: ${reason}` });
}
