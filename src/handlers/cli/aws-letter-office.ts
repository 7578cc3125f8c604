import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbDeadLetterStore } from '../../adapters/aws/dynamodb-dead-letter-store.ts';
import { SqsMessageQueue } from '../../adapters/aws/sqs-message-queue.ts';
import { systemClock } from '../../adapters/node/system-clock.ts';
import { DeadLetterRedriver } from '../../domain/dead-letters/dead-letter-redriver.ts';
import type { LetterOffice } from './letter-office.ts';

/** Region, credentials and endpoint are what the SDK finds in its environment. */
export function openAwsLetterOffice(tableName: string): LetterOffice {
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient());
  // A queue's URL may name a host of which only the service itself knows: an emulator's.
  const queues = new SQSClient({ useQueueUrlAsEndpoint: false });
  return {
    redriver: new DeadLetterRedriver({
      letters: new DynamoDbDeadLetterStore({ client: tables, tableName }),
      queue: new SqsMessageQueue({ client: queues }),
      clock: systemClock,
    }),
    close() {
      tables.destroy();
      queues.destroy();
    },
  };
}
