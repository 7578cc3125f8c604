import { render, type SynthesizedStack } from './synthesized-stack.ts';

const physicalName = /^(Alarm|Bucket|Function|LogGroup|Queue|StateMachine|Table|Topic|Trail|Alias)?Name$/;

/** Every name that the template gives a resource itself. */
export function physicalNamesOf({ json }: SynthesizedStack): string[] {
  return Object.values(json.Resources).flatMap(({ Properties }) =>
    Object.entries(Properties)
      .filter(([property, value]) => physicalName.test(property) && typeof render(value) === 'string')
      .map(([, value]) => String(render(value)))
      .filter(name => !name.startsWith('<')),
  );
}
