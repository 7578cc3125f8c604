import type { LocalService, ServiceAnswer } from './account/local-service.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';

export interface InvokeFunctionOptions {
  readonly functions: Pick<LambdaRuntime, 'has' | 'invoke'>;
  /** Hands an event over that nobody waits for. */
  readonly invokeLater: (functionName: string, payload: string) => void;
}

/** Lambda's Invoke (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html); its other actions are not there. */
export function createInvokeFunctionService(options: InvokeFunctionOptions): LocalService {
  const { functions, invokeLater } = options;
  return async ({ method, url, headers, body }) => {
    const [, encoded] = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?|$)/.exec(url) ?? [];
    if (method !== 'POST' || encoded === undefined) {
      return refuse(501, 'NotImplemented', `The local run has no ${method} ${url} of Lambda, only Invoke.`);
    }
    const name = decodeURIComponent(encoded);
    if (!functions.has(name)) return refuse(404, 'ResourceNotFoundException', `Function not found: ${name}`);
    const payload = body === '' ? '{}' : body;
    const event = parsed(payload);
    if (event === undefined) {
      return refuse(400, 'InvalidRequestContentException', 'Could not parse request body into json');
    }
    const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (type === 'DryRun') return { status: 204, body: '' };
    if (type === 'Event') {
      invokeLater(name, payload);
      return { status: 202, body: '' };
    }
    if (type !== 'RequestResponse') {
      return refuse(400, 'InvalidParameterValueException', `There is no invocation type ${type}`);
    }
    const invocation = await functions.invoke(name, event.value);
    const common = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' };
    return invocation.outcome === 'answered'
      ? { status: 200, headers: common, body: invocation.payload }
      : {
          status: 200,
          headers: { ...common, 'x-amz-function-error': 'Unhandled' },
          body: JSON.stringify(invocation.error),
        };
  };
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function refuse(status: number, code: string, message: string): ServiceAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ Type: 'User', message }),
  };
}
