import type { Container } from 'inversify';
import { DynamoDbBackfillLedger } from '../../../adapters/aws/dynamodb-backfill-ledger.ts';
import type { TrailRules } from '../../../domain/trail/trail-rules.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TrailBackfillerEnvironment } from '../trail-backfiller.env.ts';
import { tokens } from './tokens.ts';
import { trailAnalyzerContainer } from './trail-analyzer-container.ts';

/**
 * The backfiller Lambda's object graph: the analyzer's, and a ledger. Nothing is built before it is asked for.
 *
 * @param bundled The rules of the function's folder.
 */
export function trailBackfillerContainer(
  environment: TrailBackfillerEnvironment,
  bundled: TrailRules,
  telemetry: Telemetry,
): Container {
  const container = trailAnalyzerContainer(environment, bundled, telemetry);
  container.bind(tokens.backfillLedger).toResolvedValue(
    client =>
      new DynamoDbBackfillLedger({
        client,
        tableName: environment.TRAIL_BACKFILLS_TABLE_NAME,
        retentionDays: environment.TRAIL_BACKFILL_RETENTION_DAYS,
      }),
    [tokens.documentClient],
  );
  return container;
}
