import { type StagedFile, stageBesideCode } from './stage-beside-code.ts';

/**
 * Puts a policy file beside the function's code; the default policy is in the code already.
 *
 * @param policy `default`, or the path of a policy file from the working folder.
 * @param bundle Folder with the code; stays as it is.
 * @param folder Where the folder with code and policy may be made.
 */
export function stageCompliancePolicy(policy: string, bundle: string, folder: string): StagedFile {
  if (policy === 'default') return { bundle, source: policy };
  return stageBesideCode(policy, 'policy.json', bundle, folder);
}
