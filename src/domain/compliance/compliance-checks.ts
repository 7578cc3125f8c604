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

/** What to do about a failure; `undefined` where there is nothing to do, or no such check. */
export function remedyOf({
  checkId,
  verdict,
  remedy,
}: {
  readonly checkId: string;
  readonly verdict: string;
  readonly remedy?: string | undefined;
}): string | undefined {
  return verdict === 'fail' ? (remedy ?? complianceCheck(checkId)?.remedy) : undefined;
}
