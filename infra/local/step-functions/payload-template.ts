import { evaluateIntrinsicCall, isIntrinsicCall, parseIntrinsicCall, pathsOf } from './intrinsic-function.ts';

/**
 * A payload template (`Parameters`) for the interpreter: each call of an intrinsic function is replaced by an
 * object of the values it wants, which {@link completePayload} turns into the call's result afterwards.
 *
 * @param stateName What `$$.State.Name` stands for: the interpreter does not keep `$$.State`.
 */
export function templateOfPaths(template: unknown, stateName: string): unknown {
  if (Array.isArray(template)) return template.map(element => templateOfPaths(element, stateName));
  if (!isRecord(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (!isDynamic(key, value)) return [key, templateOfPaths(value, stateName)];
      if (!isIntrinsicCall(value)) return pathField(key.slice(0, -2), value, stateName);
      const paths = pathsOf(parseIntrinsicCall(value));
      const fields = paths.map((path, index) => pathField(String(index), path, stateName));
      return [key.slice(0, -2), Object.fromEntries(fields)];
    }),
  );
}

/**
 * The payload of a template from what the interpreter made of {@link templateOfPaths}. The template alone says
 * where calls stand; data that looks like one stays data.
 */
export function completePayload(template: unknown, resolved: unknown): unknown {
  if (Array.isArray(template) && Array.isArray(resolved)) {
    return template.map((element, index) => completePayload(element, resolved[index]));
  }
  if (!isRecord(template) || !isRecord(resolved)) return resolved;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (!isDynamic(key, value)) return [key, completePayload(value, resolved[key])];
      const name = key.slice(0, -2);
      const found = resolved[name];
      if (!isIntrinsicCall(value) || !isRecord(found)) return [name, found];
      const call = parseIntrinsicCall(value);
      return [
        name,
        evaluateIntrinsicCall(
          call,
          pathsOf(call).map((_, index) => found[String(index)]),
        ),
      ];
    }),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDynamic(key: string, value: unknown): value is string {
  return key.endsWith('.$') && typeof value === 'string';
}

/** One field that the interpreter reads by path, or the constant that the path stands for. */
function pathField(name: string, path: string, stateName: string): [string, unknown] {
  if (path === '$$.State.Name') return [name, stateName];
  if (path.startsWith('$$.State') && !path.startsWith('$$.StateMachine')) {
    throw new Error(`${path} is not kept by the local run (in state ${stateName})`);
  }
  // The interpreter overwrites `Execution` with its own clock, and with an iteration's input inside of Map.
  return [`${name}.$`, path.replace(/^\$\$\.Execution(?=$|[.[])/u, '$$$$.Run')];
}
