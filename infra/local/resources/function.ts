import * as z from 'zod';
import { localSecret } from '../aws-clients.ts';
import { EventSourceMapping } from '../event-source-mapping.ts';
import { functionNameOf } from '../lambda-runtime.ts';
import { deployer, type LocalPlatform } from '../platform.ts';
import { type Deploy, flag, integer, numeric, physicalName, placeOf, readProperties } from './resource.ts';

const functionProperties = z.looseObject({
  FunctionName: z.string().optional(),
  Code: z.looseObject({ S3Key: z.string().optional() }),
  Handler: z.string().default('index.handler'),
  Runtime: z.string().default('(container image)'),
  Role: z.string().optional(),
  Timeout: integer(1, 900).default(3),
  MemorySize: integer(128, 10_240).default(128),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  LoggingConfig: z.looseObject({ LogGroup: z.string().optional() }).optional(),
});

/** Strict: a filter or a window that is not emulated would change which messages arrive. */
const mappingProperties = z.strictObject({
  EventSourceArn: z.string().startsWith('arn:aws:sqs:', 'only queues are event sources of the local run'),
  FunctionName: z.string(),
  BatchSize: integer(1, 10_000).default(10),
  Enabled: flag.default(true),
  FunctionResponseTypes: z.array(z.enum(['ReportBatchItemFailures'])).default([]),
  ScalingConfig: z.strictObject({ MaximumConcurrency: integer(2, 1000).optional() }).optional(),
  /** A full batch is not waited for. */
  MaximumBatchingWindowInSeconds: numeric.optional(),
  KmsKeyArn: z.string().optional(),
  Tags: z.array(z.unknown()).optional(),
});

/** A role's credentials come with a token, which nobody checks here. */
const sessionToken = 'local';

/** The longest name of a function. */
const longestName = 64;

/** How many pollers Lambda begins with where nothing else is said. */
const defaultConcurrency = 5;

/** `AWS::Lambda::Function` from a bundle. */
export const deployFunction: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, functionProperties);
  const { region, accountId, endpoint } = platform;
  if (!given.Runtime.startsWith('nodejs')) {
    throw new Error(`${placeOf(resource)}: the local run runs Node.js functions, not ${given.Runtime}.`);
  }
  const codeFolder = given.Code.S3Key === undefined ? undefined : platform.assetFolder(given.Code.S3Key);
  if (codeFolder === undefined) {
    throw new Error(`${placeOf(resource)}: its code is no file asset of the cloud assembly.`);
  }
  const name = physicalName(resource, given.FunctionName, longestName);
  const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  const logGroup = given.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
  platform.functions.createFunction({
    name,
    arn,
    codeFolder,
    handler: given.Handler,
    timeoutSeconds: given.Timeout,
    memoryMegabytes: given.MemorySize,
    logGroup,
    environment: {
      ...platform.functionEnvironment,
      ...given.Environment?.Variables,
      // What Lambda defines itself cannot be set by a function's configuration.
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${given.Runtime}`,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(given.MemorySize),
      AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: codeFolder,
      TZ: ':UTC',
      _HANDLER: given.Handler,
      // The gateway finds the function's role by its access key id.
      AWS_ACCESS_KEY_ID: name,
      AWS_SECRET_ACCESS_KEY: localSecret,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_ENDPOINT_URL: endpoint,
      // There is no X-Ray daemon to send segments to.
      POWERTOOLS_TRACE_ENABLED: 'false',
    },
  });
  platform.permissions.callers.addFunction(name, given.Role ?? `arn:aws:iam::${accountId}:role/none`);
  return { ref: name, attributes: { Arn: arn } };
};

/** `AWS::Lambda::EventSourceMapping` of a queue. */
export const deployEventSourceMapping: Deploy<LocalPlatform> = async (resource, platform) => {
  const given = readProperties(resource, mappingProperties);
  const [, , , , , queueName = ''] = given.EventSourceArn.split(':');
  const { functions, activity, endpoint, accountId, region, retryDelayMs } = platform;
  if (!functions.has(given.FunctionName)) {
    throw new Error(`${placeOf(resource)}: there is no function ${given.FunctionName}.`);
  }
  if (given.Enabled) {
    platform.mappedQueues.add(queueName);
    platform.mappings.push(
      new EventSourceMapping({
        client: platform.clients.of(functionNameOf(given.FunctionName)).sqs,
        administrator: platform.clients.of(deployer).sqs,
        queueUrl: `${endpoint}/${accountId}/${queueName}`,
        queueArn: given.EventSourceArn,
        region,
        batchSize: given.BatchSize,
        maximumConcurrency: given.ScalingConfig?.MaximumConcurrency ?? defaultConcurrency,
        reportBatchItemFailures: given.FunctionResponseTypes.includes('ReportBatchItemFailures'),
        retryDelayMs,
        invoke: event => activity.track(functions.invoke(given.FunctionName, event)),
        onFault: text => platform.onFault(`${queueName} -> ${given.FunctionName}: ${text}`),
      }),
    );
  }
  return { ref: resource.logicalId, attributes: { Id: resource.logicalId } };
};
