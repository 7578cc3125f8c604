import type { APIGatewayProxyResult } from 'aws-lambda';
import type { DocumentEncryptor } from '../../../domain/documents/document-encryptor.ts';
import { measure } from '../measure.ts';
import type { Telemetry } from '../telemetry.ts';
import { type ApiRequest, answerRequest } from './answer-request.ts';
import { documentMissing, keyRefused } from './document-problems.ts';

export interface DocumentEncryptionPorts {
  readonly encryptor: Pick<DocumentEncryptor, 'encrypt'>;
  /** The bucket of documents. */
  readonly bucket: string;
  /** The id of the invocation, which no caller chooses. */
  readonly requestId: string;
}

/** `POST /documents/encrypt`: copies a document under the configured key, and names the copy. */
export function encryptDocument(
  event: ApiRequest,
  { encryptor, bucket, requestId }: DocumentEncryptionPorts,
  telemetry: Telemetry,
): Promise<APIGatewayProxyResult> {
  return answerRequest(event, 'encrypt', requestId, telemetry, async request => {
    const { source_key, version_id } = request;
    const encryption = await encryptor.encrypt({
      bucket,
      key: source_key,
      ...(version_id === undefined ? {} : { versionId: version_id }),
      requestId,
    });
    if (encryption.outcome === 'missing') return { problem: documentMissing };
    if (encryption.outcome === 'key-refused') return { problem: keyRefused(encryption.reasons) };
    if (encryption.outcome === 'too-large') {
      const detail = `The document has ${encryption.size} bytes, more than its store copies at once.`;
      return { problem: { kind: 'document-too-large', detail, versionId: encryption.source.versionId } };
    }
    measure(telemetry.metrics, 'DocumentsEncrypted');
    const { source, ref, keyId } = encryption;
    return {
      response: {
        source_key,
        version_id: source.versionId,
        encrypted_key: ref.key,
        encrypted_version_id: ref.versionId,
        kms_key_id: keyId,
      },
    };
  });
}
