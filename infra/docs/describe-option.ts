import * as z from 'zod';

/** One option as people read it. */
export interface OptionDescription {
  /** For example `whole number`, `text`, `list of text`. */
  readonly kind: string;
  /** Its bounds or form, in words; empty where there is none. */
  readonly range: string;
  /** As it is typed behind `-c name=`; `undefined` where there is none. */
  readonly byDefault: string | undefined;
}

/** What the JSON schema of an option's value says. */
interface ValueSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
  readonly items?: ValueSchema;
}

/** Describes the schema of one option of the configuration. */
export function describeOption(schema: z.core.$ZodType): OptionDescription {
  const { value, byDefault } = unwrap(schema);
  const json = z.toJSONSchema(value, { unrepresentable: 'any' }) as ValueSchema;
  return { kind: kindOf(json), range: rangeOf(json, value), byDefault };
}

/** The schema that says what a value must be, without its default and without what turns text into it. */
function unwrap(
  schema: z.core.$ZodType,
  byDefault?: string,
): { value: z.core.$ZodType; byDefault: string | undefined } {
  if (schema instanceof z.ZodDefault) return unwrap(schema.def.innerType, asTyped(schema.def.defaultValue));
  if (schema instanceof z.ZodOptional) return unwrap(schema.def.innerType, byDefault);
  if (schema instanceof z.ZodPipe) {
    return unwrap(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in, byDefault);
  }
  return { value: schema, byDefault };
}

const asTyped = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

function kindOf(json: ValueSchema): string {
  if (json.enum !== undefined) return `one of ${json.enum.map(choice => `\`${choice}\``).join(', ')}`;
  if (json.type === 'array') {
    return `list of ${kindOf(json.items ?? {}).replace(/^one of /, '')}`;
  }
  if (json.type === 'integer') return 'whole number';
  if (json.type === 'number') return 'number';
  if (json.type === 'boolean') return '`true` or `false`';
  if (json.type === 'string') return json.format === 'email' ? 'e-mail address' : 'text';
  throw new Error(`No words for an option of the type ${json.type}.`);
}

function rangeOf(json: ValueSchema, value: z.core.$ZodType): string {
  if (value instanceof z.ZodArray) {
    const { minItems, maxItems, items = {} } = json;
    const each = rangeOf(items, value.def.element);
    return [bounds(minItems, maxItems), each === '' ? '' : `each: ${each}`]
      .filter(part => part !== '')
      .join('; ');
  }
  const own = ownWords(json, value);
  if (own !== '') return own;
  return bounds(json.minimum, json.maximum);
}

/** What the schema's own check says of a value that cannot be right; zod's words are not for this table. */
function ownWords(json: ValueSchema, value: z.core.$ZodType): string {
  const impossible = json.type === 'string' ? '\u0000' : Number.MIN_SAFE_INTEGER;
  const message =
    z
      .safeParse(value, impossible)
      .error?.issues.map(issue => issue.message)
      .join('; ') ?? '';
  return message.startsWith('must be ') ? message.slice('must be '.length) : '';
}

function bounds(minimum = -Infinity, maximum = Infinity): string {
  // zod gives every whole number the bounds of what a double holds exactly.
  const least = minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined && least > 0) return `${least} or more`;
  return most === undefined ? '' : `at most ${most}`;
}
