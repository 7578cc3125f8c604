import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CompliancePolicy } from '../domain/compliance/compliance-policy.ts';
import { CompliancePolicyError, readCompliancePolicy } from '../domain/compliance/read-compliance-policy.ts';
import { parseJson } from '../domain/kernel/parse-json.ts';
import { printableText } from '../domain/kernel/printable-text.ts';

export { CompliancePolicyError } from '../domain/compliance/read-compliance-policy.ts';

/** What stands for the policy that holds where nobody has written one. */
export const defaultCompliancePolicy = 'default';

/**
 * The policy that `default`, or the path of a policy file (JSON), stands for.
 *
 * @param folder What a relative path starts from.
 * @throws {CompliancePolicyError} where it cannot be read or used.
 */
export function readCompliancePolicyFile(source: string, folder: string): CompliancePolicy {
  if (source === defaultCompliancePolicy) return readCompliancePolicy({});
  const path = resolve(folder, source);
  const place = printableText(path, 4096);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CompliancePolicyError([`${place} cannot be read (${code})`]);
  }
  const value = parseJson(text);
  if (value === undefined) throw new CompliancePolicyError([`${place}: is no JSON`]);
  try {
    return readCompliancePolicy(value);
  } catch (error) {
    if (!(error instanceof CompliancePolicyError)) throw error;
    throw new CompliancePolicyError(error.faults.map(fault => `${place}: ${fault}`));
  }
}
