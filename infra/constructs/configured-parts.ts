import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { S3_SERVER_ACCESS_LOGS_USE_BUCKET_POLICY } from 'aws-cdk-lib/cx-api';
import type { Construct, IConstruct } from 'constructs';
import { type Configuration, completeConfiguration } from '../config/configuration.ts';
import { AccessLogBucket } from './access-log-bucket.ts';
import { AlertTopic } from './alert-topic.ts';
import { alertTopicWithDeadLetters } from './alert-topic-with-dead-letters.ts';
import { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import { EncryptedTable, type EncryptedTableProps } from './encrypted-table.ts';
import { ExistingBucket } from './existing-bucket.ts';
import { networkOf } from './existing-network.ts';
import type { ExistingBucketChoice, FlowProps } from './flow-props.ts';
import type { FunctionNetwork } from './function-network.ts';
import { LambdaService, type LambdaServiceProps } from './lambda-service.ts';
import { SecureBucket, type SecureBucketProps } from './secure-bucket.ts';

/** What a flow says of a function of its own; the rest is the configuration's. */
export type ServiceChoices = Pick<
  LambdaServiceProps,
  'description' | 'environment' | 'timeout' | 'memorySize' | 'roleName' | 'outsideBecause' | 'meanDuration'
> & {
  /** Name of the service: part of every physical name. */
  readonly serviceName: string;
  /** Folder that holds `index.mjs`. @default - the bundle of the service's name */
  readonly bundle?: string;
};

/** What a flow says of the bucket that it reads, unless that is there already; the rest is the configuration's. */
export interface DataBucketChoices
  extends Omit<SecureBucketProps, 'environmentName' | 'removalPolicy' | 'encryptionKey' | 'accessLogs'> {
  readonly keyLogicalId: string;
  /** Takes its access logs: one that the flow has, or the names of one of its own. */
  readonly accessLogs: AccessLogBucket | { readonly purpose: string; readonly logicalId: string };
  readonly expiry: Duration;
}

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
  private readonly isIsolated: boolean;
  private readonly existingKey: IKey | undefined;
  private readonly existingAlertTopic: ITopic | undefined;

  /**
   * @param flow Name of the flow, for example `document-api`: part of the names of what every flow has.
   * @throws Error where the stack holds such a flow already, or the app one of the same names, or where the props contradict each other;
   *   ConfigurationError where the configuration does.
   */
  constructor(scope: Construct, flow: string, props: FlowProps) {
    for (const flag of neededFlags) scope.node.setContext(flag, true);
    this.scope = scope;
    this.flow = flow;
    this.configuration = completeConfiguration(props.configuration);
    refuseSecond(scope, flow, this.configuration.environment);
    this.bundles = props.bundles ?? packagedBundles();
    this.network = networkOf(scope, flow, props);
    this.isIsolated = props.network !== undefined;
    this.existingKey = props.existingKey;
    this.existingAlertTopic = props.existingAlertTopic;
    this.environmentName = this.configuration.environment;
    // What a creation that failed leaves behind is all but empty, and its names would meet the next attempt.
    this.removalPolicy = this.configuration.retainData
      ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
      : RemovalPolicy.DESTROY;
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
      ...(this.existingKey === undefined ? {} : { existingKey: this.existingKey }),
    });
  }

  /** What the flow's log groups are encrypted under. */
  get logsKey(): CustomerManagedKey {
    const words = this.flow.split('-').map(word => word.slice(0, 1).toUpperCase() + word.slice(1));
    this.madeLogsKey ??= this.key(`${this.flow}-log-groups`, `${words.join('')}LogGroupsKey`);
    return this.madeLogsKey;
  }

  /** Where the flow tells people: the existing topic under its own key, or one made here under one of the flow's. */
  alertTopic(purpose: string, logicalId: string, keyLogicalId: string): AlertTopic {
    const { environmentName, existingAlertTopic } = this;
    const emails = this.configuration.alertEmails;
    const shared = { purpose, environmentName, logicalId, emails };
    if (existingAlertTopic === undefined) {
      const encryptionKey = this.key(purpose, keyLogicalId);
      return alertTopicWithDeadLetters(this.scope, 'Alerts', {
        ...shared,
        encryptionKey,
        threshold: this.configuration.deadLetterThreshold,
        alarmPeriod: this.alarmPeriod,
        removalPolicy: this.removalPolicy,
      });
    }
    const { masterKey: existingKey } = existingAlertTopic;
    return new AlertTopic(this.scope, 'Alerts', {
      ...shared,
      existingTopic: existingAlertTopic,
      ...(existingKey === undefined
        ? {}
        : {
            encryptionKey: new CustomerManagedKey(this.scope, keyLogicalId, {
              purpose,
              environmentName,
              logicalId: keyLogicalId,
              existingKey,
            }),
          }),
    });
  }

  /** The bucket that the flow reads: the existing one, or one made here with its key and the bucket of its access logs. */
  dataBucket(
    id: string,
    { existingBucket, existingBucketEventBridgeEnabled: eventBridgeEnabled }: ExistingBucketChoice,
    choices: DataBucketChoices,
  ): { readonly bucket: DataBucket; readonly accessLogs: AccessLogBucket | undefined } {
    const { environmentName, removalPolicy } = this;
    const { keyLogicalId, accessLogs: logging, ...secure } = choices;
    const { purpose, logicalId, expiry } = choices;
    if (existingBucket !== undefined) {
      const adopted = { existingBucket, purpose, environmentName, logicalId, eventBridgeEnabled };
      return { bucket: new ExistingBucket(this.scope, id, adopted), accessLogs: undefined };
    }
    if (eventBridgeEnabled !== undefined) {
      throw new Error(
        `${this.scope.node.path}: existingBucketEventBridgeEnabled is of no bucket: give existingBucket as well.`,
      );
    }
    const accessLogs =
      logging instanceof AccessLogBucket
        ? logging
        : this.accessLogs(logging.purpose, logging.logicalId, expiry);
    const bucket = new SecureBucket(this.scope, id, {
      ...secure,
      environmentName,
      encryptionKey: this.key(purpose, keyLogicalId),
      accessLogs: accessLogs.bucket,
      removalPolicy,
    });
    return { bucket, accessLogs };
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
    const { environmentName } = this;
    const deletionProtection = this.configuration.retainData;
    return new EncryptedTable(this.scope, id, {
      ...props,
      environmentName,
      deletionProtection,
      // A rollback that tried to delete a protected table would fail at it: it stays even then.
      removalPolicy: deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }

  /** One function of the flow; one that needs a way out does not run in the network of the reference deployment. */
  service(id: string, alertTopic: AlertTopic, choices: ServiceChoices): LambdaService {
    const { configuration } = this;
    const network = this.isIsolated && choices.outsideBecause !== undefined ? undefined : this.network;
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
      meanDuration: choices.meanDuration ?? Duration.seconds(configuration.functionDurationSeconds),
      alarmPeriod: this.alarmPeriod,
    });
  }
}

