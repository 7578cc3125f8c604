import { Aws, CrossStackReferences, Duration, ReferenceStrength, RemovalPolicy } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { pinLogicalId } from './pin-logical-id.ts';

export interface CustomerManagedKeyProps {
  /** What the key protects, for example `uploads`: part of the alias. */
  readonly purpose: string;
  /** Suffix of the alias. */
  readonly environmentName: string;
  /** Logical id in the template; a key is never replaced by a change of structure. */
  readonly logicalId: string;
  /**
   * What becomes of the key with the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * From the request to delete until the end.
   * @default Duration.days(10)
   */
  readonly pendingWindow?: Duration;
}

/** A service's use of a key on its own behalf: no role of ours is involved. */
export interface ServiceUse {
  readonly sid: string;
  /** For example `s3.amazonaws.com`. */
  readonly service: string;
  readonly actions: readonly string[];
  /** Conditions that bind the service to one source; `undefined` where the service sends none. */
  readonly conditions?: Readonly<Record<string, Record<string, string>>>;
}

/**
 * A symmetric customer-managed key that rotates yearly. The account's administrators manage it through IAM; roles use
 * it only through the service that holds the data; services that act for themselves are named, each with its source.
 */
export class CustomerManagedKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, props: CustomerManagedKeyProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      alias: `alias/sallyport-${props.purpose}-${props.environmentName}`,
      description: `Sallyport ${props.environmentName}: ${props.purpose}`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      pendingWindow: props.pendingWindow ?? Duration.days(10),
    });
    pinLogicalId(this.key, props.logicalId);
    // CloudFormation then refuses to delete it while another stack still encrypts under it (docs/decisions/0008).
    CrossStackReferences.of(this.key).produce(ReferenceStrength.STRONG);
  }

  /**
   * Lets a role use the key, but only when `service` (`s3`, `sqs`, `sns`, `dynamodb`) asks for it on the role's behalf;
   * with `bucketArn`, only for that bucket and its objects.
   */
  grantThrough(
    grantee: IGrantable,
    service: 's3' | 'sqs' | 'sns' | 'dynamodb',
    actions: readonly string[],
    bucketArn?: string,
  ): void {
    // With a bucket key S3 names the bucket to KMS, without one the object (S3 User Guide, "Encryption context").
    const context =
      bucketArn === undefined
        ? {}
        : { StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] } };
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [this.key.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` },
          ...context,
        },
      }),
    );
  }

  /** Names a service in the key policy: `kms:ViaService` does not cover a service that acts for itself. */
  allowService(use: ServiceUse): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: use.sid,
        principals: [new ServicePrincipal(use.service)],
        actions: [...use.actions],
        resources: ['*'],
        ...(use.conditions === undefined ? {} : { conditions: use.conditions }),
      }),
    );
  }
}
