import { trailRulesJsonSchema } from '../../domain/trail/trail-rules-json-schema.ts';

/** Writes the JSON Schema of rules files to stdout: what docs/trail-rules.schema.json is made of. */
process.stdout.write(`${JSON.stringify(trailRulesJsonSchema(), null, 2)}\n`);
