import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Container } from 'inversify';
import { DynamoDbAuditLog } from '../../../adapters/aws/dynamodb-audit-log.ts';
import { DynamoDbDeadLetterStore } from '../../../adapters/aws/dynamodb-dead-letter-store.ts';
import { SnsAlertChannel } from '../../../adapters/aws/sns-alert-channel.ts';
import { systemClock } from '../../../adapters/node/system-clock.ts';
import { DeadLetterKeeper } from '../../../domain/dead-letters/dead-letter-keeper.ts';
import type { DeadLetterKeeperEnvironment } from '../dead-letter-keeper.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

/** The dead-letter Lambda's object graph. Nothing is built before it is asked for. */
export function deadLetterKeeperContainer(
  environment: DeadLetterKeeperEnvironment,
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
  container
    .bind(tokens.deadLetterStore)
    .toResolvedValue(
      client => new DynamoDbDeadLetterStore({ client, tableName: environment.DEAD_LETTERS_TABLE_NAME }),
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
    .bind(tokens.deadLetterKeeper)
    .toResolvedValue(
      (letters, audit, alerts, clock) => new DeadLetterKeeper({ letters, audit, alerts, clock }),
      [tokens.deadLetterStore, tokens.auditLog, tokens.alertChannel, tokens.clock],
    );
  return container;
}
