import {
  Annotations,
  Aws,
  CrossStackReferences,
  Duration,
  ReferenceStrength,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { type Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { grantToPrincipal } from './grant-to-principal.ts';
import { pinLogicalId } from './pin-logical-id.ts';
import { readableTokens } from './readable-tokens.ts';
import { refuseUnusableKey } from './refuse-unusable-key.ts';
import { withoutReferences } from './without-references.ts';

export interface CustomerManagedKeyProps {
  /** What the key protects, for example `uploads`: part of the alias. */
  readonly purpose: string;
  /** Suffix of the alias. */
  readonly environmentName: string;
  /** Logical id in the template; a key is never replaced by a change of structure. */
  readonly logicalId: string;
  /**
   * A key that is there already, symmetric and in the stack's account and region. Its policy must leave the account's
   * roles to IAM. A key of this app is told which services use it; of an imported one `statementsToAdd` says so.
   * @default - one is made here
   */
  readonly existingKey?: IKey;
  /**
   * What becomes of the key with the stack. An existing key is not touched.
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

/** What CloudWatch Logs names a group by (CloudWatch Logs User Guide, "Encrypt log data … using AWS KMS"). */
const logGroupContext = 'kms:EncryptionContext:aws:logs:arn';

/**
 * A symmetric customer-managed key that rotates yearly, or one that is there already. The account's administrators
 * manage it through IAM; roles use it only through the service that holds the data; services that act for themselves are
 * named, each with its source.
 */
export class CustomerManagedKey extends Construct {
  readonly key: IKey;
  private readonly existing: boolean;
  private readonly sidPrefix: string;
  private readonly left: PolicyStatement[] = [];
  /** In the policy of an existing key: one statement for all log groups of a flow. */
  private logGroups: { readonly statement: PolicyStatement; readonly arns: string[] } | undefined;

  /** @throws Error where an existing key cannot encrypt, is known by an alias alone, or stands elsewhere. */
  constructor(scope: Construct, id: string, props: CustomerManagedKeyProps) {
    super(scope, id);
    const { existingKey, environmentName } = props;
    this.existing = existingKey !== undefined;
    // Several flows and environments may share the key: the ids of a policy's statements are unique (IAM User Guide,
    // "IAM JSON policy elements: Sid").
    this.sidPrefix = this.existing ? `${props.logicalId}${environmentName}` : '';
    if (existingKey !== undefined) {
      refuseUnusableKey(this, existingKey);
      this.key = existingKey;
      return;
    }
    const key = new Key(this, 'Key', {
      alias: `alias/sallyport-${props.purpose}-${environmentName}`,
      description: `Sallyport ${environmentName}: ${props.purpose}`,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      pendingWindow: props.pendingWindow ?? Duration.days(10),
    });
    pinLogicalId(key, props.logicalId);
    // CloudFormation then refuses to delete it while another stack still encrypts under it (docs/decisions/0008).
    CrossStackReferences.of(key).produce(ReferenceStrength.STRONG);
    this.key = key;
  }

  /** What the policy of an imported key must say as well, or services cannot use it; empty for a key of this app. */
  get statementsToAdd(): readonly PolicyStatement[] {
    return this.left;
  }

  /**
   * Lets a role use the key, but only when `service` (`s3`, `sqs`, `sns`, `dynamodb`, `secretsmanager`) asks for it on the role's behalf;
   * with `bucketArn`, only for that bucket and its objects.
   */
  grantThrough(
    grantee: IGrantable,
    service: 's3' | 'sqs' | 'sns' | 'dynamodb' | 'secretsmanager',
    actions: readonly string[],
    bucketArn?: string,
  ): Grant {
    // With a bucket key S3 names the bucket to KMS, without one the object (S3 User Guide, "Encryption context").
    const context: Record<string, Record<string, unknown>> = bucketArn === undefined
      ? {}
      : { StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] } };
    return grantToPrincipal(this, {
      grantee,
      actions,
      resourceArns: [this.key.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` },
        ...context,
      },
    });
  }

  /**
   * Lets CloudWatch Logs encrypt the lines of a group. A key that flows share says so once for all groups of each: its
   * policy has room for 32 768 bytes (KMS Developer Guide, "Resource quotas").
   */
  allowLogGroup(sid: string, arn: string): void {
    if (this.logGroups !== undefined) {
      const { statement, arns } = this.logGroups;
      arns.push(arn);
      const loosened = (each: string) =>
        withoutReferences(this, { ArnEquals: { each } })['ArnEquals']?.['each'] ?? each;
      statement.addCondition('ArnEquals', {
        [logGroupContext]: this.isOfStack ? [...arns] : arns.map(loosened),
      });
      return;
    }
    const added = this.allowService({
      sid,
      service: `logs.${Aws.REGION}.amazonaws.com`,
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      conditions: { ArnEquals: { [logGroupContext]: arn } },
    });
    if (added !== undefined && this.existing) this.logGroups = { statement: added, arns: [arn] };
  }

  /**
   * Names a service in the key policy: `kms:ViaService` does not cover a service that acts for itself.
   *
   * @returns The statement, where it stands in the key's policy now.
   */
  allowService(use: ServiceUse): PolicyStatement | undefined {
    const statement = (conditions: ServiceUse['conditions']) =>
      new PolicyStatement({
        sid: `${this.sidPrefix}${use.sid}`,
        principals: [new ServicePrincipal(use.service)],
        actions: [...use.actions],
        resources: ['*'],
        ...(conditions === undefined ? {} : { conditions }),
      });
    if (this.isOfStack) {
      const here = statement(use.conditions);
      if (this.key.addToResourcePolicy(here).statementAdded) return here;
    }
    // The key of another stack cannot wait for what is made in this one.
    const elsewhere = statement(use.conditions && withoutReferences(this, use.conditions));
    if (this.key.addToResourcePolicy(elsewhere).statementAdded) return elsewhere;
    this.left.push(elsewhere);
    Annotations.of(this).addWarningV2(
      `sallyport:addToKeyPolicy:${use.sid}`,
      `The policy of the existing key is not of this app. Add to it: ${readableTokens(this, elsewhere.toStatementJson())}`,
    );
    return undefined;
  }

  private get isOfStack(): boolean {
    return Stack.of(this.key) === Stack.of(this);
  }
}
