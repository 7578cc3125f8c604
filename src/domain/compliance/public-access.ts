import type { Reading, Unreadable } from '../../ports/reading.ts';
import type { PublicAccessBlock } from '../../ports/resource-inventory.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { InspectedResource, Judgement } from './compliance-check.ts';
import { notAsked, readingOf, reasonsOf, unseen } from './readings.ts';

type Setting = keyof PublicAccessBlock;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
const settings = [
  'blockPublicAcls',
  'ignorePublicAcls',
  'blockPublicPolicy',
  'restrictPublicBuckets',
] as const satisfies readonly Setting[];

/** Whether something is so; where that is not known, what could not be read. */
type Known = { readonly is: boolean } | { readonly is?: never; readonly unread: readonly Unreadable[] };

/** Whether all four settings stand for the account as a whole. */
export function judgeAccountBlock(inspected: InspectedResource): Judgement {
  const block = readingOf(inspected, 'public-access-block');
  if (block.state === 'unreadable') return unseen('The public access block of the account', [block]);
  return judgeSettings(
    settings.map(setting => [setting, { is: block.value[setting] }]),
    'the account',
  );
}

/** Whether all four settings are in effect: S3 applies the stricter of what account and bucket have. */
export function judgeBucketBlock(inspected: InspectedResource): Judgement {
  return judgeSettings(
    settings.map(setting => [setting, inEffect(inspected, setting)]),
    'both account and bucket',
  );
}

function judgeSettings(known: readonly (readonly [Setting, Known])[], place: string): Judgement {
  const off = known.flatMap(([setting, { is }]) => (is === false ? [setting] : []));
  if (off.length > 0) {
    return {
      verdict: 'fail',
      explanation: `Public access is not blocked: ${off.join(', ')} off for ${place}.`,
    };
  }
  const unread = unreadOf(known.map(([, each]) => each));
  if (unread.length > 0) return unseen('The public access block', unread);
  return { verdict: 'pass', explanation: 'Public access is blocked: all four settings are in effect.' };
}

/** Whether anybody may get in, by policy or by ACL, with the settings that are in effect. */
export function judgePublicAccess(inspected: InspectedResource): Judgement {
  const byPolicy = unlessBlocked(
    inEffect(inspected, 'restrictPublicBuckets'),
    knownOf(readingOf(inspected, 'policy-status'), ({ isPublic }) => isPublic),
  );
  const acl = readingOf(inspected, 'acl');
  const byAcl = unlessBlocked(
    inEffect(inspected, 'ignorePublicAcls'),
    knownOf(acl, ({ publicGrants }) => publicGrants.length > 0),
  );
  if (byPolicy.is === true || byAcl.is === true) {
    const ways = [
      ...(byPolicy.is === true ? ['its policy is public, and RestrictPublicBuckets is off'] : []),
      ...(byAcl.is === true && acl.state === 'read'
        ? [`its ACL grants ${grantsOf(acl.value.publicGrants)} to the public, and IgnorePublicAcls is off`]
        : []),
    ];
    return { verdict: 'fail', explanation: `The bucket is public: ${ways.join('; ')}.` };
  }
  const unread = unreadOf([byPolicy, byAcl]);
  if (unread.length === 0) {
    const isLooked = [readingOf(inspected, 'policy-status'), acl].every(({ state }) => state === 'read');
    const explanation = isLooked
      ? 'Neither policy nor ACL makes the bucket public.'
      : 'What policy and ACL might let in is blocked.';
    return { verdict: 'pass', explanation };
  }
  return {
    verdict: 'indeterminate',
    explanation: `Whether the bucket is public is not known: ${reasonsOf(unread)}.`,
    unread,
  };
}

function grantsOf(grants: readonly string[]): string {
  return printableText([...new Set(grants)].join(', '), 200);
}

/** What is blocked is not so, whatever else is known; what may be blocked is open, unless there is nothing to block. */
function unlessBlocked(block: Known, what: Known): Known {
  if (block.is === true || what.is === false) return { is: false };
  if (block.is === false && what.is === true) return { is: true };
  return { unread: unreadOf([block, what]) };
}

function inEffect({ facts, accountPublicAccess = notAsked }: InspectedResource, setting: Setting): Known {
  const read = (block: Reading<PublicAccessBlock>) => knownOf(block, value => value[setting]);
  const both = [read(accountPublicAccess), read(facts['public-access-block'] ?? notAsked)];
  if (both.some(({ is }) => is === true)) return { is: true };
  const unread = unreadOf(both);
  return unread.length === 0 ? { is: false } : { unread };
}

function knownOf<Value>(reading: Reading<Value>, is: (value: Value) => boolean): Known {
  return reading.state === 'read' ? { is: is(reading.value) } : { unread: [reading] };
}

function unreadOf(known: readonly Known[]): readonly Unreadable[] {
  return [...new Set(known.flatMap(each => (each.is === undefined ? each.unread : [])))];
}
