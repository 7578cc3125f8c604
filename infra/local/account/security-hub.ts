import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { LocalService, ServiceAnswer } from './local-service.ts';

const types = z
  .array(z.string().regex(/^[^/]+(\/[^/]+){0,2}$/))
  .min(1)
  .max(50);

const severity = z.looseObject({
  Label: z.enum(['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']).optional(),
});

/**
 * What every finding has (https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html), types
 * and severity there or among what its provider says.
 */
const finding = z
  .looseObject({
    SchemaVersion: z.literal('2018-10-08'),
    Id: z.string().min(1).max(512),
    ProductArn: z.string().regex(/^arn:[\w-]+:securityhub:[\w-]*:\d*:product\/.+$/),
    GeneratorId: z.string().min(1).max(512),
    AwsAccountId: z.string().regex(/^\d{12}$/),
    Types: types.optional(),
    CreatedAt: z.iso.datetime({ offset: true }),
    UpdatedAt: z.iso.datetime({ offset: true }),
    Severity: severity.optional(),
    FindingProviderFields: z
      .looseObject({ Types: types.optional(), Severity: severity.optional() })
      .optional(),
    Title: z.string().min(1).max(256),
    Description: z.string().min(1).max(1024),
    Resources: z
      .array(z.looseObject({ Type: z.string().min(1).max(256), Id: z.string().min(1).max(512) }))
      .min(1)
      .max(32),
  })
  .refine(given => given.Types ?? given.FindingProviderFields?.Types, { path: ['Types'], error: 'missing' })
  .refine(given => given.Severity ?? given.FindingProviderFields?.Severity, {
    path: ['Severity'],
    error: 'missing',
  });

export type LocalFinding = z.infer<typeof finding>;

/** What can be told of a finding that is refused. */
const anyFinding = z.looseObject({ Id: z.string().optional() });

const request = z.looseObject({ Findings: z.array(anyFinding).min(1).max(100) });

/** Bytes of a finding: 240 KB. https://docs.aws.amazon.com/securityhub/latest/partnerguide/guidelines-batchimportfindings.html */
const [largestFinding, largestRequest] = [240 * 1024, 6 * 1024 * 1024];

/** Fields that customers manage, which a later import leaves as they are. */
const customersFields = ['Note', 'UserDefinedFields', 'VerificationState', 'Workflow'];

/** The findings of an account. */
export class LocalFindings {
  readonly #findings = new Map<string, LocalFinding>();

  /** In the order of their first arrival, each as it came last. */
  get all(): readonly LocalFinding[] {
    return [...this.#findings.values()];
  }

  /** Adds a finding, or updates the one with its product and id. */
  put(given: LocalFinding): void {
    const name = JSON.stringify([given.ProductArn, given.Id]);
    const known = this.#findings.get(name);
    const kept = customersFields.filter(field => known?.[field] !== undefined);
    this.#findings.set(name, {
      ...given,
      ...Object.fromEntries(kept.map(field => [field, known?.[field]])),
    });
  }
}

/** AWS Security Hub, as far as importing goes: what is no finding is refused by itself. */
export function createSecurityHubService(findings: LocalFindings): LocalService {
  return ({ method, url, body }) => {
    if (method !== 'POST' || url.split('?', 1)[0] !== '/findings/import') {
      return refusal(501, 'NotImplemented', `The local run does not emulate ${method} ${url}.`);
    }
    if (Buffer.byteLength(body) > largestRequest) {
      return refusal(413, 'RequestEntityTooLargeException', 'The request is larger than 6 MB');
    }
    const read = request.safeParse(parsed(body));
    if (!read.success) {
      return refusal(400, 'InvalidInputException', 'Findings are 1 to 100 objects in the ASFF');
    }
    const FailedFindings: object[] = [];
    for (const given of read.data.Findings) {
      const fault = faultOf(given);
      if (fault === undefined) findings.put(finding.parse(given));
      else FailedFindings.push({ Id: given.Id ?? '', ErrorCode: 'InvalidInput', ErrorMessage: fault });
    }
    return answer(200, {
      FailedCount: FailedFindings.length,
      SuccessCount: read.data.Findings.length - FailedFindings.length,
      FailedFindings,
    });
  };
}

function faultOf(given: object): string | undefined {
  if (Buffer.byteLength(JSON.stringify(given)) > largestFinding) return 'Finding is larger than 240 KB.';
  const { success, error } = finding.safeParse(given);
  if (success) return undefined;
  const [issue] = error.issues;
  return `Finding does not adhere to Amazon Finding Format. data.${issue?.path.join('.')}: ${issue?.message}`;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function refusal(status: number, code: string, message: string): ServiceAnswer {
  const { headers, body } = answer(status, { Code: code, Message: message });
  return { status, headers: { ...headers, 'x-amzn-errortype': code }, body };
}

function answer(status: number, body: object): ServiceAnswer {
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}
