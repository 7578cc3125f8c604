import { Duration, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiKey,
  AuthorizationType,
  CfnRestApi,
  EndpointType,
  type JsonSchema,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  Period,
  RestApi,
  SecurityPolicy,
  type UsagePlan,
} from 'aws-cdk-lib/aws-apigateway';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct, type IDependable } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { encryptedLogGroup } from './encrypted-log-group.ts';
import { FailureAlarm } from './failure-alarm.ts';
import { addGatewayProblems } from './gateway-problems.ts';
import type { LambdaService } from './lambda-service.ts';
import { pinLogicalId } from './pin-logical-id.ts';

/** One `POST` of the API. */
export interface ApiOperation {
  /** For example `/documents/scan`. */
  readonly path: string;
  readonly service: LambdaService;
  /** Construct id of the model. */
  readonly modelId: string;
  /** What the body must be: JSON Schema, draft 4. */
  readonly model: Readonly<Record<string, unknown>>;
}

export interface GuardedRestApiProps {
  /** What the API is about, for example `documents`: part of every name. */
  readonly purpose: string;
  readonly environmentName: string;
  readonly description: string;
  /** Logical id of the API; a key of the template adds `Key`. */
  readonly logicalId: string;
  readonly operations: readonly ApiOperation[];
  /** Media type of the bodies that the models describe. */
  readonly requestMediaType: string;
  /** Media type of what the gateway answers to a request that it refuses. */
  readonly problemMediaType: string;
  /**
   * Who is let in: `iam` asks for a signed request of a caller with the permission to invoke, and for the API key;
   * `key-only` asks for the key alone, which identifies a caller and does not authenticate one.
   * @default 'iam'
   */
  readonly authorization?: 'iam' | 'key-only';
  /**
   * Whether the template has an API key, which stays as it is; without one, keys come from a rotation.
   * @default true
   */
  readonly templateKey?: boolean;
  /** Requests a second, of one key and of each operation. @default 100 */
  readonly rateLimit?: number;
  /** Requests at once. @default 50 */
  readonly burstLimit?: number;
  /** Requests of one key in a day. @default 10 000 */
  readonly dailyQuota?: number;
  /** What its log groups are encrypted under. */
  readonly logsKey: CustomerManagedKey;
  /** Days; one of the periods CloudWatch Logs offers. @default 7 */
  readonly logRetentionDays?: RetentionDays;
  /** What must stand before API Gateway can log: the account's log role. @default - it stands already */
  readonly logRole?: IDependable;
  /** ARN of the regional web ACL that stands before the stage. @default - none does */
  readonly webAclArn?: string;
  readonly alertTopic: AlertTopic;
  /** Answers with a status of 500 or above in a period that raise the alarm. @default 1 */
  readonly serverErrorThreshold?: number;
  /** Period of the alarm. @default Duration.minutes(5) */
  readonly alarmPeriod?: Duration;
}

const stageName = 'v1';

/**
 * What a line of the access log says: who asked for what, and what came of it. No bodies, and nothing that the caller
 * writes freely, so that a line is always JSON.
 */
const accessLogLine = {
  // What `$context.requestId` holds, a caller may choose.
  requestId: '$context.extendedRequestId',
  // The id that the function's answer, log and audit entries bear.
  functionRequestId: '$context.awsEndpointRequestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  caller: '$context.identity.userArn',
  apiKeyId: '$context.identity.apiKeyId',
  method: '$context.httpMethod',
  path: '$context.resourcePath',
  status: '$context.status',
  latency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationStatus: '$context.integration.integrationStatus',
  refusal: '$context.error.responseType',
  responseLength: '$context.responseLength',
  tlsVersion: '$context.tlsVersion',
  traceId: '$context.xrayTraceId',
};

/**
 * A regional REST API of `POST` operations, each met by a function: signed requests with an API key under a usage plan,
 * bodies held to models, problem details (RFC 9457) where the gateway itself answers, TLS 1.2 at the least, access and
 * error logs, traces. Its alarm counts server errors.
 */
export class GuardedRestApi extends Construct {
  readonly api: RestApi;
  /** Absent where the keys are those of a rotation. */
  readonly apiKey: ApiKey | undefined;
  readonly usagePlan: UsagePlan;
  readonly accessLogs: LogGroup;
  readonly serverErrorAlarm: FailureAlarm;

