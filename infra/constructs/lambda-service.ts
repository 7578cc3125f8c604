import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Validations } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type IGrantable,
  type IPrincipal,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MetricName } from '../../src/handlers/lambda/emitted-metrics.env.ts';
import { acknowledgeInlinePolicy } from './acknowledge-inline-policy.ts';
import type { AlertTopic } from './alert-topic.ts';
import { allowNetworkInterfaces, subnetsOf } from './allow-network-interfaces.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { encryptedLogGroup } from './encrypted-log-group.ts';
import { FailureAlarm, type FailureAlarmProps } from './failure-alarm.ts';
import type { FunctionNetwork } from './function-network.ts';

export interface LambdaServiceProps {
  /**
   * Name of the service, for example `upload-writer`: part of every physical name; with the environment's name the
   * `service` of its logs and metrics, which are those of all environments.
   */
  readonly serviceName: string;
  readonly environmentName: string;
  readonly description: string;
  /** Name of its role, where other accounts must know it. @default - CloudFormation's */
  readonly roleName?: string;
  /** Folder that holds `index.mjs`, which exports `handler`. */
  readonly bundle: string;
  /** The function's own variables, complete; those of Powertools are added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  /** Where it runs. @default - in no network of the account's */
  readonly network?: FunctionNetwork;
  /** Why it runs in no network, where that is not a choice of the deployment's. */
  readonly outsideBecause?: string;
  /** MiB. @default 512 */
  readonly memorySize?: number;
  /** Level of the Powertools logger. @default 'INFO' */
  readonly logLevel?: string;
  /** What its log group is encrypted under. */
  readonly logsKey: CustomerManagedKey;
  /** Days; one of the periods CloudWatch Logs offers. @default 7 */
  readonly logRetentionDays?: RetentionDays;
  readonly alertTopic: AlertTopic;
  /** Failed invocations in a period that raise the alarm. @default 1 */
  readonly errorThreshold?: number;
  /** Throttled invocations in a period that raise the alarm. @default 1 */
  readonly throttleThreshold?: number;
  /**
   * What invocations may take on average in two periods in a row; of a function with a shorter time-out, 80 % of that.
   * @default Duration.seconds(60)
   */
  readonly meanDuration?: Duration;
  /** Period of the alarms. @default Duration.minutes(5) */
  readonly alarmPeriod?: Duration;
}

/** Namespace of what the functions measure themselves. */
const metricsNamespace = 'Sallyport';

/** One function with what belongs to it alone: role, log group, alarms on errors, throttles and slowness. */
export class LambdaService extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly errorAlarm: FailureAlarm;
  readonly throttleAlarm: FailureAlarm;
  readonly durationAlarm: FailureAlarm;
  /** Where it runs; absent where that is in no network of the account's. */
  readonly network: FunctionNetwork | undefined;
  private readonly telemetryName: string;

  constructor(scope: Construct, id: string, props: LambdaServiceProps) {
    super(scope, id);
    if (!existsSync(join(props.bundle, 'index.mjs'))) {
      throw new Error(`${props.bundle} holds no index.mjs: run "npm run build" first.`);
    }
    this.telemetryName = `${props.serviceName}-${props.environmentName}`;
    const functionName = `sallyport-${props.serviceName}-${props.environmentName}`;
    this.logGroup = encryptedLogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      encryptionKey: props.logsKey,
      retention: props.logRetentionDays,
    });
    this.role = new Role(this, 'Role', {
      ...(props.roleName === undefined ? {} : { roleName: props.roleName }),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Sallyport ${props.environmentName}: what ${props.serviceName} may do`,
    });
    acknowledgeInlinePolicy(this.role);
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    this.network = props.network;
    if (this.network !== undefined) allowNetworkInterfaces(this.role, functionName, this.network);
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundle),
      handler: 'index.handler',
      role: this.role,
      logGroup: this.logGroup,
      tracing: Tracing.ACTIVE,
      timeout: props.timeout,
      memorySize: props.memorySize ?? 512,
      ...(props.network === undefined
        ? {}
        : {
            vpc: props.network.vpc,
            vpcSubnets: { subnets: subnetsOf(props.network) },
            securityGroups: [...props.network.securityGroups],
          }),
      environment: {
        ...props.environment,
        POWERTOOLS_SERVICE_NAME: this.telemetryName,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
        POWERTOOLS_LOG_LEVEL: props.logLevel ?? 'INFO',
      },
    });
    if (props.network === undefined) {
      Validations.of(this.function).acknowledge({
        id: 'PCI.DSS.321-LambdaInsideVPC',
        reason:
          props.outsideBecause ??
          'The deployment asks for no network (createNetwork): the function reaches AWS over TLS at its public endpoints, and nothing reaches the function but AWS Lambda.',
      });
    }
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'The trace actions of AWS X-Ray and the describing ones of Amazon EC2 support no resource (Service Authorization Reference); those that tend network interfaces are tried by Lambda before there is one to name, and denied to the code. A test holds that no other statement names every resource.',
    });
    const watch = (
      alarmId: string,
      what: string,
      meaning: string,
      metric: Metric,
      threshold?: number,
      choices: Pick<FailureAlarmProps, 'comparison' | 'badPeriods'> = {},
    ) =>
      new FailureAlarm(this, alarmId, {
        ...choices,
        purpose: `${props.serviceName}-${what}`,
        environmentName: props.environmentName,
        description: `${functionName} ${meaning} Its log group is /aws/lambda/${functionName}.`,
        metric,
        ...(threshold === undefined ? {} : { threshold }),
        alertTopic: props.alertTopic,
      });
    const period = props.alarmPeriod ?? Duration.minutes(5);
    const timeoutSeconds = props.timeout.toSeconds();
    this.errorAlarm = watch('Errors', 'errors', 'fails.', this.metricErrors(period), props.errorThreshold);
    this.throttleAlarm = watch(
      'Throttles',
      'throttles',
      'is throttled: the account has no concurrency left for it.',
      this.metricThrottles(period),
      props.throttleThreshold,
    );
    const longest = Math.min((props.meanDuration ?? Duration.seconds(60)).toSeconds(), 0.8 * timeoutSeconds);
    this.durationAlarm = watch(
      'Duration',
      'duration',
      `takes more than ${longest} s on average, and is stopped after ${timeoutSeconds}.`,
      this.metricDuration(period),
      longest * 1000,
      { comparison: 'above', badPeriods: 2 },
    );
  }

  get grantPrincipal(): IPrincipal {
    return this.role;
  }

  /** Invocations that ended in an error. */
  metricErrors(period: Duration): Metric {
    return this.function.metricErrors({ period, statistic: 'Sum' });
  }

  /** Invocations that Lambda refused for want of concurrency. */
  metricThrottles(period: Duration): Metric {
    return this.function.metricThrottles({ period, statistic: 'Sum' });
  }

  /** Milliseconds that invocations took, on average. */
  metricDuration(period: Duration): Metric {
    return this.function.metricDuration({ period, statistic: 'Average' });
  }

  /** The sum of a count that the function measures itself (embedded metric format). */
  metricOwn(metricName: MetricName, period: Duration): Metric {
    return new Metric({
      namespace: metricsNamespace,
      metricName,
      dimensionsMap: { service: this.telemetryName },
      period,
      statistic: 'Sum',
    });
  }
}
