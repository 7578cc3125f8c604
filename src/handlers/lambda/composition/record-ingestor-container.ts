import { S3Client } from '@aws-sdk/client-s3';
import type { Container } from 'inversify';
import { DynamoDbRecordStore } from '../../../adapters/aws/dynamodb-record-store.ts';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { RecordIngestor } from '../../../domain/records/record-ingestor.ts';
import type { RecordIngestorEnvironment } from '../record-ingestor.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditedContainer } from './audited-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The ingestor Lambda's object graph. Nothing is built before it is asked for. */
export function recordIngestorContainer(
  environment: RecordIngestorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = auditedContainer(environment, telemetry);
  container
    .bind(tokens.objectStore)
    .toResolvedValue(() => new S3ObjectStore({ client: traced(new S3Client(awsClientSettings)) }));
  container
    .bind(tokens.recordStore)
    .toResolvedValue(
      client => new DynamoDbRecordStore({ client, tableName: environment.RECORDS_TABLE_NAME }),
      [tokens.documentClient],
    );
  container.bind(tokens.recordIngestor).toResolvedValue(
    (objects, records, audit, alerts, clock) =>
      new RecordIngestor({
        objects,
        records,
        audit,
        alerts,
        clock,
        report: { bucket: environment.REJECTS_BUCKET_NAME, keyId: environment.REJECTS_KEY_ARN },
        policy: {
          maximumFileBytes: environment.MAXIMUM_RECORD_FILE_BYTES,
          maximumInflatedBytes: environment.MAXIMUM_INFLATED_RECORD_BYTES,
          maximumRecords: environment.MAXIMUM_RECORDS,
        },
      }),
    [tokens.objectStore, tokens.recordStore, tokens.auditLog, tokens.alertChannel, tokens.clock],
  );
  return container;
}
