import * as z from 'zod';
import { schemaFaults } from '../kernel/schema-faults.ts';
import { complianceChecks } from './compliance-checks.ts';
import { type CompliancePolicy, compliancePolicySchema } from './compliance-policy.ts';

/** A policy cannot be used; `faults` holds one line for each thing that is wrong, with its place. */
export class CompliancePolicyError extends Error {
  readonly code = 'InvalidCompliancePolicy';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The compliance policy cannot be used:\n${faults.map(fault => `- ${fault}`).join('\n')}`);
    this.name = 'CompliancePolicyError';
    this.faults = faults;
  }
}

/**
 * Reads a policy file, parsed from JSON. `{}` is the default policy: a customer-managed key for everything, all checks, no
 * exemptions. The file's schema is docs/compliance-policy.schema.json.
 *
 * @throws {CompliancePolicyError} naming every unknown key, wrong value, and check that there is not: misspelt, it would be
 * made, or failures exempted, against what is meant.
 *
 * @example
 * readCompliancePolicy({ encryption: { byTag: [{ key: 'data', value: 'public', floor: 'sse-s3' }] } });
 */
export function readCompliancePolicy(value: unknown): CompliancePolicy {
  const parsed = compliancePolicySchema.safeParse(value, { reportInput: true });
  const faults = [...(parsed.success ? [] : schemaFaults(parsed.error)), ...unknownChecks(value)];
  if (!parsed.success || faults.length > 0) throw new CompliancePolicyError(faults);
  return parsed.data;
}

/** As far as the file has checks where they belong, whatever else is wrong with it. */
const namedChecks = z.object({
  without: z.array(z.unknown()).catch([]),
  exemptions: z.array(z.object({ check: z.unknown() }).catch({ check: '*' })).catch([]),
});

function unknownChecks(value: unknown): readonly string[] {
  const named = namedChecks.safeParse(value);
  if (!named.success) return [];
  const ids = new Set(complianceChecks.map(({ id }) => id));
  const isUnknown = (check: unknown) => typeof check === 'string' && check !== '*' && !ids.has(check);
  const { without, exemptions } = named.data;
  return [
    ...without.flatMap((id, index) =>
      isUnknown(id) || id === '*' ? [`without[${index}]: there is no such check`] : [],
    ),
    ...exemptions.flatMap(({ check }, index) =>
      isUnknown(check) ? [`exemptions[${index}].check: there is no such check`] : [],
    ),
  ];
}
