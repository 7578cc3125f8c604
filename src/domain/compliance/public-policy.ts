import type { JsonObject } from '../../ports/json.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { InspectedResource, Judgement } from './compliance-check.ts';
import {
  conditionsOf,
  isEveryone,
  type PolicyCondition,
  policyStatementsOf,
  textsOf,
} from './policy-statements.ts';
import { readingOf, unseen } from './readings.ts';

/**
 * Whether a resource policy lets everybody do something. As AWS Config has it, a statement for every principal is public
 * unless a condition holds it to fixed values, without wildcards and variables, of who or where the caller is; what another
 * statement denies is not counted in its favour.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function judgePublicPolicy(inspected: InspectedResource): Judgement {
  const policy = readingOf(inspected, 'policy');
  if (policy.state === 'unreadable') return unseen('The policy', [policy]);
  const { document } = policy.value;
  if (document === undefined) return { verdict: 'pass', explanation: 'There is no policy.' };
  const statements = policyStatementsOf(document);
  if (statements === undefined) {
    return { verdict: 'indeterminate', explanation: 'The policy is not one that is understood.' };
  }
  const open = statements.find(isPublic);
  if (open === undefined)
    return { verdict: 'pass', explanation: 'The policy lets in nobody but those it names.' };
  const { Sid: sid } = open;
  const name = typeof sid === 'string' ? ` in statement ${printableText(sid, 64)}` : '';
  const actions = printableText(textsOf(open['Action']).join(', ') || 'most actions', 200);
  return { verdict: 'fail', explanation: `The policy allows everybody${name}: ${actions}.` };
}

function isPublic(statement: JsonObject): boolean {
  if (statement['Effect'] !== 'Allow') return false;
  const isForAll = statement['NotPrincipal'] !== undefined || isEveryone(statement['Principal']);
  return isForAll && !conditionsOf(statement).some(holdsToFixedValues);
}

/** Keys that tell who calls, or from where. */
const callerKeys: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
]);

/** Operators under which a request without the key does not fit: none with `IfExists`, none with `ForAllValues`. */
const fixingOperators: ReadonlySet<string> = new Set([
  'stringequals',
  'stringequalsignorecase',
  'stringlike',
  'arnequals',
  'arnlike',
  'ipaddress',
]);

function holdsToFixedValues({ operator, key, values }: PolicyCondition): boolean {
  return (
    callerKeys.has(key) &&
    fixingOperators.has(operator.replace(/^foranyvalue:/, '')) &&
    values.length > 0 &&
    values.every(value => (key === 'aws:sourceip' ? isNarrowRange(value) : !/[*?]|\$\{/.test(value)))
  );
}

/** A range of IPv4 wider than /8, or of IPv6 wider than /32, is the public, as S3 has it. */
function isNarrowRange(cidr: string): boolean {
  const [, address = '', length] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(cidr) ?? [];
  return address !== '' && (length === undefined || Number(length) >= (address.includes(':') ? 32 : 8));
}
