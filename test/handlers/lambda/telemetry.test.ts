import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createTelemetry, observed } from '../../../src/handlers/lambda/telemetry.ts';
import { lambdaContext, type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

let telemetry: RecordedTelemetry;
beforeEach(async () => {
  jest.restoreAllMocks();
  telemetry = await recordedTelemetry();
});

describe('an observed invocation', () => {
  test('answers what its work answers, with the request id on its log lines', async () => {
    const answer = await observed(telemetry, lambdaContext, async () => {
      telemetry.logger.info('working');
      return 7;
    });
    expect(answer).toBe(7);
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({ message: 'working', function_request_id: lambdaContext.awsRequestId }),
    );
  });

  test('fails as its work fails, after logging the error and sending its metrics', async () => {
    const failing = observed(telemetry, lambdaContext, async () => {
      telemetry.metrics.addMetric('Worked', 'Count', 1);
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({ message: 'Invocation failed', level: 'ERROR' }),
    );
    expect(telemetry.metricsOf('Worked')).toMatchObject([{ value: 1 }]);
  });
});

test('an invocation that measures nothing says nothing of it', async () => {
  const warn = jest.spyOn(console, 'warn');
  await observed(telemetry, lambdaContext, async () => undefined);
  expect(warn).not.toHaveBeenCalled();
});

test('the first invocation of an environment counts as a cold start', async () => {
  process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] = 'on-demand';
  const fresh = await recordedTelemetry();
  for (let invocation = 1; invocation <= 2; invocation += 1) {
    await observed(fresh, lambdaContext, async () => undefined);
  }
  expect(fresh.metricsOf('ColdStart')).toMatchObject([{ value: 1, dimensions: { function_name: 'test' } }]);
});

test.each([
  [{}, false],
  [{ AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }, true],
  [{ AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x', POWERTOOLS_TRACE_ENABLED: 'false' }, false],
])('with %j the tracer is loaded: %p', async (variables, traced) => {
  expect((await createTelemetry(variables)).tracer !== undefined).toBe(traced);
});
