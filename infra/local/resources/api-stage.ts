import * as z from 'zod';
import type { ApiKey } from '../api-gateway/api-key.ts';
import type { LocalPlatform } from '../platform.ts';
import { apiOf, apiPartId } from './api-parts.ts';
import { type Deploy, flag, integer, numeric, physicalName, placeOf, readProperties } from './resource.ts';

const tags = z.array(z.unknown()).optional();

/** `AWS::ApiGateway::Deployment`: what is deployed here is what the template says, at once. */
export const deployDeployment: Deploy<LocalPlatform> = async (resource, platform) => {
  const { RestApiId } = readProperties(
    resource,
    z.strictObject({ RestApiId: z.string(), Description: z.string().optional() }),
  );
  apiOf(RestApiId, resource, platform);
  const ref = apiPartId(resource, 6);
  return { ref, attributes: { DeploymentId: ref } };
};

const stageProperties = z.strictObject({
  RestApiId: z.string(),
  StageName: z.string(),
  DeploymentId: z.string(),
  Description: z.string().optional(),
  MethodSettings: z
    .array(
      z.looseObject({
        HttpMethod: z.literal('*', 'settings of single methods are not emulated'),
        ResourcePath: z.literal('/*', 'settings of single methods are not emulated'),
        ThrottlingRateLimit: numeric.optional(),
        ThrottlingBurstLimit: numeric.optional(),
      }),
    )
    .max(1)
    .default([]),
  // Neither logs nor traces are kept.
  AccessLogSetting: z.unknown().optional(),
  TracingEnabled: z.unknown().optional(),
  Tags: tags,
});

/** `AWS::ApiGateway::Stage`. */
export const deployStage: Deploy<LocalPlatform> = async (resource, platform) => {
  const { RestApiId, StageName, MethodSettings } = readProperties(resource, stageProperties);
  const [settings] = MethodSettings;
  const throttle = throttleOf(settings?.ThrottlingRateLimit, settings?.ThrottlingBurstLimit);
  apiOf(RestApiId, resource, platform).api.stages.set(StageName, throttle);
  return { ref: StageName, attributes: {} };
};

const keyProperties = z.strictObject({
  Name: z.string().optional(),
  Value: z.string().min(20).optional(),
  Enabled: flag.default(false),
  Description: z.string().optional(),
  Tags: tags,
});

/** `AWS::ApiGateway::ApiKey`: its value is always the same, so that commands can be kept. */
export const deployApiKey: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, keyProperties);
  const id = apiPartId(resource, 10);
  const value = given.Value ?? apiPartId({ ...resource, logicalId: `${resource.logicalId}/value` }, 40);
  const name = physicalName(resource, given.Name, 255);
  platform.account.apiKeys.add({ id, name, value, enabled: given.Enabled });
  return { ref: id, attributes: { APIKeyId: id } };
};

const planProperties = z.strictObject({
  UsagePlanName: z.string().optional(),
  Description: z.string().optional(),
  ApiStages: z
    .array(
      z.strictObject({
        ApiId: z.string(),
        Stage: z.string(),
        Throttle: z.strictObject({}, 'limits of single methods are not emulated').optional(),
      }),
    )
    .default([]),
  Throttle: z.strictObject({ RateLimit: numeric, BurstLimit: numeric }).optional(),
  Quota: z
    .strictObject({
      Limit: integer(1, 2 ** 31),
      Period: z.enum(['DAY', 'WEEK', 'MONTH']),
      Offset: z.literal(0).optional(),
    })
    .optional(),
  Tags: tags,
});

/** `AWS::ApiGateway::UsagePlan`: its throttle and quota count for each key and API. */
export const deployUsagePlan: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, planProperties);
  const id = apiPartId(resource, 6);
  const throttle = throttleOf(given.Throttle?.RateLimit, given.Throttle?.BurstLimit);
  const quota = given.Quota && { limit: given.Quota.Limit, period: given.Quota.Period };
  const keys: ApiKey[] = [];
  const plan = { throttle, quota, keys };
  const apis = new Set(given.ApiStages.map(({ ApiId }) => ApiId));
  for (const apiId of apis) {
    const stages = given.ApiStages.filter(({ ApiId }) => ApiId === apiId).map(({ Stage }) => Stage);
    apiOf(apiId, resource, platform).api.usagePlans.push({ ...plan, stages });
  }
  platform.account.apiKeys.addPlan(id, keys);
  return { ref: id, attributes: { Id: id } };
};

const planKeyProperties = z.strictObject({
  KeyId: z.string(),
  KeyType: z.literal('API_KEY'),
  UsagePlanId: z.string(),
});

/** `AWS::ApiGateway::UsagePlanKey`: lets a key in under a plan. */
export const deployUsagePlanKey: Deploy<LocalPlatform> = async (resource, platform) => {
  const { KeyId, UsagePlanId } = readProperties(resource, planKeyProperties);
  if (!platform.account.apiKeys.admit(UsagePlanId, KeyId)) {
    throw new Error(
      `${placeOf(resource)}: there is no key ${KeyId} or no plan ${UsagePlanId}, or the plan has the key.`,
    );
  }
  return { ref: `${KeyId}:${UsagePlanId}`, attributes: { Id: `${KeyId}:${UsagePlanId}` } };
};

function throttleOf(rate: number | undefined, burst: number | undefined) {
  return rate === undefined || burst === undefined ? undefined : { rate, burst };
}
