import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeConfigurationReference } from './write-configuration-reference.ts';

/* Writes the documents that are made of the schema and of the templates: `npm run docs`, after a build. */

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

writeFileSync(fromRoot('docs/configuration.md'), writeConfigurationReference());
