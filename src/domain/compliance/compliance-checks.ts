import type { ComplianceCheck } from './compliance-check.ts';
import { encryptionChecks } from './encryption-checks.ts';
import { keyChecks } from './key-checks.ts';
import { publicAccessChecks } from './public-access-checks.ts';
import { recoveryChecks } from './recovery-checks.ts';
import { tlsOnlyChecks } from './tls-only-checks.ts';

/** All that is checked. */
export const complianceChecks: readonly ComplianceCheck[] = [
  ...encryptionChecks,
  ...publicAccessChecks,
  ...tlsOnlyChecks,
  ...recoveryChecks,
  ...keyChecks,
];

const byId: ReadonlyMap<string, ComplianceCheck> = new Map(complianceChecks.map(check => [check.id, check]));

/** The check of that id; `undefined` where a stored result names one that is no more. */
export function complianceCheck(id: string): ComplianceCheck | undefined {
  return byId.get(id);
}
