import { S3Client } from '@aws-sdk/client-s3';
import type { Container } from 'inversify';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { DocumentEncryptor } from '../../../domain/documents/document-encryptor.ts';
import type { DocumentEncryptorEnvironment } from '../document-encryptor.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditContainer } from './audit-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The encryptor Lambda's object graph. Nothing is built before it is asked for. */
export function documentEncryptorContainer(
  environment: DocumentEncryptorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = auditContainer(environment, telemetry);
  container
    .bind(tokens.objectStore)
    .toResolvedValue(() => new S3ObjectStore({ client: traced(new S3Client(awsClientSettings)) }));
  container
    .bind(tokens.documentEncryptor)
    .toResolvedValue(
      (objects, audit, clock) =>
        new DocumentEncryptor({ objects, audit, clock, keyId: environment.DOCUMENTS_KEY_ARN }),
      [tokens.objectStore, tokens.auditLog, tokens.clock],
    );
  return container;
}
