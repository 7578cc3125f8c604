import { createHash } from 'node:crypto';
import type { PlannedApi } from '../api-gateway/planned-api.ts';
import type { LocalPlatform } from '../platform.ts';
import { placeOf, type ResourceInstance } from './resource.ts';

/** The API that a resource is part of. Throws an `Error` naming the resource where there is none. */
export function apiOf(id: string, resource: ResourceInstance, platform: LocalPlatform): PlannedApi {
  const planned = platform.apis.get(id);
  if (planned === undefined) throw new Error(`${placeOf(resource)}: there is no REST API ${id}.`);
  return planned;
}

/** An id in the letters and digits of API Gateway's, always the same for the same resource. */
export function apiPartId(
  { stack, logicalId }: Pick<ResourceInstance, 'stack' | 'logicalId'>,
  length: number,
): string {
  return createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, length);
}
