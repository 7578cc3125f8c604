import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { rotateSecret } from '../account/local-secrets.ts';
import type { LocalPlatform } from '../platform.ts';
import {
  type Deploy,
  flag,
  integer,
  physicalName,
  placeOf,
  type ResourceInstance,
  readProperties,
  tags,
  uuidOf,
} from './resource.ts';

/** Strict: what is not emulated would change the value. */
const generated = z.strictObject({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: integer(1, 4096).default(32),
  // What is generated here is letters and digits whatever is asked for.
  ExcludePunctuation: flag.optional(),
  ExcludeCharacters: z.string().optional(),
  ExcludeLowercase: z.literal(false).optional(),
  ExcludeNumbers: z.literal(false).optional(),
  IncludeSpace: z.literal(false).optional(),
  RequireEachIncludedType: flag.optional(),
});

const secretProperties = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  KmsKeyId: z.string().optional(),
  GenerateSecretString: generated,
  Tags: tags,
});

/** The longest name of a secret. */
const longestName = 512;

/** `AWS::SecretsManager::Secret`: what is generated is always the same, so that commands can be kept. */
export const deploySecret: Deploy<LocalPlatform> = async (resource, { account, region }) => {
  const given = readProperties(resource, secretProperties);
  const arn = account.secrets.add({
    region,
    name: physicalName(resource, given.Name, longestName),
    value: generate(given.GenerateSecretString, resource),
    ...(given.KmsKeyId === undefined ? {} : { kmsKeyId: given.KmsKeyId }),
    tags: Object.fromEntries(given.Tags.map(({ Key, Value }) => [Key, Value])),
  });
  return { ref: arn, attributes: { Id: arn } };
};

function generate(rules: z.infer<typeof generated>, resource: ResourceInstance): string {
  const { SecretStringTemplate, GenerateStringKey, PasswordLength, ExcludeCharacters = '' } = rules;
  const digits = createHash('shake256', { outputLength: 4 * PasswordLength })
    .update(uuidOf(resource))
    .digest('hex');
  const text = [...digits].filter(digit => !ExcludeCharacters.includes(digit)).slice(0, PasswordLength);
  if (text.length < PasswordLength) throw new Error(`${placeOf(resource)}: too few characters are left.`);
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return text.join('');
  return JSON.stringify({ ...JSON.parse(SecretStringTemplate), [GenerateStringKey]: text.join('') });
}

const policyProperties = z.strictObject({
  SecretId: z.string(),
  ResourcePolicy: z.looseObject({}),
  BlockPublicPolicy: flag.optional(),
});

/** `AWS::SecretsManager::ResourcePolicy`. */
export const deploySecretPolicy: Deploy<LocalPlatform> = async (resource, platform) => {
  const { SecretId, ResourcePolicy } = readProperties(resource, policyProperties);
  secretOf(SecretId, resource, platform).policy = JSON.stringify(ResourcePolicy);
  return { ref: SecretId, attributes: { Id: SecretId } };
};

const rotationProperties = z.strictObject({
  SecretId: z.string(),
  RotationLambdaARN: z.string(),
  RotationRules: z.strictObject({ AutomaticallyAfterDays: integer(1, 1000) }),
  RotateImmediatelyOnUpdate: z.union([z.literal(true), z.literal('true')]).optional(),
});

/**
 * `AWS::SecretsManager::RotationSchedule`: the secret is rotated at once, which on AWS begins with the deployment and is
 * not waited for; no clock rotates it again, `RotateSecret` does.
 */
export const deployRotationSchedule: Deploy<LocalPlatform> = async (resource, platform) => {
  const { SecretId, RotationLambdaARN, RotationRules } = readProperties(resource, rotationProperties);
  const { functions, activity, onFault, permissions } = platform;
  const secret = secretOf(SecretId, resource, platform);
  if (!functions.has(RotationLambdaARN)) {
    throw new Error(`${placeOf(resource)}: there is no function ${RotationLambdaARN}.`);
  }
  const caller = permissions.callers.accessKeyIdOf('secretsmanager.amazonaws.com', secret.arn);
  const rotation = {
    functionArn: RotationLambdaARN,
    days: RotationRules.AutomaticallyAfterDays,
    invoke: async (event: object) => {
      await permissions.require(caller, [{ action: 'lambda:InvokeFunction', resource: RotationLambdaARN }]);
      const invocation = await functions.invoke(RotationLambdaARN, event);
      if (invocation.outcome === 'answered') return;
      const { errorType, errorMessage } = invocation.error;
      throw new Error(`The rotation of ${secret.name} has failed: ${errorType}: ${errorMessage}`);
    },
    onFault,
    track: (work: Promise<void>) => activity.track(work),
  };
  secret.rotation = rotation;
  try {
    await rotateSecret(secret, rotation, randomUUID());
  } catch (error) {
    throw new Error(`${placeOf(resource)}: ${(error as Error).message}`, { cause: error });
  }
  return { ref: SecretId, attributes: { Id: SecretId } };
};

function secretOf(id: string, resource: ResourceInstance, { account, region }: LocalPlatform) {
  const secret = account.secrets.find(region, id);
  if (secret === undefined) throw new Error(`${placeOf(resource)}: there is no secret ${id}.`);
  return secret;
}
