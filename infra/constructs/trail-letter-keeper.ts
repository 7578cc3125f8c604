import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DeadLetterKeeperEnvironment } from '../../src/handlers/lambda/dead-letter-keeper.env.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { ConfiguredParts } from './configured-parts.ts';
import { consumeQueue } from './consume-queue.ts';
import type { GuardedQueue } from './guarded-queue.ts';
import type { LambdaService } from './lambda-service.ts';
import type { TrailTables } from './trail-tables.ts';

export interface TrailLetterKeeperProps {
  readonly parts: ConfiguredParts;
  readonly tables: TrailTables;
  readonly alertTopic: AlertTopic;
  /** Announces logs. A letter that names no queue goes back to this one: whoever consumes it understands both. */
  readonly queue: GuardedQueue;
  /** Announces what CloudTrail tells at once. */
  readonly liveQueue: GuardedQueue | undefined;
}

/** The function that keeps what the queues of a trail give up, as a child of the flow. */
export function trailLetterKeeper(scope: Construct, props: TrailLetterKeeperProps): LambdaService {
  const { parts, tables, alertTopic, queue, liveQueue } = props;
  const { configuration } = parts;
  const keeper = parts.service('Keeper', alertTopic, {
    serviceName: 'trail-dead-letter-keeper',
    description: 'Keeps and announces each message that the queues of the trail gave up.',
    bundle: parts.bundleOf('dead-letter-keeper'),
    timeout: Duration.seconds(configuration.deadLetterKeeperTimeoutSeconds),
    memorySize: configuration.functionMemoryMegabytes,
    environment: {
      DEAD_LETTERS_TABLE_NAME: tables.deadLettersTable.table.tableName,
      SOURCE_QUEUE_ARN: queue.queue.queueArn,
      AUDIT_TABLE_NAME: tables.auditTable.table.tableName,
      ALERT_TOPIC_ARN: alertTopic.topic.topicArn,
    } satisfies DeadLetterKeeperEnvironment,
  });
  tables.deadLettersTable.grantItems(keeper, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem']);
  tables.auditTable.grantItems(keeper, ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query']);
  alertTopic.grantPublish(keeper);
  const keep = (id: string, kept: GuardedQueue) => {
    kept.grantConsumeDeadLetters(keeper);
    consumeQueue(scope, id, {
      queue: kept.deadLetterQueue,
      consumer: keeper,
      batchSize: 10,
      maximumConcurrency: 2,
    });
  };
  keep('KeeperMapping', queue);
  if (liveQueue !== undefined) keep('LiveKeeperMapping', liveQueue);
  return keeper;
}
