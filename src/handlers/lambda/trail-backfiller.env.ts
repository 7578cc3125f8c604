import type * as z from 'zod';
import { positiveInteger, tableName } from './environment-values.env.ts';
import { trailAnalyzerEnvironment } from './trail-analyzer.env.ts';

/**
 * The environment of the backfiller Lambda: a batch of listed CloudTrail logs in; stored events, and what became of each log,
 * out. It analyzes as the analyzer does, and takes what that takes.
 */
export const trailBackfillerEnvironment = trailAnalyzerEnvironment.extend({
  /** Name of the table that says what has become of the logs of a backfill. */
  TRAIL_BACKFILLS_TABLE_NAME: tableName,
  /** Days for which that is kept. */
  TRAIL_BACKFILL_RETENTION_DAYS: positiveInteger,
});

export type TrailBackfillerEnvironment = z.infer<typeof trailBackfillerEnvironment>;
