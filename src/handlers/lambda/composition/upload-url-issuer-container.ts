import { S3Client } from '@aws-sdk/client-s3';
import type { Container } from 'inversify';
import { S3UploadSigner } from '../../../adapters/aws/s3-upload-signer.ts';
import { UploadPermitIssuer } from '../../../domain/documents/upload-permit-issuer.ts';
import type { Telemetry } from '../telemetry.ts';
import type { UploadUrlIssuerEnvironment } from '../upload-url-issuer.env.ts';
import { auditingContainer } from './auditing-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The upload-URL Lambda's object graph. Nothing is built before it is asked for. */
export function uploadUrlIssuerContainer(
  environment: UploadUrlIssuerEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container } = auditingContainer(environment, telemetry);
  container
    .bind(tokens.uploadSigner)
    .toResolvedValue(() => new S3UploadSigner({ client: new S3Client(awsClientSettings) }));
  container.bind(tokens.uploadPermitIssuer).toResolvedValue(
    (signer, audit, clock) =>
      new UploadPermitIssuer({
        signer,
        audit,
        clock,
        policy: {
          allowedTypes: environment.ALLOWED_DOCUMENT_TYPES,
          maximumBytes: environment.MAXIMUM_DOCUMENT_BYTES,
        },
        bucket: environment.DOCUMENTS_BUCKET_NAME,
        keyId: environment.DOCUMENTS_KEY_ARN,
        expiresInSeconds: environment.UPLOAD_URL_EXPIRY_SECONDS,
      }),
    [tokens.uploadSigner, tokens.auditLog, tokens.clock],
  );
  return container;
}
