import type { AlertSeverity } from '../../ports/alert-channel.ts';
import type { Reading, Unreadable } from '../../ports/reading.ts';
import type {
  Aspect,
  Facts,
  KeyFacts,
  PublicAccessBlock,
  ResourceRef,
  ResourceType,
} from '../../ports/resource-inventory.ts';
import type { CompliancePolicy } from './compliance-policy.ts';

/** Whose key protects data at rest, from the weakest on; the last two stand outside the order. */
export const encryptionGrades = [
  'none',
  'aws-owned',
  'sse-s3',
  'aws-managed',
  'customer-managed',
  /** A customer's key that cannot be used, is about to be deleted, or is in an account that the policy does not name. */
  'customer-managed-unhealthy',
  'indeterminate',
] as const;

export type EncryptionGrade = (typeof encryptionGrades)[number];

/** What a check looks at: the resource's facts, and those that stand elsewhere. */
export interface InspectedResource {
  readonly resource: ResourceRef;
  readonly facts: Facts;
  /** The KMS key that `facts.encryption` names, where it names one. */
  readonly key?: Reading<KeyFacts>;
  /** The account's own block of public access. */
  readonly accountPublicAccess?: Reading<PublicAccessBlock>;
}

export type Verdict = 'pass' | 'fail' | 'indeterminate';

export interface Judgement {
  readonly verdict: Verdict;
  /** What is, and whether it is enough: one sentence for people. */
  readonly explanation: string;
  /** Of checks on encryption. */
  readonly grade?: EncryptionGrade;
  /** `false` where the question does not arise (an asymmetric key and its rotation); the verdict is then `pass`. */
  readonly applies?: false;
  /** What to do, where that is something else than what the check says. */
  readonly remedy?: string;
  /** What could not be read, where that is why there is no verdict. */
  readonly unread?: readonly Unreadable[];
}

export interface CheckReference {
  readonly source: 'AWS Config' | 'Security Hub' | 'CIS AWS Foundations' | 'PCI DSS';
  /** Rule, control or requirement: `s3-bucket-ssl-requests-only`, `S3.5`, `v3.0.0/2.1.1`, `v4.0.1/4.2.1`. */
  readonly id: string;
}

/** One question to one type of resource. */
export interface ComplianceCheck {
  /** For example `s3-bucket-tls-only`; stored and compared from scan to scan. */
  readonly id: string;
  readonly title: string;
  readonly severity: Exclude<AlertSeverity, 'info'>;
  readonly type: ResourceType;
  /** What is asked of the resource. */
  readonly needs: readonly Aspect[];
  readonly references: readonly CheckReference[];
  /** What to do about a failure, one sentence. */
  readonly remedy: string;
  /** Pure. What it needs and finds unreadable, or absent, makes it `indeterminate` unless the rest decides alone. */
  judge(inspected: InspectedResource, policy: CompliancePolicy): Judgement;
}

/** A failure that somebody answers for, up to a day. */
export interface AppliedExemption {
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it counts, UTC, `2027-01-31`. */
  readonly expires: string;
}

/** What a check found of a resource. */
export interface ComplianceResult extends Judgement {
  readonly checkId: string;
  readonly resource: ResourceRef;
  /** The verdict stays `fail`. */
  readonly exemption?: AppliedExemption;
}
