import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { documentApiPaths, requestModels } from '../../../src/handlers/lambda/api/document-api.env.ts';
import {
  type ProblemKind,
  problemDetails,
  problemKind,
} from '../../../src/handlers/lambda/api/problem-details.ts';
import { render, resourcesOf, type SynthesizedStack, synthesizeDocumentApi } from '../synthesized-stack.ts';

const stack = synthesizeDocumentApi();
const otherwise = synthesizeDocumentApi({
  documentApiKeyOnly: 'true',
  documentApiRateLimit: '7',
  documentApiBurstLimit: '3',
  documentApiDailyQuota: '99',
  createApiGatewayLogRole: 'false',
  apiKeyRotationDays: '0',
});

/** The rendered properties of all resources of a type. */
const allOf = (of: SynthesizedStack, type: string) =>
  resourcesOf(of, type).map(([id, { Properties }]) => ({
    id,
    ...(render(Properties) as Record<string, unknown>),
  }));

/** The one resource of a type. */
function oneOf(of: SynthesizedStack, type: string): Record<string, unknown> {
  const [only, ...more] = allOf(of, type);
  if (only === undefined || more.length > 0) throw new Error(`The template has not one ${type}.`);
  return only;
}

/** The methods of the API by their paths, as a caller writes them. */
function methodsByPath(of: SynthesizedStack): Map<string, Record<string, unknown>> {
  const resources = allOf(of, 'AWS::ApiGateway::Resource');
  const pathOf = (reference: unknown): string => {
    const resource = resources.find(({ id }) => `<${id}>` === reference);
    if (resource === undefined) return '';
    const { ParentId, PathPart } = resource as unknown as { ParentId: string; PathPart: string };
    return `${pathOf(ParentId)}/${PathPart}`;
  };
  return new Map(
    allOf(of, 'AWS::ApiGateway::Method').map(method => [
      pathOf((method as Record<string, unknown>)['ResourceId']),
      method,
    ]),
  );
}

const functionOf = (name: string) =>
  resourcesOf(stack, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties['FunctionName'] === `sallyport-${name}-dev`,
  )?.[0];

const openApi = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')) as {
  readonly paths: Record<
    string,
    { post: { requestBody: { content: { 'application/json': { schema: { $ref: string } } } } } }
  >;
  readonly components: { readonly schemas: Record<string, object> };
};

/** The schema of the model that the template holds a method's bodies to. */
function modelOf(operation: keyof typeof documentApiPaths): Record<string, unknown> {
  const { 'application/json': model } = (methodsByPath(stack).get(documentApiPaths[operation])?.[
    'RequestModels'
  ] ?? {}) as Record<string, string>;
  const found = allOf(stack, 'AWS::ApiGateway::Model').find(({ id }) => `<${id}>` === model);
  return (found as Record<string, unknown> | undefined)?.['Schema'] as Record<string, unknown>;
}

const operations = [
  ['validate', 'document-validator'],
  ['encrypt', 'document-encryptor'],
  ['scan', 'document-scanner'],
  ['uploadUrl', 'upload-url-issuer'],
] as const;

