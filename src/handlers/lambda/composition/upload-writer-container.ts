import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Container } from 'inversify';
import { DynamoDbUploadLedger } from '../../../adapters/aws/dynamodb-upload-ledger.ts';
import { UploadRecorder } from '../../../domain/intake/upload-recorder.ts';
import type { Telemetry } from '../telemetry.ts';
import type { UploadWriterEnvironment } from '../upload-writer.env.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { tokens } from './tokens.ts';
import { tracedContainer } from './traced-container.ts';

/** The writer Lambda's object graph. Nothing is built before it is asked for. */
export function uploadWriterContainer(
  environment: UploadWriterEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const begun = tracedContainer(telemetry);
  const { container, traced } = begun;
  bindObjectStore(begun);
  container.bind(tokens.uploadLedger).toResolvedValue(
    () =>
      new DynamoDbUploadLedger({
        client: DynamoDBDocumentClient.from(traced(new DynamoDBClient(awsClientSettings))),
        tableName: environment.UPLOADS_TABLE_NAME,
      }),
  );
  container
    .bind(tokens.uploadRecorder)
    .toResolvedValue(
      (objects, ledger) => new UploadRecorder({ objects, ledger }),
      [tokens.objectStore, tokens.uploadLedger],
    );
  return container;
}
