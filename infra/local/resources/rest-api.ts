import ajv from 'ajv-draft-04';
import * as z from 'zod';
import type { ApiMethod } from '../api-gateway/api-method.ts';
import type { GatewayResponse } from '../api-gateway/gateway-response.ts';
import { RestApi } from '../api-gateway/rest-api.ts';
import type { LocalPlatform } from '../platform.ts';
import { apiOf, apiPartId } from './api-parts.ts';
import {
  type Deploy,
  flag,
  integer,
  physicalName,
  placeOf,
  type ResourceInstance,
  readProperties,
} from './resource.ts';

const tags = z.array(z.unknown()).optional();

/** Strict, as all below: what is not emulated would change what the API does. */
const apiProperties = z.strictObject({
  Name: z.string(),
  Description: z.string().optional(),
  EndpointConfiguration: z.unknown().optional(),
  EndpointAccessMode: z.unknown().optional(),
  SecurityPolicy: z.unknown().optional(),
  ApiKeySourceType: z.literal('HEADER').optional(),
  Tags: tags,
});

/** `AWS::ApiGateway::RestApi`: served on a port of its own once everything stands. */
export const deployRestApi: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, apiProperties);
  const id = apiPartId(resource, 10);
  const rootResourceId = apiPartId({ ...resource, logicalId: `${resource.logicalId}/` }, 10);
  const { accountId, activity, functions, onFault, permissions, region } = platform;
  const api = new RestApi({
    id,
    name: given.Name,
    accountId,
    onFault,
    invoke: async (functionArn, event, route) => {
      const sourceArn = `arn:aws:execute-api:${region}:${accountId}:${id}/${route}`;
      const accessKeyId = permissions.callers.accessKeyIdOf('apigateway.amazonaws.com', sourceArn);
      const needed = [{ action: 'lambda:InvokeFunction', resource: functionArn }];
      const denial = await permissions.ask(accessKeyId, needed);
      return denial === undefined ? activity.track(functions.invoke(functionArn, event)) : 'denied';
    },
  });
  const paths = new Map([[rootResourceId, '/']]);
  platform.apis.set(id, { api, paths, models: new Map(), bodyValidators: new Set() });
  return { ref: id, attributes: { RestApiId: id, RootResourceId: rootResourceId } };
};

const resourceProperties = z.strictObject({
  RestApiId: z.string(),
  ParentId: z.string(),
  PathPart: z.string(),
});

/** `AWS::ApiGateway::Resource`: one segment of a path. */
export const deployApiResource: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, resourceProperties);
  const { paths } = apiOf(given.RestApiId, resource, platform);
  const parent = paths.get(given.ParentId);
  if (parent === undefined) throw new Error(`${placeOf(resource)}: there is no resource ${given.ParentId}.`);
  const id = apiPartId(resource, 6);
  paths.set(id, `${parent === '/' ? '' : parent}/${given.PathPart}`);
  return { ref: id, attributes: { ResourceId: id } };
};

const modelProperties = z.strictObject({
  RestApiId: z.string(),
  Name: z.string().optional(),
  ContentType: z.string().optional(),
  Description: z.string().optional(),
  Schema: z.union([z.record(z.string(), z.unknown()), z.string().transform(text => JSON.parse(text))]),
});

/** `AWS::ApiGateway::Model`: a JSON Schema of draft 4. */
export const deployModel: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, modelProperties);
  const name = given.Name ?? physicalName(resource, undefined, 64).replaceAll('-', '');
  apiOf(given.RestApiId, resource, platform).models.set(name, given.Schema);
  return { ref: name, attributes: {} };
};

const validatorProperties = z.strictObject({
  RestApiId: z.string(),
  Name: z.string().optional(),
  ValidateRequestBody: flag.default(false),
  /** No method here names parameters that it needs: there is nothing to validate. */
  ValidateRequestParameters: flag.default(false),
});

/** `AWS::ApiGateway::RequestValidator`. */
export const deployRequestValidator: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, validatorProperties);
  const id = apiPartId(resource, 6);
  if (given.ValidateRequestBody) apiOf(given.RestApiId, resource, platform).bodyValidators.add(id);
  return { ref: id, attributes: { RequestValidatorId: id } };
};

