import type { APIGatewayProxyResult } from 'aws-lambda';
import type { UploadPermitIssuer } from '../../../domain/documents/upload-permit-issuer.ts';
import { measure } from '../measure.ts';
import type { Telemetry } from '../telemetry.ts';
import { type ApiRequest, answerRequest } from './answer-request.ts';
import { keyRefused } from './document-problems.ts';

export interface UploadUrlPorts {
  readonly issuer: Pick<UploadPermitIssuer, 'issue'>;
  /** The id of the invocation, which no caller chooses. */
  readonly requestId: string;
}

/** `POST /documents/upload-url`: gives a form by which one document can be uploaded without credentials. */
export function issueUploadUrl(
  event: ApiRequest,
  { issuer, requestId }: UploadUrlPorts,
  telemetry: Telemetry,
): Promise<APIGatewayProxyResult> {
  return answerRequest(event, 'uploadUrl', requestId, telemetry, async request => {
    const { document_key, content_type, size } = request;
    const decision = await issuer.issue({
      key: document_key,
      contentType: content_type,
      ...(size === undefined ? {} : { size }),
      requestId,
    });
    if (decision.outcome === 'key-refused') return { problem: keyRefused(decision.reasons) };
    if (decision.outcome === 'type-refused') {
      const detail = 'A document of this type may not be uploaded under this key.';
      return { problem: { kind: 'document-type-refused', detail, reasons: decision.reasons } };
    }
    if (decision.outcome === 'too-large') {
      const detail = `A document has at most ${decision.maximumBytes} bytes.`;
      return { problem: { kind: 'document-too-large', detail } };
    }
    measure(telemetry.metrics, 'UploadsPermitted');
    const { permit } = decision;
    return {
      response: {
        document_key,
        url: permit.url,
        fields: { ...permit.fields },
        expires_at: permit.expiresAt,
        minimum_bytes: decision.size.minimum,
        maximum_bytes: decision.size.maximum,
      },
    };
  });
}
