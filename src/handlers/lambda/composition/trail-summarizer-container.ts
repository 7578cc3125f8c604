import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Container } from 'inversify';
import { DynamoDbAlertWindows } from '../../../adapters/aws/dynamodb-alert-windows.ts';
import { SnsAlertChannel } from '../../../adapters/aws/sns-alert-channel.ts';
import { systemClock } from '../../../adapters/node/system-clock.ts';
import { TrailSummarizer } from '../../../domain/trail/trail-summarizer.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TrailSummarizerEnvironment } from '../trail-summarizer.env.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';
import { tracedContainer } from './traced-container.ts';

/** The summarizer Lambda's object graph. Nothing is built before it is asked for. */
export function trailSummarizerContainer(
  environment: TrailSummarizerEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = tracedContainer(telemetry);
  container.bind(tokens.clock).toConstantValue(systemClock);
  container.bind(tokens.alertWindows).toResolvedValue(
    () =>
      new DynamoDbAlertWindows({
        client: DynamoDBDocumentClient.from(traced(new DynamoDBClient(awsClientSettings))),
        tableName: environment.TRAIL_ALERT_WINDOWS_TABLE_NAME,
      }),
  );
  container.bind(tokens.alertChannel).toResolvedValue(
    () =>
      new SnsAlertChannel({
        client: traced(new SNSClient(awsClientSettings)),
        topicArn: environment.ALERT_TOPIC_ARN,
      }),
  );
  container
    .bind(tokens.trailSummarizer)
    .toResolvedValue(
      (windows, alerts, clock) => new TrailSummarizer({ windows, alerts, clock }),
      [tokens.alertWindows, tokens.alertChannel, tokens.clock],
    );
  return container;
}
