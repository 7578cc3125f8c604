import type { APIGatewayProxyResult } from 'aws-lambda';
import type { DocumentValidation, DocumentValidator } from '../../../domain/documents/document-validator.ts';
import { measure } from '../measure.ts';
import type { Telemetry } from '../telemetry.ts';
import { type ApiRequest, answerRequest } from './answer-request.ts';
import { documentMissing, keyRefused } from './document-problems.ts';
import type { Problem, ProblemKind } from './problem-details.ts';

export interface DocumentValidationPorts {
  readonly validator: Pick<DocumentValidator, 'validate'>;
  /** The bucket of documents. */
  readonly bucket: string;
  /** The id of the invocation, which no caller chooses. */
  readonly requestId: string;
}

/** `POST /documents/upload`: says whether a document that was uploaded is valid, and if not, everything that is wrong. */
export function validateDocument(
  event: ApiRequest,
  { validator, bucket, requestId }: DocumentValidationPorts,
  telemetry: Telemetry,
): Promise<APIGatewayProxyResult> {
  return answerRequest(event, 'validate', requestId, telemetry, async request => {
    const { document_key, version_id } = request;
    const validation = await validator.validate({
      bucket,
      key: document_key,
      ...(version_id === undefined ? {} : { versionId: version_id }),
      requestId,
    });
    if (validation.outcome === 'missing') return { problem: documentMissing };
    if (validation.outcome === 'key-refused') return { problem: keyRefused(validation.reasons) };
    if (validation.outcome === 'invalid') {
      measure(telemetry.metrics, 'DocumentsInvalid');
      return { problem: documentInvalid(validation) };
    }
    measure(telemetry.metrics, 'DocumentsValid');
    const { ref, type, size, pages, notes } = validation;
    return {
      response: {
        document_key,
        version_id: ref.versionId,
        valid: true as const,
        content_type: type,
        size,
        ...(pages === undefined ? {} : { pages }),
        notes: [...notes],
      },
    };
  });
}

function documentInvalid({
  ref,
  reasons,
}: Extract<DocumentValidation, { readonly outcome: 'invalid' }>): Problem {
  const hasOnly = (code: string) => reasons.every(reason => reason.code === code);
  const kind: ProblemKind = hasOnly('too-large')
    ? 'document-too-large'
    : hasOnly('type-not-allowed')
      ? 'document-type-refused'
      : 'document-invalid';
  return { kind, detail: 'The document does not pass.', reasons, versionId: ref.versionId };
}
