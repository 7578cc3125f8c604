import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Container } from 'inversify';
import { DynamoDbAuditLog } from '../../../adapters/aws/dynamodb-audit-log.ts';
import { DynamoDbTrailEventStore } from '../../../adapters/aws/dynamodb-trail-event-store.ts';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { SnsAlertChannel } from '../../../adapters/aws/sns-alert-channel.ts';
import { systemClock } from '../../../adapters/node/system-clock.ts';
import { TrailAnalyzer } from '../../../domain/trail/trail-analyzer.ts';
import type { TrailRules } from '../../../domain/trail/trail-rules.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TrailAnalyzerEnvironment } from '../trail-analyzer.env.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The analyzer Lambda's object graph. Nothing is built before it is asked for. */
export function trailAnalyzerContainer(
  environment: TrailAnalyzerEnvironment,
  rules: TrailRules,
  { tracer }: Pick<Telemetry, 'tracer'>,
): Container {
  const traced = <Client>(client: Client): Client => tracer?.captureAWSv3Client(client) ?? client;
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(tokens.clock).toConstantValue(systemClock);
  container
    .bind(tokens.documentClient)
    .toResolvedValue(() => DynamoDBDocumentClient.from(traced(new DynamoDBClient(awsClientSettings))));
  container
    .bind(tokens.auditLog)
    .toResolvedValue(
      client => new DynamoDbAuditLog({ client, tableName: environment.AUDIT_TABLE_NAME }),
      [tokens.documentClient],
    );
  container.bind(tokens.trailEventStore).toResolvedValue(
    client =>
      new DynamoDbTrailEventStore({
        client,
        tableName: environment.TRAIL_EVENTS_TABLE_NAME,
        retentionDays: environment.TRAIL_EVENT_RETENTION_DAYS,
      }),
    [tokens.documentClient],
  );
  container.bind(tokens.alertChannel).toResolvedValue(
    () =>
      new SnsAlertChannel({
        client: traced(new SNSClient(awsClientSettings)),
        topicArn: environment.ALERT_TOPIC_ARN,
      }),
  );
  container
    .bind(tokens.objectStore)
    .toResolvedValue(() => new S3ObjectStore({ client: traced(new S3Client(awsClientSettings)) }));
  container
    .bind(tokens.trailAnalyzer)
    .toResolvedValue(
      (objects, events, alerts, clock) => new TrailAnalyzer({ objects, events, alerts, clock, rules }),
      [tokens.objectStore, tokens.trailEventStore, tokens.alertChannel, tokens.clock],
    );
  return container;
}
