import type { RequestAnalysis } from '@cloud-copilot/iam-simulate';
import type { Caller } from './caller.ts';
import { isAbout, type SingleStatement, type StatementAnalysis, whyUnmatched } from './compile-policy.ts';

/** The statements of one call; of a resource there is one policy, and its statements stay together. */
export interface CompiledStatements {
  readonly identity: readonly SingleStatement[];
  readonly boundary: readonly SingleStatement[] | undefined;
  readonly resource: readonly SingleStatement[] | undefined;
  /** ARNs of attached policies whose texts are not known. */
  readonly unknownPolicies: readonly string[];
}

/** Why a call is denied. */
export interface Reason {
  /** As AWS ends its message: `because no identity-based policy allows the s3:PutObject action`. */
  readonly because: string;
  /** The statement that decided, by its policy and its Sid or position; or that there is none, and the nearest. */
  readonly explanation: string;
}

interface Considered {
  /** With its article. */
  readonly policy: 'an identity-based policy' | 'a permissions boundary' | 'a resource-based policy';
  readonly of: SingleStatement | undefined;
  readonly analysis: StatementAnalysis;
  readonly denies: boolean;
}

type StatementAnalyses = Pick<
  NonNullable<RequestAnalysis['identityAnalysis']>,
  'denyStatements' | 'allowStatements' | 'unmatchedStatements'
>;

/** That no policy of a kind allows an action, as AWS says it. */
export function noneAllows(kind: string, action: string): string {
  return `because no ${kind} allows the ${action} action`;
}

/** Why the call is denied, or `undefined` where it is allowed. */
export function explainDenial(
  caller: Caller,
  action: string,
  analysis: RequestAnalysis,
  statements: CompiledStatements,
): Reason | undefined {
  const considered = consideredIn(analysis, statements);
  const unknown = considered.find(each => each.of?.unknownKey !== undefined && isAbout(each.analysis))?.of;
  if (unknown !== undefined) {
    const explanation = `${unknown.label} has a condition on ${unknown.unknownKey}, of which the local run knows no value`;
    return { because: noneAllows('identity-based policy', action), explanation };
  }
  if (analysis.result === 'Allowed') return undefined;
  const denying = considered.find(({ denies }) => denies);
  if (denying !== undefined) {
    const { policy, of } = denying;
    return { because: `with an explicit deny in ${policy}`, explanation: `${of?.label} denies it` };
  }
  // All is the administrator's but what is denied, also where a key's policy leaves IAM out.
  if (caller.kind === 'administrator') return undefined;
  if (analysis.blockedBy?.includes('pb') === true) {
    const nearest = nearestIn(considered.filter(({ policy }) => policy === 'a permissions boundary'));
    const explanation = ['no statement of the boundary allows it', ...nearest].join('; ');
    return { because: noneAllows('permissions boundary', action), explanation };
  }
  const kind = caller.kind === 'service' ? 'resource-based policy' : 'identity-based policy';
  const notKnown = statements.unknownPolicies.map(arn => `what ${arn} says is not known here`);
  const nearest = nearestIn(considered.filter(({ policy }) => policy !== 'a permissions boundary'));
  return {
    because: noneAllows(kind, action),
    explanation: ['no statement allows it', ...nearest, ...notKnown].join('; '),
  };
}

/** Every statement that was held against the call, in the order in which IAM names what denies. */
function consideredIn(analysis: RequestAnalysis, statements: CompiledStatements): readonly Considered[] {
  const byLabel =
    (among: readonly SingleStatement[] = []) =>
    ({ policyId }: StatementAnalysis) =>
      among.find(({ label }) => label === policyId);
  return [
    ...from('an identity-based policy', analysis.identityAnalysis, byLabel(statements.identity)),
    ...from('a permissions boundary', analysis.permissionBoundaryAnalysis, byLabel(statements.boundary)),
    ...from(
      'a resource-based policy',
      analysis.resourceAnalysis,
      // Positions begin at 1.
      ({ statement }) => statements.resource?.[statement.index() - 1],
    ),
  ];
}

function from(
  policy: Considered['policy'],
  analyses: StatementAnalyses | undefined,
  find: (one: StatementAnalysis) => SingleStatement | undefined,
): Considered[] {
  const { denyStatements = [], allowStatements = [], unmatchedStatements = [] } = analyses ?? {};
  return [...denyStatements, ...allowStatements, ...unmatchedStatements].map(one => ({
    policy,
    of: find(one),
    analysis: one,
    denies: denyStatements.includes(one),
  }));
}

function nearestIn(considered: readonly Considered[]): readonly string[] {
  return considered.flatMap(({ analysis, of }) => whyUnmatched(analysis, of?.label ?? 'a statement'));
}