describe('D1: operations', () => {
  test('there are four, each a POST', () => {
    const methods = methodsByPath(stack);
    expect([...methods.keys()].sort()).toEqual(Object.values(documentApiPaths).sort());
    for (const { HttpMethod } of methods.values()) expect(HttpMethod).toBe('POST');
  });

  test.each(operations)('%s is met by the function %s, and held to its model', (operation, name) => {
    const method = methodsByPath(stack).get(documentApiPaths[operation]);
    expect(method).toMatchObject({
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: `arn:<AWS::Partition>:apigateway:<AWS::Region>:lambda:path/2015-03-31/functions/<${functionOf(name)}.Arn>/invocations`,
      },
      RequestValidatorId: `<${String(oneOf(stack, 'AWS::ApiGateway::RequestValidator')['id'])}>`,
    });
    const { 'application/json': model } = (method?.['RequestModels'] ?? {}) as Record<string, string>;
    expect(allOf(stack, 'AWS::ApiGateway::Model').find(({ id }) => `<${id}>` === model)).toMatchObject({
      ContentType: 'application/json',
      Schema: requestModels[operation],
    });
  });

  test.each(operations)(
    'the model of %s is the body that the OpenAPI document describes',
    (operation, _service) => {
      const path = documentApiPaths[operation];
      const reference = openApi.paths[path]?.post.requestBody.content['application/json'].schema.$ref ?? '';
      // Draft 4 knows no examples, and OpenAPI names no draft.
      const described = JSON.parse(
        JSON.stringify(openApi.components.schemas[reference.split('/').at(-1) ?? '']),
        (key, value: unknown) => (key === 'example' && typeof value !== 'object' ? undefined : value),
      ) as object;
      const { $schema: _draft, ...model } = modelOf(operation);
      expect(model).toEqual(described);
    },
  );

  test('bodies and parameters are validated', () => {
    expect(oneOf(stack, 'AWS::ApiGateway::RequestValidator')).toMatchObject({
      ValidateRequestBody: true,
      ValidateRequestParameters: true,
    });
  });

  test('the API may invoke each function for its own operation, from its stage and nowhere else', () => {
    const [stage] = resourcesOf(stack, 'AWS::ApiGateway::Stage').map(([id]) => id);
    const permissions = allOf(stack, 'AWS::Lambda::Permission').map(permission => {
      const { FunctionName, Principal, SourceArn } = permission as Record<string, unknown>;
      return [FunctionName, Principal, SourceArn];
    });
    const ofGateway = permissions.filter(([, principal]) => principal === 'apigateway.amazonaws.com');
    expect(ofGateway.sort()).toEqual(
      operations
        .map(([operation, name]) => [
          `<${functionOf(name)}.Arn>`,
          'apigateway.amazonaws.com',
          `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<DocumentApi>/<${stage}>/POST${documentApiPaths[operation]}`,
        ])
        .sort(),
    );
  });
});

describe('D1: who is let in', () => {
  test('signed requests with an API key', () => {
    for (const method of methodsByPath(stack).values()) {
      expect(method).toMatchObject({ AuthorizationType: 'AWS_IAM', ApiKeyRequired: true });
    }
  });

  test('by configuration, the API key alone', () => {
    expect(methodsByPath(otherwise).size).toBe(4);
    for (const method of methodsByPath(otherwise).values()) {
      expect(method).toMatchObject({ AuthorizationType: 'NONE', ApiKeyRequired: true });
    }
  });

  test('keys have a usage plan: 100 requests a second, 50 at once, 10 000 a day', () => {
    const [stage] = resourcesOf(stack, 'AWS::ApiGateway::Stage').map(([id]) => id);
    expect(oneOf(stack, 'AWS::ApiGateway::UsagePlan')).toMatchObject({
      UsagePlanName: 'sallyport-documents-dev',
      Throttle: { RateLimit: 100, BurstLimit: 50 },
      Quota: { Limit: 10_000, Period: 'DAY' },
      ApiStages: [{ ApiId: '<DocumentApi>', Stage: `<${stage}>` }],
    });
  });

  test('the key of the template, where it is not rotated, is of that plan', () => {
    const { id: keyId } = oneOf(otherwise, 'AWS::ApiGateway::ApiKey');
    const { id: planId } = oneOf(otherwise, 'AWS::ApiGateway::UsagePlan');
    expect(oneOf(otherwise, 'AWS::ApiGateway::UsagePlanKey')).toMatchObject({
      KeyId: `<${String(keyId)}>`,
      KeyType: 'API_KEY',
      UsagePlanId: `<${String(planId)}>`,
    });
    // API Gateway makes up the value: one in the template would be read by all who read templates.
    expect(oneOf(otherwise, 'AWS::ApiGateway::ApiKey')).not.toHaveProperty('Value');
  });

  test('the limits are configuration, of the plan and of each operation', () => {
    expect(oneOf(otherwise, 'AWS::ApiGateway::UsagePlan')).toMatchObject({
      Throttle: { RateLimit: 7, BurstLimit: 3 },
      Quota: { Limit: 99, Period: 'DAY' },
    });
    expect(oneOf(otherwise, 'AWS::ApiGateway::Stage')).toMatchObject({
      MethodSettings: [{ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 3 }],
    });
  });

  test('TLS 1.2 is the least, at a regional endpoint that answers to its own name only', () => {
    expect(oneOf(stack, 'AWS::ApiGateway::RestApi')).toMatchObject({
      id: 'DocumentApi',
      EndpointConfiguration: { Types: ['REGIONAL'] },
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
    });
  });
});

