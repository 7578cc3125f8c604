import { Aws, type RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { refuseWithoutPolicy } from './grant-to-principal.ts';
import { pinLogicalId } from './pin-logical-id.ts';

export interface EncryptedSecretProps {
  /** What the secret holds, for example `document-api-key`: part of its name. */
  readonly purpose: string;
  readonly environmentName: string;
  /** Logical id in the template; a secret is never replaced by a change of structure. */
  readonly logicalId: string;
  readonly description: string;
  readonly encryptionKey: CustomerManagedKey;
  /** What the JSON of its first version holds beside what is generated. */
  readonly fields: Readonly<Record<string, string | number>>;
  /** The field that is generated: 40 letters and digits, which are never in a template. */
  readonly generatedField: string;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A secret under a customer-managed key, which nobody outside the account reads and nobody without TLS. Secrets Manager
 * generates its first version. A change of what is generated makes CloudFormation generate anew, and put the result in
 * the place of what is current by then (CloudFormation Template Reference, AWS::SecretsManager::Secret,
 * `GenerateSecretString`): fields and length of a secret that is deployed stay as they are.
 */
export class EncryptedSecret extends Construct {
  readonly secret: Secret;
  readonly encryptionKey: CustomerManagedKey;

  constructor(scope: Construct, id: string, props: EncryptedSecretProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.secret = new Secret(this, 'Secret', {
      secretName: `sallyport-${props.purpose}-${props.environmentName}`,
      description: props.description,
      // By its ARN: CDK would let the whole account use the key through Secrets Manager, and IAM does that by name.
      encryptionKey: Key.fromKeyArn(this, 'Key', props.encryptionKey.key.keyArn),
      generateSecretString: {
        secretStringTemplate: JSON.stringify(props.fields),
        generateStringKey: props.generatedField,
        passwordLength: 40,
        excludePunctuation: true,
        includeSpace: false,
      },
      removalPolicy: props.removalPolicy,
    });
    pinLogicalId(this.secret, props.logicalId);
    const deny = (sid: string, conditions: Record<string, Record<string, string>>) =>
      this.secret.addToResourcePolicy(
        new PolicyStatement({
          sid,
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ['secretsmanager:*'],
          resources: ['*'],
          conditions,
        }),
      );
    deny('DenyInsecureTransport', { Bool: { 'aws:SecureTransport': 'false' } });
    deny('DenyOtherAccounts', {
      StringNotEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID },
      // Services have no account of their own; Secrets Manager itself is one.
      Bool: { 'aws:PrincipalIsAWSService': 'false' },
    });
  }

  /** Lets a role read the secret, and use its key for that. */
  grantRead(grantee: IGrantable): Grant {
    refuseWithoutPolicy(this, grantee);
    return this.secret
      .grantRead(grantee)
      .combine(this.encryptionKey.grantThrough(grantee, 'secretsmanager', ['kms:Decrypt']));
  }
}
