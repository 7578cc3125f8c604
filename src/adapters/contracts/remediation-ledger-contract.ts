import type { Contract } from './contract.ts';
import { leaseCases } from './remediation-ledger/lease-cases.ts';
import type { RemediationLedgerSubject } from './remediation-ledger/ledger-fixtures.ts';
import { remediationCases } from './remediation-ledger/remediation-cases.ts';

export type { RemediationLedgerSubject } from './remediation-ledger/ledger-fixtures.ts';

/** What every `RemediationLedger` promises. */
export const remediationLedgerContract: Contract<RemediationLedgerSubject> = {
  port: 'RemediationLedger',
  cases: [...remediationCases, ...leaseCases],
};
