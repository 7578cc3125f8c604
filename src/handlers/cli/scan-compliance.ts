import { open, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { AdaptiveLimit } from '../../domain/compliance/adaptive-limit.ts';
import type { CompliancePolicy } from '../../domain/compliance/compliance-policy.ts';
import { ResourceInspector } from '../../domain/compliance/inspect-resource.ts';
import { InventoryRecorder } from '../../domain/compliance/inventory-recorder.ts';
import { PatientReader } from '../../domain/compliance/patient-reader.ts';
import {
  pagesAheadAt,
  type ScannedPage,
  type ScanPage,
  scanPages,
} from '../../domain/compliance/scan-pages.ts';
import {
  type ScanProgress,
  type ScanUnit,
  scanBegin,
  scanUnits,
} from '../../domain/compliance/scan-progress.ts';
import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import { readCompliancePolicyFile } from '../read-compliance-policy.env.ts';
import { type ComplianceFormat, ComplianceOutput, readFormat } from './compliance-output.ts';
import { loadWithSdk } from './load-with-sdk.ts';
import type { InventoryRequest, OpenedInventory, OpenInventory } from './open-inventory.ts';
import { parseArguments } from './parse-arguments.ts';
import { printablePath } from './printable-path.ts';
import { ProgressLine } from './progress-line.ts';
import { systemTimer, type Timer } from './timer.ts';
import { type CliStreams, type ExitCode, UsageError, type Verb } from './verb.ts';

/** The clients that an inventory reads with. */
const inventoryClients = [
  'client-s3',
  'client-s3-control',
  'client-dynamodb',
  'client-sns',
  'client-sqs',
  'client-kms',
  'client-secrets-manager',
  'client-cloudwatch-logs',
  'client-sts',
];

/** The verb `sallyport compliance scan`. */
export const scanCompliance: Verb = scanComplianceBy(async request => {
  const { openAwsInventory } = await loadWithSdk(
    'compliance scan',
    inventoryClients,
    () => import('./open-aws-inventory.ts'),
  );
  return openAwsInventory(request);
}, systemTimer);

/** The verb, on an inventory and by a clock of choice. */
export function scanComplianceBy(openInventory: OpenInventory, timer: Timer): Verb {
  return {
    help: helpText(),

    async run(args, streams) {
      const request = readArguments(args);
      if (request.facts !== undefined) await assertWritable(request.facts);
      const opened = await openInventory(request);
      try {
        return await new ComplianceScanRun(request, opened, streams, timer).run();
      } finally {
        opened.close();
      }
    },
  };
}

interface Request extends InventoryRequest {
  readonly accounts: readonly string[] | undefined;
  readonly policy: CompliancePolicy;
  readonly facts: string | undefined;
  readonly concurrency: number;
  readonly format: ComplianceFormat;
}

function readArguments(args: readonly string[]): Request {
  const { values, operands } = parseArguments(args, {
    region: { type: 'string', multiple: true },
    account: { type: 'string', multiple: true },
    role: { type: 'string', default: 'sallyport-compliance-reader' },
    policy: { type: 'string', default: 'default' },
    facts: { type: 'string' },
    concurrency: { type: 'string', default: '20' },
    format: { type: 'string', default: 'text' },
    json: { type: 'boolean', default: false },
  });
  if (operands.length > 0) throw new UsageError('accounts and regions are named by options');
  const { region, account, role, policy, facts, concurrency, format, json } = values;
  if (account?.some(each => !/^\d{12}$/.test(each))) throw new UsageError('--account takes 12 digits');
  if (region?.some(each => !/^[a-z0-9-]+$/.test(each)))
    throw new UsageError('--region takes the name of a region');
  if (facts === '') throw new UsageError('the value of --facts is empty');
  return {
    regions: region,
    accounts: account,
    roleName: role,
    policy: readCompliancePolicyFile(policy, process.cwd()),
    facts,
    concurrency: wholeNumber('--concurrency', concurrency),
    format: json ? 'json' : readFormat(format),
  };
}

/** One scan: results to stdout as they come, progress to stderr. */
class ComplianceScanRun {
  readonly #request: Request;
  readonly #inventory: OpenedInventory['inventory'];
  readonly #begin: ScanProgress;
  readonly #units: readonly ScanUnit[];
  readonly #progress: ProgressLine;
  readonly #output: ComplianceOutput;
  #unit = 0;

  constructor(request: Request, opened: OpenedInventory, streams: CliStreams, timer: Timer) {
    this.#request = request;
    this.#inventory = opened.inventory;
    const accounts = request.accounts ?? [opened.account];
    this.#begin = scanBegin('by-hand', canonicalTime(new Date()), { accounts, regions: opened.regions });
    this.#units = scanUnits(this.#begin);
    this.#progress = new ProgressLine(streams.stderr, timer, () => this.#describe());
    this.#output = new ComplianceOutput(streams, request.format, this.#begin.startedAt, () =>
      this.#progress.clear(),
    );
  }

  async run(): Promise<ExitCode> {
    const { facts } = this.#request;
    const recorder = facts === undefined ? undefined : new InventoryRecorder(this.#begin.startedAt);
    try {
      await this.#output.begin();
      for await (const scanned of this.#pages()) {
        this.#unit = scanned.progress.unit;
        recorder?.add(scanned);
        await this.#write(scanned.page);
      }
      const exitCode = await this.#output.finish();
      if (recorder !== undefined && facts !== undefined) {
        await writeFile(facts, `${JSON.stringify(recorder.inventory, null, 2)}\n`);
      }
      return exitCode;
    } finally {
      this.#progress.stop();
    }
  }

  #pages(): AsyncIterable<ScannedPage> {
    const { policy, concurrency } = this.#request;
    const hasTime = () => true;
    const limit = new AdaptiveLimit(concurrency);
    const readerOf = (rank: number) =>
      new PatientReader({
        inventory: this.#inventory,
        limit,
        pause,
        random: Math.random,
        hasTime,
        rank,
      });
    const inspector = new ResourceInspector({ policy, at: this.#begin.startedAt });
    const pagesAhead = () => pagesAheadAt(limit, concurrency);
    return scanPages(this.#begin, { readerOf, inspector, policy, hasTime, pagesAhead });
  }

  async #write({ unit, unlisted, resources }: ScanPage): Promise<void> {
    const { type, ...scope } = unit;
    if (unlisted !== undefined) await this.#output.addUnlisted({ scope, type, reading: unlisted });
    for (const { resource, results } of resources) {
      for (const result of results) await this.#output.add({ ...result, resource });
    }
  }

  #describe(): string {
    const unit = this.#units[this.#unit];
    const place = unit === undefined ? '' : `: ${unit.type} of ${unit.account} in ${unit.region}`;
    return `${this.#unit} of ${this.#units.length} lists read, ${this.#output.results} results${place}`;
  }
}

/** Before a scan that may take hours. What the file holds stays until the scan is through; one that is not there is made. */
async function assertWritable(path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close();
  } catch (error) {
    const { code = 'Error' } = error as NodeJS.ErrnoException;
    throw new Error(`${printablePath(path)} cannot be written (${code})`, { cause: error });
  }
}

