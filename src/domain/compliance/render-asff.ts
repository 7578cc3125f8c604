import { createHash } from 'node:crypto';
import type { Timestamp } from '../../ports/clock.ts';
import type { AsffFinding } from '../../ports/finding-importer.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { ResourceRef, ResourceType } from '../../ports/resource-inventory.ts';
import type { ComplianceCheck, ComplianceResult } from './compliance-check.ts';
import { complianceCheck } from './compliance-checks.ts';
import { explainUnlisted, inventoryCheckId, type UnlistedPlace } from './unlisted-place.ts';

export interface AsffContext {
  /**
   * The account whose Security Hub the finding goes into, and that imports it: under the default product ARN, Security Hub
   * takes findings from the account only that they are about.
   */
  readonly productAccount: string;
  /** Of that Security Hub. */
  readonly region: string;
  /** @defaultValue that of the resource's ARN */
  readonly partition?: string;
  /** When the result was seen first. */
  readonly firstObservedAt: Timestamp;
  /** When the finding is made: later than that of any version of it before. */
  readonly updatedAt: Timestamp;
  /** `ARCHIVED`: it is over. */
  readonly state: 'ACTIVE' | 'ARCHIVED';
}

/**
 * A result in the AWS Security Finding Format
 * (https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html). The same check of the same
 * resource has the same `Id`, so that an import updates what was imported before.
 *
 * `Workflow` and `Note` are left to those who work on the finding: an exemption stands in `Compliance.StatusReasons`, and
 * the status stays `FAILED`. Severity and types are given where the provider's word stands (`FindingProviderFields`), and
 * also where readers of the format look for them; what somebody set there, an import does not overwrite.
 */
export function asffOf(result: ComplianceResult, context: AsffContext): AsffFinding {
  const { resource, checkId, verdict, explanation } = result;
  const check = complianceCheck(checkId);
  const partition = context.partition ?? partitionOf(resource) ?? 'aws';
  const { productAccount, region, firstObservedAt, updatedAt } = context;
  const severity = {
    Label: verdict === 'fail' ? (check?.severity ?? 'medium').toUpperCase() : 'INFORMATIONAL',
    Original: check?.severity ?? 'unknown',
  };
  const types = ['Software and Configuration Checks/AWS Security Best Practices'];
  return {
    SchemaVersion: '2018-10-08',
    Id: findingIdOf(resource, checkId),
    ProductArn: `arn:${partition}:securityhub:${region}:${productAccount}:product/${productAccount}/default`,
    ProductName: 'Sallyport',
    GeneratorId: `sallyport/${checkId}`,
    AwsAccountId: productAccount,
    Types: types,
    FindingProviderFields: { Severity: severity, Types: types },
    CreatedAt: firstObservedAt,
    FirstObservedAt: firstObservedAt,
    LastObservedAt: updatedAt,
    UpdatedAt: updatedAt,
    Severity: severity,
    Title: cut(check?.title ?? checkId, 256),
    Description: cut(explanation, 1024),
    ...(check && { Remediation: { Recommendation: { Text: cut(result.remedy ?? check.remedy, 512) } } }),
    ProductFields: productFieldsOf(result),
    Resources: [resourceOf(resource)],
    Compliance: complianceOf(result, check),
    RecordState: context.state,
  };
}

/**
 * A place that could not be listed, as a finding on its account: `WARNING`, for what is there may be anything.
 *
 * @param context `partition` is that of the place's region; there is no ARN to take it from.
 */
export function asffUnlistedOf(
  place: UnlistedPlace,
  context: AsffContext & { readonly partition: string },
): AsffFinding {
  const { account, region } = place.scope;
  const resource: ResourceRef = {
    type: 'account',
    account,
    region,
    arn: `arn:${context.partition}:iam::${account}:root`,
    name: account,
  };
  const explanation = explainUnlisted(place);
  const checkId = inventoryCheckId;
  const finding = asffOf(
    { resource, checkId, verdict: 'indeterminate', explanation, unread: [place.reading] },
    context,
  );
  return {
    ...finding,
    Id: findingIdOf(resource, `${checkId}/${region}/${place.type}`),
    Title: `Resources of type ${place.type} can be listed`,
  };
}

