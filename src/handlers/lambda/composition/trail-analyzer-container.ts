import type { Container } from 'inversify';
import { DynamoDbTrailEventStore } from '../../../adapters/aws/dynamodb-trail-event-store.ts';
import { TrailAnalyzer } from '../../../domain/trail/trail-analyzer.ts';
import type { TrailRules } from '../../../domain/trail/trail-rules.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TrailAnalyzerEnvironment } from '../trail-analyzer.env.ts';
import { announcingContainer } from './announcing-container.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { tokens } from './tokens.ts';

/** The analyzer Lambda's object graph. Nothing is built before it is asked for. */
export function trailAnalyzerContainer(
  environment: TrailAnalyzerEnvironment,
  rules: TrailRules,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const begun = announcingContainer(environment, telemetry);
  const { container } = begun;
  container.bind(tokens.trailEventStore).toResolvedValue(
    client =>
      new DynamoDbTrailEventStore({
        client,
        tableName: environment.TRAIL_EVENTS_TABLE_NAME,
        retentionDays: environment.TRAIL_EVENT_RETENTION_DAYS,
      }),
    [tokens.documentClient],
  );
  bindObjectStore(begun);
  container
    .bind(tokens.trailAnalyzer)
    .toResolvedValue(
      (objects, events, alerts, clock) => new TrailAnalyzer({ objects, events, alerts, clock, rules }),
      [tokens.objectStore, tokens.trailEventStore, tokens.alertChannel, tokens.clock],
    );
  return container;
}
