import { isTrailRulePack } from '../../src/handlers/read-trail-rules.env.ts';
import { type StagedFile, stageBesideCode } from './stage-beside-code.ts';

/**
 * Puts a rules file beside the function's code; a rule pack is in the code already.
 *
 * @param rules A pack's name, or the path of a rules file from the working folder.
 * @param bundle Folder with the code; stays as it is.
 * @param folder Where the folder with code and rules may be made.
 */
export function stageTrailRules(rules: string, bundle: string, folder: string): StagedFile {
  if (isTrailRulePack(rules)) return { bundle, source: rules };
  return stageBesideCode(rules, 'rules.json', bundle, folder);
}