describe('D1: logs', () => {
  const stage = oneOf(stack, 'AWS::ApiGateway::Stage');

  test('every method logs its errors and no data, is measured, throttled and traced', () => {
    expect(stage).toMatchObject({
      StageName: 'v1',
      TracingEnabled: true,
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          LoggingLevel: 'ERROR',
          DataTraceEnabled: false,
          MetricsEnabled: true,
          ThrottlingRateLimit: 100,
          ThrottlingBurstLimit: 50,
        },
      ],
    });
  });

  test('a line of the access log says who asked for what and what came of it, and quotes nothing that the caller wrote', () => {
    const { DestinationArn, Format } = stage['AccessLogSetting'] as Record<string, string>;
    const line = JSON.parse(Format ?? '') as Record<string, string>;
    expect(line).toMatchObject({
      requestId: '$context.extendedRequestId',
      functionRequestId: '$context.awsEndpointRequestId',
      ip: '$context.identity.sourceIp',
      caller: '$context.identity.userArn',
      apiKeyId: '$context.identity.apiKeyId',
      time: '$context.requestTime',
      method: '$context.httpMethod',
      path: '$context.resourcePath',
      status: '$context.status',
      latency: '$context.responseLatency',
    });
    for (const value of Object.values(line)) {
      expect(value).toMatch(/^\$context(\.\w+)+$/);
      expect(value).not.toMatch(/body|header|querystring|userAgent|\.path$|message|apiKey$|validationError/i);
    }
    const group = allOf(stack, 'AWS::Logs::LogGroup').find(({ id }) => DestinationArn?.endsWith(`<${id}>`));
    expect(group).toMatchObject({ LogGroupName: '/aws/apigateway/sallyport-documents-dev' });
  });

  test('the group of the execution log, which API Gateway would make without an end, stands before the stage', () => {
    const name = 'API-Gateway-Execution-Logs_<DocumentApi>/v1';
    const group = allOf(stack, 'AWS::Logs::LogGroup').find(
      log => (log as Record<string, unknown>)['LogGroupName'] === name,
    );
    const [[, resource] = []] = resourcesOf(stack, 'AWS::ApiGateway::Stage');
    expect(resource?.DependsOn).toContain(group?.id);
  });

  test('the log role of the account is set before the stage, and outlives the stack', () => {
    const [[account = '', accountSettings] = []] = resourcesOf(stack, 'AWS::ApiGateway::Account');
    const [[, resource] = []] = resourcesOf(stack, 'AWS::ApiGateway::Stage');
    expect(resource?.DependsOn).toContain(account);
    expect(accountSettings?.DeletionPolicy).toBe('Retain');
    const role = String(render(accountSettings?.Properties['CloudWatchRoleArn'])).slice(1, -'.Arn>'.length);
    expect(stack.json.Resources[role]).toMatchObject({ Type: 'AWS::IAM::Role', DeletionPolicy: 'Retain' });
  });

  test('an account that has its log role keeps it', () => {
    otherwise.template.resourceCountIs('AWS::ApiGateway::Account', 0);
    expect(JSON.stringify(otherwise.json)).not.toContain('AmazonAPIGatewayPushToCloudWatchLogs');
  });
});

