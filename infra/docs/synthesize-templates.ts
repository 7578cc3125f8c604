import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SallyportApp } from '../stacks/sallyport-app.ts';
import type { Template } from './template-text.ts';

/** The context that the documents describe: `prod`, with somebody to tell. */
export const documentedContext = { env: 'prod', alertEmails: 'security@example.com' };

/** The templates of all stacks, by stack id. `bundles` holds the functions' code, which no template depends on. */
export function synthesizeTemplates(
  bundles: string,
  context: Record<string, unknown>,
): ReadonlyMap<string, Template> {
  const outdir = mkdtempSync(join(tmpdir(), 'sallyport-docs-'));
  try {
    const { stacks } = new SallyportApp({ bundles, outdir, context }).synth();
    return new Map(stacks.map(({ id, template }) => [id, template as Template]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
