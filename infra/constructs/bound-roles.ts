import { AspectPriority, Aspects, Aws, CfnResource } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Bounds every role below a construct by a managed policy: its name, with its path if it has one, or its ARN. A boundary
 * is a policy of the role's own account, whichever that is for each stack, or of AWS (IAM User Guide, "Permissions
 * boundaries for IAM entities").
 */
export function boundRoles(scope: IConstruct, policy: string | undefined): void {
  if (policy === undefined) return;
  const owner = policy.startsWith('arn:') && policy.split(':')[4] === 'aws' ? 'aws' : Aws.ACCOUNT_ID;
  const name = policy.replace(/^arn:.*?:policy\//, '');
  const permissionsBoundary = `arn:${Aws.PARTITION}:iam::${owner}:policy/${name}`;
  Aspects.of(scope).add(
    {
      visit: node => {
        if (node instanceof CfnRole) node.permissionsBoundary = permissionsBoundary;
        // CDK makes the roles of its custom resources of the plain type.
        else if (CfnResource.isCfnResource(node) && node.cfnResourceType === CfnRole.CFN_RESOURCE_TYPE_NAME) {
          node.addPropertyOverride('PermissionsBoundary', permissionsBoundary);
        }
      },
    },
    { priority: AspectPriority.MUTATING },
  );
}
