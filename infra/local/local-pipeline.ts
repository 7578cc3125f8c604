import { setImmediate } from 'node:timers/promises';
import { LocalAccount } from './account/local-account.ts';
import { Activity } from './activity.ts';
import { Announcements } from './announcements.ts';
import { type ApiCall, type ApiServer, serveApi } from './api-gateway/api-server.ts';
import type { RestApi } from './api-gateway/rest-api.ts';
import { type ClientConfiguration, ClientPool, clientConfiguration, localSecret } from './aws-clients.ts';
import { BucketNotifications } from './bucket-notifications.ts';
import { readCloudAssembly } from './cloud-assembly.ts';
import { type Deployment, deployAssembly } from './deploy-assembly.ts';
import { startEmulators } from './emulators.ts';
import { EventDelivery } from './event-delivery.ts';
import { EventRules, type ScheduledRule } from './event-rules.ts';
import { FunctionOutput, type MetricTotal } from './function-output.ts';
import { Gateway } from './gateway.ts';
import { createInvokeFunctionService } from './invoke-function.ts';
import { LambdaRuntime } from './lambda-runtime.ts';
import { type LocalApi, localApis, withLocalApis } from './local-apis.ts';
import type { Happening, LocalPipelineOptions } from './local-pipeline-options.ts';
import { principalOf } from './permissions/caller.ts';
import { LocalS3Permissions } from './permissions/local-s3-permissions.ts';
import { Permissions } from './permissions/permissions.ts';
import { refuseCall } from './permissions/refuse-call.ts';
import type { ResourceFacts } from './permissions/service-call.ts';
import { deployer, type LocalPlatform } from './platform.ts';
import { createPutEventsService } from './put-events.ts';
import { depthsInOrder, queueDepth, untilIdle } from './queue-depths.ts';
import { requireReplicationTargets } from './resources/bucket-replication.ts';
import { LocalS3 } from './s3/local-s3.ts';
import { StateMachineTasks } from './state-machine-tasks.ts';
import { type Execution, LocalStepFunctions } from './step-functions.ts';
import { TableSettings } from './table-settings.ts';

export type { ClientConfiguration } from './aws-clients.ts';
export type { ScheduledRule } from './event-rules.ts';
export type { PublishedMessage } from './forward-topic-request.ts';
export type { LogLine, MetricTotal } from './function-output.ts';
export { PortInUseError } from './gateway.ts';
export type { LocalApi } from './local-apis.ts';
export type { Happening, LocalPipelineOptions } from './local-pipeline-options.ts';
export type { Execution } from './step-functions.ts';

/** The pipeline of the templates, running on this machine. */
export interface LocalPipeline extends Deployment {
  /** Where every service answers. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** For SDK clients of tests and tools; they are the account's administrator. */
  readonly client: ClientConfiguration;
  /** What stands in the account beside the templates: instances, users and the like can be put there. */
  readonly account: LocalAccount;
  readonly announcements: Announcements;
  /** One for each stage of each API, in the order of the templates. */
  readonly apis: readonly LocalApi[];
  /** Rules that AWS fires by the clock; here, see `EventRules`. */
  readonly scheduledRules: readonly ScheduledRule[];
  /** Oldest first; of all state machines unless one is named. */
  executions(stateMachineArn?: string): readonly Execution[];
  /** Names of the queues that take what nothing else would. */
  readonly deadLetterQueues: readonly string[];
  /** Messages in a queue: visible, delayed or in flight. */
  queueDepth(queueName: string): Promise<number>;
  /** Sums of what the functions have measured (embedded metric format). */
  metrics(): readonly MetricTotal[];
  /** The last lines of a function's output. */
  logs(functionName: string): readonly string[];
  /**
   * Resolves once nothing is left to happen by itself: no message in a queue that feeds a function, be it a
   * dead-letter queue, nothing on its way, no invocation under way, no execution running. Rejects after `timeoutMs`.
   */
  idle(timeoutMs?: number): Promise<void>;
  /** Ends everything. */
  stop(): Promise<void>;
}

