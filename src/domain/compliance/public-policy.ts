import type { JsonObject } from '../../ports/json.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { InspectedResource, Judgement } from './compliance-check.ts';
import { isNarrowRange } from './network-range.ts';
import {
  allowedOf,
  conditionsOf,
  type PolicyCondition,
  policyStatementsOf,
  textsOf,
} from './policy-statements.ts';
import { readingOf, unseen } from './readings.ts';

/**
 * Whether a resource policy lets everybody do something. As AWS Config has it, a statement for every principal is public
 * unless a condition holds it to fixed values, without wildcards and variables, of who or where the caller is; what another
 * statement denies is not counted in its favour. Where it cannot be told for whom a statement is, there is no verdict.
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
  const unbound = statements.filter(
    statement => statement['Effect'] === 'Allow' && !conditionsOf(statement).some(holdsToFixedValues),
  );
  const open = unbound.find(statement => allowedOf(statement) === 'everyone');
  if (open !== undefined) {
    const actions = printableText(textsOf(open['Action']).join(', ') || 'most actions', 200);
    return { verdict: 'fail', explanation: `The policy allows everybody${nameOf(open)}: ${actions}.` };
  }
  const unclear = unbound.find(statement => allowedOf(statement) === 'unclear');
  if (unclear !== undefined) {
    const explanation = `Whom the policy allows${nameOf(unclear)} is not understood: it names no principal that IAM takes.`;
    return { verdict: 'indeterminate', explanation };
  }
  return { verdict: 'pass', explanation: 'The policy lets in nobody but those it names.' };
}

function nameOf({ Sid: sid }: JsonObject): string {
  return typeof sid === 'string' ? ` in statement ${printableText(sid, 64)}` : '';
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
