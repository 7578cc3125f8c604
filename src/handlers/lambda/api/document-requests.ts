import * as z from 'zod';

/** S3 keys have at most 1,024 bytes of UTF-8; what else a key may be, the key policy says. */
const documentKey = z
  .string()
  .min(1)
  .max(1024)
  .meta({ description: 'Key of the object, as it is stored: not encoded.', example: 'claims/2026/17.pdf' });

/** "Version IDs are Unicode, UTF-8 encoded, URL-ready, opaque strings": Amazon S3 User Guide, "Using S3 Versioning". */
const versionId = z
  .string()
  .regex(/^[!-~]{1,1024}$/)
  .meta({
    description: 'Version of the object. Without it, the version that is current when the request is served.',
    example: '3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY',
  });

/** A media type (RFC 6838, 4.2), in which only the character set of a text may follow. */
const contentType = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(; ?charset=[A-Za-z0-9_-]{1,40})?$/,
  )
  .meta({ description: 'Media type that the upload declares.', example: 'application/pdf' });

const documentRequest = z.strictObject({ document_key: documentKey, version_id: versionId.optional() });

/** What the operations of the document API take. Members that are not named are refused. */
export const documentRequests = {
  validate: documentRequest,
  scan: documentRequest,
  encrypt: z.strictObject({ source_key: documentKey, version_id: versionId.optional() }),
  uploadUrl: z.strictObject({
    document_key: documentKey,
    content_type: contentType,
    size: z.int().min(1).max(5_368_709_120).optional().meta({
      description: 'Exact size of the upload in bytes. Without it, any size up to the maximum is taken.',
      example: 48_213,
    }),
  }),
} as const;

export type DocumentOperation = keyof typeof documentRequests;

export type DocumentRequest<Operation extends DocumentOperation> = z.infer<
  (typeof documentRequests)[Operation]
>;
