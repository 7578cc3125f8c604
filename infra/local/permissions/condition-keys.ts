/**
 * Condition keys that a judgement here can rest on: those that the local run gives a value wherever AWS does, and those
 * that are absent from every call of a role in these stacks on AWS too. A statement under any other key is not judged,
 * and what would hang on it is denied.
 */
const known: readonly RegExp[] = [
  /^aws:(?:PrincipalArn|PrincipalAccount|PrincipalType|PrincipalIsAWSService|PrincipalServiceName)$/i,
  /^aws:(?:SourceArn|SourceAccount|SourceIp|SecureTransport|ViaAWSService)$/i,
  /^aws:(?:RequestedRegion|ResourceAccount|TagKeys|RequestTag\/.+|ResourceTag\/.+)$/i,
  // Organizations, endpoints of a network and second factors are not there.
  /^aws:(?:PrincipalOrg|ResourceOrg|SourceOrg)[A-Za-z]*$/i,
  /^aws:(?:SourceVpc|SourceVpce|SourceVpcArn|VpcSourceIp|MultiFactorAuthPresent|MultiFactorAuthAge)$/i,
  /^s3:(?:x-amz-[a-z0-9-]+|VersionId|prefix|delimiter|max-keys|TlsVersion|ResourceAccount)$/i,
  /^s3:(?:RequestObjectTag\/.+|RequestObjectTagKeys)$/i,
  /^kms:(?:ViaService|CallerAccount|EncryptionContext:.+|GranteePrincipal|GrantIsForAWSResource)$/i,
  /^ec2:(?:CreateAction|ResourceTag\/.+|Region)$/i,
  /^(?:sts:ExternalId|sts:RoleSessionName|securityhub:TargetAccount|states:StateMachineQualifier)$/i,
  /^secretsmanager:(?:SecretId|VersionStage|ResourceTag\/.+)$/i,
  /^lambda:(?:FunctionArn|FunctionUrlAuthType|InvokedViaFunctionUrl)$/i,
];

/** Whether the local run knows the value of a condition key, be it none. */
export function isKnownConditionKey(key: string): boolean {
  return known.some(pattern => pattern.test(key));
}

const encryptionContext = /^kms:EncryptionContext:/i;

/** The simulator drops `kms:EncryptionContext:*` as no key that it knows; a tag's key passes, and is compared alike. */
export function asSimulated(key: string): string {
  return key.replace(encryptionContext, 'aws:PrincipalTag/kms:EncryptionContext:');
}

/** The key as the policy has it. */
export function asWritten(key: string): string {
  return key.replace(/^aws:PrincipalTag\/(?=kms:EncryptionContext:)/i, '');
}

/** A policy with the keys of its conditions as the simulator takes them. */
export function withSimulatedKeys(statement: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { Condition: condition } = statement;
  if (typeof condition !== 'object' || condition === null) return { ...statement };
  const renamed = Object.entries(condition).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys ?? {}).map(([key, values]) => [asSimulated(key), values])),
  ]);
  return { ...statement, Condition: Object.fromEntries(renamed) };
}
