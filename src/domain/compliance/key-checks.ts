import type { KeyFacts } from '../../ports/resource-inventory.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { ComplianceCheck, InspectedResource, Judgement } from './compliance-check.ts';
import { readingOf, unseen } from './readings.ts';

/** Whether keys last, and their material does not. */
export const keyChecks: readonly ComplianceCheck[] = [
  {
    id: 'kms-key-rotation',
    title: 'Material of the key is rotated',
    severity: 'medium',
    type: 'kms-key',
    needs: ['key', 'key-rotation'],
    references: [
      { source: 'AWS Config', id: 'cmk-backing-key-rotation-enabled' },
      { source: 'Security Hub', id: 'KMS.4' },
      { source: 'CIS AWS Foundations', id: 'v3.0.0/3.6' },
      { source: 'PCI DSS', id: 'v4.0.1/3.7.4' },
    ],
    remedy: 'Enable automatic rotation of the key (kms:EnableKeyRotation).',
    judge: judgeRotation,
  },
  {
    id: 'kms-key-state',
    title: 'Key is not about to be deleted',
    severity: 'critical',
    type: 'kms-key',
    needs: ['key'],
    references: [
      { source: 'AWS Config', id: 'kms-cmk-not-scheduled-for-deletion' },
      { source: 'Security Hub', id: 'KMS.3' },
    ],
    remedy:
      'Cancel the deletion (kms:CancelKeyDeletion), unless nothing is left that is encrypted under the key.',
    judge: judgeState,
  },
];

/**
 * Asks for rotation where KMS offers it to an owner: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html.
 * A key that is not enabled encrypts nothing new, and is told by `kms-key-state` and by whatever it encrypts.
 */
function judgeRotation(inspected: InspectedResource): Judgement {
  const key = readingOf(inspected, 'key');
  const rotation = readingOf(inspected, 'key-rotation');
  if (key.state === 'read') {
    const reason = whyNotRotated(key.value);
    if (reason !== undefined) {
      return { verdict: 'pass', explanation: `Does not apply: ${reason}.`, applies: false };
    }
  }
  if (rotation.state === 'unreadable') return unseen('The rotation', [rotation]);
  if (rotation.value.enabled) {
    const { periodDays } = rotation.value;
    const often = periodDays === undefined ? '' : ` every ${periodDays} days`;
    return { verdict: 'pass', explanation: `KMS rotates the material${often}.` };
  }
  if (key.state === 'unreadable') return unseen('Whether the key is one that KMS rotates', [key]);
  return { verdict: 'fail', explanation: 'Automatic rotation is off.' };
}

function whyNotRotated({ manager, keySpec, origin, keyState }: KeyFacts): string | undefined {
  if (manager === 'AWS') return 'AWS rotates the keys that it manages';
  if (keySpec !== 'SYMMETRIC_DEFAULT')
    return `KMS does not rotate keys of type ${printableText(keySpec, 50)}`;
  if (origin !== 'AWS_KMS') return `KMS does not rotate material of origin ${printableText(origin, 50)}`;
  if (keyState !== 'Enabled') return `the key is in state ${printableText(keyState, 50)}`;
  return undefined;
}

function judgeState(inspected: InspectedResource): Judgement {
  const key = readingOf(inspected, 'key');
  if (key.state === 'unreadable') return unseen('The state of the key', [key]);
  const keyState = printableText(key.value.keyState, 50);
  return deletionStates.has(key.value.keyState)
    ? { verdict: 'fail', explanation: `The key is about to be deleted (${keyState}).` }
    : { verdict: 'pass', explanation: `The key is not about to be deleted (${keyState}).` };
}

const deletionStates: ReadonlySet<string> = new Set(['PendingDeletion', 'PendingReplicaDeletion']);
