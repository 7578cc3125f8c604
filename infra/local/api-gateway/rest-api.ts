import type { Invocation } from '../lambda-function.ts';
import type { ApiKey } from './api-key.ts';
import type { ApiMethod } from './api-method.ts';
import { parseFunctionAnswer } from './function-answer.ts';
import { type ApiAnswer, type GatewayResponse, type RefusalType, refusalAnswer } from './gateway-response.ts';
import { type ApiRequest, proxyEvent } from './proxy-event.ts';
import { type Quota, QuotaCounter, type Throttle, TokenBucket } from './request-limits.ts';

export interface UsagePlan {
  readonly stages: readonly string[];
  readonly throttle?: Throttle;
  readonly quota?: Quota;
  readonly keys: ApiKey[];
}

export interface RestApiOptions {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  /** Never rejects. `route` is how the policy of a function names a call: `v1/POST/documents/scan`. */
  readonly invoke: (functionArn: string, event: unknown, route: string) => Promise<Invocation | 'denied'>;
  /** Hears why a function's answer could not be passed on. */
  readonly onFault: (text: string) => void;
}

/** An answer and which method gave it, if one did. */
export interface ApiOutcome extends ApiAnswer {
  readonly resourcePath?: string;
}

/**
 * One REST API: finds the method, asks for signature and key, counts, validates and invokes, in the order of API Gateway.
 * Signatures have to be there and are not verified.
 */
export class RestApi {
  readonly id: string;
  readonly name: string;
  readonly methods: ApiMethod[] = [];
  readonly responses = new Map<string, GatewayResponse>();
  /** What each stage lets through for each of its methods. */
  readonly stages = new Map<string, Throttle | undefined>();
  readonly usagePlans: UsagePlan[] = [];
  readonly #options: RestApiOptions;
  readonly #buckets = new Map<ApiMethod | ApiKey, TokenBucket>();
  readonly #quotas = new Map<ApiKey, QuotaCounter>();

  constructor(options: RestApiOptions) {
    this.id = options.id;
    this.name = options.name;
    this.#options = options;
  }

  /** Answers one request to a stage. */
  async answer(stage: string, request: ApiRequest): Promise<ApiOutcome> {
    const refuse = (type: RefusalType): ApiAnswer => refusalAnswer(type, this.responses, request.requestId);
    const found = this.stages.has(stage) ? this.#find(request) : undefined;
    // What is not there is answered like what is not signed.
    if (found === undefined) return refuse('MISSING_AUTHENTICATION_TOKEN');
    const { method, pathParameters } = found;
    const named = (answer: ApiAnswer): ApiOutcome => ({ ...answer, resourcePath: method.path });
    const header = (name: string): string | undefined =>
      request.headers.findLast(([other]) => other.toLowerCase() === name)?.[1];

    const signer = method.authorization === 'AWS_IAM' ? signerOf(header('authorization')) : undefined;
    if (typeof signer === 'string') return named(refuse(signer));
    const [plan, apiKey] = this.#planFor(stage, header('x-api-key'));
    if (method.apiKeyRequired && apiKey === undefined) return named(refuse('INVALID_API_KEY'));
    const excess = this.#excess(stage, method, plan, apiKey, request.time);
    if (excess !== undefined) return named(refuse(excess));
    if (!fitsModel(method, header('content-type'), request.body)) return named(refuse('BAD_REQUEST_BODY'));

    const event = proxyEvent(request, {
      apiId: this.id,
      accountId: this.#options.accountId,
      stage,
      method,
      pathParameters,
      apiKey,
      accessKeyId: signer?.accessKeyId,
    });
    const answer = await this.#invoke(method, event, `${stage}/${request.method}${method.path}`);
    return named(typeof answer === 'string' ? refuse(answer) : answer);
  }

  /** The answer to what is no request for a method, such as a body above the limit. */
  refuse(type: RefusalType, requestId: string): ApiOutcome {
    return refusalAnswer(type, this.responses, requestId);
  }

