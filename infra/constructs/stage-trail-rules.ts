import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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
 * @param folder Where a copy of it may stand, from one synthesis to the next. The same code and rules make the same
 * copy, and so the same asset.
 */
export function stageTrailRules(rules: string, bundle: string, folder: string): StagedTrailRules {
  if (isTrailRulePack(rules)) return { bundle, source: rules };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(bundle, folder, { recursive: true });
  // The bytes alone: the function could not read a file of mode 0600.
  writeFileSync(join(folder, 'rules.json'), readFileSync(resolve(rules)));
  return { bundle: folder, source: './rules.json' };
}
