import * as z from 'zod';
import type { LocalPlatform } from '../platform.ts';
import { isKnownTask, stateMachineAccessKeyId } from '../state-machine-tasks.ts';
import { type Deploy, physicalName, placeOf, type ResourceInstance, readProperties } from './resource.ts';

const stateMachineProperties = z.looseObject({
  StateMachineName: z.string().optional(),
  StateMachineType: z.literal('STANDARD').default('STANDARD'),
  DefinitionString: z.string().optional(),
  Definition: z.looseObject({}).optional(),
  RoleArn: z.string().optional(),
  DefinitionSubstitutions: z.record(z.string(), z.coerce.string()).default({}),
});

/** The longest name of a state machine. */
const longestName = 80;

/** `AWS::StepFunctions::StateMachine` whose definition stands in the template. */
export const deployStateMachine: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, stateMachineProperties);
  const name = physicalName(resource, given.StateMachineName, longestName);
  const arn = `arn:aws:states:${platform.region}:${platform.accountId}:stateMachine:${name}`;
  const text = given.DefinitionString ?? (given.Definition && JSON.stringify(given.Definition));
  if (text === undefined) {
    throw new Error(`${placeOf(resource)}: the local run reads the definition from the template only.`);
  }
  const definition = text.replace(
    /\$\{(\w+)\}/g,
    (whole, key: string) => given.DefinitionSubstitutions[key] ?? whole,
  );
  const unknown = taskResources(parseDefinition(definition, resource)).find(task => !isKnownTask(task));
  if (unknown !== undefined) {
    throw new Error(
      `${placeOf(resource)}: the local run does not know the task ${unknown}; ` +
        'teach it in infra/local/state-machine-tasks.ts.',
    );
  }
  try {
    platform.stepFunctions.createStateMachine({ arn, name, definition });
  } catch (error) {
    throw new Error(`${placeOf(resource)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const roleArn = given.RoleArn ?? `arn:aws:iam::${platform.accountId}:role/none`;
  platform.permissions.callers.addSession(stateMachineAccessKeyId(arn), roleArn, name);
  return { ref: arn, attributes: { Arn: arn, Name: name } };
};

function parseDefinition(definition: string, resource: ResourceInstance): unknown {
  try {
    return JSON.parse(definition);
  } catch (error) {
    throw new Error(`${placeOf(resource)}: its definition is no JSON: ${String(error)}`, { cause: error });
  }
}

function taskResources(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Reflect.get(value, 'Type') === 'Task' ? [String(Reflect.get(value, 'Resource'))] : [];
  return [...own, ...Object.values(value).flatMap(taskResources)];
}
