import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { publishedSchemas } from './published-schemas.ts';

/** Writes the JSON Schemas under docs anew; `npm run format` then gives them their form. */
for (const [path, schema] of Object.entries(publishedSchemas)) {
  const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}
