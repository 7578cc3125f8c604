import * as z from 'zod';

/** The environment of the summarizer Lambda: what windows of matched events have gathered in; alerts out. */
export const trailSummarizerEnvironment = z.object({
  /** Name of the table of alert windows. */
  TRAIL_ALERT_WINDOWS_TABLE_NAME: z.string().min(3),
  /** ARN of the topic that announces them. */
  ALERT_TOPIC_ARN: z.string().regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/),
});

export type TrailSummarizerEnvironment = z.infer<typeof trailSummarizerEnvironment>;
