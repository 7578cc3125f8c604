import type { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { PortError } from '../../ports/failure.ts';
import type { UploadPermit, UploadSigner, UploadTerms } from '../../ports/upload-signer.ts';
import { translateS3Failure } from './s3-failure.ts';
import { requireBodySize, requireKey, requireMetadata } from './s3-limits.ts';

export interface S3UploadSignerOptions {
  /** Its credentials sign: S3 judges the upload as theirs, and ends it with them. */
  readonly client: S3Client;
}

const operation = 'UploadSigner.permit';
const maximumSeconds = 604_800;

/** S3 puts the name of the sent file in its place, in the value of any field ("POST Object", form fields). */
const fileNameVariable = '$\u007bfilename}';

/**
 * Permits in the form of Amazon S3's presigned POST. Key, content type, encryption and metadata are fixed to the
 * letter, the size to its range; S3 refuses a form with any other field. No call is made: what the signer itself may
 * not do (`s3:PutObject`, `kms:GenerateDataKey`), S3 refuses when the form is sent.
 *
 * A permit that is signed with temporary credentials ends with them, where that is before `expiresAt`.
 */
export class S3UploadSigner implements UploadSigner {
  readonly #client: S3Client;

  constructor({ client }: S3UploadSignerOptions) {
    this.#client = client;
  }

  async permit(terms: UploadTerms): Promise<UploadPermit> {
    requireEnforceable(terms);
    const { target, contentType, size, keyId, metadata = {}, expiresInSeconds } = terms;
    try {
      const { url, fields } = await createPresignedPost(this.#client, {
        Bucket: target.bucket,
        Key: target.key,
        // Each field becomes a condition of its exact value.
        Fields: {
          'Content-Type': contentType,
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': keyId,
          ...Object.fromEntries(
            Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]),
          ),
        },
        Conditions: [['content-length-range', size.minimum, size.maximum]],
        Expires: expiresInSeconds,
      });
      return { url, fields, expiresAt: expiryOf(fields['Policy']) };
    } catch (error) {
      throw translateS3Failure(error, operation, target.bucket);
    }
  }
}

/** When the signed policy says that it ends: the client's clock has made it, and cut it to whole seconds. */
function expiryOf(policy = ''): string {
  const { expiration } = JSON.parse(Buffer.from(policy, 'base64').toString('utf8')) as { expiration: string };
  return new Date(expiration).toISOString();
}

function requireEnforceable(terms: UploadTerms): void {
  const { target, contentType, size, keyId, metadata = {}, expiresInSeconds } = terms;
  try {
    requireKey(target.key, operation);
    requireMetadata(metadata, operation);
    requireBodySize(size.minimum, operation);
    requireBodySize(size.maximum, operation);
  } catch (error) {
    throw invalidTerms('what is to be stored is beyond the limits of S3', error);
  }
  const texts = [target.key, contentType, keyId, ...Object.values(metadata)];
  if (texts.some(text => text.includes(fileNameVariable))) {
    throw invalidTerms('a value holds the variable that S3 replaces by the name of the file');
  }
  if (target.bucket === '') throw invalidTerms('no bucket is named');
  if (!/^[!-~](?:[ -~]*[!-~])?$/.test(contentType))
    throw invalidTerms('the content type is not printable ASCII');
  if (!/^[!-~]+$/.test(keyId)) throw invalidTerms('the key id is not printable ASCII');
  if (size.minimum > size.maximum) {
    throw invalidTerms(`${size.minimum} to ${size.maximum} bytes are no range`);
  }
  if (!Number.isSafeInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > maximumSeconds) {
    throw invalidTerms(`a permit of ${expiresInSeconds} seconds is not within 1 to ${maximumSeconds}`);
  }
}

function invalidTerms(reason: string, cause?: unknown): PortError {
  return new PortError({
    kind: 'permanent',
    operation,
    code: 'InvalidTerms',
    message: `${operation} failed: ${reason}`,
    cause,
  });
}
