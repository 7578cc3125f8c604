import * as z from 'zod';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { printableText } from '../kernel/printable-text.ts';
import { parseFindingType } from './finding-type.ts';
import type { FindingInstance, FindingPrincipal, GuardDutyFinding } from './guard-duty-finding.ts';

export interface FindingFault {
  /** Path within the finding, in camelCase: `resource.instanceDetails.instanceId`. */
  readonly field: string;
  readonly reason: string;
}

export type FindingReading =
  | { readonly outcome: 'read'; readonly finding: GuardDutyFinding }
  | { readonly outcome: 'refused'; readonly faults: readonly FindingFault[] };

/** What is told of one finding at most. */
const maximumFaults = 20;

/**
 * A GuardDuty finding: the event of EventBridge (camelCase), what `GetFindings` answers with one finding in it (PascalCase),
 * or a finding alone, in either case. What could not be put into an API call is refused; a sample, which never is, may
 * hold any text there.
 */
export function readFinding(value: unknown): FindingReading {
  const found = unwrap(value);
  if ('faults' in found) return { outcome: 'refused', faults: found.faults };
  const parsed = (isSample(found.finding) ? sampleSchema : findingSchema).safeParse(found.finding);
  if (parsed.success) return { outcome: 'read', finding: parsed.data };
  const faults = parsed.error.issues.slice(0, maximumFaults).map(({ path, message }) => ({
    field: path.length === 0 ? 'finding' : path.map(String).join('.'),
    reason: message,
  }));
  return { outcome: 'refused', faults };
}

/** The findings of a document, not looked into: those of a `GetFindings` answer, those of an array, else the document. */
export function findingsIn(document: unknown): readonly unknown[] {
  const list = Array.isArray(document) ? document : decapitalised(document)['findings'];
  return Array.isArray(list) ? list : [document];
}

