import type { Reading, Unreadable } from '../../ports/reading.ts';
import type { KeyFacts, ResourceType, StatedEncryption } from '../../ports/resource-inventory.ts';
import { printableText } from '../kernel/printable-text.ts';
import { type EncryptionGrade, encryptionGrades, type Judgement } from './compliance-check.ts';
import { type CompliancePolicy, type EncryptionFloor, encryptedTypes } from './compliance-policy.ts';
import { notAsked, reasonsOf } from './readings.ts';

/** Whose key it is. */
export interface GradedEncryption {
  readonly grade: EncryptionGrade;
  /** The beginning of a sentence: what is. */
  readonly what: string;
  /** Of `indeterminate`: what could not be read. */
  readonly unread: readonly Unreadable[];
  /** Of `customer-managed-unhealthy`: what makes the key good again. */
  readonly remedy?: string;
}

/**
 * Grades what a resource states by who manages the key and what state the key is in, as KMS tells: an alias proves
 * nothing, since a customer may point one at any key.
 *
 * @param key What KMS tells of the key that `stated` names, where it names one.
 */
export function gradeOf(
  stated: Reading<StatedEncryption>,
  key: Reading<KeyFacts> | undefined,
  resourceAccount: string,
  policy: CompliancePolicy,
): GradedEncryption {
  if (stated.state === 'unreadable') return ungraded('The encryption could not be read', stated);
  const { value } = stated;
  switch (value.by) {
    case 'none':
      return { grade: 'none', what: 'Not encrypted', unread: [] };
    case 'aws-owned':
      return { grade: 'aws-owned', what: 'Encrypted with a key that AWS owns', unread: [] };
    case 's3':
      return { grade: 'sse-s3', what: 'Encrypted with keys that S3 manages (SSE-S3)', unread: [] };
    case 'aws-managed':
      return { grade: 'aws-managed', what: "Encrypted with the service's AWS-managed key", unread: [] };
    case 'kms':
      return gradeOfKey(printableText(value.keyId, 256), key ?? notAsked, resourceAccount, policy);
  }
}

function gradeOfKey(
  named: string,
  key: Reading<KeyFacts>,
  resourceAccount: string,
  policy: CompliancePolicy,
): GradedEncryption {
  if (key.state === 'unreadable' && key.reason === 'gone') {
    // What was encrypted under a deleted key can be read by nobody: worse than a key whose deletion is pending.
    const what = `Names the KMS key ${named}, which is not there: ${reasonsOf([key])}`;
    const remedy =
      'Give the resource a key that is there; what was encrypted under the old one cannot be read any more.';
    return { grade: 'customer-managed-unhealthy', what, unread: [], remedy };
  }
  if (key.state === 'unreadable') return ungraded(`The KMS key ${named} could not be read`, key);
  const { manager, keyState, account } = key.value;
  if (manager === 'AWS') {
    return { grade: 'aws-managed', what: `Encrypted with the AWS-managed key ${named}`, unread: [] };
  }
  const isForeign = account !== resourceAccount && !policy.encryption.keyAccounts.includes(account);
  const ailments = [
    ...(usableStates.has(keyState) ? [] : [`is in state ${printableText(keyState, 50)}`]),
    ...(isForeign ? [`is in account ${printableText(account, 50)}, which the policy does not name`] : []),
  ];
  const what = `Encrypted with the customer-managed key ${named}`;
  if (ailments.length === 0) return { grade: 'customer-managed', what, unread: [] };
  const remedies = [
    ...(usableStates.has(keyState)
      ? []
      : [stateRemedies.get(keyState) ?? 'Make the key usable again, or use another.']),
    ...(isForeign
      ? ['Use a key of the account, or name the other account among the keyAccounts of the policy.']
      : []),
  ];
  return {
    grade: 'customer-managed-unhealthy',
    what: `${what}, which ${ailments.join(' and ')}`,
    unread: [],
    remedy: remedies.join(' '),
  };
}

const pendingDeletion =
  'Cancel the deletion of the key (kms:CancelKeyDeletion) and enable it, or move the data to another key before it is gone.';

/** By the state that a key is in. */
const stateRemedies: ReadonlyMap<string, string> = new Map([
  ['Disabled', 'Enable the key (kms:EnableKey).'],
  ['PendingDeletion', pendingDeletion],
  ['PendingReplicaDeletion', pendingDeletion],
  ['PendingImport', 'Import the material of the key again (kms:ImportKeyMaterial).'],
]);

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html: in no other state does a key encrypt. */
const usableStates: ReadonlySet<string> = new Set(['Enabled', 'Updating']);

function ungraded(what: string, unread: Unreadable): GradedEncryption {
  return { grade: 'indeterminate', what: `${what}: ${reasonsOf([unread])}`, unread: [unread] };
}

/**
 * Compares a grade with what the policy asks of such a resource: `byTag` before `byType` before `floor`. Tags that cannot
 * be read leave it open which floor counts: there is a verdict only where each that may count gives the same.
 *
 * A key that is unhealthy passes under no floor, not even `none`: with it the data itself may be lost.
 */
export function judgeGrade(
  { grade, what, unread, remedy }: GradedEncryption,
  type: ResourceType,
  tags: Reading<Readonly<Record<string, string>>>,
  policy: CompliancePolicy,
): Judgement {
  if (grade === 'indeterminate') return { verdict: 'indeterminate', explanation: `${what}.`, grade, unread };
  const floors = floorsOf(type, tags, policy);
  const verdicts = new Set(floors.map(floor => (isEnough(grade, floor) ? 'pass' : 'fail')));
  const asked = floors.map(floor => askedFor[floor]).join(', or ');
  const explanation = `${what}; the policy asks for ${asked}`;
  const [verdict = 'fail'] = verdicts;
  if (remedy !== undefined) return { verdict: 'fail', explanation: `${what}.`, grade, remedy };
  if (verdicts.size === 1 || tags.state === 'read') {
    return { verdict, explanation: `${explanation}.`, grade };
  }
  return {
    verdict: 'indeterminate',
    explanation: `${explanation}: its tags could not be read (${reasonsOf([tags])}).`,
    grade,
    unread: [tags],
  };
}

/** The floors that may count, each once. */
function floorsOf(
  type: ResourceType,
  tags: Reading<Readonly<Record<string, string>>>,
  { encryption: { floor, byType, byTag } }: CompliancePolicy,
): readonly EncryptionFloor[] {
  const encryptedType = encryptedTypes.find(each => each === type);
  const untagged = (encryptedType && byType[encryptedType]) ?? floor;
  if (tags.state === 'unreadable') return [...new Set([...byTag.map(each => each.floor), untagged])];
  const fitting = byTag.find(({ key, value }) => tags.value[key] === value);
  return [fitting?.floor ?? untagged];
}

function isEnough(grade: EncryptionGrade, floor: EncryptionFloor): boolean {
  if (grade === 'customer-managed-unhealthy') return false;
  return encryptionGrades.indexOf(grade) >= encryptionGrades.indexOf(floor);
}

const askedFor: Readonly<Record<EncryptionFloor, string>> = {
  none: 'no encryption',
  'aws-owned': 'at least a key that AWS owns',
  'sse-s3': 'at least SSE-S3',
  'aws-managed': 'at least an AWS-managed key',
  'customer-managed': 'a customer-managed key',
};
