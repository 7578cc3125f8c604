import * as z from 'zod';
import type { LocalPlatform } from '../platform.ts';
import { type Deploy, placeOf, readProperties } from './resource.ts';

const policyProperties = z.strictObject({
  PolicyName: z.string(),
  /** JSON text, unlike the documents of other policies. */
  PolicyDocument: z.string(),
});

const document = z.looseObject({ Statement: z.unknown() });

/** `AWS::Logs::ResourcePolicy`: which services may write to the log groups that it names. */
export const deployLogResourcePolicy: Deploy<LocalPlatform> = async (resource, { permissions }) => {
  const { PolicyName, PolicyDocument } = readProperties(resource, policyProperties);
  const { success, data } = document.safeParse(parsed(PolicyDocument));
  if (!success) throw new Error(`${placeOf(resource)}: its PolicyDocument is no policy.`);
  permissions.store.addLogPolicy(data);
  return { ref: PolicyName, attributes: {} };
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
