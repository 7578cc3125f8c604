import type { StackTemplate } from './cloud-assembly.ts';

/** What `Ref` and `Fn::GetAtt` answer for a resource that is there. */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where a template's references lead. */
export interface TemplateScope {
  readonly stack: string;
  readonly template: StackTemplate;
  readonly region: string;
  readonly accountId: string;
  /** The resources made so far, by logical id. */
  readonly resources: ReadonlyMap<string, ResourceIdentity>;
  /** What stacks deployed before export, by export name. */
  readonly exports: ReadonlyMap<string, string>;
  /** The conditions being worked out, each asked for by the one before it. */
  readonly conditions?: readonly string[];
}

type Intrinsic = (argument: unknown, scope: TemplateScope, path: string) => unknown;

const absent = Symbol('AWS::NoValue');

/**
 * The value with every intrinsic function worked out. `path` names the place in the template for errors.
 * Throws an `Error` naming stack and path at a reference that leads nowhere or a function it does not know.
 */
export function resolveIntrinsics(value: unknown, scope: TemplateScope, path: string): unknown {
  const resolved = resolve(value, scope, path);
  return resolved === absent ? undefined : resolved;
}

/** Whether a named condition of the template holds. */
export function conditionHolds(name: string, scope: TemplateScope): boolean {
  const path = `Conditions.${name}`;
  const { conditions = [], template } = scope;
  if (!Object.hasOwn(template.Conditions, name)) fail(scope, path, 'is not a condition of this template');
  const chain = [...conditions, name];
  if (conditions.includes(name)) fail(scope, path, `needs itself: ${chain.join(' -> ')}`);
  return resolve(template.Conditions[name], { ...scope, conditions: chain }, path) === true;
}

function resolve(value: unknown, scope: TemplateScope, path: string): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => resolve(item, scope, `${path}[${index}]`))
      .filter(item => item !== absent);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    const [name, argument] = only;
    const intrinsic = own(intrinsics, name);
    if (intrinsic !== undefined) return intrinsic(argument, scope, `${path}.${name}`);
    if (name.startsWith('Fn::')) return fail(scope, path, `uses ${name}, which the local run does not know`);
  }
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, resolve(item, scope, `${path}.${key}`)] as const)
      .filter(([, item]) => item !== absent),
  );
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope, path) => reference(text(argument, scope, path), scope, path),
  'Fn::GetAtt': (argument, scope, path) => {
    const [logicalId, attribute] = attributeOf(argument, scope, path);
    return attributeValue(logicalId, attribute, scope, path);
  },
  'Fn::Sub': (argument, scope, path) => {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const names: unknown = resolve(variables, scope, path);
    if (typeof template !== 'string' || !isRecord(names)) {
      return fail(scope, path, 'needs a text, or a list of a text and its variables');
    }
    return template.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      if (Object.hasOwn(names, name)) return text(names[name], scope, path);
      const dot = name.indexOf('.');
      return text(
        dot === -1
          ? reference(name, scope, path)
          : attributeValue(name.slice(0, dot), name.slice(dot + 1), scope, path),
        scope,
        path,
      );
    });
  },
  'Fn::Join': (argument, scope, path) => {
    const [delimiter, values] = list(argument, scope, path);
    return list(resolve(values, scope, path), scope, path)
      .map(item => text(item, scope, path))
      .join(text(delimiter, scope, path));
  },
  'Fn::Select': (argument, scope, path) => {
    const [index, values] = list(argument, scope, path);
    const items = list(resolve(values, scope, path), scope, path);
    const item = items[Number(resolve(index, scope, path))];
    return item === undefined
      ? fail(scope, path, `selects ${String(index)} of ${items.length} values`)
      : item;
  },
  'Fn::Split': (argument, scope, path) => {
    const [delimiter, value] = list(argument, scope, path);
    return text(resolve(value, scope, path), scope, path).split(text(delimiter, scope, path));
  },
  'Fn::ImportValue': (argument, scope, path) => {
    const name = text(resolve(argument, scope, path), scope, path);
    const value = scope.exports.get(name);
    return value ?? fail(scope, path, `imports "${name}", which no stack before it exports`);
  },
  'Fn::If': (argument, scope, path) => {
    const [condition, whenTrue, whenFalse] = list(argument, scope, path);
    return resolve(conditionHolds(text(condition, scope, path), scope) ? whenTrue : whenFalse, scope, path);
  },
  Condition: (argument, scope, path) => {
    // Inside a policy statement `Condition` is plain data; only in Conditions does a name stand there.
    if (typeof argument === 'string') return conditionHolds(argument, scope);
    return { Condition: resolve(argument, scope, path) };
  },
  'Fn::Equals': (argument, scope, path) => {
    const [left, right] = list(resolve(argument, scope, path), scope, path);
    return String(left) === String(right);
  },
  'Fn::And': (argument, scope, path) => list(resolve(argument, scope, path), scope, path).every(Boolean),
  'Fn::Or': (argument, scope, path) => list(resolve(argument, scope, path), scope, path).some(Boolean),
  'Fn::Not': (argument, scope, path) => !list(resolve(argument, scope, path), scope, path)[0],
  // As many as any region has names for: which of them an account has is AWS's to say.
  'Fn::GetAZs': (argument, scope, path) => {
    const region = text(argument, scope, path) || scope.region;
    return [...'abcdef'].map(zone => `${region}${zone}`);
  },
  'Fn::FindInMap': (argument, scope, path) => {
    const keys = list(resolve(argument, scope, path), scope, path).map(key => text(key, scope, path));
    let found: unknown = scope.template.Mappings;
    for (const key of keys) found = isRecord(found) ? own(found, key) : undefined;
    return found ?? fail(scope, path, `finds nothing in the mapping at ${keys.join('.')}`);
  },
};

function reference(name: string, scope: TemplateScope, path: string): unknown {
  switch (name) {
    case 'AWS::AccountId':
      return scope.accountId;
    case 'AWS::Region':
      return scope.region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return scope.stack;
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${scope.region}:${scope.accountId}:stack/${scope.stack}/local`;
    case 'AWS::NoValue':
      return absent;
  }
  const parameter = own(scope.template.Parameters, name);
  if (parameter !== undefined) {
    return parameter.Default ?? fail(scope, path, `needs the parameter "${name}", which has no default`);
  }
  return scope.resources.get(name)?.ref ?? fail(scope, path, `refers to "${name}", which is not deployed`);
}

function attributeValue(logicalId: string, attribute: string, scope: TemplateScope, path: string): string {
  const resource = scope.resources.get(logicalId);
  if (resource === undefined) return fail(scope, path, `refers to "${logicalId}", which is not deployed`);
  return (
    own(resource.attributes, attribute) ??
    fail(
      scope,
      path,
      `asks for the attribute "${attribute}" of "${logicalId}", which the local run does not give`,
    )
  );
}

function attributeOf(argument: unknown, scope: TemplateScope, path: string): readonly [string, string] {
  const parts = typeof argument === 'string' ? argument.split(/\.(.*)/s) : list(argument, scope, path);
  return [text(parts[0], scope, path), text(parts[1], scope, path)];
}

function text(value: unknown, scope: TemplateScope, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return fail(scope, path, 'needs a text');
}

function list(value: unknown, scope: TemplateScope, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(scope, path, 'needs a list');
}

/** A member that the object has of its own: a template may well say `constructor`. */
function own<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(scope: TemplateScope, path: string, what: string): never {
  throw new Error(`Stack ${scope.stack}: ${path} ${what}.`);
}
