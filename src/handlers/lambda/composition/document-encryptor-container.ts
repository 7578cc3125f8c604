import type { Container } from 'inversify';
import { DocumentEncryptor } from '../../../domain/documents/document-encryptor.ts';
import type { DocumentEncryptorEnvironment } from '../document-encryptor.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditingContainer } from './auditing-container.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { tokens } from './tokens.ts';

/** The encryptor Lambda's object graph. Nothing is built before it is asked for. */
export function documentEncryptorContainer(
  environment: DocumentEncryptorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const begun = auditingContainer(environment, telemetry);
  const { container } = begun;
  bindObjectStore(begun);
  container
    .bind(tokens.documentEncryptor)
    .toResolvedValue(
      (objects, audit, clock) =>
        new DocumentEncryptor({ objects, audit, clock, keyId: environment.DOCUMENTS_KEY_ARN }),
      [tokens.objectStore, tokens.auditLog, tokens.clock],
    );
  return container;
}
