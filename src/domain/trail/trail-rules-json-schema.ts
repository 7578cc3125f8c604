import * as z from 'zod';
import { trailRulesSchema } from './trail-rules-file.ts';

const leaf = { $ref: '#/$defs/patternLeaf' };
const pattern = { $ref: '#/$defs/eventPattern' };

/** As far as a schema can tell an event pattern; what it lets pass may still be none. */
const patternSchemas = {
  eventPattern: {
    description: 'Fields, all of which must match; a field is a list of values, or an object of fields.',
    type: 'object',
    minProperties: 1,
    properties: { $or: { anyOf: [{ type: 'array', minItems: 2, items: pattern }, leaf, pattern] } },
    additionalProperties: { anyOf: [leaf, pattern] },
  },
  patternLeaf: {
    description: 'Values and operators, any of which suffices.',
    type: 'array',
    minItems: 1,
    items: {
      anyOf: [
        ...['string', 'number', 'boolean', 'null'].map(type => ({ type })),
        {
          type: 'object',
          minProperties: 1,
          maxProperties: 1,
          properties: {
            exactly: { type: 'string' },
            prefix: { anyOf: [{ type: 'string' }, { type: 'object' }] },
            suffix: { anyOf: [{ type: 'string' }, { type: 'object' }] },
            'equals-ignore-case': { type: 'string' },
            wildcard: { type: 'string' },
            numeric: { type: 'array', minItems: 2, maxItems: 4 },
            cidr: { type: 'string' },
            'anything-but': {},
            exists: { type: 'boolean' },
          },
          additionalProperties: false,
        },
      ],
    },
  },
};

/**
 * The JSON Schema (2020-12) of rules files, as docs/trail-rules.schema.json has it: for editors, and for whoever writes
 * such files by a program.
 *
 * @example
 * new Ajv2020({ validateFormats: false }).compile(trailRulesJsonSchema())({ monitoredEvents: ['StopLogging'] }) // true
 */
export function trailRulesJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(trailRulesSchema, { io: 'input', reused: 'inline', unrepresentable: 'any' });
  return { ...schema, $defs: patternSchemas };
}