/** The only account there is: the emulators know no other. */
const accountId = '000000000000';

/**
 * Deploys a synthesized cloud assembly onto emulators in this process and starts it.
 *
 * @example
 * const pipeline = await startLocalPipeline();
 * const s3 = new S3Client(pipeline.client);
 *
 * Rejects with {@link PortInUseError}, or an `Error` naming stack and logical id at what the local run does not know.
 */
export async function startLocalPipeline(options: LocalPipelineOptions = {}): Promise<LocalPipeline> {
  const { region = 'eu-central-1', retryDelay: retryDelayMs = 250, stateRetryFactor = 0.05 } = options;
  const assembly = readCloudAssembly(options.assembly ?? 'cdk.out');
  const tell = (happening: Happening): void => options.onHappening?.(happening);
  const onFault = (text: string): void => tell({ kind: 'fault', text });
  const gateway = new Gateway();
  await gateway.listen(options.port ?? 0);
  const { endpoint } = gateway;
  const emulators = await startEmulators(region);
  const clients = new ClientPool(endpoint, region);
  const activity = new Activity();
  const account = new LocalAccount(accountId, {
    principalOf: (accessKeyId = 'anonymous') => principalOf(permissions.callers.find(accessKeyId)),
    onSession: ({ accessKeyId, roleArn, name }) => {
      // What a role of another account may do there is not known here.
      if (permissions.store.role(roleArn) === undefined) return;
      permissions.callers.addSession(accessKeyId, roleArn, name);
    },
  });
  const announcements = new Announcements();
  const output = new FunctionOutput({
    folder: options.logFolder === false ? undefined : (options.logFolder ?? '.local/logs'),
    onLine: options.onLog,
  });
  const onLine = (name: string, line: string): void => output.write(name, line);
  const functions = new LambdaRuntime({ maximumWorkers: options.maximumWorkers ?? 4, onLine });
  const permissions = new Permissions({
    region,
    accountId,
    account,
    mode: options.permissions ?? 'on',
    onDenied: (denial, functionName) => {
      tell({ kind: 'denied', denial });
      if (functionName === undefined) return;
      output.write(functionName, JSON.stringify({ level: 'ERROR', message: 'AccessDenied', denial }));
    },
  });
  const facts: ResourceFacts = {
    region,
    accountId,
    account,
    keys: account.keys,
    keyOf: arn => permissions.store.keyOf(arn),
    roleArn: name => permissions.store.arnOf(name),
    trustOf: arn => permissions.store.trustOf(arn),
  };
  const delivery = new EventDelivery({
    endpoint,
    clients,
    functions,
    activity,
    retryDelayMs,
    onLine,
    onFault,
    permissions,
  });
  const rules = new EventRules({ delivery, onFault });
  const notifications = new BucketNotifications({ delivery, rules, onFault });
  const tasks = new StateMachineTasks({ functions, clients, permissions });
  const running = new Map<string, () => void>();
  const stepFunctions = new LocalStepFunctions({
    region,
    accountId,
    retryInterval: (_state, seconds) => seconds * 1000 * stateRetryFactor,
    runTask: task => activity.track(tasks.run(task)),
    onStatusChange: event => {
      const { executionArn, status } = event.detail;
      if (status === 'RUNNING') running.set(executionArn, activity.begin());
      tell({ kind: 'execution', detail: event.detail });
      void activity.track(rules.publish(event));
      if (status !== 'RUNNING') running.get(executionArn)?.();
    },
  });
  const s3 = new LocalS3({
    region,
    accountId,
    secretAccessKey: localSecret,
    permissions: new LocalS3Permissions(permissions, facts),
    onObjectEvent: (event, destinations) => {
      tell({ kind: 'uploaded', event });
      void activity.track(notifications.notify(event, destinations));
    },
    runLater: work => void activity.track(setImmediate().then(work)),
    onFault,
  });
  gateway.connect({
    region,
    messaging: emulators.messaging,
    tables: emulators.tables,
    tableSettings: new TableSettings({
      region,
      keyArnOf: keyId => account.keys.find(region, keyId)?.arn ?? keyId,
    }),
    s3: (request, response, proceed) => s3.handle(request, response, proceed),
    stepFunctions: (action, text) => stepFunctions.handle(action, text),
    services: {
      ...account.services,
      events: createPutEventsService({ accountId, publish: event => activity.track(rules.publish(event)) }),
      lambda: createInvokeFunctionService({
        functions: {
          has: name => functions.has(name),
          invoke: (name, event) => activity.track(functions.invoke(name, event)),
        },
        invokeLater: (name, payload) => delivery.invokeLater(name, payload),
      }),
    },
    refuse: call => refuseCall(call, permissions, facts),
    onPublished: message => {
      announcements.add(message);
      tell({ kind: 'published', message });
    },
  });
  const platform: LocalPlatform = {
    region,
    accountId,
    endpoint,
    assetFolder: assembly.assetFolder,
    clients,
    account,
    activity,
    functions,
    permissions,
    stepFunctions,
    rules,
    functionEnvironment: options.env ?? {},
    retryDelayMs,
    onFault,
    buckets: new Map(),
    apis: new Map(),
    mappings: [],
    queues: new Map(),
    mappedQueues: new Set(),
    deadLetterQueues: new Set(),
  };
  const apiServers: ApiServer[] = [];
  const stop = async (): Promise<void> => {
    // All at once: a batch under way ends because its function does, and not at the function's timeout.
    const mappingsEnd = platform.mappings.map(mapping => mapping.stop());
    await Promise.all([...mappingsEnd, stepFunctions.stop(), functions.stop()]);
    clients.close();
    await Promise.all(apiServers.map(server => server.close()));
    await gateway.close();
    await emulators.stop();
    await output.close();
  };
  const depthOf = (queueName: string): Promise<number> =>
    queueDepth(clients.of(deployer).sqs, `${endpoint}/${accountId}/${queueName}`);
  try {
    const deployment = await deployAssembly(assembly, platform);
    permissions.store.requireBoundaries();
    requireReplicationTargets(platform.buckets);
    for (const bucket of platform.buckets.values()) {
      s3.createBucket(bucket);
      await notifications.sendTestEvents(bucket.name, bucket.notificationConfiguration ?? {});
    }
    for (const mapping of platform.mappings) mapping.start();
    const served = new Map<RestApi, ApiServer>();
    for (const { api } of platform.apis.values()) {
      const onCall = (call: ApiCall): void => tell({ kind: 'called', call });
      // Behind the gateway's, so that commands can be kept; any free one where the gateway took any.
      const behind = (options.port ?? 0) + 1 + served.size;
      const port = options.port && behind <= 65_535 ? behind : 0;
      const server = await serveApi(api, { port, onCall });
      apiServers.push(server);
      served.set(api, server);
    }
    return {
      ...deployment,
      outputs: withLocalApis(deployment.outputs, served),
      scheduledRules: rules.scheduled,
      apis: [...served].flatMap(([api, server]) => localApis(api, server)),
      endpoint,
      region,
      accountId,
      client: clientConfiguration(endpoint, region, 'local'),
      account,
      announcements,
      executions: stateMachineArn => stepFunctions.executions(stateMachineArn),
      deadLetterQueues: [...platform.deadLetterQueues],
      queueDepth: depthOf,
      metrics: () => output.metrics(),
      logs: functionName => output.lines(functionName),
      idle: (timeoutMs = 60_000) =>
        untilIdle(
          activity,
          () => depthsInOrder(platform.mappedQueues, platform.deadLetterQueues, depthOf),
          timeoutMs,
        ),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
