import { Stack } from 'aws-cdk-lib';
import { CfnKey, type IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { readableTokens } from './readable-tokens.ts';
import { refuseElsewhere } from './refuse-elsewhere.ts';

/**
 * Refuses a key that nothing can be encrypted under, as far as synthesis knows it; whether the policy of a key of this
 * app leaves the account's roles to IAM is looked at when all its statements stand.
 *
 * @throws Error that names the key, the fault and the fix.
 */
export function refuseUnusableKey(scope: Construct, key: IKey): void {
  const name = `${scope.node.path}: existingKey ${readableTokens(scope, key.keyArn)}`;
  if (key.keyArn.includes(':alias/')) {
    throw new Error(
      `${name} is an alias, and policies know a key by its own ARN only: import it with Key.fromKeyArn.`,
    );
  }
  refuseElsewhere(scope, 'existingKey', key.keyArn, key);
  const resource = key.node.defaultChild;
  if (!(resource instanceof CfnKey)) return;
  const { keySpec = 'SYMMETRIC_DEFAULT', keyUsage = 'ENCRYPT_DECRYPT', enabled = true } = resource;
  if (keySpec !== 'SYMMETRIC_DEFAULT' || keyUsage !== 'ENCRYPT_DECRYPT' || enabled === false) {
    throw new Error(
      `${name} cannot encrypt (keySpec ${keySpec}, keyUsage ${keyUsage}, enabled ${String(enabled)}): give an enabled symmetric key.`,
    );
  }
  scope.node.addValidation({
    validate: () =>
      leavesRolesToIam(resource)
        ? []
        : [
            `${name}: its policy must leave the account's roles to IAM, as ours are let in by their own policies: allow kms:* to the account's root.`,
          ],
  });
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: unknown;
  readonly Principal?: { readonly AWS?: unknown };
}

function leavesRolesToIam(key: CfnKey): boolean {
  const { Statement: statements = [] } = Stack.of(key).resolve(key.keyPolicy) as {
    readonly Statement?: readonly Statement[];
  };
  return statements.some(
    ({ Effect, Action, Principal }) =>
      Effect === 'Allow' &&
      [Action].flat().includes('kms:*') &&
      /:root\b/.test(JSON.stringify(Principal?.AWS ?? '')),
  );
}
