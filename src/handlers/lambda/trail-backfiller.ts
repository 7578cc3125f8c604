import { setTimeout as pause } from 'node:timers/promises';
import type { Handler } from 'aws-lambda';
import { readTrailRules } from '../read-trail-rules.env.ts';
import { backfillOfBatch } from './backfill-of-batch.ts';
import { type BackfillAnswer, backfillTrailLogs } from './backfill-trail-logs.ts';
import { tokens } from './composition/tokens.ts';
import { trailBackfillerContainer } from './composition/trail-backfiller-container.ts';
import { readEnvironment } from './environment.ts';
import { createTelemetry, observed } from './telemetry.ts';
import { trailBackfillerEnvironment } from './trail-backfiller.env.ts';

const environment = readEnvironment(trailBackfillerEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const bundled = readTrailRules(environment.TRAIL_RULES, process.env['LAMBDA_TASK_ROOT'] ?? '.');
const container = trailBackfillerContainer(environment, bundled, telemetry);

/** A step of the backfill workflow in, such as a batch of listed logs; what came of it out. */
export const handler: Handler<unknown, BackfillAnswer> = (input, context) =>
  observed(telemetry, context, () => {
    const ledger = container.get(tokens.backfillLedger);
    const alerts = container.get(tokens.alertChannel);
    const clock = container.get(tokens.clock);
    const backfillOf = backfillOfBatch({
      ...{ ledger, alerts, clock, pause, random: Math.random },
      rules: container.get(tokens.trailRules),
      objects: container.get(tokens.objectStore),
      events: container.get(tokens.trailEventStore),
      windows: container.get(tokens.alertWindows),
      windowMinutes: environment.TRAIL_ALERT_WINDOW_MINUTES,
    });
    const conclusion = { ledger, alerts, clock, audit: container.get(tokens.auditLog) };
    const remainingTime = () => context.getRemainingTimeInMillis();
    return backfillTrailLogs(input, { backfillOf, conclusion, remainingTime }, telemetry);
  });