function unwrap(
  value: unknown,
): { readonly finding: unknown } | { readonly faults: readonly FindingFault[] } {
  const members = decapitalised(value);
  const refuse = (field: string, reason: string) => ({ faults: [{ field, reason }] });
  if (members['detail-type'] !== undefined || members['detail'] !== undefined) {
    if (members['detail-type'] !== 'GuardDuty Finding')
      return refuse('detail-type', 'is not GuardDuty Finding');
    return isObject(members['detail'])
      ? { finding: members['detail'] }
      : refuse('detail', 'is missing, or no object');
  }
  const list = members['findings'];
  if (list === undefined) return { finding: value };
  if (!Array.isArray(list)) return refuse('findings', 'is no list');
  return list.length === 1
    ? { finding: list[0] }
    : refuse('findings', `holds ${list.length}; one is read at a time`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object under names that begin with a small letter, without those that are null; none of what is no object. */
function decapitalised(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) return {};
  const members = Object.entries(value).filter(([, member]) => member !== null);
  // Where a name is there in both cases, the one that needs no change counts.
  const small = (name: string) => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
  const inOrder = members.toSorted(([a], [b]) => Number(a === small(a)) - Number(b === small(b)));
  return Object.fromEntries(inOrder.map(([name, member]) => [small(name), member]));
}

/** GuardDuty marks samples with `additionalInfo.sample`, the API in the JSON text `additionalInfo.value`, the console in the title. */
function isSample(finding: unknown): boolean {
  const members = decapitalised(finding);
  const { sample, value } = decapitalised(decapitalised(members['service'])['additionalInfo']);
  if (isTrue(sample) || isTrue(decapitalised(value)['sample'])) return true;
  if (typeof value === 'string' && isTrue(decapitalised(parseJson(value))['sample'])) return true;
  return typeof members['title'] === 'string' && members['title'].startsWith('[SAMPLE]');
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

const complaint = (kind: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? 'is missing' : `is no ${kind}`;
const text = z.string({ error: complaint('text') });
const shortText = text.max(2048, 'is longer than 2048 characters');
const matching = (pattern: RegExp, reason: string) => shortText.regex(pattern, reason);
const wholeText = text.transform(value => printableText(value, 1000)).default('');
const instant = z.iso
  .datetime({ offset: true, error: complaint('time in ISO 8601 with its zone') })
  .transform(value => canonicalTime(new Date(value)));

/** An object in either case; only the members named are looked at. */
function either<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(
    value => (isObject(value) ? decapitalised(value) : value),
    z.object(shape, { error: complaint('object') }),
  );
}

const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item, { error: complaint('list') })
    .max(1000, 'holds more than 1000')
    .default([]);

const findingSchema = schemaOf(false);
/** What a sample names exists nowhere, and often has no name of its kind: `GeneratedFindingVPCId`. */
const sampleSchema = schemaOf(true);

function schemaOf(sample: boolean) {
  /** A name or id that goes into API calls. */
  const named: typeof matching = (pattern, reason) => (sample ? shortText : matching(pattern, reason));
  const tag = either({ key: shortText, value: shortText.default('') });
  const networkInterface = either({
    networkInterfaceId: named(/^eni-[0-9a-z]{1,32}$/, 'is no id of a network interface').optional(),
    vpcId: named(/^vpc-[0-9a-z]{1,32}$/, 'is no id of a VPC').optional(),
    securityGroups: z
      .array(either({ groupId: named(/^sg-[0-9a-z]{1,32}$/, 'is no id of a security group') }), {
        error: complaint('list'),
      })
      .max(1000, 'holds more than 1000')
      .optional(),
  });
  const instanceDetails = either({
    instanceId: named(/^i-[0-9a-z]{1,32}$/, 'is no id of an instance'),
    tags: list(tag),
    networkInterfaces: list(networkInterface),
  });
  // Names that are no IAM user's or role's (`accounts.google.com:…`) go into no call.
  const iamName = named(/^[\w+=,.@-]{1,128}$/, 'is no name of a user or role');
  const accessKeyDetails = either({
    userType: shortText.optional(),
    userName: shortText.optional(),
    principalId: shortText.optional(),
    accessKeyId: named(/^\w{1,128}$/, 'is no id of an access key').optional(),
  }).superRefine(({ userType, userName }, context) => {
    const isIam = userType === undefined || ['IAMUser', 'AssumedRole', 'Role'].includes(userType);
    const issues = isIam && userName !== undefined ? iamName.safeParse(userName).error?.issues : undefined;
    for (const { message } of issues ?? []) context.addIssue({ code: 'custom', path: ['userName'], message });
  });
  // The widest that S3 ever allowed: buckets of us-east-1 from before March 2018.
  const bucket = either({ name: named(/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/, 'is no name of a bucket') });
  const resource = either({
    resourceType: shortText.optional(),
    instanceDetails: instanceDetails.optional(),
    accessKeyDetails: accessKeyDetails.optional(),
    s3BucketDetails: list(bucket),
  }).superRefine(({ resourceType, accessKeyDetails, s3BucketDetails }, context) => {
    // Details of an instance may be missing; those of what a finding is about otherwise are always there.
    const demand = (field: string) =>
      context.addIssue({ code: 'custom', path: [field], message: 'is missing' });
    if (resourceType === 'AccessKey' && accessKeyDetails === undefined) demand('accessKeyDetails');
    if (resourceType === 'S3Bucket' && s3BucketDetails.length === 0) demand('s3BucketDetails');
  });
  return either({
    id: matching(/^[\w.:-]{1,128}$/, 'is no id: 1 to 128 letters, digits, and _ . : -'),
    arn: matching(/^arn:[\w-]+:guardduty:[\w:/.-]+$/, 'is no ARN of a finding').optional(),
    accountId: matching(/^\d{12}$/, 'is no 12 digits'),
    region: matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no region'),
    partition: matching(/^aws(-[a-z]+)*$/, 'is no partition').optional(),
    type: text.refine(value => parseFindingType(value) !== undefined, {
      message: 'is not of the form ThreatPurpose:Resource/Family.Mechanism!Artifact',
    }),
    severity: z
      .number({ error: complaint('number') })
      .min(1, 'is below 1')
      .max(10, 'is above 10'),
    createdAt: instant.optional(),
    updatedAt: instant,
    title: wholeText,
    description: wholeText,
    service: either({
      resourceRole: z.enum(['ACTOR', 'TARGET'], { error: 'is neither ACTOR nor TARGET' }).optional(),
      archived: z.boolean({ error: complaint('boolean') }).default(false),
      count: z
        .number({ error: complaint('number') })
        .min(1, 'is below 1')
        .default(1),
      eventLastSeen: instant.optional(),
    }).optional(),
    resource,
  }).transform(({ service, resource, ...rest }): GuardDutyFinding => {
    const { instanceDetails, accessKeyDetails, s3BucketDetails, resourceType } = resource;
    return present({
      ...rest,
      partition: rest.partition ?? partitionOf(rest.region),
      lastSeenAt: service?.eventLastSeen,
      sample,
      archived: service?.archived ?? false,
      count: service?.count ?? 1,
      role: service?.resourceRole,
      resourceType,
      instance: instanceDetails === undefined ? undefined : instanceOf(instanceDetails),
      principal: accessKeyDetails === undefined ? undefined : (present(accessKeyDetails) as FindingPrincipal),
      buckets: s3BucketDetails.map(({ name }) => name),
    }) as GuardDutyFinding;
  });
}

interface InstanceDetails {
  readonly instanceId: string;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly networkInterfaces: readonly {
    readonly networkInterfaceId?: string | undefined;
    readonly vpcId?: string | undefined;
    readonly securityGroups?: readonly { readonly groupId: string }[] | undefined;
  }[];
}

function instanceOf({ instanceId, tags, networkInterfaces }: InstanceDetails): FindingInstance {
  return {
    instanceId,
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    interfaces: networkInterfaces.flatMap(({ networkInterfaceId, vpcId, securityGroups }) =>
      networkInterfaceId === undefined
        ? []
        : [
            {
              id: networkInterfaceId,
              ...(vpcId === undefined ? {} : { vpcId }),
              ...(securityGroups === undefined
                ? {}
                : { groups: securityGroups.map(({ groupId }) => groupId).toSorted() }),
            },
          ],
    ),
  };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The object without members that are undefined. */
function present(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
