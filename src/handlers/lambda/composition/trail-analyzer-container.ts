import { S3Client } from '@aws-sdk/client-s3';
import type { Container } from 'inversify';
import { DynamoDbTrailEventStore } from '../../../adapters/aws/dynamodb-trail-event-store.ts';
import { S3ObjectStore } from '../../../adapters/aws/s3-object-store.ts';
import { TrailAnalyzer } from '../../../domain/trail/trail-analyzer.ts';
import type { TrailRules } from '../../../domain/trail/trail-rules.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TrailAnalyzerEnvironment } from '../trail-analyzer.env.ts';
import { auditedContainer } from './audited-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The analyzer Lambda's object graph. Nothing is built before it is asked for. */
export function trailAnalyzerContainer(
  environment: TrailAnalyzerEnvironment,
  rules: TrailRules,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = auditedContainer(environment, telemetry);
  container.bind(tokens.trailEventStore).toResolvedValue(
    client =>
      new DynamoDbTrailEventStore({
        client,
        tableName: environment.TRAIL_EVENTS_TABLE_NAME,
        retentionDays: environment.TRAIL_EVENT_RETENTION_DAYS,
      }),
    [tokens.documentClient],
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