  #find({
    method,
    path,
  }: ApiRequest): { method: ApiMethod; pathParameters: Record<string, string> } | undefined {
    const matches = this.methods.flatMap(candidate => {
      if (candidate.httpMethod !== method && candidate.httpMethod !== 'ANY') return [];
      const pathParameters = matchPath(candidate.path, path);
      return pathParameters === undefined ? [] : [{ method: candidate, pathParameters }];
    });
    // The more of a path is spelled out, the closer it fits; a method of its own goes before ANY.
    return matches.sort(
      (left, right) =>
        Object.keys(left.pathParameters).length - Object.keys(right.pathParameters).length ||
        Number(left.method.httpMethod === 'ANY') - Number(right.method.httpMethod === 'ANY'),
    )[0];
  }

  #planFor(stage: string, value: string | undefined): [UsagePlan, ApiKey] | [undefined, undefined] {
    for (const plan of this.usagePlans) {
      const key = plan.keys.find(candidate => candidate.enabled && candidate.value === value);
      if (key !== undefined && plan.stages.includes(stage)) return [plan, key];
    }
    return [undefined, undefined];
  }

  #excess(
    stage: string,
    method: ApiMethod,
    plan: UsagePlan | undefined,
    apiKey: ApiKey | undefined,
    now: Date,
  ): 'THROTTLED' | 'QUOTA_EXCEEDED' | undefined {
    const stageThrottle = this.stages.get(stage);
    if (stageThrottle !== undefined && !this.#bucket(method, stageThrottle, now).take(now))
      return 'THROTTLED';
    if (plan === undefined || apiKey === undefined || !method.apiKeyRequired) return undefined;
    if (plan.throttle !== undefined && !this.#bucket(apiKey, plan.throttle, now).take(now))
      return 'THROTTLED';
    if (plan.quota === undefined) return undefined;
    const counter = this.#quotas.get(apiKey) ?? new QuotaCounter(plan.quota);
    this.#quotas.set(apiKey, counter);
    return counter.take(now) ? undefined : 'QUOTA_EXCEEDED';
  }

  #bucket(of: ApiMethod | ApiKey, throttle: Throttle, now: Date): TokenBucket {
    const known = this.#buckets.get(of);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(throttle, now);
    this.#buckets.set(of, bucket);
    return bucket;
  }

  async #invoke(method: ApiMethod, event: object, route: string): Promise<ApiAnswer | RefusalType> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), method.timeoutMs);
    const invocation = await Promise.race([this.#options.invoke(method.functionArn, event, route), late]);
    clearTimeout(timer);
    if (invocation === undefined) return 'INTEGRATION_TIMEOUT';
    // "Invalid permissions on Lambda function", of which the caller learns nothing.
    if (invocation === 'denied') return 'API_CONFIGURATION_ERROR';
    if (invocation.outcome === 'failed') return 'FUNCTION_FAILED';
    const answer = parseFunctionAnswer(invocation.payload);
    if (answer === undefined) {
      this.#options.onFault(
        `${method.functionArn} gives the API ${this.name} an answer that it does not understand`,
      );
    }
    return answer ?? 'FUNCTION_FAILED';
  }
}

/** The caller that a signature names, or why there is none. */
function signerOf(
  authorization: string | undefined,
): { readonly accessKeyId: string } | 'MISSING_AUTHENTICATION_TOKEN' | 'INVALID_SIGNATURE' {
  if (authorization === undefined) return 'MISSING_AUTHENTICATION_TOKEN';
  const [, accessKeyId] =
    /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/\d{8}\/[^/,\s]+\/execute-api\/aws4_request, *SignedHeaders=[^,\s]+, *Signature=[0-9a-f]{64}$/.exec(
      authorization,
    ) ?? [];
  return accessKeyId === undefined ? 'INVALID_SIGNATURE' : { accessKeyId };
}

/** The parameters of a path that fits the pattern. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  const wanted = pattern.split('/');
  const given = path.split('/');
  for (const [index, segment] of wanted.entries()) {
    const [, name, greedy] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? [];
    const actual = given[index];
    if (actual === undefined || (name !== undefined && actual === '')) return undefined;
    if (name === undefined) {
      if (segment !== actual) return undefined;
    } else if (greedy === '+') {
      parameters[name] = given.slice(index).join('/');
      return parameters;
    } else parameters[name] = actual;
  }
  return wanted.length === given.length ? parameters : undefined;
}

/**
 * Whether the body fits the model of its media type. A media type without a model is not validated, which leaves the
 * refusal to the function ("Request validation for REST APIs").
 */
function fitsModel(method: ApiMethod, contentType: string | undefined, body: string): boolean {
  const mediaType = (contentType ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const fits = method.bodyValidators.get(mediaType);
  if (fits === undefined) return true;
  try {
    return fits(JSON.parse(body));
  } catch {
    return false;
  }
}
