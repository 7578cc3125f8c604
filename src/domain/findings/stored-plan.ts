import * as z from 'zod';
import { containmentApis } from '../../ports/containment.ts';
import { PortError } from '../../ports/failure.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { Remediation } from '../../ports/remediation-ledger.ts';
import type { GuardDutyFinding } from './guard-duty-finding.ts';
import { dispositions, type RemediationPlan } from './remediation-plan.ts';

/** What is told of a finding when its remediation is. */
export type ToldFinding = Pick<
  GuardDutyFinding,
  'type' | 'severity' | 'accountId' | 'region' | 'title' | 'sample'
>;

/** A plan as the ledger keeps it: with what is told of its finding, which is not at hand when it is rolled back. */
export interface StoredPlan extends RemediationPlan {
  readonly finding: ToldFinding;
}

const account = z.string();
const region = z.string();

const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('instance'), account, region, instanceId: z.string() }),
  z.object({
    kind: z.literal('user'),
    account,
    userName: z.string(),
    accessKeyId: z.exactOptional(z.string()),
  }),
  z.object({ kind: z.literal('role'), account, roleName: z.string() }),
  z.object({ kind: z.literal('bucket'), account, region, bucket: z.string() }),
]);

const condition = z.object({
  fact: z.string(),
  holds: z.enum(['equals', 'differs', 'present', 'absent']),
  value: z.exactOptional(z.json()),
});

const call = z.object({
  api: z.enum(containmentApis),
  input: z.record(z.string(), z.json()),
  precondition: z.array(condition),
  needless: z.exactOptional(z.array(condition)),
});

const storedPlan: z.ZodType<StoredPlan> = z.object({
  schemaVersion: z.literal(1),
  disposition: z.enum(dispositions),
  outcome: z.enum(['planned', 'notify-only', 'exempt']),
  target: z.exactOptional(target),
  marks: z.exactOptional(
    z.object({
      openGroupName: z.string(),
      closedGroupName: z.string(),
      snapshotTag: z.object({ key: z.string(), value: z.string() }),
      policyName: z.string(),
    }),
  ),
  steps: z.array(
    call.extend({
      id: z.string(),
      does: z.string(),
      effect: z.array(condition),
      inverse: z.exactOptional(call),
      evidence: z.boolean(),
      reversible: z.boolean(),
      after: z.array(z.string()),
      upheld: z.exactOptional(z.literal(true)),
      comesWith: z.exactOptional(z.array(z.string())),
      insteadOf: z.exactOptional(z.string()),
      unit: z.exactOptional(z.string()),
      otherwise: z.exactOptional(z.array(z.string())),
    }),
  ),
  notes: z.array(z.object({ code: z.string(), explanation: z.string() })),
  manual: z.array(z.string()),
  unknownType: z.boolean(),
  finding: z.object({
    type: z.string(),
    severity: z.number(),
    accountId: z.string(),
    region: z.string(),
    title: z.string(),
    sample: z.boolean(),
  }),
});

/** What the ledger keeps of a plan and its finding. */
export function planToStore(plan: RemediationPlan, finding: GuardDutyFinding): JsonObject {
  const { type, severity, accountId, region: where, title, sample } = finding;
  const stored: StoredPlan = {
    ...plan,
    finding: { type, severity, accountId, region: where, title, sample },
  };
  return { ...stored } as unknown as JsonObject;
}

/** Reads it back. One that cannot be read (written by a later version) is a `PortError`, `permanent`, `UnreadablePlan`. */
export function planOf({ plan }: Pick<Remediation, 'plan'>): StoredPlan {
  const read = storedPlan.safeParse(plan);
  if (read.success) return read.data;
  throw new PortError({
    kind: 'permanent',
    operation: 'RemediationLedger.find',
    code: 'UnreadablePlan',
    message: 'the plan that the ledger holds cannot be read',
    cause: read.error,
  });
}