/** @throws {UsageError} unless it is a whole number from 1 to 100. */
function wholeNumber(option: string, value: string): number {
  const number = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= 100) return number;
  throw new UsageError(`${option} takes a whole number from 1 to 100`);
}

function helpText(): string {
  return `Usage: sallyport compliance scan [options]

Judges the resources of AWS accounts as the deployed scanner does: S3 buckets of all regions, and DynamoDB tables, SNS
topics, SQS queues, KMS keys, secrets and log groups of the regions named. Reads and changes nothing else; remembers
nothing. Credentials and endpoint are those that the AWS SDK finds: AWS_PROFILE, AWS_ENDPOINT_URL and so on.
What could not be read is told as it is: it makes a verdict indeterminate, which is no pass.

Options:
  --region <region>    Look here; may be given more than once. Without it: AWS_REGION
  --account <account>  Look at this account; may be given more than once. Without it: that of the credentials
  --role <name>        The role that is assumed in every other account. Without it: sallyport-compliance-reader
  --policy <file>      What is enough, as for compliance report
  --facts <file>       Write what was read to this file, which compliance report reads
  --concurrency <n>    Resources that are looked at, at one time, from 1 to 100. Without it: 20
  --format <format>    text, json, csv or asff, as for compliance report
  --json               The same as --format json
  -h, --help           Show this text

Progress goes to stderr, every two seconds.

Examples:
  sallyport compliance scan --region eu-central-1 --region us-east-1 --format csv
  AWS_ENDPOINT_URL=http://127.0.0.1:4510 sallyport compliance scan --region eu-central-1 --facts facts.json

Exit codes: 0 all passes or is exempt; 1 something fails or could not be judged; 2 wrong usage, or no credentials; 141
whoever read the output has gone away.`;
}
