import { Duration } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  documentApiPaths,
  problemMediaType,
  requestMediaType,
  requestModels,
} from '../../src/handlers/lambda/api/document-api.env.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import type { AlertTopic } from './alert-topic.ts';
import { ApiCallCapture } from './api-call-capture.ts';
import { ApiCredentials } from './api-credentials.ts';
import { ApiGatewayLogRole } from './api-gateway-log-role.ts';
import { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { DataBucket } from './data-bucket.ts';
import { documentApiFunctions } from './document-api-functions.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import { FailureAlarm } from './failure-alarm.ts';
import type { ExistingBucketChoice, FlowProps } from './flow-props.ts';
import { grantToPrincipal } from './grant-to-principal.ts';
import { GuardedRestApi } from './guarded-rest-api.ts';
import type { LambdaService } from './lambda-service.ts';
import { UnhealthyAlarm } from './unhealthy-alarm.ts';
import { watchBuckets } from './watch-buckets.ts';
import { WebAcl } from './web-acl.ts';

export interface DocumentApiProps extends FlowProps, ExistingBucketChoice {}

/**
 * The documents bucket with its API: documents are validated, encrypted and scanned where they lie, and permits to
 * upload are issued. Every answer is audited.
 */
export class DocumentApi extends Construct {
  readonly tablesKey: CustomerManagedKey;
  /** Absent where an existing topic has none. */
  readonly alertsKey: CustomerManagedKey | undefined;
  /** Absent where the bucket was there already. */
  readonly accessLogs: AccessLogBucket | undefined;
  readonly documents: DataBucket;
  readonly auditTable: EncryptedTable;
  readonly alerts: AlertTopic;
  readonly validator: LambdaService;
  readonly encryptor: LambdaService;
  readonly scanner: LambdaService;
  readonly issuer: LambdaService;
  /** Absent where the account has its role already. */
  readonly logRole: ApiGatewayLogRole | undefined;
  /** Absent where there is none, or one that was there already. */
  readonly webAcl: WebAcl | undefined;
  readonly api: GuardedRestApi;
  readonly callCapture: ApiCallCapture;
  readonly credentials: ApiCredentials;
  private readonly configuration: Configuration;
  private readonly parts: ConfiguredParts;
  private readonly metricPeriod: Duration;

  constructor(scope: Construct, id: string, props: DocumentApiProps = {}) {
    super(scope, id);
    this.parts = new ConfiguredParts(this, 'document-api', props);
    this.metricPeriod = this.parts.alarmPeriod;
    this.configuration = this.parts.configuration;
    const { parts, configuration } = this;
    const expiry = Duration.days(configuration.objectExpiryDays);
    this.tablesKey = parts.key('document-api-tables', 'DocumentApiTablesKey');

    this.alerts = parts.alertTopic('document-api-alerts', 'DocumentApiAlertTopic', 'DocumentApiAlertsKey');
    this.alertsKey = this.alerts.encryptionKey;
    ({ bucket: this.documents, accessLogs: this.accessLogs } = parts.dataBucket('Documents', props, {
      purpose: 'documents',
      logicalId: 'DocumentsBucket',
      keyLogicalId: 'DocumentsKey',
      accessLogs: { purpose: 'document-access-logs', logicalId: 'DocumentAccessLogBucket' },
      expiry,
    }));
    this.auditTable = parts.table('AuditTable', {
      purpose: 'document-api-audit',
      logicalId: 'DocumentApiAuditTable',
      encryptionKey: this.tablesKey,
      partitionKey: 'requestId',
      sortKey: 'timestamp',
    });

    const { alerts, documents, auditTable } = this;
    const functions = documentApiFunctions({ parts, alerts, documents, auditTable });
    ({
      validator: this.validator,
      encryptor: this.encryptor,
      scanner: this.scanner,
      issuer: this.issuer,
    } = functions);

    this.logRole = configuration.createApiGatewayLogRole ? new ApiGatewayLogRole(this, 'LogRole') : undefined;
    this.webAcl = this.addWebAcl();
    this.api = this.addApi();
    this.callCapture = this.addCallCapture();
    this.credentials = new ApiCredentials(this, 'Credentials', {
      parts,
      api: this.api,
      alertTopic: this.alerts,
    });
    this.watch();
  }

  /** What documents are encrypted under. @throws Error where an existing bucket has no key, or was imported without it. */
  get documentsKey(): CustomerManagedKey {
    return this.documents.encryptionKey;
  }

  /** Lets a role call every operation of the API; beside that, a call needs an API key (`grantReadApiKey`). */
  grantInvoke(grantee: IGrantable): Grant {
    const { api } = this.api;
    return grantToPrincipal(this, {
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: Object.values(documentApiPaths).map(path =>
        api.arnForExecuteApi('POST', path, api.deploymentStage.stageName),
      ),
    });
  }

  /** Lets a role read the API key that is valid. @throws Error where the key is not rotated: the template's is in no secret. */
  grantReadApiKey(grantee: IGrantable): Grant {
    const { apiKey } = this.credentials;
    if (apiKey !== undefined) return apiKey.grantRead(grantee);
    throw new Error(`${this.node.path}: apiKeyRotationDays is 0, and the API key stands in no secret.`);
  }

  /** Lets a role put documents into the bucket, in parts as well, under its key, which the put must name. */
  grantUpload(grantee: IGrantable): Grant {
    return this.documents.grantUpload(grantee);
  }

  /** Answers with a status of 500 or above. */
  metricServerErrors(options: MetricOptions = {}): Metric {
    return this.api.api.deploymentStage
      .metricServerError({ period: this.metricPeriod, statistic: 'Sum' })
      .with(options);
  }

  /** Permits to upload that were issued. */
  metricUploadsPermitted(options: MetricOptions = {}): Metric {
    return this.issuer.metricOwn('UploadsPermitted', this.metricPeriod).with(options);
  }

  /** Documents that were found not to be what they are said to be, or not allowed. */
  metricDocumentsInvalid(options: MetricOptions = {}): Metric {
    return this.validator.metricOwn('DocumentsInvalid', this.metricPeriod).with(options);
  }

  /** Documents that were found to hold sensitive data of a blocking kind. */
  metricDocumentsNonCompliant(options: MetricOptions = {}): Metric {
    return this.scanner.metricOwn('DocumentsNonCompliant', this.metricPeriod).with(options);
  }

  private watch(): void {
    const { configuration, alerts: alertTopic } = this;
    const copies = this.encryptor.metricOwn('DocumentsEncrypted', this.parts.alarmPeriod);
    watchBuckets(this, [{ purpose: 'documents', bucket: this.documents, copies }], configuration, alertTopic);
    new UnhealthyAlarm(this, 'Unhealthy', {
      environmentName: configuration.environment,
      alertTopic,
      what: 'document-api',
      watched: [this],
    });
  }

  private addWebAcl(): WebAcl | undefined {
    const { configuration } = this;
    if (!configuration.documentApiWebAcl || configuration.existingWebAclArn !== undefined) return undefined;
    return new WebAcl(this, 'WebAcl', {
      purpose: 'documents',
      environmentName: configuration.environment,
      description: `Sallyport ${configuration.environment}: before the document API`,
      addressLimit: configuration.documentApiAddressLimit,
      // It stops at 8 KiB, and a body has up to 16: so many WAF looks at, and what is longer a function refuses (413).
      countedRules: { AWSManagedRulesCommonRuleSet: ['SizeRestrictions_BODY'] },
      logsKey: this.parts.logsKey,
      logRetentionDays: configuration.logRetentionDays,
    });
  }

  private addCallCapture(): ApiCallCapture {
    const { configuration, parts } = this;
    const capture = new ApiCallCapture(this, 'CallCapture', {
      purpose: 'documents',
      environmentName: parts.environmentName,
      logicalId: 'DocumentApiCallsDeadLetterQueue',
      restApiId: this.api.api.restApiId,
      logsKey: parts.logsKey,
      queueKey: parts.key('document-api-queue', 'DocumentApiQueueKey'),
      retentionDays: configuration.documentApiChangeRetentionDays,
      removalPolicy: parts.removalPolicy,
    });
    new FailureAlarm(this, 'UncapturedCalls', {
      purpose: 'documents-api-calls-dead-letters',
      environmentName: parts.environmentName,
      description:
        'Reports of calls that change the document API could not be written to their log group and wait in the dead-letter queue.',
      metric: capture.metricUndelivered(parts.alarmPeriod),
      threshold: configuration.deadLetterThreshold,
      alertTopic: this.alerts,
    });
    return capture;
  }

  private addApi(): GuardedRestApi {
    const { configuration, logRole } = this;
    const webAclArn = configuration.existingWebAclArn ?? this.webAcl?.acl.attrArn;
    const operation = (name: keyof typeof documentApiPaths, modelId: string, service: LambdaService) => ({
      path: documentApiPaths[name],
      model: requestModels[name],
      modelId,
      service,
    });
    return new GuardedRestApi(this, 'Api', {
      purpose: 'documents',
      environmentName: configuration.environment,
      description: 'Validates, encrypts and scans documents, and issues permits to upload them.',
      logicalId: 'DocumentApi',
      operations: [
        operation('validate', 'ValidateRequest', this.validator),
        operation('encrypt', 'EncryptRequest', this.encryptor),
        operation('scan', 'ScanRequest', this.scanner),
        operation('uploadUrl', 'UploadUrlRequest', this.issuer),
      ],
      requestMediaType,
      problemMediaType,
      authorization: configuration.documentApiKeyOnly ? 'key-only' : 'iam',
      templateKey: configuration.apiKeyRotationDays === 0,
      rateLimit: configuration.documentApiRateLimit,
      burstLimit: configuration.documentApiBurstLimit,
      dailyQuota: configuration.documentApiDailyQuota,
      logsKey: this.parts.logsKey,
      logRetentionDays: configuration.logRetentionDays,
      ...(logRole === undefined ? {} : { logRole: logRole.account }),
      ...(webAclArn === undefined ? {} : { webAclArn }),
      alertTopic: this.alerts,
      serverErrorThreshold: configuration.serverErrorThreshold,
      alarmPeriod: Duration.minutes(configuration.alarmPeriodMinutes),
    });
  }
}
