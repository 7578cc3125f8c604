/** What AWS asks for one unit, in us-east-1, before any free tier. */
export interface BackfillPrice {
  readonly usd: number;
  /** Units that `usd` is for. */
  readonly per: number;
  readonly unit: string;
  /** Page of AWS that lists it. */
  readonly source: string;
  /** Month in which the price was last known to stand there. */
  readonly known: string;
}

function price(usd: number, per: number, unit: string, service: string, known: string): BackfillPrice {
  return { usd, per, unit, source: `https://aws.amazon.com/${service}/pricing/`, known };
}

const [thousand, million, gigabyte] = [1000, 1_000_000, 1024 ** 3];

/** The first tier of each. */
export const backfillPrices = {
  list: price(0.005, thousand, 'LIST requests', 's3', '2025-10'),
  get: price(0.0004, thousand, 'GET and HEAD requests', 's3', '2025-10'),
  dataOut: price(0.09, gigabyte, 'bytes to the internet', 'ec2/on-demand', '2025-10'),
  keyRequest: price(0.03, 10_000, 'KMS requests', 'kms', '2026-03'),
  tableWrite: price(0.625, million, 'write request units', 'dynamodb', '2025-10'),
  tableRead: price(0.125, million, 'read request units', 'dynamodb', '2025-10'),
  transition: price(0.025, thousand, 'state transitions', 'step-functions', '2025-10'),
  lambdaRequest: price(0.2, million, 'Lambda requests', 'lambda', '2025-10'),
  lambdaSecond: price(0.0000133334, 1, 'GB-seconds (arm64)', 'lambda', '2025-10'),
} as const satisfies Record<string, BackfillPrice>;

export type BackfillPriceName = keyof typeof backfillPrices;
