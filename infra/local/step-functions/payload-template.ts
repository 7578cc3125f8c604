import { evaluateIntrinsicCall, isIntrinsicCall, parseIntrinsicCall, pathsOf } from './intrinsic-function.ts';

/** What `$$.State` holds here; the interpreter keeps none. */
export interface StateContext {
  readonly Name: string;
  /** UTC with milliseconds. */
  readonly EnteredTime: string;
}

/**
 * A payload template (`Parameters`) for the interpreter: each call of an intrinsic function is replaced by an
 * object of the values it wants, which {@link completePayload} turns into the call's result afterwards; it also
 * fills in `$$.State`.
 */
export function templateOfPaths(template: unknown): unknown {
  if (Array.isArray(template)) return template.map(templateOfPaths);
  if (!isRecord(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (!isDynamic(key, value)) return [key, templateOfPaths(value)];
      if (!isIntrinsicCall(value)) return pathField(key.slice(0, -2), value);
      const paths = pathsOf(parseIntrinsicCall(value));
      return [
        key.slice(0, -2),
        Object.fromEntries(paths.map((path, index) => pathField(String(index), path))),
      ];
    }),
  );
}

/**
 * The payload of a template from what the interpreter made of {@link templateOfPaths}. The template alone says
 * where calls stand; data that looks like one stays data.
 */
export function completePayload(template: unknown, resolved: unknown, state: StateContext): unknown {
  if (Array.isArray(template) && Array.isArray(resolved)) {
    return template.map((element, index) => completePayload(element, resolved[index], state));
  }
  if (!isRecord(template) || !isRecord(resolved)) return resolved;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (!isDynamic(key, value)) return [key, completePayload(value, resolved[key], state)];
      const name = key.slice(0, -2);
      const found = resolved[name];
      if (!isIntrinsicCall(value)) return [name, stateValue(value, state) ?? found];
      if (!isRecord(found)) return [name, found];
      const call = parseIntrinsicCall(value);
      const values = pathsOf(call).map((path, index) => stateValue(path, state) ?? found[String(index)]);
      return [name, evaluateIntrinsicCall(call, values)];
    }),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDynamic(key: string, value: unknown): value is string {
  return key.endsWith('.$') && typeof value === 'string';
}

/** One field that the interpreter reads by path; `null` for what {@link stateValue} fills in. */
function pathField(name: string, path: string): [string, unknown] {
  if (path in stateFields) return [name, null];
  if (path.startsWith('$$.State') && !path.startsWith('$$.StateMachine')) {
    throw new Error(`${path} is not kept by the local run`);
  }
  // The interpreter overwrites `Execution` with its own clock, and with an iteration's input inside of Map.
  return [`${name}.$`, path.replace(/^\$\$\.Execution(?=$|[.[])/u, '$$$$.Run')];
}

const stateFields: Readonly<Record<string, keyof StateContext>> = {
  '$$.State.Name': 'Name',
  '$$.State.EnteredTime': 'EnteredTime',
};

function stateValue(path: string, state: StateContext): string | undefined {
  const field = stateFields[path];
  return field === undefined ? undefined : state[field];
}
