import type { SensitiveCandidate, SensitiveKind, SensitiveMatch } from './sensitive-kind.ts';

/**
 * AWS access key ids, long-term (`AKIA…`) and temporary (`ASIA…`), and the secret access key where a word beside it names
 * it one: its 40 characters have no form of their own.
 */
export const awsAccessKeyKind: SensitiveKind = {
  name: 'aws-access-key',
  pattern:
    /(?<![A-Za-z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9])|(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/,
  longest: 40,
  check: checkKey,
};

/** Keys of the AWS documentation end so. */
const documentationKey = /EXAMPLE(?:KEY)?$/;
const secretSign = /(?:secret[\s_.-]*(?:access)?[\s_.-]*key|aws[\s_.-]*secret)[^\n]{0,24}$/i;

function checkKey({
  value,
  before,
  columnTitle = '',
  testNumbers,
}: SensitiveCandidate): SensitiveMatch | undefined {
  if (!testNumbers && documentationKey.test(value)) return undefined;
  const masked = `${'*'.repeat(value.length - 4)}${value.slice(-4)}`;
  if (value.length === 20) {
    const term = value.startsWith('AKIA') ? 'long-term' : 'temporary';
    return { confidence: 'high', reason: `AWS access key id, ${term}`, masked };
  }
  const isMixed = /[a-z]/.test(value) && /[A-Z]/.test(value);
  if (!isMixed || !(secretSign.test(before.slice(-64)) || secretSign.test(columnTitle))) return undefined;
  return { confidence: 'medium', reason: 'AWS secret access key, named as such', masked };
}