/** An `Id` has at most 512 characters; the ARN of a secret or a log group may have more. */
function findingIdOf({ arn }: ResourceRef, checkId: string): string {
  const id = `${arn}/${checkId}`;
  if (id.length <= 512) return id;
  return `${createHash('sha256').update(arn, 'utf8').digest('hex')}/${checkId}`;
}

function partitionOf({ arn }: ResourceRef): string | undefined {
  return /^arn:(aws(?:-[a-z0-9-]+)?):/.exec(arn)?.[1];
}

/** Those that the format has a word for; of another, the ARNs tell. */
const statedPartitions: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov']);

/** https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources-attributes.html */
const resourceTypeNames: Readonly<Record<ResourceType, string>> = {
  account: 'AwsAccount',
  's3-bucket': 'AwsS3Bucket',
  'dynamodb-table': 'AwsDynamoDbTable',
  'sns-topic': 'AwsSnsTopic',
  'sqs-queue': 'AwsSqsQueue',
  'kms-key': 'AwsKmsKey',
  secret: 'AwsSecretsManagerSecret',
  'log-group': 'Other',
};

function resourceOf(resource: ResourceRef): JsonObject {
  const partition = partitionOf(resource);
  return {
    Type: resourceTypeNames[resource.type],
    Id: resource.type === 'account' ? `AWS::::Account:${resource.account}` : resource.arn,
    ...(partition !== undefined && statedPartitions.has(partition) && { Partition: partition }),
    Region: resource.region,
  };
}

/** What has no place of its own: at most 50 fields, names of 128 characters and values of 2048. */
function productFieldsOf({ checkId, resource, verdict, grade, exemption }: ComplianceResult): JsonObject {
  return {
    'sallyport/Check': checkId,
    'sallyport/Account': resource.account,
    'sallyport/Verdict': verdict,
    ...(grade && { 'sallyport/EncryptionGrade': grade }),
    ...(exemption && {
      'sallyport/ExemptionOwner': cut(exemption.owner, 2048),
      'sallyport/ExemptionReason': cut(exemption.reason, 2048),
      'sallyport/ExemptionExpires': exemption.expires,
    }),
  };
}

/** https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html#asff-compliance */
function complianceOf(result: ComplianceResult, check: ComplianceCheck | undefined): JsonObject {
  const requirements = (check?.references ?? []).flatMap(({ source, id }) => {
    if (source === 'CIS AWS Foundations') return [`CIS AWS Foundations Benchmark ${id}`];
    return source === 'PCI DSS' ? [`PCI DSS ${id}`] : [];
  });
  const { exemption } = result;
  return {
    Status: statusOf(result),
    ...(requirements.length > 0 && { RelatedRequirements: requirements }),
    StatusReasons: [
      { ReasonCode: reasonCodeOf(result), Description: cut(result.explanation, 1024) },
      ...(exemption === undefined
        ? []
        : [
            {
              ReasonCode: 'EXEMPT',
              Description: cut(
                `${exemption.owner} answers for it until ${exemption.expires}: ${exemption.reason}`,
                1024,
              ),
            },
          ]),
    ],
  };
}

function statusOf({ verdict, applies }: ComplianceResult): string {
  if (applies === false) return 'NOT_AVAILABLE';
  return { pass: 'PASSED', fail: 'FAILED', indeterminate: 'WARNING' }[verdict];
}

function reasonCodeOf({ checkId, verdict, applies, unread }: ComplianceResult): string {
  if (applies === false) return 'NOT_APPLICABLE';
  if (verdict !== 'indeterminate') return checkId.replaceAll('-', '_').toUpperCase();
  return unread === undefined || unread.length === 0 ? 'NOT_JUDGED' : 'NOT_READ';
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).toWellFormed()}…`;
}
