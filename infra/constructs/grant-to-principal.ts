import { Stack, Token } from 'aws-cdk-lib';
import { Grant, type IGrantable, UnknownPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { principalConstruct } from './principal-construct.ts';
import { readableTokens } from './readable-tokens.ts';

/** What somebody may do, by a policy of their own. */
export interface PrincipalPermission {
  readonly grantee: IGrantable;
  readonly actions: readonly string[];
  readonly resourceArns: readonly string[];
  readonly conditions?: Readonly<Record<string, Record<string, unknown>>>;
}

/**
 * Puts the permission into the grantee's own policy. CDK reports success for some grantees to whose policies it adds
 * nothing; those are refused. For one that has no policy, such as an account, the grant's `assertSuccess` throws.
 *
 * @param scope What is granted: its stack's account is the one that the grantee must be of.
 * @throws Error as `refuseWithoutPolicy`.
 */
export function grantToPrincipal(
  scope: IConstruct,
  { grantee, actions, resourceArns, conditions }: PrincipalPermission,
): Grant {
  refuseWithoutPolicy(scope, grantee);
  return Grant.addToPrincipal({
    grantee,
    actions: [...actions],
    resourceArns: [...resourceArns],
    ...(conditions === undefined ? {} : { conditions }),
  });
}

/**
 * Refuses a grantee of whose policies synthesis knows that nothing reaches them, or that it would not be enough: our
 * buckets, tables and keys let in roles of their own account, by the policies of those roles.
 *
 * @throws Error where the grantee is of another account, takes no policies, or is imported without its role.
 */
export function refuseWithoutPolicy(scope: IConstruct, grantee: IGrantable): void {
  const { grantPrincipal: principal } = grantee;
  const { principalAccount: account } = principal;
  const refuse = (fault: string, fix: string) => {
    const name = principalConstruct(grantee)?.node.path ?? 'it';
    throw new Error(`${scope.node.path}: nothing can be granted to ${name}, ${fault}: ${fix}.`);
  };
  if (principal instanceof UnknownPrincipal) {
    refuse('which was imported without its role', 'import it with its role');
  }
  if (Construct.isConstruct(principal)) {
    const places = [Stack.of(scope).account, Stack.of(principal).account];
    if (!places.every(place => sameAccount(account, place))) {
      const named = [...new Set(places)].map(place => readableTokens(scope, place)).join(' and ');
      refuse(
        `which is of account ${readableTokens(scope, account)}, the stacks of ${named}`,
        'give a role of the same account, which the other one may assume',
      );
    }
  }
  if (isImmutable(principal)) {
    refuse(
      'a role whose policies are not changed by this app',
      'import it without mutable: false, or write what it may do into its policies yourself',
    );
  }
}

/** Accounts that only the deployment knows are taken for the same. */
function sameAccount(one: string | undefined, other: string): boolean {
  return one === undefined || Token.isUnresolved(one) || Token.isUnresolved(other) || one === other;
}

/** CDK does not export the class of `mutable: false` and `withoutPolicyUpdates()`; its id for property injection is public. */
function isImmutable(principal: object): boolean {
  const { PROPERTY_INJECTION_ID: id } = principal.constructor as { PROPERTY_INJECTION_ID?: string };
  return id === 'aws-cdk-lib.aws-iam.ImmutableRole';
}
