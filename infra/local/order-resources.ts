import type { StackTemplate } from './cloud-assembly.ts';

/**
 * The logical ids of a template such that each stands behind those it needs, by reference or by `DependsOn`; as
 * CloudFormation orders them. Throws an `Error` naming the chain at a cycle, and one at a `DependsOn` that leads nowhere.
 */
export function orderResources(template: StackTemplate, stack: string): readonly string[] {
  const ordered: string[] = [];
  const done = new Set<string>();
  const visit = (logicalId: string, chain: readonly string[]): void => {
    if (done.has(logicalId)) return;
    const at = chain.indexOf(logicalId);
    if (at !== -1) {
      throw new Error(
        `Stack ${stack}: the resources depend on each other in a circle: ${[...chain.slice(at), logicalId].join(' -> ')}.`,
      );
    }
    const resource = Object.hasOwn(template.Resources, logicalId) ? template.Resources[logicalId] : undefined;
    if (resource === undefined) return;
    const needed = new Set([resource.DependsOn ?? []].flat());
    const unknown = [...needed].find(other => !Object.hasOwn(template.Resources, other));
    if (unknown !== undefined) {
      throw new Error(`Stack ${stack}: ${logicalId}.DependsOn names "${unknown}", which is no resource.`);
    }
    collectReferences(resource.Properties, needed);
    for (const other of needed) visit(other, [...chain, logicalId]);
    done.add(logicalId);
    ordered.push(logicalId);
  };
  for (const logicalId of Object.keys(template.Resources)) visit(logicalId, []);
  return ordered;
}

function collectReferences(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collectReferences(item, into);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') into.add(item);
    else if (key === 'Fn::GetAtt')
      into.add(String(typeof item === 'string' ? item.split('.')[0] : item?.[0]));
    else if (key === 'Fn::Sub') collectSubstitutions(item, into);
    else collectReferences(item, into);
  }
}

function collectSubstitutions(argument: unknown, into: Set<string>): void {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  for (const [, name = ''] of String(template).matchAll(/\$\{([^!}][^}]*)\}/g)) {
    into.add(name.split('.')[0] ?? name);
  }
  collectReferences(variables, into);
}
