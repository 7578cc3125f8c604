import { Aws, Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** What a role may do with resources that nobody can name when the template is made. */
export interface PatternAllowance {
  readonly actions: readonly string[];
  /** Patterns of ARNs; their partition, region and account stand as CDK's pseudo parameters. */
  readonly resources: readonly string[];
  /** Why the resources are not named one by one, for cdk-nag's report. */
  readonly reason: string;
  readonly conditions?: Readonly<Record<string, Record<string, string | readonly string[]>>>;
}

/** Allows each, and says to cdk-nag why. A pattern that stands in two allowances is explained by the first. */
export function allowByPattern(
  grantee: IGrantable & IConstruct,
  allowances: readonly PatternAllowance[],
): void {
  const reasons = new Map<string, string>();
  for (const { actions, resources, reason, conditions } of allowances) {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions === undefined ? {} : { conditions }),
      }),
    );
    for (const resource of resources.filter(pattern => pattern.includes('*'))) {
      const id = `AwsSolutions-IAM5[Resource::${withPseudoParameters(resource)}]`;
      if (!reasons.has(id)) reasons.set(id, reason);
    }
  }
  for (const [id, reason] of reasons) Validations.of(grantee).acknowledge({ id, reason });
}

/** An ARN as cdk-nag writes it. */
function withPseudoParameters(arn: string): string {
  return arn
    .replaceAll(Aws.PARTITION, '<AWS::Partition>')
    .replaceAll(Aws.REGION, '<AWS::Region>')
    .replaceAll(Aws.ACCOUNT_ID, '<AWS::AccountId>');
}
