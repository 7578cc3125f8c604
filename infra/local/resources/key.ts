import * as z from 'zod';
import type { LocalPlatform } from '../platform.ts';
import {
  type Deploy,
  flag,
  integer,
  physicalName,
  placeOf,
  readProperties,
  tags,
  uuidOf,
} from './resource.ts';

const keyProperties = z.looseObject({
  KeyPolicy: z.looseObject({}).optional(),
  Enabled: flag.default(true),
  EnableKeyRotation: flag.default(false),
  /** Days. */
  RotationPeriodInDays: integer(90, 2560).default(365),
  KeySpec: z.string().optional(),
  Origin: z.string().optional(),
  Tags: tags,
});

const aliasProperties = z.looseObject({ AliasName: z.string().optional(), TargetKeyId: z.string() });

/** The longest name of an alias. */
const longestAlias = 256;

/** `AWS::KMS::Key`: what DescribeKey and its like tell, and who may use it; nothing is encrypted under it. */
export const deployKey: Deploy<LocalPlatform> = async (resource, { account, region }) => {
  const given = readProperties(resource, keyProperties);
  const { arn, keyId } = account.keys.add({
    region,
    keyId: uuidOf(resource),
    state: given.Enabled ? 'Enabled' : 'Disabled',
    ...(given.EnableKeyRotation ? { rotationPeriodDays: given.RotationPeriodInDays } : {}),
    ...(given.KeySpec === undefined ? {} : { spec: given.KeySpec }),
    ...(given.Origin === undefined ? {} : { origin: given.Origin }),
    ...(given.KeyPolicy === undefined ? {} : { policy: JSON.stringify(given.KeyPolicy) }),
    tags: Object.fromEntries(given.Tags.map(({ Key, Value }) => [Key, Value])),
  });
  return { ref: keyId, attributes: { Arn: arn, KeyId: keyId } };
};

/** `AWS::KMS::Alias` of a key of the templates. */
export const deployAlias: Deploy<LocalPlatform> = async (resource, { account, region }) => {
  const { AliasName, TargetKeyId } = readProperties(resource, aliasProperties);
  const key = account.keys.find(region, TargetKeyId);
  if (key === undefined) throw new Error(`${placeOf(resource)}: there is no key ${TargetKeyId}.`);
  const name = physicalName(resource, AliasName, longestAlias);
  account.keys.addAlias(name, key);
  return { ref: name, attributes: { AliasName: name } };
};
