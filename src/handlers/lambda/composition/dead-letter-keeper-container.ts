import type { Container } from 'inversify';
import { DynamoDbDeadLetterStore } from '../../../adapters/aws/dynamodb-dead-letter-store.ts';
import { DeadLetterKeeper } from '../../../domain/dead-letters/dead-letter-keeper.ts';
import type { DeadLetterKeeperEnvironment } from '../dead-letter-keeper.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { announcingContainer } from './announcing-container.ts';
import { tokens } from './tokens.ts';

/** The dead-letter Lambda's object graph. Nothing is built before it is asked for. */
export function deadLetterKeeperContainer(
  environment: DeadLetterKeeperEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container } = announcingContainer(environment, telemetry);
  container
    .bind(tokens.deadLetterStore)
    .toResolvedValue(
      client => new DynamoDbDeadLetterStore({ client, tableName: environment.DEAD_LETTERS_TABLE_NAME }),
      [tokens.documentClient],
    );
  container
    .bind(tokens.deadLetterKeeper)
    .toResolvedValue(
      (letters, audit, alerts, clock) => new DeadLetterKeeper({ letters, audit, alerts, clock }),
      [tokens.deadLetterStore, tokens.auditLog, tokens.alertChannel, tokens.clock],
    );
  return container;
}
