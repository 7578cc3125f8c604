import type {
  ComplianceCheck,
  InspectedResource,
  Judgement,
} from '../../../src/domain/compliance/compliance-check.ts';
import { complianceCheck } from '../../../src/domain/compliance/compliance-checks.ts';
import type { CompliancePolicy } from '../../../src/domain/compliance/compliance-policy.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import type { Reading, Unreadable, UnreadableReason } from '../../../src/ports/reading.ts';
import type {
  Facts,
  KeyFacts,
  PublicAccessBlock,
  ResourceRef,
  ResourceType,
} from '../../../src/ports/resource-inventory.ts';

export const account = '111122223333';
export const region = 'eu-central-1';
export const now = '2026-11-21T08:00:00.000Z';

export const defaultPolicy: CompliancePolicy = readCompliancePolicy({});

const arns: Readonly<Record<ResourceType, string>> = {
  account: `arn:aws:iam::${account}:root`,
  's3-bucket': 'arn:aws:s3:::invoices',
  'dynamodb-table': `arn:aws:dynamodb:${region}:${account}:table/invoices`,
  'sns-topic': `arn:aws:sns:${region}:${account}:invoices`,
  'sqs-queue': `arn:aws:sqs:${region}:${account}:invoices`,
  'kms-key': `arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  secret: `arn:aws:secretsmanager:${region}:${account}:secret:invoices-AbCdEf`,
  'log-group': `arn:aws:logs:${region}:${account}:log-group:invoices`,
};

export function refOf(type: ResourceType): ResourceRef {
  return { type, account, region, arn: arns[type], name: type === 'account' ? account : 'invoices' };
}

export function read<Value>(value: Value): Reading<Value> {
  return { state: 'read', value };
}

export function unreadable(api: string, reason: UnreadableReason = 'denied'): Unreadable {
  return { state: 'unreadable', reason, api, code: reason === 'denied' ? 'AccessDenied' : 'Other' };
}

export function inspected(
  type: ResourceType,
  facts: Facts,
  elsewhere: Omit<InspectedResource, 'resource' | 'facts'> = {},
): InspectedResource {
  return { resource: refOf(type), facts, ...elsewhere };
}

export function keyFacts(facts: Partial<KeyFacts> = {}): KeyFacts {
  return {
    arn: arns['kms-key'],
    account,
    manager: 'CUSTOMER',
    keyState: 'Enabled',
    keySpec: 'SYMMETRIC_DEFAULT',
    origin: 'AWS_KMS',
    ...facts,
  };
}

export function block(settings: Partial<PublicAccessBlock> = {}): PublicAccessBlock {
  return {
    blockPublicAcls: false,
    ignorePublicAcls: false,
    blockPublicPolicy: false,
    restrictPublicBuckets: false,
    ...settings,
  };
}

export const wholeBlock: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

export function check(id: string): ComplianceCheck {
  const found = complianceCheck(id);
  if (found === undefined) throw new Error(`There is no check ${id}`);
  return found;
}

/** What one check finds of a resource of its type. */
export function judge(
  id: string,
  facts: Facts,
  elsewhere: Omit<InspectedResource, 'resource' | 'facts'> = {},
  policy: CompliancePolicy = defaultPolicy,
): Judgement {
  const found = check(id);
  return found.judge(inspected(found.type, facts, elsewhere), policy);
}
