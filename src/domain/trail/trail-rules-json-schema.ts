import * as z from 'zod';
import { reservedNames } from './event-pattern/parse-event-pattern.ts';
import { trailRulePacks } from './rule-packs.ts';
import { longestList } from './rules-content.ts';
import { trailRulesSchema } from './trail-rules-file.ts';

const leaf = { $ref: '#/$defs/patternLeaf' };
const pattern = { $ref: '#/$defs/eventPattern' };
const alternative = { $ref: '#/$defs/patternAlternative' };
const text = { type: 'string' };
const filled = { type: 'string', minLength: 1 };

/** As `readWildcard` has it: no two asterisks in a row, and a backslash before one of them or another one only. */
const wildcard = { type: 'string', pattern: String.raw`^(?:[^*\\]|\\[*\\]|\*(?!\*))*$` };

/** As `readCidr` has it, but for groups of IPv6 that are no address. */
const cidr = {
  type: 'string',
  anyOf: [
    [String.raw`(?=[\d.]{7,15}/)${byte()}(?:\.${byte()}){3}`, String.raw`[12]?\d|3[01]`],
    ['[0-9a-fA-F:]*:[0-9a-fA-F:]*', String.raw`\d?\d|1[01]\d|12[0-7]`],
  ].map(([address, bits]) => ({
    pattern: String.raw`^${address}/(?=[+-]?\d{1,10}/*$)(?:\+?0*(?:${bits})|-0+)/*$`,
  })),
};

function byte(): string {
  return String.raw`0*(?:25[0-5]|2[0-4]\d|1\d\d|\d?\d)`;
}

function oneOrMore(item: object) {
  return { anyOf: [item, { type: 'array', minItems: 1, maxItems: longestList, items: item }] };
}

function operators(properties: Readonly<Record<string, object>>) {
  return { type: 'object', minProperties: 1, maxProperties: 1, properties, additionalProperties: false };
}

function comparisons(...pairs: readonly (readonly string[])[]) {
  const prefixItems = pairs.flatMap(names => [{ enum: names }, { type: 'number' }]);
  return { type: 'array', prefixItems, items: false, minItems: prefixItems.length };
}

const affix = { anyOf: [text, operators({ 'equals-ignore-case': text })] };

const operator = operators({
  exactly: text,
  prefix: affix,
  suffix: affix,
  'equals-ignore-case': text,
  wildcard,
  numeric: { anyOf: [comparisons(['=', '<', '<=', '>', '>=']), comparisons(['>', '>='], ['<', '<='])] },
  cidr,
  'anything-but': {
    anyOf: [
      oneOrMore(text),
      oneOrMore({ type: 'number' }),
      operators({
        prefix: oneOrMore(filled),
        suffix: oneOrMore(filled),
        'equals-ignore-case': oneOrMore(text),
        wildcard: oneOrMore(wildcard),
      }),
    ],
  },
  exists: { type: 'boolean' },
});

const alternatives = { type: 'array', minItems: 2, maxItems: longestList, items: alternative };

/** As far as a schema can tell an event pattern; what it lets pass may still be none. */
const patternSchemas = {
  eventPattern: {
    description: 'Fields, all of which must match; a field is a list of values, or an object of fields.',
    type: 'object',
    minProperties: 1,
    properties: { $or: { anyOf: [alternatives, leaf, pattern] } },
    additionalProperties: { anyOf: [leaf, pattern] },
  },
  patternAlternative: {
    description: 'A pattern within $or, where no field has the name of an operator.',
    type: 'object',
    minProperties: 1,
    propertyNames: { not: { enum: [...reservedNames] } },
    properties: { $or: alternatives },
    additionalProperties: { anyOf: [leaf, alternative] },
  },
  patternLeaf: {
    description: 'Values and operators, any of which suffices.',
    type: 'array',
    minItems: 1,
    maxItems: longestList,
    items: { anyOf: [...['string', 'number', 'boolean', 'null'].map(type => ({ type })), operator] },
  },
};

/**
 * The JSON Schema (2020-12) of rules files, as docs/trail-rules.schema.json has it: for editors, and for whoever writes
 * such files by a program. The code refuses what it refuses, and beyond it what no schema can tell: ids that stand twice,
 * sizes of the whole, numbers that are out of order or have too many digits, groups of IPv6 that are no address, and a
 * `$or` that is a field beside one that is none.
 *
 * @example
 * new Ajv2020({ validateFormats: false }).compile(trailRulesJsonSchema())({ monitoredEvents: ['StopLogging'] }) // true
 */
export function trailRulesJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(trailRulesSchema, { io: 'input', reused: 'inline', unrepresentable: 'any' });
  const properties = schema.properties ?? {};
  const packs = { ...(properties['packs'] as object), items: { enum: Object.keys(trailRulePacks) } };
  return { ...schema, properties: { ...properties, packs }, $defs: patternSchemas };
}
