import * as z from 'zod';
import { resourceTypes } from '../../ports/resource-inventory.ts';
import { type EncryptionGrade, encryptionGrades } from './compliance-check.ts';

/** What is not right, or could not be judged, and since when: what one scan leaves for the next to be compared with. */
export const standingResultSchema = z.object({
  arn: z.string(),
  type: z.enum(resourceTypes),
  account: z.string(),
  region: z.string(),
  name: z.string(),
  checkId: z.string(),
  verdict: z.enum(['fail', 'indeterminate']),
  grade: z.enum(encryptionGrades).optional(),
  explanation: z.string(),
  /** What to do, where that is something else than what the check says. */
  remedy: z.string().optional(),
  /** When the first scan that found it so began. */
  since: z.string(),
  /** Whether an exemption applies. */
  exempt: z.boolean().default(false),
  /** Found by an earlier scan; the last one could not see it. */
  unseen: z.boolean().default(false),
});

export type StandingResult = z.infer<typeof standingResultSchema>;

/** A standing result that has ended, and how. */
export const endedResultSchema = standingResultSchema.extend({ by: z.enum(['pass', 'gone', 'withdrawn']) });

export type EndedResult = z.infer<typeof endedResultSchema>;

/** From the worst on. A key that cannot be used protects what nobody can read any more, or whose owner is somebody else. */
const badness: readonly EncryptionGrade[] = [
  'none',
  'customer-managed-unhealthy',
  'aws-owned',
  'sse-s3',
  'aws-managed',
];

/** Whether encryption has become weaker. */
export function isWorse(now: EncryptionGrade | undefined, before: EncryptionGrade | undefined): boolean {
  const [nowAt, beforeAt] = [now, before].map(grade => (grade === undefined ? -1 : badness.indexOf(grade)));
  return nowAt !== undefined && beforeAt !== undefined && nowAt >= 0 && nowAt < beforeAt;
}
