import * as z from 'zod';
import type { JsonObject } from '../../ports/json.ts';
import {
  type Hold,
  type Remediation,
  remediationOutcomes,
  type StepRecord,
  type StoredRemediation,
  stepStatuses,
} from '../../ports/remediation-ledger.ts';

/** Stands before the ids of steps: as names of a map, some would mean something to JavaScript. */
const stepPrefix = 'step#';

const record = z
  .object({
    stepId: z.string(),
    status: z.enum(stepStatuses),
    at: z.string(),
    before: z.json().optional(),
    after: z.json().optional(),
    requestId: z.string().optional(),
    reason: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .transform(
    ({ stepId, status, at, before, after, requestId, reason }): StepRecord => ({
      ...{ stepId, status, at },
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(reason === undefined ? {} : { reason }),
    }),
  );

/** An item that holds a remediation, read back. */
export const remediationItem = z
  .object({
    schemaVersion: z.literal(1),
    findingId: z.string(),
    generation: z.string(),
    decidedAt: z.string(),
    target: z.string().optional(),
    plan: z.string(),
    steps: z.record(z.string(), z.string()),
    outcome: z.enum(remediationOutcomes).optional(),
    concludedAt: z.string().optional(),
    announcedAt: z.string().optional(),
  })
  .transform((item): StoredRemediation => {
    const { target, plan, steps, outcome, concludedAt, announcedAt, ...rest } = item;
    return {
      ...rest,
      ...(target === undefined ? {} : { target }),
      plan: objectIn(plan),
      steps: Object.fromEntries(
        Object.values(steps)
          .map(text => record.parse(JSON.parse(text)))
          .map(step => [step.stepId, step]),
      ),
      ...(outcome === undefined ? {} : { outcome }),
      ...(concludedAt === undefined ? {} : { concludedAt }),
      ...(announcedAt === undefined ? {} : { announcedAt }),
    };
  });

/** An item that holds a hold, read back. */
export const holdItem = z.object({ since: z.string(), by: z.string(), reason: z.string() });

/** An item that links a target to a finding, read back. */
export const linkItem = z.object({ findingId: z.string() });

/**
 * The attributes of a new remediation. Plan and steps are JSON text, which keeps what DynamoDB's own types do not: numbers
 * beyond 38 digits, empty names, depth beyond 32 levels.
 */
export function attributesOf(remediation: Remediation): Record<string, unknown> {
  const { schemaVersion, findingId, generation, decidedAt, target, plan } = remediation;
  return {
    ...{ schemaVersion, findingId: findingId.toWellFormed(), generation, decidedAt },
    ...(target === undefined ? {} : { target: target.toWellFormed() }),
    plan: JSON.stringify(plan),
    steps: {},
  };
}

export function holdAttributesOf({ since, by, reason }: Hold): Record<string, unknown> {
  return { schemaVersion: 1, since, by: by.toWellFormed(), reason: reason.toWellFormed() };
}

/** The name of a step within the map of steps, and what stands there. */
export function stepAttributeOf(step: StepRecord): readonly [name: string, text: string] {
  return [`${stepPrefix}${step.stepId.toWellFormed()}`, JSON.stringify(step)];
}

function objectIn(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new SyntaxError('A stored plan is no JSON object');
}
