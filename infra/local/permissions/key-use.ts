import type { LocalKey, LocalKeys } from '../account/local-keys.ts';
import type { NeededPermission } from './needed-permission.ts';

/** Where keys are looked up. */
export interface KeyFacts {
  readonly region: string;
  readonly accountId: string;
  readonly keys: LocalKeys;
}

/** What a service asks of a key in its caller's name. */
export interface KeyUse {
  /** Id, alias or ARN; where there is none, AWS's own key serves and nobody is asked. */
  readonly keyId: string | undefined;
  /** In the service's host: `s3`. */
  readonly service: string;
  readonly actions: readonly `kms:${string}`[];
  /** https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html */
  readonly encryptionContext: Readonly<Record<string, string>>;
}

/** What a caller needs for a service to use a key for it. */
export function keyUse(facts: KeyFacts, use: KeyUse): readonly NeededPermission[] {
  if (use.keyId === undefined) return [];
  const { region, accountId, keys } = facts;
  const key = keys.find(region, use.keyId);
  const via = `${use.service}.${region}.amazonaws.com`;
  const context = Object.fromEntries(
    Object.entries(use.encryptionContext).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
  );
  return use.actions.map(action => ({
    action,
    resource: key?.arn ?? keyArn(use.keyId ?? '', region, accountId),
    via,
    context,
    ...(key?.manager === 'AWS' ? { resourcePolicy: policyOfAwsManagedKey(key, via) } : {}),
  }));
}

/** The ARN of a key that is not there. */
function keyArn(keyId: string, region: string, accountId: string): string {
  return keyId.startsWith('arn:') ? keyId : `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
}

const policies = new WeakMap<LocalKey, object>();

/**
 * AWS lets every principal of the account use its own key through the service, and no service for itself
 * (https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk).
 */
function policyOfAwsManagedKey(key: LocalKey, via: string): object {
  const known = policies.get(key);
  if (known !== undefined) return known;
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: { StringEquals: { 'kms:CallerAccount': key.account, 'kms:ViaService': via } },
      },
    ],
  };
  policies.set(key, policy);
  return policy;
}
