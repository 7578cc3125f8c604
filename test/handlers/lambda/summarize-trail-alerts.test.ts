import { beforeEach, describe, expect, test } from '@jest/globals';
import type { TrailSummaries } from '../../../src/domain/trail/trail-summarizer.ts';
import { summarizeTrailAlerts } from '../../../src/handlers/lambda/summarize-trail-alerts.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
beforeEach(async () => {
  telemetry = await recordedTelemetry();
});

const run = (summaries: Partial<TrailSummaries>) =>
  summarizeTrailAlerts(
    {
      summarizer: {
        summarize: async () => ({
          ...{ windows: 5, alerts: 3, postponed: 1, failures: [], unfinished: false },
          ...summaries,
        }),
      },
      remainingTime: () => 30_000,
    },
    telemetry,
  );

describe('a run of the summarizer', () => {
  test('is measured and logged', async () => {
    await run({});
    const metrics = [
      'TrailWindowsTold',
      'TrailSummaryAlerts',
      'TrailWindowsPostponed',
      'TrailSummariesFailed',
    ];
    expect(metrics.map(name => telemetry.metricsOf(name)[0]?.value)).toEqual([5, 3, 1, 0]);
    expect(telemetry.logs()).toMatchObject([{ message: 'Windows told', windows: 5, unfinished: false }]);
  });

  test('in which windows fail rejects once all is told, and logs the first failures', async () => {
    const failures = Array.from({ length: 7 }, (_, index) => new Error(`failure ${index}`));
    await expect(run({ failures })).rejects.toMatchObject({
      message: '7 windows are not told',
      cause: failures[0],
    });
    expect(telemetry.metricsOf('TrailSummariesFailed')[0]?.value).toBe(7);
    expect(telemetry.logs().filter(({ message }) => message === 'Window not told')).toHaveLength(5);
  });

  test('ends in time', async () => {
    let remaining = 10_000;
    let over: readonly boolean[] = [];
    const summarize = async (isOver: () => boolean = () => false): Promise<TrailSummaries> => {
      const before = isOver();
      remaining = 9_999;
      over = [before, isOver()];
      return { windows: 0, alerts: 0, postponed: 0, failures: [], unfinished: true };
    };
    await summarizeTrailAlerts({ summarizer: { summarize }, remainingTime: () => remaining }, telemetry);
    expect(over).toEqual([false, true]);
  });
});
