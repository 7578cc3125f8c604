import * as z from 'zod';
import { tableName, topicArn } from './environment-values.env.ts';

/** The environment of the summarizer Lambda: what windows of matched events have gathered in; alerts out. */
export const trailSummarizerEnvironment = z.object({
  /** Name of the table of alert windows. */
  TRAIL_ALERT_WINDOWS_TABLE_NAME: tableName,
  /** ARN of the topic that announces them. */
  ALERT_TOPIC_ARN: topicArn,
});

export type TrailSummarizerEnvironment = z.infer<typeof trailSummarizerEnvironment>;