/** What templates hang on, whatever the app says: by default CDK sets ACLs, which our buckets do not take. */
const neededFlags = [S3_SERVER_ACCESS_LOGS_USE_BUCKET_POLICY];

const flows = new WeakMap<IConstruct, { readonly flow: string; readonly environment: string }>();

/**
 * Names and logical ids are fixed: a second flow of the kind in the stack would be the first one again, and one of the
 * same environment, account and region would meet its names. What only the deployment knows counts as the same.
 */
function refuseSecond(scope: Construct, flow: string, environment: string): void {
  const own = Stack.of(scope);
  const clashes = (construct: IConstruct): boolean => {
    const other = flows.get(construct);
    if (other?.flow !== flow) return false;
    const stack = Stack.of(construct);
    if (stack === own) return true;
    return other.environment === environment && stack.account === own.account && stack.region === own.region;
  };
  const other = scope.node.root.node.findAll().find(clashes);
  flows.set(scope, { flow, environment });
  if (other === undefined) return;
  const place =
    Stack.of(other) === own
      ? `the stack has ${other.node.path} already, a ${scope.constructor.name} as well`
      : `${other.node.path} has the same names, a ${scope.constructor.name} of ${environment} as well, in the same account and region`;
  throw new Error(
    `${scope.node.path}: ${place}: give each a stack of its own, in an environment or account of its own.`,
  );
}

/** The bundles beside the compiled constructs, as they are published; from the sources, those of the last build. */
function packagedBundles(): string {
  const path = import.meta.url.endsWith('.ts') ? '../../dist/lambda' : '../../lambda';
  return fileURLToPath(new URL(path, import.meta.url));
}
