import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Container } from 'inversify';
import { DynamoDbUploadLedger } from '../../../adapters/aws/dynamodb-upload-ledger.ts';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { UploadRecorder } from '../../../domain/intake/upload-recorder.ts';
import type { Telemetry } from '../telemetry.ts';
import type { UploadWriterEnvironment } from '../upload-writer.env.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The writer Lambda's object graph. Nothing is built before it is asked for. */
export function uploadWriterContainer(
  environment: UploadWriterEnvironment,
  { tracer }: Pick<Telemetry, 'tracer'>,
): Container {
  const traced = <Client>(client: Client): Client => tracer?.captureAWSv3Client(client) ?? client;
  const container = new Container({ defaultScope: 'Singleton' });
  container
    .bind(tokens.objectStore)
    .toResolvedValue(() => new S3ObjectStore({ client: traced(new S3Client(awsClientSettings)) }));
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