const isProblemKind = (kind: string): kind is ProblemKind => problemKind(kind as ProblemKind) !== undefined;

describe('what the gateway answers by itself', () => {
  const responses = allOf(stack, 'AWS::ApiGateway::GatewayResponse') as unknown as {
    readonly ResponseType: string;
    readonly StatusCode?: string;
    readonly ResponseParameters: Record<string, string>;
    readonly ResponseTemplates: Record<string, string>;
  }[];

  test.each([
    ['BAD_REQUEST_BODY', '400'],
    ['BAD_REQUEST_PARAMETERS', '400'],
    ['ACCESS_DENIED', '403'],
    ['EXPIRED_TOKEN', '403'],
    ['INVALID_API_KEY', '403'],
    ['INVALID_SIGNATURE', '403'],
    ['MISSING_AUTHENTICATION_TOKEN', '403'],
    ['RESOURCE_NOT_FOUND', '404'],
    ['REQUEST_TOO_LARGE', '413'],
    ['UNSUPPORTED_MEDIA_TYPE', '415'],
    ['QUOTA_EXCEEDED', '429'],
    ['THROTTLED', '429'],
    ['WAF_FILTERED', '403'],
    ['INTEGRATION_FAILURE', '503'],
    ['INTEGRATION_TIMEOUT', '503'],
    ['DEFAULT_4XX', '400'],
    ['DEFAULT_5XX', '500'],
  ])('%s is a problem (RFC 9457) with status %s and the id of the request', (type, status) => {
    const response = responses.find(({ ResponseType }) => ResponseType === type);
    expect(response?.StatusCode).toBe(status);
    expect(response?.ResponseParameters['gatewayresponse.header.Content-Type']).toBe(
      "'application/problem+json'",
    );
    const body = response?.ResponseTemplates['application/json'] ?? '';
    expect(problemDetails.parse(JSON.parse(body))).toMatchObject({
      type: expect.stringMatching(/^urn:sallyport:problem:[a-z-]+$/),
      status: Number(status),
      instance: 'urn:uuid:$context.requestId',
      request_id: '$context.requestId',
    });
  });

  test('has the title and status that a function gives a problem of the same kind', () => {
    const shared = responses.flatMap(({ ResponseTemplates }) => {
      const problem = problemDetails.parse(JSON.parse(ResponseTemplates['application/json'] ?? ''));
      const kind = problem.type.slice('urn:sallyport:problem:'.length);
      return isProblemKind(kind) ? [{ kind, problem }] : [];
    });
    expect(new Set(shared.map(({ kind }) => kind)).size).toBe(7);
    for (const { kind, problem } of shared) expect(problem).toMatchObject(problemKind(kind));
  });

  test('nothing but the id of the request is filled in', () => {
    for (const { ResponseTemplates } of responses) {
      const variables = JSON.stringify(ResponseTemplates).match(/\$[\w.]+/g) ?? [];
      expect(new Set(variables)).toEqual(new Set(['$context.requestId']));
    }
  });

  test.each([
    ['THROTTLED', "'1'"],
    ['INTEGRATION_FAILURE', "'2'"],
    ['INTEGRATION_TIMEOUT', "'2'"],
    ['QUOTA_EXCEEDED', undefined],
  ])('%s tells the caller when to come again: %s', (type, seconds) => {
    const response = responses.find(({ ResponseType }) => ResponseType === type);
    expect(response?.ResponseParameters['gatewayresponse.header.Retry-After']).toBe(seconds);
  });

  test('is deployed with the API: the deployment waits for every answer', () => {
    const [[, deployment] = []] = resourcesOf(stack, 'AWS::ApiGateway::Deployment');
    const answers = resourcesOf(stack, 'AWS::ApiGateway::GatewayResponse').map(([id]) => id);
    expect(deployment?.DependsOn).toEqual(expect.arrayContaining(answers));
  });
});
