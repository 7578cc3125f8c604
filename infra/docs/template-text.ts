/** A synthesized template, as far as the documents read it. */
export interface Template {
  readonly Description?: string;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/**
 * The value as text: `<stack.LogicalId>` for each reference to a resource, whichever of its attributes is asked for, and
 * `<AWS.Region>` for a pseudo parameter. What another stack exports is what it stands for there.
 */
export function textOf(value: unknown, stack: string, templates: ReadonlyMap<string, Template>): string {
  if (Array.isArray(value)) return value.map(item => textOf(item, stack, templates)).join(' ');
  if (!isRecord(value)) return value === undefined ? '' : String(value);
  const [[name = '', argument] = []] = Object.entries(value);
  const inside = (part: unknown) => textOf(part, stack, templates);
  switch (name) {
    case 'Ref':
      return reference(String(argument), stack);
    case 'Fn::GetAtt':
      return reference(String(listOf(argument)[0]).replace(/\..*$/, ''), stack);
    case 'Fn::Join': {
      const [delimiter, parts] = listOf(argument);
      return listOf(parts).map(inside).join(String(delimiter));
    }
    case 'Fn::ImportValue':
      return exported(argument, templates);
    default:
      return Object.values(value).map(inside).join(' ');
  }
}

/** Without colons, which separate the parts of an ARN. */
const reference = (id: string, stack: string) =>
  id.includes('::') ? `<${id.replace('::', '.')}>` : `<${stack}.${id}>`;

function exported(name: unknown, templates: ReadonlyMap<string, Template>): string {
  for (const [stack, { Outputs = {} }] of templates) {
    const output = Object.values(Outputs).find(({ Export }) => Export?.Name === name);
    if (output !== undefined) return textOf(output.Value, stack, templates);
  }
  return `<${String(name)}>`;
}
