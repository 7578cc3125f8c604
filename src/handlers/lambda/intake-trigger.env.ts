import * as z from 'zod';

/** The environment of the trigger Lambda: SQS notifications of uploads in, workflow executions out. */
export const intakeTriggerEnvironment = z.object({
  /** ARN of the intake state machine. */
  STATE_MACHINE_ARN: z.string().regex(/^arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[\w-]+$/),
  /** Name of the audit table. */
  AUDIT_TABLE_NAME: z.string().min(3),
  /** ARN of the topic that announces refused uploads. */
  ALERT_TOPIC_ARN: z.string().regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/),
});

export type IntakeTriggerEnvironment = z.infer<typeof intakeTriggerEnvironment>;
