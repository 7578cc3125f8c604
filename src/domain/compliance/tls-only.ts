import type { JsonObject } from '../../ports/json.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { InspectedResource, Judgement } from './compliance-check.ts';
import { matchWildcards } from './match-wildcards.ts';
import { conditionsOf, isEveryone, policyStatementsOf, textsOf } from './policy-statements.ts';
import { readingOf, unseen } from './readings.ts';

/** What requests without TLS must be denied. */
export interface TlsScope {
  /** As a policy names them, `s3:*`. */
  readonly actions: readonly string[];
  /** ARNs, by what they are called. */
  readonly resources: readonly { readonly name: string; readonly arn: string }[];
}

const transportKey = 'aws:securetransport';

/**
 * Whether the resource policy denies everybody whatever is asked for without TLS. Only a statement that says just that
 * counts: one with further conditions, or that leaves somebody or something out, denies less.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function judgeTlsOnly(inspected: InspectedResource, { actions, resources }: TlsScope): Judgement {
  const policy = readingOf(inspected, 'policy');
  if (policy.state === 'unreadable') return unseen('The policy', [policy]);
  const { document } = policy.value;
  if (document === undefined) {
    return fail('There is no policy, so nothing denies requests without TLS');
  }
  const statements = policyStatementsOf(document);
  if (statements === undefined) {
    return { verdict: 'indeterminate', explanation: 'The policy is not one that is understood.' };
  }
  const denials = statements.filter(({ Effect: effect }) => effect === 'Deny');
  const whole = denials.filter(denial => shortcomingOf(denial) === undefined);
  const open = resources.filter(
    ({ arn }) => !actions.every(action => whole.some(denial => covers(denial, action, arn))),
  );
  if (open.length === 0) return { verdict: 'pass', explanation: 'Requests without TLS are denied.' };
  const places = open.map(({ name }) => name).join(' and ');
  const [near] = denials.filter(asksForTransport);
  return fail(
    `Nothing denies requests without TLS to ${places}${near === undefined ? '' : `: ${whyNot(near)}`}`,
  );
}

function fail(sentence: string): Judgement {
  return { verdict: 'fail', explanation: `${sentence}.` };
}

function whyNot(denial: JsonObject): string {
  const sid = denial['Sid'];
  const name =
    typeof sid === 'string' ? `statement ${printableText(sid, 64)}` : 'the statement that denies them';
  return `${name} ${shortcomingOf(denial) ?? 'does not cover all actions, or not this resource'}`;
}

/** Why a denial does not meet all requests without TLS to what it covers. */
function shortcomingOf(denial: JsonObject): string | undefined {
  if (denial['NotPrincipal'] !== undefined) return 'leaves principals out (NotPrincipal)';
  if (!isEveryone(denial['Principal'])) return 'does not name every principal';
  if (denial['NotAction'] !== undefined) return 'leaves actions out (NotAction)';
  if (denial['NotResource'] !== undefined) return 'leaves resources out (NotResource)';
  const conditions = conditionsOf(denial);
  if (conditions.length === 0 && denial['Condition'] === undefined) return undefined;
  const [condition, ...others] = conditions;
  if (condition === undefined) return 'has a condition that is not understood';
  if (others.length > 0) return 'has further conditions, all of which must hold';
  const { operator, key, values } = condition;
  if (key !== transportKey || !['bool', 'boolifexists'].includes(operator)) {
    return `asks something else than Bool aws:SecureTransport (${printableText(`${operator} ${key}`, 100)})`;
  }
  const denied = values.length === 1 && values[0]?.toLowerCase() === 'false';
  return denied ? undefined : 'does not say that aws:SecureTransport is just false';
}

function asksForTransport(denial: JsonObject): boolean {
  return conditionsOf(denial).some(({ key }) => key === transportKey);
}

function covers(denial: JsonObject, action: string, arn: string): boolean {
  const wanted = action.toLowerCase();
  return (
    textsOf(denial['Action']).some(pattern => matchWildcards(pattern.toLowerCase(), wanted)) &&
    textsOf(denial['Resource']).some(pattern => matchWildcards(pattern, arn))
  );
}
