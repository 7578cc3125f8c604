import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Configuration, completeConfiguration } from '../config/configuration.ts';
import { AccessLogBucket } from './access-log-bucket.ts';
import { AlertTopic } from './alert-topic.ts';
import { CustomerManagedKey } from './customer-managed-key.ts';
import { EncryptedTable, type EncryptedTableProps } from './encrypted-table.ts';
import type { FlowProps } from './flow-props.ts';
import type { FunctionNetwork } from './function-network.ts';
import { LambdaService, type LambdaServiceProps } from './lambda-service.ts';

/** What a flow says of a function of its own; the rest is the configuration's. */
export type ServiceChoices = Pick<
  LambdaServiceProps,
  'description' | 'environment' | 'timeout' | 'memorySize' | 'roleName' | 'outsideBecause'
> & {
  /** Name of the service: part of every physical name. */
  readonly serviceName: string;
  /** Folder that holds `index.mjs`. @default - the bundle of the service's name */
  readonly bundle?: string;
};

/** What every flow makes alike of the configuration: its keys, its topic, its tables; as children of the flow's construct. */
export class ConfiguredParts {
  readonly environmentName: string;
  readonly removalPolicy: RemovalPolicy;
  readonly alarmPeriod: Duration;
  readonly configuration: Configuration;
  private readonly scope: Construct;
  private readonly flow: string;
  private madeLogsKey: CustomerManagedKey | undefined;
  private readonly bundles: string;
  private readonly network: FunctionNetwork | undefined;

  /** @param flow Name of the flow, for example `document-api`: part of the names of what every flow has. */
  constructor(scope: Construct, flow: string, props: FlowProps) {
    this.scope = scope;
    this.flow = flow;
    this.configuration = completeConfiguration(props.configuration);
    this.bundles = props.bundles ?? packagedBundles();
    this.network = props.network;
    this.environmentName = this.configuration.environment;
    this.removalPolicy = this.configuration.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.alarmPeriod = Duration.minutes(this.configuration.alarmPeriodMinutes);
  }

  /** Folder with the code of the service of this name. */
  bundleOf(serviceName: string): string {
    return join(this.bundles, serviceName);
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

  /** What the flow's log groups are encrypted under. */
  get logsKey(): CustomerManagedKey {
    const words = this.flow.split('-').map(word => word.slice(0, 1).toUpperCase() + word.slice(1));
    this.madeLogsKey ??= this.key(`${this.flow}-log-groups`, `${words.join('')}LogGroupsKey`);
    return this.madeLogsKey;
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

  /** One function of the flow. */
  service(id: string, alertTopic: AlertTopic, choices: ServiceChoices): LambdaService {
    const { configuration, network } = this;
    return new LambdaService(this.scope, id, {
      ...choices,
      bundle: choices.bundle ?? this.bundleOf(choices.serviceName),
      environmentName: this.environmentName,
      network,
      logLevel: configuration.logLevel,
      logsKey: this.logsKey,
      logRetentionDays: configuration.logRetentionDays,
      alertTopic,
      errorThreshold: configuration.functionErrorThreshold,
      throttleThreshold: configuration.functionThrottleThreshold,
      alarmPeriod: this.alarmPeriod,
    });
  }
}

/** The bundles beside the compiled constructs, as they are published; from the sources, those of the last build. */
function packagedBundles(): string {
  return fileURLToPath(new URL('../../dist/lambda', import.meta.url));
}
