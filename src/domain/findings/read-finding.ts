import * as z from 'zod';
import { canonicalTime } from '../kernel/canonical-time.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { printableText } from '../kernel/printable-text.ts';
import { fieldsNeeded } from './fields-needed.ts';
import { matching, shortText, text } from './finding-forms.ts';
import { decapitalised, type FindingFault, FindingMembers, isObject, missing } from './finding-members.ts';
import { parseFindingType } from './finding-type.ts';
import type { GuardDutyFinding } from './guard-duty-finding.ts';
import { readResource } from './read-resource.ts';

export type { FindingFault } from './finding-members.ts';

export type FindingReading =
  | { readonly outcome: 'read'; readonly finding: GuardDutyFinding }
  | { readonly outcome: 'refused'; readonly faults: readonly FindingFault[] };

/** What is told of one finding at most. */
const maximumFaults = 20;

/**
 * A GuardDuty finding: the event of EventBridge (camelCase), what `GetFindings` answers with one finding in it (PascalCase),
 * or a finding alone, in either case.
 *
 * Refused is what has no identity (id, account, region, type, severity, time), and what names what a call would be made with
 * in a form that AWS does not know. All else that is not as documented is left out, and named in `ignored`: a threat must
 * not go unnoticed for a field that nothing needs. `null` and the empty text count as not there. A sample, for which no call
 * is made, may hold anything.
 */
export function readFinding(value: unknown): FindingReading {
  const found = unwrap(value);
  if ('faults' in found) return { outcome: 'refused', faults: found.faults };
  if (!isObject(found.finding)) {
    const reason = found.finding === undefined ? missing : 'is no object';
    return { outcome: 'refused', faults: [{ field: 'finding', reason }] };
  }
  const faults: FindingFault[] = [];
  const finding = readMembers(new FindingMembers(found.finding, '', faults), isSample(found.finding));
  if (finding === undefined) {
    return { outcome: 'refused', faults: faults.filter(({ field }) => identity.has(field)) };
  }
  const needed = new Set(fieldsNeeded(finding));
  const grave = faults.filter(({ field }) => needed.has(field));
  if (grave.length > 0) return { outcome: 'refused', faults: grave.slice(0, maximumFaults) };
  const ignored = faults.filter(({ reason }) => reason !== missing).map(({ field }) => field);
  return {
    outcome: 'read',
    finding: ignored.length === 0 ? finding : { ...finding, ignored: ignored.slice(0, maximumFaults) },
  };
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

const wholeText = text.transform(value => printableText(value, 1000));
const instant = z.iso
  .datetime({ offset: true, error: 'is no time in ISO 8601 with its zone' })
  .transform(value => canonicalTime(new Date(value)));
const severity = z.number({ error: 'is no number' }).min(1, 'is below 1').max(10, 'is above 10');
const findingType = text.refine(value => parseFindingType(value) !== undefined, {
  message: 'is not of the form ThreatPurpose:Resource/Family.Mechanism!Artifact',
});
const role = shortText
  .transform(value => value.toUpperCase())
  .pipe(z.enum(['ACTOR', 'TARGET'], { error: 'is neither ACTOR nor TARGET' }));
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform(value => value === 'true')], {
  error: 'is no boolean',
});
const count = z.number({ error: 'is no number' }).min(1, 'is below 1');

/** Without these nobody could tell which finding it is, of what and when. */
const identity: ReadonlySet<string> = new Set(['id', 'accountId', 'region', 'type', 'severity', 'updatedAt']);

/** The finding; `undefined` where it has no identity. What is not as documented is noted by the members. */
function readMembers(members: FindingMembers, sample: boolean): GuardDutyFinding | undefined {
  const id = members.demanded(
    'id',
    matching(/^[\w.:-]{1,128}$/, 'is no id: 1 to 128 letters, digits, and _ . : -'),
  );
  const accountId = members.demanded('accountId', matching(/^\d{12}$/, 'is no 12 digits'));
  const region = members.demanded(
    'region',
    matching(/^[a-z]{2,8}(-[a-z]{2,16}){1,3}-\d{1,2}$/, 'is no region'),
  );
  const type = members.demanded('type', findingType);
  const grade = members.demanded('severity', severity);
  const updatedAt = members.demanded('updatedAt', instant);
  if (id === undefined || accountId === undefined || region === undefined) return undefined;
  if (type === undefined || grade === undefined || updatedAt === undefined) return undefined;

  const partition = members.optional('partition', matching(/^aws(-[a-z]+)*$/, 'is no partition'));
  const service = members.object('service');
  return present({
    id,
    arn: members.optional('arn', matching(/^arn:[\w-]+:guardduty:[\w:/.-]+$/, 'is no ARN of a finding')),
    accountId,
    region,
    partition: partition ?? partitionOf(region),
    type,
    severity: grade,
    createdAt: members.optional('createdAt', instant),
    updatedAt,
    lastSeenAt: service.optional('eventLastSeen', instant),
    title: members.optional('title', wholeText) ?? '',
    description: members.optional('description', wholeText) ?? '',
    sample,
    archived: service.optional('archived', flag) ?? false,
    count: service.optional('count', count) ?? 1,
    role: service.optional('resourceRole', role),
    ...readResource(members),
  });
}

/** By the beginning of a region's name; https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const partitions: readonly (readonly [string, string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

function partitionOf(region: string): string {
  return partitions.find(([start]) => region.startsWith(start))?.[1] ?? 'aws';
}

type Optional<Members> = { readonly [Name in keyof Members]: Members[Name] | undefined };

/** The finding without members that are undefined. */
function present(members: Optional<GuardDutyFinding>): GuardDutyFinding {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as unknown as GuardDutyFinding;
}
