import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbAlertWindows } from '../../adapters/aws/dynamodb-alert-windows.ts';
import { DynamoDbBackfillLedger } from '../../adapters/aws/dynamodb-backfill-ledger.ts';
import { DynamoDbTrailEventStore } from '../../adapters/aws/dynamodb-trail-event-store.ts';
import { S3ObjectListing } from '../../adapters/aws/s3-object-listing.ts';
import { S3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { SnsAlertChannel } from '../../adapters/aws/sns-alert-channel.ts';
import { FileBackfillLedger } from '../../adapters/node/file-backfill-ledger.ts';
import type { BackfillDesk, BackfillDeskRequest, BackfillDesks } from './backfill-desk.ts';
import { UsageError } from './verb.ts';

/** A call that hangs must not hold the others up. */
const settings = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
};

/** A bucket of another region is followed there. */
const s3Client = () => new S3Client({ ...settings, followRegionRedirects: true });

/** Region, credentials and endpoint are what the SDK finds in its environment. */
export const awsBackfillDesks: BackfillDesks = {
  async openListing() {
    const client = s3Client();
    await client.config.region().catch(() => {
      throw new UsageError('name a region: AWS_REGION, or that of a profile');
    });
    return { listing: new S3ObjectListing({ client }), close: () => client.destroy() };
  },

  async openDesk(request: BackfillDeskRequest): Promise<BackfillDesk> {
    const { eventsTable, eventDays, ledger, alerts } = request;
    const objects = s3Client();
    const tables = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
    const region = await tables.config.region();
    const topics = new SNSClient(settings);
    const kept =
      'file' in ledger
        ? await FileBackfillLedger.open(ledger.file)
        : new DynamoDbBackfillLedger({ client: tables, tableName: ledger.table });
    return {
      objects: new S3ObjectStore({ client: objects }),
      events: new DynamoDbTrailEventStore({
        ...{ client: tables, tableName: eventsTable, retentionDays: eventDays },
      }),
      store: `${eventsTable} ${region}`,
      ledger: kept,
      telling: alerts && {
        alerts: new SnsAlertChannel({ client: topics, topicArn: alerts.topic }),
        windows: new DynamoDbAlertWindows({ client: tables, tableName: alerts.windowsTable }),
      },
      async close() {
        objects.destroy();
        tables.destroy();
        topics.destroy();
        if (kept instanceof FileBackfillLedger) await kept.close();
      },
    };
  },
};
