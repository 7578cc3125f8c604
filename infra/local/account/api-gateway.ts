import * as z from 'zod';
import type { ApiKey } from '../api-gateway/api-key.ts';
import type { LocalApiKey, LocalApiKeys } from './local-api-keys.ts';
import type { LocalService, ServiceAnswer, ServiceRequest } from './local-service.ts';
import { pageByName } from './page-by-name.ts';

/** A refusal, with the code that API Gateway documents. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Strict: a setting that is not emulated would change whom the key lets in. */
const newKey = z.strictObject({
  name: z.string().min(1).max(1024),
  description: z.string().optional(),
  enabled: z.boolean().default(false),
  value: z
    .string()
    .regex(/^[A-Za-z0-9]{20,128}$/, 'an API key value has 20 to 128 letters and digits')
    .optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

const newPlanKey = z.strictObject({ keyId: z.string(), keyType: z.literal('API_KEY') });

/** What is asked, with what stands for the `{…}` of its path. */
type Action = (names: readonly string[], query: URLSearchParams, body: string) => readonly [number, unknown];

/**
 * API keys and usage plans as API Gateway's control plane has them; what else belongs to an API comes from the template.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
export function createApiGatewayService(apiKeys: LocalApiKeys): LocalService {
  const actions: readonly (readonly [method: string, path: RegExp, action: Action])[] = [
    ['POST', /^\/apikeys$/, (_names, _query, body) => [201, described(create(apiKeys, body), true)]],
    ['GET', /^\/apikeys$/, (_names, query) => [200, listed(apiKeys, query)]],
    [
      'GET',
      /^\/apikeys\/([^/]+)$/,
      ([id = ''], query) => [200, described(keyOf(apiKeys, id), query.get('includeValue') === 'true')],
    ],
    [
      'DELETE',
      /^\/apikeys\/([^/]+)$/,
      ([id = '']) => {
        if (!apiKeys.remove(id)) throw notFound('API Key');
        return [202, undefined];
      },
    ],
    [
      'POST',
      /^\/usageplans\/([^/]+)\/keys$/,
      ([plan = ''], _query, body) => [201, describedInPlan(admit(apiKeys, plan, body))],
    ],
    [
      'GET',
      /^\/usageplans\/([^/]+)\/keys$/,
      ([plan = ''], query) => {
        const keys = planOf(apiKeys, plan);
        return [200, paged(keys, query, key => describedInPlan(key))];
      },
    ],
    [
      'GET',
      /^\/usageplans\/([^/]+)\/keys\/([^/]+)$/,
      ([plan = '', id = '']) => {
        const key = planOf(apiKeys, plan).find(candidate => candidate.id === id);
        if (key === undefined) throw notFound('Usage Plan Key');
        return [200, describedInPlan(key)];
      },
    ],
    [
      'DELETE',
      /^\/usageplans\/([^/]+)\/keys\/([^/]+)$/,
      ([plan = '', id = '']) => {
        planOf(apiKeys, plan);
        if (!apiKeys.dismiss(plan, id)) throw notFound('Usage Plan Key');
        return [202, undefined];
      },
    ],
  ];

  return request => {
    try {
      return answer(request, actions);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return respond(error.status, { message: error.message }, { 'x-amzn-errortype': error.code });
    }
  };
}

function answer(
  { method, url, body }: ServiceRequest,
  actions: readonly (readonly [string, RegExp, Action])[],
): ServiceAnswer {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  for (const [wanted, path, action] of actions) {
    const found = wanted === method ? path.exec(pathname) : null;
    if (found === null) continue;
    const [status, answered] = action(found.slice(1).map(decodeURIComponent), searchParams, body);
    return respond(status, answered);
  }
  throw new Refusal(501, 'NotImplemented', `The local run does not emulate ${method} ${pathname}.`);
}

function respond(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ServiceAnswer {
  const type = { 'content-type': 'application/json' };
  return { status, headers: { ...type, ...headers }, body: body === undefined ? '' : JSON.stringify(body) };
}

function create(apiKeys: LocalApiKeys, body: string): LocalApiKey {
  const { value, description, tags, ...given } = read(newKey, body);
  if (value !== undefined && apiKeys.hasValue(value)) {
    throw new Refusal(409, 'ConflictException', 'API Key already exists');
  }
  return apiKeys.add({
    ...given,
    ...(value === undefined ? {} : { value }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
  });
}

function admit(apiKeys: LocalApiKeys, plan: string, body: string): LocalApiKey {
  const { keyId } = read(newPlanKey, body);
  planOf(apiKeys, plan);
  const key = keyOf(apiKeys, keyId);
  if (apiKeys.admit(plan, keyId)) return key;
  throw new Refusal(409, 'ConflictException', 'Usage Plan Key already exists');
}

/** By the beginning of the names. */
function listed(apiKeys: LocalApiKeys, query: URLSearchParams): object {
  const name = query.get('name') ?? '';
  const withValues = query.get('includeValues') === 'true';
  const keys = apiKeys.list().filter(key => key.name.startsWith(name));
  return paged(keys, query, key => described(key, withValues));
}

function paged<Key extends ApiKey>(
  keys: readonly Key[],
  query: URLSearchParams,
  describe: (key: Key) => object,
): object {
  const limit = Math.min(Number(query.get('limit') ?? 25), 500);
  const { page, next } = pageByName(keys, ({ id }) => id, limit, query.get('position') ?? undefined);
  return { item: page.map(describe), ...(next === undefined ? {} : { position: next }) };
}

function keyOf(apiKeys: LocalApiKeys, id: string): LocalApiKey {
  const key = apiKeys.find(id);
  if (key === undefined) throw notFound('API Key');
  return key;
}

function planOf(apiKeys: LocalApiKeys, id: string): readonly ApiKey[] {
  const keys = apiKeys.keysOf(id);
  if (keys === undefined) throw notFound('Usage Plan');
  return keys;
}

function notFound(what: string): Refusal {
  return new Refusal(404, 'NotFoundException', `Invalid ${what} identifier specified`);
}

function read<Schema extends z.ZodType>(schema: Schema, body: string): z.infer<Schema> {
  const parsed = schema.safeParse(parsedJson(body));
  if (parsed.success) return parsed.data;
  throw new Refusal(400, 'BadRequestException', z.prettifyError(parsed.error));
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function described(
  { id, name, value, enabled, description, tags, createdAt }: LocalApiKey,
  withValue: boolean,
) {
  return {
    id,
    name,
    ...(withValue ? { value } : {}),
    ...(description === undefined ? {} : { description }),
    enabled,
    createdDate: Math.floor(createdAt.getTime() / 1000),
    lastUpdatedDate: Math.floor(createdAt.getTime() / 1000),
    stageKeys: [],
    tags,
  };
}

/** With the value, which nobody has to ask for here (UsagePlanKey, `value`). */
function describedInPlan({ id, name, value }: ApiKey): object {
  return { id, name, type: 'API_KEY', value };
}
