import * as z from 'zod';

/** The environment of the analyzer Lambda: announced CloudTrail logs and events of the bus in; stored events and alerts out. */
export const trailAnalyzerEnvironment = z.object({
  /** Name of a rule pack, or a rules file in the function's folder: `./rules.json`. */
  TRAIL_RULES: z.string().min(1),
  /** The rules file that stands for those where it can be used: `s3://<bucket>/<key>`. */
  TRAIL_RULES_OBJECT: z
    .string()
    .transform(place => /^s3:\/\/([\w.-]{3,255})\/(.{1,1000})$/.exec(place))
    .transform((parts, { addIssue }) => {
      const [, bucket, key] = parts ?? [];
      if (bucket !== undefined && key !== undefined) return { bucket, key };
      addIssue({ code: 'custom', message: 'must be s3://<bucket>/<key>' });
      return z.NEVER;
    })
    .optional(),
  /** Seconds after which that file is looked at again. */
  TRAIL_RULES_REFRESH_SECONDS: z.coerce.number().int().min(1).default(60),
  /** Name of the table of matched events. */
  TRAIL_EVENTS_TABLE_NAME: z.string().min(3),
  /** Days for which a matched event is kept. */
  TRAIL_EVENT_RETENTION_DAYS: z.coerce.number().int().min(1),
  /** Name of the table of alert windows. */
  TRAIL_ALERT_WINDOWS_TABLE_NAME: z.string().min(3),
  /** Length of the windows whose matches are told together. */
  TRAIL_ALERT_WINDOW_MINUTES: z.coerce.number().int().min(1).max(1440),
  /** Name of the audit table, where the causes of failures are noted. */
  AUDIT_TABLE_NAME: z.string().min(3),
  /** ARN of the topic that announces matched events. */
  ALERT_TOPIC_ARN: z.string().regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/),
});

export type TrailAnalyzerEnvironment = z.infer<typeof trailAnalyzerEnvironment>;
