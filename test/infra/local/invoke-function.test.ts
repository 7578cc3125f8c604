import { expect, test } from '@jest/globals';
import { createInvokeFunctionService } from '../../../infra/local/invoke-function.ts';

const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:scan';

async function invoke(
  path: string,
  { body = '', type, method = 'POST' }: { body?: string; type?: string; method?: string } = {},
) {
  const later: string[][] = [];
  const service = createInvokeFunctionService({
    functions: {
      has: name => name === 'scan' || name === arn,
      invoke: async (name, event) =>
        JSON.stringify(event).includes('fail')
          ? { requestId: 'r', outcome: 'failed', error: { errorType: 'E', errorMessage: 'failed' } }
          : { requestId: 'r', outcome: 'answered', payload: JSON.stringify({ name, event }) },
    },
    invokeLater: (name, text) => later.push([name, text]),
  });
  const headers: Record<string, string> = type === undefined ? {} : { 'x-amz-invocation-type': type };
  const answer = await service({
    method,
    url: `/2015-03-31/functions/${path}`,
    headers,
    body,
    region: 'eu-central-1',
  });
  return { ...answer, later };
}

test.each(['scan', arn])('runs %s on the payload, and answers what it answered', async name => {
  const { status, headers, body } = await invoke(`${encodeURIComponent(name)}/invocations`, {
    body: '{"a":1}',
  });
  expect([status, JSON.parse(body)]).toEqual([200, { name, event: { a: 1 } }]);
  expect(headers).not.toHaveProperty('x-amz-function-error');
});

test('takes no payload for an empty object', async () => {
  const { body } = await invoke('scan/invocations?Qualifier=%24LATEST');
  expect(JSON.parse(body)).toEqual({ name: 'scan', event: {} });
});

test('answers a failure as the function error that it is', async () => {
  const { status, headers, body } = await invoke('scan/invocations', { body: '"fail"' });
  expect([status, headers?.['x-amz-function-error']]).toEqual([200, 'Unhandled']);
  expect(JSON.parse(body)).toEqual({ errorType: 'E', errorMessage: 'failed' });
});

test('hands an event over without waiting', async () => {
  const { status, later } = await invoke('scan/invocations', { type: 'Event', body: '{"a":1}' });
  expect([status, later]).toEqual([202, [['scan', '{"a":1}']]]);
});

test.each<[string, Parameters<typeof invoke>, number, string | undefined]>([
  ['a dry run', ['scan/invocations', { type: 'DryRun' }], 204, undefined],
  ['another type', ['scan/invocations', { type: 'Other' }], 400, 'InvalidParameterValueException'],
  ['no such function', ['other/invocations'], 404, 'ResourceNotFoundException'],
  ['a payload that is no JSON', ['scan/invocations', { body: '{' }], 400, 'InvalidRequestContentException'],
  ['another action', ['scan/configuration', { method: 'GET' }], 501, 'NotImplemented'],
])('answers %s', async (_name, request, status, code) => {
  const { later, ...answer } = await invoke(...request);
  expect([answer.status, answer.headers?.['x-amzn-errortype'], later]).toEqual([status, code, []]);
});
