import * as z from 'zod';
import type { LocalPlatform } from '../platform.ts';
import { type Deploy, readProperties } from './resource.ts';

/** Strict: a restriction that is not looked at would let in more than AWS does. */
const permissionProperties = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/** `AWS::Lambda::Permission`: a statement of the function's policy, as AddPermission writes it. */
export const deployFunctionPermission: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, permissionProperties);
  const { region, accountId, permissions } = platform;
  const { FunctionName: name, Principal: principal, SourceArn, SourceAccount } = given;
  const arn = name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  const isService = principal.endsWith('.amazonaws.com');
  permissions.store.allowInvocation(arn, {
    Sid: resource.logicalId,
    Effect: 'Allow',
    Principal: isService ? { Service: principal } : { AWS: principal },
    Action: given.Action,
    Resource: arn,
    Condition: {
      ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
      ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
    },
  });
  return { ref: resource.logicalId, attributes: { Id: resource.logicalId } };
};