/** The longest that API Gateway waits by default. */
const defaultTimeoutMs = 29_000;

const methodProperties = z.strictObject({
  RestApiId: z.string(),
  ResourceId: z.string(),
  HttpMethod: z.string(),
  AuthorizationType: z.enum(['AWS_IAM', 'NONE']).default('NONE'),
  ApiKeyRequired: flag.default(false),
  RequestValidatorId: z.string().optional(),
  RequestModels: z.record(z.string(), z.string()).default({}),
  OperationName: z.string().optional(),
  /** What a proxy integration answers is not described by the template. */
  MethodResponses: z.unknown().optional(),
  Integration: z.strictObject({
    Type: z.literal('AWS_PROXY', 'only functions behind a proxy integration answer here'),
    IntegrationHttpMethod: z.literal('POST'),
    Uri: z.string(),
    TimeoutInMillis: integer(50, 900_000).default(defaultTimeoutMs),
    Credentials: z.string().optional(),
    PassthroughBehavior: z.string().optional(),
  }),
});

/** `AWS::ApiGateway::Method` that a function answers. */
export const deployMethod: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, methodProperties);
  const { api, paths, models, bodyValidators } = apiOf(given.RestApiId, resource, platform);
  const path = paths.get(given.ResourceId);
  if (path === undefined) throw new Error(`${placeOf(resource)}: there is no resource ${given.ResourceId}.`);
  const [, functionArn = ''] = /\/functions\/(.+)\/invocations$/.exec(given.Integration.Uri) ?? [];
  if (!platform.functions.has(functionArn)) {
    throw new Error(`${placeOf(resource)}: there is no function ${given.Integration.Uri}.`);
  }
  const validates = given.RequestValidatorId !== undefined && bodyValidators.has(given.RequestValidatorId);
  const validators: ApiMethod['bodyValidators'] = new Map(
    Object.entries(validates ? given.RequestModels : {}).map(([mediaType, model]) => {
      const schema = models.get(model);
      if (schema === undefined) throw new Error(`${placeOf(resource)}: there is no model ${model}.`);
      return [mediaType.toLowerCase(), compile(schema, resource)];
    }),
  );
  api.methods.push({
    httpMethod: given.HttpMethod,
    path,
    resourceId: given.ResourceId,
    functionArn,
    timeoutMs: given.Integration.TimeoutInMillis,
    authorization: given.AuthorizationType,
    apiKeyRequired: given.ApiKeyRequired,
    bodyValidators: validators,
  });
  return { ref: resource.logicalId, attributes: {} };
};

const responseProperties = z.strictObject({
  RestApiId: z.string(),
  ResponseType: z.string(),
  StatusCode: z.coerce.number().optional(),
  ResponseParameters: z
    .record(z.string().startsWith('gatewayresponse.header.'), z.string().regex(/^'.*'$/s, 'a text in quotes'))
    .default({}),
  ResponseTemplates: z.strictObject({ 'application/json': z.string().optional() }).default({}),
});

/** `AWS::ApiGateway::GatewayResponse`: what the gateway answers where no function does. */
export const deployGatewayResponse: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, responseProperties);
  const headers = Object.entries(given.ResponseParameters).map(([name, value]) => [
    name.slice('gatewayresponse.header.'.length),
    value.slice(1, -1),
  ]);
  const template = given.ResponseTemplates['application/json'];
  const response: GatewayResponse = {
    ...(given.StatusCode === undefined ? {} : { status: given.StatusCode }),
    headers: Object.fromEntries(headers),
    ...(template === undefined ? {} : { template }),
  };
  apiOf(given.RestApiId, resource, platform).api.responses.set(given.ResponseType, response);
  return { ref: apiPartId(resource, 6), attributes: {} };
};

function compile(schema: object, resource: ResourceInstance): (body: unknown) => boolean {
  try {
    // Formats say nothing to API Gateway; unknown words it would have refused at deployment.
    const validate = new ajv.default({ strict: false, validateFormats: false }).compile(schema);
    return body => validate(body) === true;
  } catch (error) {
    throw new Error(`${placeOf(resource)}: a model is no JSON Schema of draft 4: ${String(error)}`, {
      cause: error,
    });
  }
}
