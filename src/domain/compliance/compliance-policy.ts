import * as z from 'zod';
import { resourceTypes } from '../../ports/resource-inventory.ts';

/** The grades that may be asked for, from the weakest on. */
const floor = z.enum(['none', 'aws-owned', 'sse-s3', 'aws-managed', 'customer-managed']);

/** Failures that somebody answers for. */
const exemption = z.strictObject({
  /** ARN of the resource; `*` stands for any run of characters. */
  resource: z.string().min(1),
  /** Id of the check, or `*` for all. */
  check: z.string().min(1),
  owner: z.string().min(1),
  reason: z.string().min(1),
  /** The last day on which it counts, UTC. */
  expires: z.iso.date(),
});

export const compliancePolicySchema = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  encryption: z
    .strictObject({
      /** The weakest grade that passes. */
      floor: floor.default('customer-managed'),
      /** In place of it, for resources of a type. */
      byType: z.partialRecord(z.enum(resourceTypes), floor).default({}),
      /** In place of both, for resources with a tag; the first that fits counts. */
      byTag: z.array(z.strictObject({ key: z.string().min(1), value: z.string(), floor })).default([]),
      /** Other accounts whose keys count as ours, 12 digits each. */
      keyAccounts: z.array(z.string().regex(/^\d{12}$/)).default([]),
    })
    .prefault({}),
  /** Ids of checks that are not made. */
  without: z.array(z.string()).default([]),
  exemptions: z.array(exemption).default([]),
});

/** What is enough. */
export type CompliancePolicy = z.infer<typeof compliancePolicySchema>;

export type Exemption = CompliancePolicy['exemptions'][number];
