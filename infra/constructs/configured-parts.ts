import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import { AccessLogBucket } from './access-log-bucket.ts';
import { AlertTopic } from './alert-topic.ts';
import { CustomerManagedKey } from './customer-managed-key.ts';
import { EncryptedTable, type EncryptedTableProps } from './encrypted-table.ts';
import type { LambdaServiceProps } from './lambda-service.ts';

/** What every flow makes alike of the configuration: its keys, its topic, its tables; as children of the flow's construct. */
export class ConfiguredParts {
  readonly environmentName: string;
  readonly removalPolicy: RemovalPolicy;
  readonly alarmPeriod: Duration;
  private readonly scope: Construct;
  private readonly configuration: Configuration;

  constructor(scope: Construct, configuration: Configuration) {
    this.scope = scope;
    this.configuration = configuration;
    this.environmentName = configuration.environment;
    this.removalPolicy = configuration.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.alarmPeriod = Duration.minutes(configuration.alarmPeriodMinutes);
  }

  key(purpose: string, logicalId: string): CustomerManagedKey {
    const { environmentName, removalPolicy } = this;
    const pendingWindow = Duration.days(this.configuration.keyDeletionDays);
    return new CustomerManagedKey(this.scope, logicalId, {
      purpose,
      environmentName,
      logicalId,
      removalPolicy,
      pendingWindow,
    });
  }

  alertTopic(purpose: string, logicalId: string, encryptionKey: CustomerManagedKey): AlertTopic {
    const { environmentName } = this;
    const emails = this.configuration.alertEmails;
    return new AlertTopic(this.scope, 'Alerts', {
      purpose,
      environmentName,
      logicalId,
      encryptionKey,
      emails,
    });
  }

  /** Takes the access logs of the flow's buckets, for as long as their objects stay. */
  accessLogs(purpose: string, logicalId: string, expiry: Duration): AccessLogBucket {
    const { environmentName, removalPolicy } = this;
    return new AccessLogBucket(this.scope, 'AccessLogs', {
      purpose,
      environmentName,
      logicalId,
      expiry,
      removalPolicy,
    });
  }

  table(
    id: string,
    props: Omit<EncryptedTableProps, 'environmentName' | 'deletionProtection' | 'removalPolicy'>,
  ): EncryptedTable {
    const { environmentName, removalPolicy } = this;
    const deletionProtection = this.configuration.retainData;
    return new EncryptedTable(this.scope, id, {
      ...props,
      environmentName,
      deletionProtection,
      removalPolicy,
    });
  }

  /** What all functions of a flow have in common. */
  serviceProps(alertTopic: AlertTopic) {
    const { configuration } = this;
    return {
      environmentName: this.environmentName,
      logLevel: configuration.logLevel,
      logRetentionDays: configuration.logRetentionDays,
      alertTopic,
      errorThreshold: configuration.functionErrorThreshold,
      throttleThreshold: configuration.functionThrottleThreshold,
      alarmPeriod: this.alarmPeriod,
    } satisfies Partial<LambdaServiceProps>;
  }
}
