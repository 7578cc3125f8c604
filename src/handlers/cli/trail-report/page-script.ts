import { readFileSync } from 'node:fs';
import module from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Modules of the page, each after those that it imports. */
const modules = [
  './report-data',
  './page/time-buckets',
  './page/match-index',
  './page/elements',
  './page/facet-panel',
  './page/timeline-chart',
  './page/match-table',
  './page/facts',
  './page/filter-form',
  './page/main',
];

let script: string | undefined;

/**
 * The page's script. Its modules are those of this package, joined into one: a page that loads nothing can import nothing.
 * They lie beside this one, as TypeScript in the sources and as JavaScript in the built package.
 */
export function pageScript(): string {
  script ??= `(() => {\n'use strict';\n${modules.map(textOf).join('\n')}\n})();\n`;
  return script;
}

function textOf(name: string): string {
  const extension = extname(fileURLToPath(import.meta.url));
  const text = readFileSync(new URL(name + extension, import.meta.url), 'utf8');
  const code = extension === '.ts' ? module.stripTypeScriptTypes(text) : text;
  const joined = code
    .replaceAll(/^import\b[^;]*;$/gm, '')
    .replaceAll(/^export \{\};$/gm, '')
    .replaceAll(/^export (?=(?:class|const|function)\b)/gm, '');
  // It would end, or hide the end of, the element that the script stands in (HTML, "Restrictions for contents of script elements").
  if (/<\/script|<script|<!--/i.test(joined)) throw new Error(`${name} cannot stand in a page`);
  return joined;
}
