import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';

const before = { ...process.env };

beforeAll(() => {
  Object.assign(process.env, {
    ...{
      TRAIL_RULES: 'account-changes',
      TRAIL_EVENTS_TABLE_NAME: 'events',
      TRAIL_EVENT_RETENTION_DAYS: '365',
    },
    ...{ TRAIL_ALERT_WINDOWS_TABLE_NAME: 'windows', TRAIL_ALERT_WINDOW_MINUTES: '15' },
    ...{ TRAIL_BACKFILLS_TABLE_NAME: 'backfills', TRAIL_BACKFILL_RETENTION_DAYS: '90' },
    ...{ AUDIT_TABLE_NAME: 'audit', ALERT_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:alerts' },
    ...{ AWS_REGION: 'eu-central-1', POWERTOOLS_METRICS_DISABLED: 'true' },
  });
});
afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

test('the function stands on its environment, and begins a backfill', async () => {
  const { handler } = await import('../../../src/handlers/lambda/trail-backfiller.ts');
  const context = { functionName: 'f', getRemainingTimeInMillis: () => 900_000 } as Context;
  const input = { step: 'begin', bucket: 'logs', execution: 'november', request: { from: '2026-11-01' } };

  expect(await handler(input, context, () => undefined)).toEqual({
    ...{ schemaVersion: 1, backfill: 'november', bucket: 'logs', prefix: 'AWSLogs/' },
    ...{ from: '2026-11-01', to: null, announce: false },
  });
});
