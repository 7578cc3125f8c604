import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { readableTokens } from './readable-tokens.ts';

/** A resource that is given to a construct, of this app or imported. */
export interface ExistingResource {
  readonly env: { readonly account: string; readonly region: string };
}

/**
 * Refuses what stands in another account or region than the stack that is to use it, as far as synthesis knows either.
 *
 * @param name The property that it was given as, for example `existingKey`.
 * @throws Error with both places, and the fix.
 */
export function refuseElsewhere(
  scope: IConstruct,
  name: string,
  arn: string,
  { env }: ExistingResource,
): void {
  const stack = Stack.of(scope);
  const differs = (one: string, other: string) =>
    !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
  if (!differs(env.account, stack.account) && !differs(env.region, stack.region)) return;
  throw new Error(
    `${scope.node.path}: ${name} ${readableTokens(scope, arn)} is in ${readableTokens(scope, env.account)}, ${readableTokens(scope, env.region)}, the stack in ${readableTokens(scope, stack.account)}, ${readableTokens(scope, stack.region)}: give one of the stack's own account and region.`,
  );
}
