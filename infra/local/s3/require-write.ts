import type { ObjectAttributes } from './bucket.ts';
import type { S3Request } from './s3-request.ts';
import type { S3State } from './s3-state.ts';

/**
 * Throws `AccessDenied` where the caller may not do what a write asks for beside storing an object: to give it tags or
 * an ACL, be it the one that changes nothing, and to have it encrypted under a key.
 *
 * @param inParts Parts are decrypted again when they are put together ("Multipart upload API and permissions").
 */
export async function requireWrite(
  state: S3State,
  { tags, encryption }: Pick<ObjectAttributes, 'tags' | 'encryption'>,
  bucketName: string,
  key: string,
  request: Pick<S3Request, 'headers' | 'sourceIpAddress' | 'accessKeyId'>,
  inParts = false,
): Promise<void> {
  if (tags.size > 0) await state.requirePermission('s3:PutObjectTagging', bucketName, key, request);
  if ('x-amz-acl' in request.headers) {
    await state.requirePermission('s3:PutObjectAcl', bucketName, key, request);
  }
  const actions = inParts
    ? (['kms:GenerateDataKey', 'kms:Decrypt'] as const)
    : (['kms:GenerateDataKey'] as const);
  await state.requireKey(actions, encryption, bucketName, key, request);
}
