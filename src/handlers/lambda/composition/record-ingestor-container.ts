import type { Container } from 'inversify';
import { DynamoDbRecordStore } from '../../../adapters/aws/dynamodb-record-store.ts';
import { RecordIngestor } from '../../../domain/records/record-ingestor.ts';
import type { RecordIngestorEnvironment } from '../record-ingestor.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { announcingContainer } from './announcing-container.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { tokens } from './tokens.ts';

/** The ingestor Lambda's object graph. Nothing is built before it is asked for. */
export function recordIngestorContainer(
  environment: RecordIngestorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const begun = announcingContainer(environment, telemetry);
  const { container } = begun;
  bindObjectStore(begun);
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
