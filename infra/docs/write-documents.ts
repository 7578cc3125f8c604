import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawDiagram } from './draw-diagram.ts';
import { documentedContext, synthesizeTemplates } from './synthesize-templates.ts';
import { writeConfigurationReference } from './write-configuration-reference.ts';
import { writeCosts } from './write-costs.ts';

/*
 * Writes the documents that are made of the schema and of the templates: `npm run docs`. The folder with the functions'
 * bundles may be named: no document depends on what they hold.
 */

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const bundles = process.argv[2] ?? fromRoot('dist/lambda');
const templates = synthesizeTemplates(bundles, documentedContext);

writeFileSync(fromRoot('docs/configuration.md'), writeConfigurationReference());
writeFileSync(fromRoot('docs/architecture-diagram.md'), drawDiagram(templates));
writeFileSync(fromRoot('docs/costs.md'), writeCosts(templates));
