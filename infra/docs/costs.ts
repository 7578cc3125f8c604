import { emittedMetrics } from '../../src/handlers/lambda/emitted-metrics.env.ts';
import { type PriceName, prices } from './prices.ts';
import { isRecord, listOf, type Template } from './template-text.ts';

/** What one environment does in a month. */
export interface Load {
  readonly uploads: number;
  /** MB, as they are stored. */
  readonly megabytesPerUpload: number;
  readonly apiRequests: number;
  readonly recordFiles: number;
  readonly recordsPerFile: number;
  /** CloudTrail's, of the whole account. */
  readonly managementEvents: number;
  /** Changes that AWS Config records. */
  readonly configItems: number;
}

export const loads: Readonly<Record<'small' | 'medium' | 'large', Load>> = {
  small: {
    uploads: 10_000,
    megabytesPerUpload: 1,
    apiRequests: 5000,
    recordFiles: 100,
    recordsPerFile: 1000,
    managementEvents: 500_000,
    configItems: 2000,
  },
  medium: {
    uploads: 300_000,
    megabytesPerUpload: 1,
    apiRequests: 150_000,
    recordFiles: 3000,
    recordsPerFile: 10_000,
    managementEvents: 5_000_000,
    configItems: 10_000,
  },
  large: {
    uploads: 10_000_000,
    megabytesPerUpload: 1,
    apiRequests: 5_000_000,
    recordFiles: 30_000,
    recordsPerFile: 10_000,
    managementEvents: 50_000_000,
    configItems: 50_000,
  },
};

/** What the templates make that costs by the month, whatever passes through it. */
export interface Inventory {
  readonly keys: number;
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  /** Metrics of our functions, and those of S3 that are billed alike. */
  readonly customMetrics: number;
  readonly secrets: number;
  readonly webAcls: number;
  readonly webAclRules: number;
  readonly configRules: number;
  readonly detectors: number;
  readonly recorders: number;
  readonly backupPlans: number;
  readonly queueMappings: number;
  /** Interface endpoints, one for each zone they stand in. */
  readonly endpointZones: number;
}

/**
 * What S3 publishes for one metrics configuration: requests of all kinds, bytes, errors and latencies (S3 User Guide,
 * "Metrics and dimensions"); and for one replication rule: latency, bytes, operations pending and failed.
 */
const metricsPerRequestFilter = 16;
const metricsPerReplication = 4;