  constructor(scope: Construct, id: string, props: GuardedRestApiProps) {
    super(scope, id);
    const name = `sallyport-${props.purpose}-${props.environmentName}`;
    const { rateLimit = 100, burstLimit = 50, logsKey: encryptionKey, logRetentionDays: retention } = props;
    this.accessLogs = encryptedLogGroup(this, 'AccessLogs', {
      logGroupName: `/aws/apigateway/${name}`,
      encryptionKey,
      retention,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: name,
      description: props.description,
      endpointTypes: [EndpointType.REGIONAL],
      // The role belongs to the account, not to this API.
      cloudWatchRole: false,
      deployOptions: {
        stageName,
        accessLogDestination: new LogGroupLogDestination(this.accessLogs),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogLine)),
        loggingLevel: MethodLoggingLevel.ERROR,
        // Data traces are whole requests and answers, document keys and findings with them.
        dataTraceEnabled: false,
        metricsEnabled: true,
        tracingEnabled: true,
        throttlingRateLimit: rateLimit,
        throttlingBurstLimit: burstLimit,
      },
    });
    pinLogicalId(this.api, props.logicalId);
    // The stack names its outputs itself.
    this.api.node.tryRemoveChild('Endpoint');
    this.requireModernTls();
    addGatewayProblems(this.api, props.problemMediaType);
    this.addOperations(props);

    // API Gateway makes this group by itself, and its lines would stay for ever.
    const executionLogs = encryptedLogGroup(this, 'ExecutionLogs', {
      logGroupName: `API-Gateway-Execution-Logs_${this.api.restApiId}/${stageName}`,
      encryptionKey,
      retention,
    });
    const stage = this.api.deploymentStage;
    stage.node.addDependency(executionLogs, ...(props.logRole === undefined ? [] : [props.logRole]));

    this.apiKey = (props.templateKey ?? true) ? this.addKey(name, props.logicalId) : undefined;
    this.usagePlan = this.api.addUsagePlan('UsagePlan', {
      name,
      throttle: { rateLimit, burstLimit },
      quota: { limit: props.dailyQuota ?? 10_000, period: Period.DAY },
      apiStages: [{ stage }],
    });
    if (this.apiKey !== undefined) this.usagePlan.addApiKey(this.apiKey);

    this.serverErrorAlarm = new FailureAlarm(this, 'ServerErrors', {
      purpose: `${props.purpose}-api-server-errors`,
      environmentName: props.environmentName,
      description: `The API ${name} answers with a status of 500 or above. The access log, /aws/apigateway/${name}, names the requests; the functions' log groups say why.`,
      metric: this.metricServerErrors(props.alarmPeriod ?? Duration.minutes(5)),
      ...(props.serverErrorThreshold === undefined ? {} : { threshold: props.serverErrorThreshold }),
      alertTopic: props.alertTopic,
    });
    this.protectStage(props.webAclArn);
  }

  /** Answers with a status of 500 or above. */
  metricServerErrors(period: Duration): IMetric {
    return this.api.deploymentStage.metricServerError({ period, statistic: 'Sum' });
  }

  private protectStage(webAclArn: string | undefined): void {
    const stage = this.api.deploymentStage;
    Validations.of(stage).acknowledge(
      {
        id: 'PCI.DSS.321-APIGWCacheEnabledAndEncrypted',
        reason: 'Nothing is cached: each answer is about a document as it is at that moment, and is audited.',
      },
      {
        id: 'PCI.DSS.321-APIGWSSLEnabled',
        reason:
          'A client certificate shows an HTTP backend who calls. The backends are Lambda functions, which only this API has the permission to invoke.',
      },
    );
    if (webAclArn !== undefined) {
      new CfnWebACLAssociation(this, 'WebAclAssociation', { webAclArn, resourceArn: stage.stageArn });
      return;
    }
    const reason =
      'The deployment asks for no web ACL (documentApiWebAcl). Callers are held to a key with a rate and a quota, and bodies to closed models; an ACL of the account can be put before the stage by its ARN.';
    for (const id of ['AwsSolutions-APIG3', 'PCI.DSS.321-APIGWAssociatedWithWAF']) {
      Validations.of(stage).acknowledge({ id, reason });
    }
  }

  private addKey(name: string, logicalId: string): ApiKey {
    const apiKey = new ApiKey(this, 'Key', { apiKeyName: name });
    pinLogicalId(apiKey, `${logicalId}Key`);
    return apiKey;
  }

  private addOperations(props: GuardedRestApiProps): void {
    const iam = (props.authorization ?? 'iam') === 'iam';
    const requestValidator = this.api.addRequestValidator('Validator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    for (const { path, service, modelId, model } of props.operations) {
      const requestModel = this.api.addModel(modelId, {
        contentType: props.requestMediaType,
        description: `The body of POST ${path}`,
        schema: model as JsonSchema,
      });
      const method = this.api.root.resourceForPath(path).addMethod(
        'POST',
        // Without the permission for the console's test calls, which no usage plan holds back.
        new LambdaIntegration(service.function, { allowTestInvoke: false }),
        {
          authorizationType: iam ? AuthorizationType.IAM : AuthorizationType.NONE,
          apiKeyRequired: true,
          requestValidator,
          requestModels: { [props.requestMediaType]: requestModel },
        },
      );
      if (iam) {
        Validations.of(method).acknowledge({
          id: 'AwsSolutions-COG4',
          reason: 'IAM authorizes each request: callers are workloads with roles, not people in a user pool.',
        });
      }
    }
  }

  /** The default policy of a regional API takes TLS 1.0 (Developer Guide, "Security policies for REST APIs"). */
  private requireModernTls(): void {
    const resource = this.api.node.defaultChild;
    if (!(resource instanceof CfnRestApi)) throw new Error(`${this.node.path}: the API must be of this app.`);
    resource.securityPolicy = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
    resource.endpointAccessMode = 'STRICT';
  }
}
