import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isTrailRulePack } from '../../src/handlers/read-trail-rules.env.ts';

/** What a function is given to find its rules by. */
export interface StagedTrailRules {
  /** Folder of the function's code. */
  readonly bundle: string;
  /** Value of `TRAIL_RULES`. */
  readonly source: string;
}

/**
 * Puts a rules file beside the function's code, under the name `rules.json`; a rule pack is in the code already.
 *
 * @param rules A pack's name, or the path of a rules file from the working folder.
 * @param bundle Folder with the code; stays as it is.
 * @param folder Where the folder with code and rules may be made.
 */
export function stageTrailRules(rules: string, bundle: string, folder: string): StagedTrailRules {
  if (isTrailRulePack(rules)) return { bundle, source: rules };
  const bytes = readFileSync(resolve(rules));
  // CDK looks at the content of one path once in a process: other rules are another path.
  const hash = createHash('sha256').update(bytes).digest('hex');
  const staged = join(folder, `${basename(bundle)}.${hash}`);
  rmSync(staged, { recursive: true, force: true });
  cpSync(bundle, staged, { recursive: true });
  // The bytes alone: a function could not read a file of mode 0600.
  writeFileSync(join(staged, 'rules.json'), bytes);
  return { bundle: staged, source: './rules.json' };
}
