import type { Container } from 'inversify';
import { DynamoDbAlertWindows } from '../../../adapters/aws/dynamodb-alert-windows.ts';
import { DynamoDbTrailEventStore } from '../../../adapters/aws/dynamodb-trail-event-store.ts';
import { TrailAnalyzer } from '../../../domain/trail/trail-analyzer.ts';
import type { TrailRules } from '../../../domain/trail/trail-rules.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TrailAnalyzerEnvironment } from '../trail-analyzer.env.ts';
import { announcingContainer } from './announcing-container.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { bindTrailRules } from './bind-trail-rules.ts';
import { tokens } from './tokens.ts';

/**
 * The analyzer Lambda's object graph. Nothing is built before it is asked for.
 *
 * @param bundled The rules of the function's folder; where the environment names an object, they stand until that is there.
 */
export function trailAnalyzerContainer(
  environment: TrailAnalyzerEnvironment,
  bundled: TrailRules,
  telemetry: Telemetry,
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
  container
    .bind(tokens.alertWindows)
    .toResolvedValue(
      client => new DynamoDbAlertWindows({ client, tableName: environment.TRAIL_ALERT_WINDOWS_TABLE_NAME }),
      [tokens.documentClient],
    );
  bindObjectStore(begun);
  bindTrailRules(container, environment, bundled, telemetry);
  container.bind(tokens.trailAnalyzer).toResolvedValue(
    (objects, events, windows, alerts, clock, rules) =>
      new TrailAnalyzer({
        ...{ objects, events, windows, alerts, clock, rules },
        windowMinutes: environment.TRAIL_ALERT_WINDOW_MINUTES,
      }),
    [
      tokens.objectStore,
      tokens.trailEventStore,
      tokens.alertWindows,
      tokens.alertChannel,
      tokens.clock,
      tokens.trailRules,
    ],
  );
  return container;
}
