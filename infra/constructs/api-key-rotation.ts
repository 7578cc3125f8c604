import { Aws, Validations } from 'aws-cdk-lib';
import type { IUsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { EncryptedSecret } from './encrypted-secret.ts';
import type { LambdaService } from './lambda-service.ts';
import { readableTokens } from './readable-tokens.ts';

export interface ApiKeyRotationProps {
  /** Holds the key. */
  readonly secret: EncryptedSecret;
  /** Takes the steps. */
  readonly rotator: LambdaService;
  /** Lets the keys in. */
  readonly usagePlan: IUsagePlan;
  /** What the names of the keys begin with; also the value of their tag. */
  readonly keyNamePrefix: string;
  /** Days between rotations, 1 to 1000. */
  readonly days: number;
}

/** The tag that the rotator gives its keys. */
const ownTag = 'sallyport:rotated-key';

/**
 * Has Secrets Manager rotate the API key that a secret holds: at once when it is deployed or changed, so that the secret
 * holds a key that is let in, and then every so many days. The rotator may do so for this secret and this usage plan.
 */
export class ApiKeyRotation extends Construct {
  readonly schedule: CfnRotationSchedule;

  constructor(scope: Construct, id: string, props: ApiKeyRotationProps) {
    super(scope, id);
    const { secret, rotator } = props;
    const { secretArn } = secret.secret;
    rotator.role.addToPolicy(
      new PolicyStatement({
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecretVersionStage',
        ],
        resources: [secretArn],
      }),
    );
    secret.encryptionKey.grantThrough(rotator, 'secretsmanager', ['kms:Decrypt', 'kms:GenerateDataKey']);
    this.allowKeys(props);
    rotator.function.addPermission('Rotation', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceArn: secretArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
    this.schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: secretArn,
      rotationLambdaArn: rotator.function.functionArn,
      rotationRules: { automaticallyAfterDays: props.days },
      rotateImmediatelyOnUpdate: true,
    });
    // The first rotation begins with the schedule: the function must be one that may do its work by then.
    this.schedule.node.addDependency(rotator, secret);
  }

  /**
   * API Gateway's actions are HTTP methods on paths (Service Authorization Reference, Amazon API Gateway Management).
   * `GET` of `/apikeys` or of a key in it would tell values, of all keys of the region (GetApiKeys, `includeValues`): the
   * rotator has neither, and knows of no key but those in its usage plan and the one that it has just made.
   */
  private allowKeys({ rotator, usagePlan, keyNamePrefix }: ApiKeyRotationProps): void {
    const paths = `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}::`;
    // To create a key with tags asks for this as well; the path of a tag is the percent-encoded ARN of what bears it.
    const tags = `${paths}/tags/arn%3A${Aws.PARTITION}%3Aapigateway%3A${Aws.REGION}%3A%3A%2Fapikeys%2F*`;
    const plan = `${paths}/usageplans/${usagePlan.usagePlanId}/keys`;
    const allow = (
      actions: string[],
      resource: string,
      conditions?: Record<string, Record<string, string | string[]>>,
    ) =>
      rotator.role.addToPolicy(
        new PolicyStatement({
          actions: actions.map(action => `apigateway:${action}`),
          resources: [resource],
          ...(conditions === undefined ? {} : { conditions }),
        }),
      );
    allow(['POST'], `${paths}/apikeys`);
    // API Gateway chooses the ids of keys; the tag tells those that are the rotator's to delete.
    allow(['DELETE'], `${paths}/apikeys/*`, {
      StringEquals: { [`aws:ResourceTag/${ownTag}`]: keyNamePrefix },
    });
    allow(['PUT'], tags, {
      StringEquals: { [`aws:RequestTag/${ownTag}`]: keyNamePrefix },
      'ForAllValues:StringEquals': { 'aws:TagKeys': [ownTag] },
    });
    // Which key is let in stands in the body, for which IAM has no condition.
    allow(['GET', 'POST'], plan);
    allow(['GET'], `${plan}/*`);
    const chosen =
      'API Gateway chooses the ids of keys, and rotation makes and ends keys after the deployment: none can be named.';
    const reasons: readonly (readonly [resource: string, reason: string])[] = [
      [`${paths}/apikeys/*`, 'A condition holds it to deleting keys that bear the tag of this rotation.'],
      [
        tags,
        'To create a key with a tag asks for it. Conditions hold it to the one tag of this rotation with its one value; to which key it is given, IAM cannot tell.',
      ],
      [`${plan}/*`, 'Reads the keys of the one usage plan, with their values, and no others.'],
    ];
    for (const [resource, reason] of reasons) {
      Validations.of(rotator.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${readableTokens(this, resource)}]`,
        reason: `${chosen} ${reason}`,
      });
    }
  }
}