/** Counts what stands in the templates of all stacks. */
export function countInventory(templates: ReadonlyMap<string, Template>): Inventory {
  const resources = [...templates.values()].flatMap(({ Resources }) => Object.values(Resources));
  const of = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties = {} }) => Properties);
  const alarmMetrics = of('AWS::CloudWatch::Alarm').map(({ Metrics }) =>
    Metrics === undefined
      ? 1
      : listOf(Metrics).filter(metric => isRecord(metric) && 'MetricStat' in metric).length,
  );
  const buckets = of('AWS::S3::Bucket');
  const filters = buckets.flatMap(({ MetricsConfigurations }) => listOf(MetricsConfigurations));
  const replicating = buckets.filter(
    ({ ReplicationConfiguration }) => ReplicationConfiguration !== undefined,
  );
  const endpoints = of('AWS::EC2::VPCEndpoint').filter(
    ({ VpcEndpointType }) => VpcEndpointType === 'Interface',
  );
  return {
    keys: of('AWS::KMS::Key').length,
    alarmMetrics: sum(alarmMetrics),
    compositeAlarms: of('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    customMetrics:
      sum(Object.values(emittedMetrics).map(names => names.length)) +
      filters.length * metricsPerRequestFilter +
      replicating.length * metricsPerReplication,
    secrets: of('AWS::SecretsManager::Secret').length,
    webAcls: of('AWS::WAFv2::WebACL').length,
    webAclRules: sum(of('AWS::WAFv2::WebACL').map(({ Rules }) => listOf(Rules).length)),
    configRules: of('AWS::Config::ConfigRule').length,
    detectors: of('AWS::GuardDuty::Detector').length,
    recorders: of('AWS::Config::ConfigurationRecorder').length,
    backupPlans: of('AWS::Backup::BackupPlan').length,
    queueMappings: of('AWS::Lambda::EventSourceMapping').length,
    endpointZones: sum(endpoints.map(({ SubnetIds }) => listOf(SubnetIds).length)),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** One line of the bill: units of a price. */
interface CostLine {
  readonly group: string;
  readonly price: PriceName;
  readonly units: (load: Load, inventory: Inventory) => number;
}

const hoursOfMonth = 730;
const secondsOfMonth = hoursOfMonth * 3600;
/** Objects stay for 90 days, their copies in internal-processing, processed-output and delivery as well. */
const monthsOfObjects = 3;
const copiesOfUpload = 4;
/** The empty receives of the pollers of one mapping: five, each asking every 20 seconds. */
const pollsPerMapping = 5 * 3 * 60 * hoursOfMonth;

const records = ({ recordFiles, recordsPerFile }: Load) => recordFiles * recordsPerFile;
const invocations = (load: Load) => 3 * load.uploads + load.apiRequests + load.recordFiles;
const storedGigabytes = ({ uploads, megabytesPerUpload }: Load) =>
  (uploads * megabytesPerUpload * copiesOfUpload * monthsOfObjects) / 1000;
/** One KB for each entry of the audit, the ledger and the records of a year. */
const tableGigabytes = (load: Load) =>
  (12 * (6 * load.uploads + 2 * load.apiRequests + records(load))) / 1_000_000;
/** 20 KB for each upload and 4 KB for each other invocation. */
const logGigabytes = (load: Load) =>
  (20 * load.uploads + 4 * (load.apiRequests + load.recordFiles)) / 1_000_000;
/** Verdicts and reports of a year, 4 KB for each upload. */
const evidenceGigabytes = ({ uploads }: Load) => (12 * 4 * uploads) / 1_000_000;
/** Half a million events make some 0.1 GB of gzipped logs; kept for a year. */
const trailGigabytes = ({ managementEvents }: Load) => (12 * managementEvents * 0.1) / 500_000;

/** What CloudTrail tells EventBridge of: calls that change something, a fifth of all. */
const liveEvents = ({ managementEvents }: Load) => 0.2 * managementEvents;

/** The lines of the bill. Each says in code how much of what a load takes; the words are in docs/costs.md. */
export const costLines: readonly CostLine[] = [
  { group: 'KMS keys', price: 'key', units: (_, { keys }) => keys },
  { group: 'KMS requests', price: 'keyRequest', units: load => 4 * load.uploads + 2 * load.apiRequests },
  { group: 'Lambda', price: 'lambdaRequest', units: invocations },
  {
    // Trigger and writer 0.15 s of 512 MB each, processor 2 s of 1.5 GB; API calls 1 s of 1.5 GB; 4000 records a second.
    group: 'Lambda',
    price: 'lambdaArmGigabyteSecond',
    units: load => load.uploads * (0.15 + 3) + load.apiRequests * 1.5 + records(load) / 4000,
  },
  {
    group: 'S3',
    price: 's3Storage',
    units: load => storedGigabytes(load) + evidenceGigabytes(load) + trailGigabytes(load),
  },
  { group: 'S3', price: 's3Put', units: load => 6 * load.uploads + load.apiRequests + 2 * load.recordFiles },
  { group: 'S3', price: 's3Get', units: load => 8 * load.uploads + 2 * load.apiRequests + load.recordFiles },
  {
    group: 'DynamoDB',
    price: 'tableWrite',
    units: load => 6 * load.uploads + 2 * load.apiRequests + records(load),
  },
  { group: 'DynamoDB', price: 'tableRead', units: load => 4 * load.uploads + load.apiRequests },
  { group: 'DynamoDB', price: 'tableStorage', units: tableGigabytes },
  { group: 'DynamoDB', price: 'tableRecovery', units: tableGigabytes },
  {
    group: 'SQS',
    price: 'queueRequest',
    units: (load, { queueMappings }) =>
      queueMappings * pollsPerMapping + 6 * load.uploads + 3 * load.recordFiles,
  },
  // Sent, received and deleted by tens.
  { group: 'SQS', price: 'queueRequest', units: load => 1.2 * liveEvents(load) },
  { group: 'Lambda', price: 'lambdaRequest', units: load => liveEvents(load) / 10 },
  { group: 'SNS', price: 'topicPublish', units: load => 0.01 * load.uploads },
  { group: 'Step Functions', price: 'stateTransition', units: load => 3 * load.uploads },
  { group: 'API Gateway', price: 'apiRequest', units: load => load.apiRequests },
  { group: 'WAF', price: 'webAcl', units: (_, { webAcls }) => webAcls },
  { group: 'WAF', price: 'webAclRule', units: (_, { webAclRules }) => webAclRules },
  {
    group: 'WAF',
    price: 'webAclRequest',
    units: (load, { webAcls }) => Math.min(1, webAcls) * load.apiRequests,
  },
  { group: 'CloudWatch alarms', price: 'alarmMetric', units: (_, { alarmMetrics }) => alarmMetrics },
  { group: 'CloudWatch alarms', price: 'compositeAlarm', units: (_, { compositeAlarms }) => compositeAlarms },
  { group: 'CloudWatch dashboard', price: 'dashboard', units: (_, { dashboards }) => dashboards },
  { group: 'CloudWatch metrics', price: 'customMetric', units: (_, { customMetrics }) => customMetrics },
  { group: 'CloudWatch logs', price: 'logIngestion', units: logGigabytes },
  { group: 'CloudWatch logs', price: 'logStorage', units: load => (logGigabytes(load) * 7) / 30 },
  // The first of each second, and one in twenty of the others (Lambda Developer Guide, "Visualize Lambda function
  // invocations using AWS X-Ray").
  {
    group: 'X-Ray',
    price: 'trace',
    units: load => Math.min(invocations(load), 0.05 * invocations(load) + secondsOfMonth),
  },
  {
    group: 'CloudTrail data events',
    price: 'trailDataEvent',
    units: load => 30 * load.uploads + 8 * load.apiRequests + records(load) / 25,
  },
  { group: 'AWS Config', price: 'configItem', units: (load, { recorders }) => recorders * load.configItems },
  {
    group: 'AWS Config',
    price: 'configEvaluation',
    units: (load, { configRules }) => (configRules === 0 ? 0 : load.configItems + 30 * configRules),
  },
  {
    group: 'GuardDuty',
    price: 'threatManagementEvent',
    units: (load, { detectors }) => detectors * load.managementEvents,
  },
  {
    group: 'GuardDuty',
    price: 'threatDataEvent',
    units: (load, { detectors }) => detectors * 15 * load.uploads,
  },
  { group: 'Secrets Manager', price: 'secret', units: (_, { secrets }) => secrets },
  // Copies of tables and evidence: what there is, and a fifth of it in older versions.
  {
    group: 'Backup',
    price: 'tableBackup',
    units: (load, { backupPlans }) => backupPlans * 1.2 * tableGigabytes(load),
  },
  {
    group: 'Backup',
    price: 'bucketBackup',
    units: (load, { backupPlans }) => backupPlans * 1.2 * (evidenceGigabytes(load) + trailGigabytes(load)),
  },
  { group: 'Network', price: 'endpointHour', units: (_, { endpointZones }) => endpointZones * hoursOfMonth },
  // What passes interface endpoints is small: S3 and DynamoDB have gateway endpoints, which cost nothing.
  {
    group: 'Network',
    price: 'endpointGigabyte',
    units: (load, { endpointZones }) => (Math.min(1, endpointZones) * (invocations(load) * 20)) / 1_000_000,
  },
  {
    group: 'Network',
    price: 'threatFlowLog',
    units: (load, { detectors, endpointZones }) =>
      Math.min(detectors, endpointZones) * flowLogGigabytes(load),
  },
  {
    group: 'Network',
    price: 'logIngestion',
    units: (load, { endpointZones }) => Math.min(1, endpointZones) * flowLogGigabytes(load),
  },
];

/** 0.5 KB for each connection of an invocation, of which it opens four. */
function flowLogGigabytes(load: Load): number {
  return (invocations(load) * 4 * 0.5) / 1_000_000;
}

/** USD a month for each group of lines, in their order. */
export function monthlyCosts(load: Load, inventory: Inventory): ReadonlyMap<string, number> {
  const costs = new Map<string, number>();
  for (const { group, price, units } of costLines) {
    const { usd, per } = prices[price];
    costs.set(group, (costs.get(group) ?? 0) + (units(load, inventory) * usd) / per);
  }
  return costs;
}
