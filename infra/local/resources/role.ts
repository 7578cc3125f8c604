import * as z from 'zod';
import type { LocalPlatform } from '../platform.ts';
import { type Deploy, physicalName, readProperties, uuidOf } from './resource.ts';

const document = z.looseObject({});

const roleProperties = z.looseObject({
  RoleName: z.string().optional(),
  Path: z.string().default('/'),
  AssumeRolePolicyDocument: document.optional(),
  ManagedPolicyArns: z.array(z.string()).default([]),
  PermissionsBoundary: z.string().optional(),
  Policies: z.array(z.looseObject({ PolicyName: z.string(), PolicyDocument: document })).default([]),
});

const policyProperties = z.looseObject({
  PolicyName: z.string(),
  PolicyDocument: document,
  Roles: z.array(z.string()).default([]),
});

const managedPolicyProperties = z.looseObject({
  ManagedPolicyName: z.string().optional(),
  Path: z.string().default('/'),
  PolicyDocument: document,
  Roles: z.array(z.string()).default([]),
});

/** The longest names of a role and of a managed policy. */
const longestNames = { role: 64, policy: 128 };

/** `AWS::IAM::Role`: what its functions and services may do. */
export const deployRole: Deploy<LocalPlatform> = async (resource, { accountId, permissions }) => {
  const given = readProperties(resource, roleProperties);
  const name = physicalName(resource, given.RoleName, longestNames.role);
  const arn = `arn:aws:iam::${accountId}:role${given.Path}${name}`;
  permissions.store.addRole({
    arn,
    name,
    trust: given.AssumeRolePolicyDocument,
    boundaryArn: given.PermissionsBoundary,
    inline: given.Policies.map(({ PolicyName, PolicyDocument }) => ({
      name: PolicyName,
      document: PolicyDocument,
    })),
    managedArns: given.ManagedPolicyArns,
  });
  permissions.callers.addSession(name, arn);
  return { ref: name, attributes: { Arn: arn, RoleId: uuidOf(resource) } };
};

/** `AWS::IAM::Policy` of roles; who else has it does not call. */
export const deployPolicy: Deploy<LocalPlatform> = async (resource, { permissions }) => {
  const { PolicyName, PolicyDocument, Roles } = readProperties(resource, policyProperties);
  for (const role of Roles) permissions.store.attach(role, { name: PolicyName, document: PolicyDocument });
  return { ref: resource.logicalId, attributes: { Id: resource.logicalId } };
};

/** `AWS::IAM::ManagedPolicy`, be it attached or a boundary. */
export const deployManagedPolicy: Deploy<LocalPlatform> = async (resource, { accountId, permissions }) => {
  const given = readProperties(resource, managedPolicyProperties);
  const name = physicalName(resource, given.ManagedPolicyName, longestNames.policy);
  const arn = `arn:aws:iam::${accountId}:policy${given.Path}${name}`;
  permissions.store.addManagedPolicy(arn, { name, document: given.PolicyDocument }, given.Roles);
  return { ref: arn, attributes: { PolicyArn: arn } };
};
