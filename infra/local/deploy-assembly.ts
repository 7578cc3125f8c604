import type { AssemblyStack, CloudAssembly, TemplateResource } from './cloud-assembly.ts';
import { orderResources } from './order-resources.ts';
import type { LocalPlatform } from './platform.ts';
import {
  conditionHolds,
  type ResourceIdentity,
  resolveIntrinsics,
  type TemplateScope,
} from './resolve-intrinsics.ts';
import { resourceTypeOf } from './resource-types.ts';

/** What came of the templates. */
export interface Deployment {
  /** The outputs of all stacks. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What `Ref` answers, by logical id; where two stacks share one, that of the later stack. */
  readonly resources: Readonly<Record<string, string>>;
  /** How many resources of which types were left out. */
  readonly leftOut: Readonly<Record<string, number>>;
}

interface Progress {
  readonly exports: Map<string, string>;
  readonly outputs: Record<string, string>;
  readonly resources: Record<string, string>;
  readonly leftOut: Record<string, number>;
}

/**
 * Makes the resources of every stack, in the order in which they need each other. Throws an `Error` naming stack,
 * logical id and type at the first thing that the local run does not know.
 */
export async function deployAssembly(assembly: CloudAssembly, platform: LocalPlatform): Promise<Deployment> {
  const progress: Progress = { exports: new Map(), outputs: {}, resources: {}, leftOut: {} };
  for (const stack of assembly.stacks) await deployStack(stack, platform, progress);
  const { outputs, resources, leftOut } = progress;
  return { outputs, resources, leftOut };
}

async function deployStack(stack: AssemblyStack, platform: LocalPlatform, progress: Progress): Promise<void> {
  const { name, template } = stack;
  const { region, accountId } = platform;
  const resources = new Map<string, ResourceIdentity>();
  const scope: TemplateScope = {
    stack: name,
    template,
    region,
    accountId,
    resources,
    exports: progress.exports,
  };
  for (const logicalId of orderResources(template, name)) {
    const resource = template.Resources[logicalId];
    if (resource === undefined || !isWanted(resource.Condition, scope)) continue;
    const identity = await deployResource(resource, logicalId, scope, platform, progress.leftOut);
    resources.set(logicalId, identity);
    progress.resources[logicalId] = identity.ref;
  }
  for (const [id, output] of Object.entries(template.Outputs)) {
    if (!isWanted(output.Condition, scope)) continue;
    const value = String(resolveIntrinsics(output.Value, scope, `Outputs.${id}`));
    progress.outputs[id] = value;
    if (output.Export === undefined) continue;
    progress.exports.set(String(resolveIntrinsics(output.Export.Name, scope, `Outputs.${id}.Export`)), value);
  }
}

async function deployResource(
  resource: TemplateResource,
  logicalId: string,
  scope: TemplateScope,
  platform: LocalPlatform,
  leftOut: Record<string, number>,
): Promise<ResourceIdentity> {
  const type = resourceTypeOf(resource.Type, scope.stack, logicalId);
  const properties = Object.fromEntries(
    Object.entries(resource.Properties).map(([key, value]) => [
      key,
      resolveIntrinsics(value, scope, `${logicalId}.${key}`),
    ]),
  );
  const instance = { stack: scope.stack, logicalId, type: resource.Type, properties };
  if (type.kind === 'deployed') return type.deploy(instance, platform);
  leftOut[resource.Type] = (leftOut[resource.Type] ?? 0) + 1;
  return type.identify(instance, platform);
}

function isWanted(condition: string | undefined, scope: TemplateScope): boolean {
  return condition === undefined || conditionHolds(condition, scope);
}
