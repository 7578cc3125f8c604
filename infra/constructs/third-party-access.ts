import { Duration } from 'aws-cdk-lib';
import {
  AccountPrincipal,
  ArnPrincipal,
  Effect,
  PolicyStatement,
  type PrincipalBase,
  Role,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeInlinePolicy } from './acknowledge-inline-policy.ts';
import type { DataBucket } from './data-bucket.ts';

export interface ThirdPartyAccessProps {
  readonly environmentName: string;
  /** Who assumes the role: an account, by its 12 digits or the ARN of its root, or a role of another account, by ARN. */
  readonly principal: string;
  /** What it must say then, 2 to 1224 characters (IAM User Guide, "Access to AWS accounts owned by third parties"). */
  readonly externalId: string;
  /** CIDR ranges of the public addresses that it calls from. */
  readonly addresses: readonly string[];
  /** Where it may put, under the bucket's key, naming it. Of this stack or another. */
  readonly uploads: DataBucket;
  /** What it may get, by version or as it is now. Of this stack or another. */
  readonly delivery: DataBucket;
}

/**
 * The role of a third party that puts uploads and gets deliveries, and does nothing else: from its own addresses, over
 * HTTPS, for an hour at a time. It may not list: an object is to be had by who knows its key, and one that is absent is
 * refused (403) like any other.
 */
export class ThirdPartyAccess extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ThirdPartyAccessProps) {
    super(scope, id);
    const { environmentName, principal, externalId, addresses, uploads, delivery } = props;
    this.role = new Role(this, 'Role', {
      roleName: `sallyport-third-party-${environmentName}`,
      description: `Sallyport ${environmentName}: what the third party may do`,
      assumedBy: principalOf(principal),
      externalIds: [externalId],
      maxSessionDuration: Duration.hours(1),
    });
    acknowledgeInlinePolicy(this.role);
    uploads.grantUpload(this.role);
    this.refuseOtherEncryption(uploads);
    delivery.allowObjects(
      this.role,
      ['s3:GetObject', 's3:GetObjectVersion'],
      'What is delivered has the keys that its uploads had: any object of this one bucket may be the one asked for.',
    );
    delivery.encryptionKey.grantThrough(this.role, 's3', ['kms:Decrypt']);
    this.refuseElsewhere(addresses);
  }

  /** Whatever the bucket's own policy leaves open: a put says `aws:kms` and names the bucket's key. */
  private refuseOtherEncryption(uploads: DataBucket): void {
    const header = 's3:x-amz-server-side-encryption';
    const keyArn = uploads.encryptionKey.key.keyArn;
    // A negated operator matches an absent header too.
    for (const [sid, key, value] of [
      ['DenyPutWithoutKms', header, 'aws:kms'],
      ['DenyPutUnderAnotherKey', `${header}-aws-kms-key-id`, keyArn],
    ] as const) {
      this.role.addToPolicy(
        new PolicyStatement({
          sid,
          effect: Effect.DENY,
          actions: ['s3:PutObject'],
          resources: [`${uploads.arnFor(this)}/*`],
          conditions: { StringNotEquals: { [key]: value } },
        }),
      );
    }
  }

  /**
   * What S3 asks of KMS in the role's name comes from no address of the third party's, and is let through (IAM User Guide,
   * "AWS global condition context keys", `aws:SourceIp`). A call through somebody's VPC endpoint has no public address,
   * and is refused.
   */
  private refuseElsewhere(addresses: readonly string[]): void {
    const deny = (sid: string, conditions: Record<string, Record<string, unknown>>) =>
      this.role.addToPolicy(
        new PolicyStatement({ sid, effect: Effect.DENY, actions: ['*'], resources: ['*'], conditions }),
      );
    const itself = { 'aws:ViaAWSService': 'false' };
    deny('DenyOtherAddresses', {
      NotIpAddress: { 'aws:SourceIp': [...addresses] },
      Bool: itself,
    });
    deny('DenyPlainHttp', { Bool: { 'aws:SecureTransport': 'false', ...itself } });
  }
}

/** @throws Error where it is neither an account nor an ARN. */
function principalOf(principal: string): PrincipalBase {
  if (/^\d{12}$/.test(principal)) return new AccountPrincipal(principal);
  if (principal.startsWith('arn:')) return new ArnPrincipal(principal);
  throw new Error(`The third party "${principal}" must be an account, 12 digits, or the ARN of a role.`);
}
