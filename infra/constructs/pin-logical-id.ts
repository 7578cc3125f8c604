import { CfnElement } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Fixes the logical id of a stateful resource. CloudFormation replaces what changes its logical id, and CDK derives
 * it from the construct's path: a pinned one survives a change of structure.
 */
export function pinLogicalId(construct: IConstruct, logicalId: string): void {
  const element = construct.node.defaultChild ?? construct;
  if (!CfnElement.isCfnElement(element)) {
    throw new Error(`${construct.node.path} is no CloudFormation resource: pin the logical id of its child.`);
  }
  element.overrideLogicalId(logicalId);
}
