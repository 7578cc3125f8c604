import * as z from 'zod';

/** Types of resources that hold data, and so are encrypted somehow. */
export const encryptedTypes = [
  's3-bucket',
  'dynamodb-table',
  'sns-topic',
  'sqs-queue',
  'secret',
  'log-group',
] as const;

/** The grades that may be asked for, from the weakest on. */
export const encryptionFloors = ['none', 'aws-owned', 'sse-s3', 'aws-managed', 'customer-managed'] as const;

export type EncryptionFloor = (typeof encryptionFloors)[number];

const floor = z.enum(encryptionFloors);

/** Failures that somebody answers for. */
const exemption = z
  .strictObject({
    resource: z
      .string()
      .min(1)
      .max(2048)
      .describe('ARN of the resource; * stands for any run of characters, also none.'),
    check: z.string().min(1).max(128).describe('Id of the check, or * for all.'),
    owner: z.string().min(1).max(256).describe('Who answers for it.'),
    reason: z.string().min(1).max(1000),
    expires: z.iso.date().describe('The last day on which it counts, UTC, for example 2027-01-31.'),
  })
  .describe('A failure that somebody answers for; its verdict stays fail, and is marked.');

/** The policy file; published as docs/compliance-policy.schema.json. */
export const compliancePolicySchema = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  encryption: z
    .strictObject({
      floor: floor.default('customer-managed').describe('The weakest grade that passes.'),
      byType: z
        .partialRecord(z.enum(encryptedTypes), floor)
        .default({})
        .describe('In place of floor, for resources of a type.'),
      byTag: z
        .array(z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(256), floor }))
        .max(100)
        .default([])
        .describe('In place of both, for resources with a tag; the first that fits counts.'),
      keyAccounts: z
        .array(z.string().regex(/^\d{12}$/, 'must be 12 digits'))
        .max(1000)
        .default([])
        .describe('Other accounts whose keys count as ours.'),
    })
    .prefault({}),
  without: z.array(z.string()).max(100).default([]).describe('Ids of checks that are not made.'),
  exemptions: z.array(exemption).max(10_000).default([]),
});

/** What is enough. */
export type CompliancePolicy = z.infer<typeof compliancePolicySchema>;

export type Exemption = CompliancePolicy['exemptions'][number];
