import * as z from 'zod';
import type { LocalPlatform } from '../platform.ts';
import { type Deploy, physicalName, readProperties } from './resource.ts';

/** Strict, so that nothing decides about delivery unseen; what is only kept is named. */
const ruleProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventPattern: z.looseObject({}).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  RoleArn: z.string().optional(),
  Tags: z.array(z.unknown()).optional(),
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: z.string(),
        Input: z.string().optional(),
        InputPath: z.string().optional(),
        InputTransformer: z
          .strictObject({
            InputPathsMap: z.record(z.string(), z.string()).optional(),
            InputTemplate: z.string(),
          })
          .optional(),
        DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
        /** The targets are in this process: what they refuse once, they refuse again. */
        RetryPolicy: z.looseObject({}).optional(),
        RoleArn: z.string().optional(),
      }),
    )
    .default([]),
});

/** The longest name of a rule. */
const longestName = 64;

/** `AWS::Events::Rule` with an event pattern or a schedule, on the default bus. */
export const deployEventRule: Deploy<LocalPlatform> = async (resource, platform) => {
  const { Name, EventPattern, ScheduleExpression, State, Targets } = readProperties(resource, ruleProperties);
  const name = physicalName(resource, Name, longestName);
  const arn = `arn:aws:events:${platform.region}:${platform.accountId}:rule/${name}`;
  for (const { DeadLetterConfig } of Targets) {
    const deadLetterQueue = DeadLetterConfig?.Arn?.split(':').at(-1);
    if (deadLetterQueue !== undefined) platform.deadLetterQueues.add(deadLetterQueue);
  }
  if (State === 'ENABLED') {
    const where = `Stack ${resource.stack}: ${resource.logicalId}`;
    const when = { pattern: EventPattern, schedule: ScheduleExpression };
    platform.rules.put({ name, arn, ...when, targets: Targets }, where);
  }
  return { ref: name, attributes: { Arn: arn } };
};
