/** What a rule's target is given in place of the event (CloudFormation `AWS::Events::Rule Target`). */
export interface TargetInput {
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?:
    | {
        readonly InputPathsMap?: Readonly<Record<string, string>> | undefined;
        readonly InputTemplate: string;
      }
    | undefined;
}

/** Makes the text that a target receives of an event. */
export type InputMaker = (event: object, rule: { readonly arn: string; readonly name: string }) => string;

/**
 * Compiles a target's input. JSON paths may hold member names and list indices. Throws an `Error` naming `where` at
 * any other path, and at a placeholder for which there is no path.
 */
export function compileInput(target: TargetInput, where: string): InputMaker {
  const { Input, InputPath, InputTransformer } = target;
  if (Input !== undefined) return () => Input;
  if (InputPath !== undefined) {
    const read = compilePath(InputPath, where);
    return event => JSON.stringify(read(event) ?? {});
  }
  if (InputTransformer === undefined) return event => JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const paths = new Map(
    Object.entries(InputPathsMap).map(([name, path]) => [name, compilePath(path, where)]),
  );
  for (const [, name = ''] of InputTemplate.matchAll(placeholder)) {
    if (!paths.has(name) && !name.startsWith('aws.events.')) {
      throw new Error(`${where}: the input template names <${name}>, for which there is no path.`);
    }
  }
  return (event, rule) => {
    const predefined: Readonly<Record<string, unknown>> = {
      'aws.events.rule-arn': rule.arn,
      'aws.events.rule-name': rule.name,
      'aws.events.event.ingestion-time': new Date().toISOString(),
      'aws.events.event': Object.fromEntries(Object.entries(event).filter(([key]) => key !== 'detail')),
      'aws.events.event.json': event,
    };
    return fillTemplate(InputTemplate, name =>
      name in predefined ? predefined[name] : paths.get(name)?.(event),
    );
  };
}

const placeholder = /<([\w.-]+)>/g;

/**
 * EventBridge keeps the output valid JSON (EventBridge User Guide, "Input transformation"): within quotes a value goes
 * in as escaped text, elsewhere as JSON. Of a path that leads nowhere comes the empty text.
 */
function fillTemplate(template: string, lookUp: (name: string) => unknown): string {
  let quoted = false;
  let scanned = 0;
  return template.replace(placeholder, (_whole, name: string, at: number) => {
    for (; scanned < at; scanned++) {
      if (template[scanned] === '\\') scanned++;
      else if (template[scanned] === '"') quoted = !quoted;
    }
    const value = lookUp(name) ?? '';
    if (!quoted) return JSON.stringify(value);
    return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1);
  });
}

function compilePath(path: string, where: string): (event: unknown) => unknown {
  if (!/^\$(\.[\w/-]+|\[\d+\])*$/.test(path)) {
    throw new Error(`${where}: the local run reads JSON paths of names and indices, not "${path}".`);
  }
  const steps = path.match(/[\w/-]+/g) ?? [];
  return event => {
    let value = event;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = Reflect.get(value, step);
    }
    return value;
  };
}
