import * as z from 'zod';

/** The environment of the dead-letter Lambda: messages that a queue has given up in; stored letters and alerts out. */
export const deadLetterKeeperEnvironment = z.object({
  /** Name of the table of dead letters. */
  DEAD_LETTERS_TABLE_NAME: z.string().min(3),
  /** ARN of the queue that the letters could not leave; one that names its queue itself is believed. */
  SOURCE_QUEUE_ARN: z.string().regex(/^arn:[^:]+:sqs:[^:]+:\d{12}:[\w-]+$/),
  /** Name of the audit table, where the causes of failures were noted. */
  AUDIT_TABLE_NAME: z.string().min(3),
  /** ARN of the topic that announces dead letters. */
  ALERT_TOPIC_ARN: z.string().regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/),
});

export type DeadLetterKeeperEnvironment = z.infer<typeof deadLetterKeeperEnvironment>;
