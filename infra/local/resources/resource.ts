import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ResourceIdentity } from '../resolve-intrinsics.ts';

/** A resource of a template, its intrinsic functions worked out. */
export interface ResourceInstance {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Makes a resource of one type; what it gives is what `Ref` and `Fn::GetAtt` answer from then on. */
export type Deploy<Platform> = (resource: ResourceInstance, platform: Platform) => Promise<ResourceIdentity>;

/** Where a resource stands, for messages. */
export function placeOf({ stack, logicalId, type }: ResourceInstance): string {
  return `Stack ${stack}: ${logicalId} (${type})`;
}

/** The properties as a schema reads them. Throws an `Error` naming stack, logical id, type and every fault. */
export function readProperties<T>(resource: ResourceInstance, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(resource.properties);
  if (!parsed.success) throw new Error(`${placeOf(resource)}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The name given in the template, else one made of stack and logical id as CloudFormation does, always the same. */
export function physicalName(resource: ResourceInstance, given: string | undefined, longest: number): string {
  if (given !== undefined) return given;
  const full = `${resource.stack}-${resource.logicalId}`;
  const suffix = createHash('sha256').update(full).digest('hex').slice(0, 12).toUpperCase();
  return `${full.slice(0, longest - suffix.length - 1)}-${suffix}`;
}

/** A UUID that is always the same for the same resource. */
export function uuidOf({ stack, logicalId }: ResourceInstance): string {
  const hex = createHash('sha256').update(`${stack}/${logicalId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** A number, which templates also write as text. */
export const numeric = z.coerce.number();

/** A whole number within bounds, which templates also write as text. */
export function integer(least: number, most: number) {
  return z.coerce.number().int().min(least).max(most);
}

/** Tags, as all types but a few have them. */
export const tags = z.array(z.object({ Key: z.string(), Value: z.string() })).default([]);

/** A switch, which templates also write as text. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')]);
