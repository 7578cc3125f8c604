import * as z from 'zod';

/** The environment of the analyzer Lambda: announced CloudTrail logs in; stored events and alerts out. */
export const trailAnalyzerEnvironment = z.object({
  /** Name of a rule pack, or a rules file in the function's folder: `./rules.json`. */
  TRAIL_RULES: z.string().min(1),
  /** Name of the table of matched events. */
  TRAIL_EVENTS_TABLE_NAME: z.string().min(3),
  /** Days for which a matched event is kept. */
  TRAIL_EVENT_RETENTION_DAYS: z.coerce.number().int().min(1),
  /** Name of the audit table, where the causes of failures are noted. */
  AUDIT_TABLE_NAME: z.string().min(3),
  /** ARN of the topic that announces matched events. */
  ALERT_TOPIC_ARN: z.string().regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/),
});

export type TrailAnalyzerEnvironment = z.infer<typeof trailAnalyzerEnvironment>;
