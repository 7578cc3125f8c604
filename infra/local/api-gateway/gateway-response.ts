/** Why API Gateway answers by itself ("Gateway response types", API Gateway Developer Guide). */
export type RefusalType = keyof typeof builtIn;

/** A response of the template: `AWS::ApiGateway::GatewayResponse`. */
export interface GatewayResponse {
  readonly status?: number;
  /** Header values by name, without their quotes. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body of `application/json`, in which `$context.…` is replaced. */
  readonly template?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

const builtIn = {
  API_CONFIGURATION_ERROR: [500, 'Internal server error'],
  BAD_REQUEST_BODY: [400, 'Invalid request body'],
  DEFAULT_4XX: [400, 'Bad Request'],
  DEFAULT_5XX: [500, 'Internal server error'],
  FUNCTION_FAILED: [502, 'Internal server error'],
  INTEGRATION_TIMEOUT: [504, 'Endpoint request timed out'],
  INVALID_API_KEY: [403, 'Forbidden'],
  INVALID_SIGNATURE: [403, 'The request signature is not well-formed'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'Missing Authentication Token'],
  QUOTA_EXCEEDED: [429, 'Limit Exceeded'],
  REQUEST_TOO_LARGE: [413, 'Request Entity Too Large'],
  THROTTLED: [429, 'Too Many Requests'],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

/** The answer to a request that no function answers; the template's response for its type, else the default one, shapes it. */
export function refusalAnswer(
  type: RefusalType,
  responses: ReadonlyMap<string, GatewayResponse>,
  requestId: string,
): ApiAnswer {
  const [status, message] = builtIn[type];
  const response = responses.get(type) ?? responses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const variables: Readonly<Record<string, string>> = {
    requestId,
    'error.message': message,
    'error.messageString': JSON.stringify(message),
    // The gateway has no type of its own for a function that failed.
    'error.responseType': type === 'FUNCTION_FAILED' ? 'DEFAULT_5XX' : type,
  };
  const template = response?.template ?? '{"message":$context.error.messageString}';
  return {
    status: response?.status ?? status,
    headers: lowerCased({ 'content-type': 'application/json', ...lowerCased(response?.headers ?? {}) }),
    body: template.replace(/\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g, (_, name) => variables[name] ?? ''),
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
