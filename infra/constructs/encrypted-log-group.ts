import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';

export interface EncryptedLogGroupProps {
  readonly logGroupName: string;
  /** Its policy lets CloudWatch Logs use it for this group. */
  readonly encryptionKey: CustomerManagedKey;
  /** Days; one of the periods CloudWatch Logs offers. @default 7 */
  readonly retention?: RetentionDays;
}

/**
 * A log group under a customer-managed key; its lines go with the stack. The key knows the group by its ARN, which
 * CloudWatch Logs names as encryption context (CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using
 * AWS Key Management Service").
 */
export function encryptedLogGroup(scope: Construct, id: string, props: EncryptedLogGroupProps): LogGroup {
  const { logGroupName, encryptionKey, retention = 7 } = props;
  encryptionKey.allowLogGroup(
    `Logs${scope.node.id}${id}`.replaceAll(/[^A-Za-z0-9]/g, ''),
    Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  const logGroup = new LogGroup(scope, id, {
    logGroupName,
    encryptionKey: encryptionKey.key,
    retention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // CloudWatch Logs tries the key when the group is made.
  logGroup.node.addDependency(encryptionKey.key);
  return logGroup;
}
