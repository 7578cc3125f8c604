import * as z from 'zod';
import type { LocalPlatform } from '../platform.ts';
import { type Deploy, numeric, physicalName, readProperties, tags } from './resource.ts';

const logGroupProperties = z.looseObject({
  LogGroupName: z.string().optional(),
  KmsKeyId: z.string().optional(),
  RetentionInDays: numeric.optional(),
  Tags: tags,
});

/** The longest name of a log group. */
const longestName = 512;

/** `AWS::Logs::LogGroup`: what DescribeLogGroups tells; the lines of the functions are in files. */
export const deployLogGroup: Deploy<LocalPlatform> = async (resource, { account, region }) => {
  const { LogGroupName, KmsKeyId, RetentionInDays, Tags } = readProperties(resource, logGroupProperties);
  const name = physicalName(resource, LogGroupName, longestName);
  const arn = account.logGroups.add({
    region,
    name,
    ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }),
    ...(RetentionInDays === undefined ? {} : { retentionInDays: RetentionInDays }),
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
  });
  return { ref: name, attributes: { Arn: `${arn}:*` } };
};
