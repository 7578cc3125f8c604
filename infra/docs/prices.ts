/** What AWS asks for one unit, in us-east-1. */
export interface Price {
  readonly usd: number;
  /** The unit in words, for example `GB-month`. */
  readonly unit: string;
  /** Units that `usd` is for. */
  readonly per: number;
  /** Page of AWS that lists it. */
  readonly source: string;
  /** Month in which the price was last known to stand there. */
  readonly known: string;
}

const page = (service: string) => `https://aws.amazon.com/${service}/pricing/`;

function price(usd: number, per: number, unit: string, service: string, known: string): Price {
  return { usd, per, unit, source: page(service), known };
}

const million = 1_000_000;

/** The first tier of each; free tiers, savings plans and data transfer out are left aside. */
export const prices = {
  key: price(1, 1, 'key-month', 'kms', '2026-03'),
  keyRequest: price(0.03, 10_000, 'requests', 'kms', '2026-03'),
  lambdaRequest: price(0.2, million, 'requests', 'lambda', '2025-10'),
  lambdaArmGigabyteSecond: price(0.0000133334, 1, 'GB-second (arm64)', 'lambda', '2025-10'),
  s3Storage: price(0.023, 1, 'GB-month', 's3', '2025-10'),
  s3Put: price(0.005, 1000, 'PUT, COPY, POST, LIST', 's3', '2025-10'),
  s3Get: price(0.0004, 1000, 'GET, HEAD', 's3', '2025-10'),
  tableWrite: price(0.625, million, 'write request units', 'dynamodb', '2025-10'),
  tableRead: price(0.125, million, 'read request units', 'dynamodb', '2025-10'),
  tableStorage: price(0.25, 1, 'GB-month', 'dynamodb', '2025-10'),
  tableRecovery: price(0.2, 1, 'GB-month of point-in-time recovery', 'dynamodb', '2025-10'),
  queueRequest: price(0.4, million, 'requests', 'sqs', '2025-10'),
  topicPublish: price(0.5, million, 'publishes', 'sns', '2025-10'),
  stateTransition: price(0.025, 1000, 'state transitions', 'step-functions', '2025-10'),
  apiRequest: price(3.5, million, 'requests', 'api-gateway', '2025-10'),
  webAcl: price(5, 1, 'web ACL-month', 'waf', '2026-06'),
  webAclRule: price(1, 1, 'rule-month', 'waf', '2026-06'),
  webAclRequest: price(0.6, million, 'requests', 'waf', '2026-06'),
  alarmMetric: price(0.1, 1, 'metric-month of an alarm', 'cloudwatch', '2026-06'),
  compositeAlarm: price(0.5, 1, 'composite alarm-month', 'cloudwatch', '2026-06'),
  dashboard: price(3, 1, 'dashboard-month', 'cloudwatch', '2026-06'),
  customMetric: price(0.3, 1, 'metric-month', 'cloudwatch', '2026-06'),
  logIngestion: price(0.5, 1, 'GB', 'cloudwatch', '2026-06'),
  logStorage: price(0.03, 1, 'GB-month', 'cloudwatch', '2026-06'),
  trace: price(5, million, 'traces', 'xray', '2025-10'),
  trailDataEvent: price(0.1, 100_000, 'data events', 'cloudtrail', '2025-10'),
  configItem: price(0.003, 1, 'configuration item', 'config', '2025-10'),
  configEvaluation: price(0.001, 1, 'rule evaluation', 'config', '2025-10'),
  threatManagementEvent: price(4, million, 'management events', 'guardduty', '2026-10'),
  threatDataEvent: price(0.8, million, 'S3 data events', 'guardduty', '2026-10'),
  threatFlowLog: price(1, 1, 'GB of flow and DNS logs', 'guardduty', '2026-10'),
  secret: price(0.4, 1, 'secret-month', 'secrets-manager', '2025-10'),
  tableBackup: price(0.1, 1, 'GB-month (DynamoDB, warm)', 'backup', '2026-06'),
  bucketBackup: price(0.05, 1, 'GB-month (S3, warm)', 'backup', '2026-06'),
  endpointHour: price(0.01, 1, 'endpoint-hour in one zone', 'privatelink', '2026-05'),
  endpointGigabyte: price(0.01, 1, 'GB', 'privatelink', '2026-05'),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;
