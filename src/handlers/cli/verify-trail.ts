import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { FileTrailPublicKeys } from '../../adapters/node/file-trail-public-keys.ts';
import { FolderObjects } from '../../adapters/node/folder-objects.ts';
import { systemClock } from '../../adapters/node/system-clock.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import type { IntegrityFinding } from '../../domain/trail/integrity/integrity-finding.ts';
import { type IntegrityOutcome, IntegrityTally } from '../../domain/trail/integrity/integrity-tally.ts';
import { TrailVerifier, type VerificationRequest } from '../../domain/trail/integrity/trail-verifier.ts';
import { isPortError } from '../../ports/failure.ts';
import type { TrailPublicKeys } from '../../ports/trail-public-keys.ts';
import { findingAsJson, findingAsText, tallyLine } from './integrity-line.ts';
import { LineWriter } from './line-writer.ts';
import { loadWithSdk } from './load-with-sdk.ts';
import { parseArguments } from './parse-arguments.ts';
import { portAdvice } from './port-advice.ts';
import { printablePath } from './printable-path.ts';
import { ProgressLine } from './progress-line.ts';
import { readInstant } from './read-instant.ts';
import { systemTimer } from './timer.ts';
import type { TrailFilesSource, TrailOpeners } from './trail-files-source.ts';
import { readTrailTarget, type TrailTarget } from './trail-target.ts';
import { type CliStreams, type ExitCode, UsageError, type Verb } from './verb.ts';

const help = `Usage: sallyport trail verify [options] <folder|s3://bucket/prefix>

Proves the logs of a trail by the digests that CloudTrail writes each hour: signatures, hashes, the chain from digest to
digest, and whether what should be there is. Give what holds the folder AWSLogs, that itself, or the folder of an account
or region below it. Nothing is changed.
One line for each file, the newest first: valid, tampered, missing or unverifiable, and why.
Of a bucket, files must stand where CloudTrail delivered them. In a folder they may be a copy; a digest's signature, which
stands in the metadata of its object, then comes from the file <digest>.signature beside it, or from the next digest.
Logs younger than the last digest await theirs: that is told, and is no fault for three hours.

Options:
  --from <time>         Only digests that end after this: 2026-11-21 or 2026-11-21T08:00:00Z
  --to <time>           Only digests that begin before this; a day is meant to its end. The digest after it is read too,
                        for it proves the last one. Without it: of a bucket, now; of a folder, up to its last digest,
                        since nobody knows whether there should be more
  --account <id>        Only this account, 12 digits; may be given more than once
  --region <name>       Only this region; may be given more than once. Of one of which everything was deleted nothing is
                        known unless it is named here
  --public-keys <file>  The keys, as aws cloudtrail list-public-keys prints them, or {"<region>":{"PublicKeyList":[...]}}.
                        Without it CloudTrail is asked in each region
  --concurrency <n>     Logs that are read at one time, 1 to 100. Default: 16
  --quiet               No lines for files that are valid
  --json                One line of JSON for each file, or time of which nothing is proven:
                        {"verdict","kind","reason","detail","account","region","bucket","key","from","to"}
                        kind is digest, log or time. What is not known is null.
  -h, --help            Show this text

On stderr: progress every two seconds, and at the end how many digests and logs there are of each verdict.
Credentials, region and endpoint are those that the AWS SDK finds: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and so on.
A folder with --public-keys needs none of them. A bucket needs the package @aws-sdk/client-s3, keys that CloudTrail is
asked for @aws-sdk/client-cloudtrail.

Examples:
  sallyport trail verify s3://my-trail-logs --from 2026-11-01 --to 2026-11-20
  sallyport trail verify --public-keys keys.json --quiet archive/
  sallyport trail verify --json s3://my-trail-logs | jq -r 'select(.verdict != "valid") | .key'

Exit codes: 0 all is valid; 1 something is tampered with or missing, or could be read and is not proven, or there is no
digest; 2 wrong usage, or nothing is tampered with or missing of what could be read, and not all could be; 141 whoever read
the output has gone away.`;

/** The verb `sallyport trail verify`. */
export const verifyTrail: Verb = verifyTrailBy({
  openFiles: () =>
    loadWithSdk('trail verify', ['client-s3'], async () =>
      (await import('./open-aws-trail-files.ts')).openAwsTrailFiles(),
    ),
  openKeys: () =>
    loadWithSdk('trail verify without --public-keys', ['client-cloudtrail'], async () =>
      (await import('./open-aws-trail-keys.ts')).openAwsTrailKeys(),
    ),
});

/** The verb, on a bucket and keys of choice. */
export function verifyTrailBy(openers: TrailOpeners, clock = systemClock, timer = systemTimer): Verb {
  return {
    help,
    async run(args, streams) {
      const { target, keyFile, concurrency, quiet, json, ...asked } = readArguments(args);
      if (target.kind === 'folder') await requireFolder(target.folder);
      const keys =
        keyFile === undefined ? await openers.openKeys() : new FileTrailPublicKeys({ file: keyFile });
      if (keyFile !== undefined) await requireKeys(keys);
      const source = target.kind === 'bucket' ? await openers.openFiles() : openFolder(target);
      const { listing, files } = source;
      try {
        const verifier = new TrailVerifier({ listing, files, keys, clock, bounds: { concurrency } });
        const now = clock.now().toISOString();
        const request = requestOf(target, { ...asked, now });
        const output = { streams, timer, quiet, json };
        return await report(verifier.verify(request), output);
      } finally {
        source.close();
      }
    },
  };
}

interface Output {
  readonly streams: CliStreams;
  readonly timer: typeof systemTimer;
  readonly quiet: boolean;
  readonly json: boolean;
}

const exitCodes: Readonly<Record<IntegrityOutcome, ExitCode>> = {
  valid: 0,
  broken: 1,
  unproven: 1,
  indeterminate: 2,
};

async function report(
  findings: ReturnType<TrailVerifier['verify']>,
  { streams, timer, quiet, json }: Output,
): Promise<ExitCode> {
  const tally = new IntegrityTally();
  const advice = new Set<string>();
  const progress = new ProgressLine(streams.stderr, timer, () => tallyLine(tally));
  const lines = new LineWriter(streams.stdout, () => progress.clear());
  try {
    for await (const finding of findings) {
      tally.add(finding);
      const toDo = adviceOn(finding);
      if (toDo !== undefined) advice.add(toDo);
      if (quiet && finding.verdict === 'valid') continue;
      await lines.add(json ? findingAsJson(finding) : findingAsText(finding));
    }
    await lines.flush();
  } finally {
    progress.stop();
  }
  await progress.say(tallyLine(tally));
  for (const line of advice) await progress.say(`sallyport: ${line}`);
  return exitCodes[tally.outcome];
}

/** What a port failed with stands at the end of the detail. */
function adviceOn({ reason, detail = '' }: IntegrityFinding): string | undefined {
  return reason === 'unreadable' ? portAdvice(detail.slice(detail.lastIndexOf(' ') + 1)) : undefined;
}

function readArguments(args: readonly string[]) {
  const { values, operands } = parseArguments(args, {
    from: { type: 'string' },
    to: { type: 'string' },
    account: { type: 'string', multiple: true },
    region: { type: 'string', multiple: true },
    'public-keys': { type: 'string' },
    concurrency: { type: 'string', default: '16' },
    quiet: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const [operand, ...more] = operands;
  if (operand === undefined || more.length > 0)
    throw new UsageError('give one folder, or s3://bucket/prefix');
  const from = values.from === undefined ? undefined : readInstant('--from', values.from, 'from');
  const to = values.to === undefined ? undefined : readInstant('--to', values.to, 'to');
  if (from !== undefined && to !== undefined && from >= to)
    throw new UsageError('--from must lie before --to');
  for (const account of values.account ?? []) {
    if (!/^\d{12}$/.test(account)) throw new UsageError('--account takes 12 digits');
  }
  for (const region of values.region ?? []) {
    if (!/^[a-z]{2,}(?:-[a-z0-9]+)+$/.test(region)) {
      throw new UsageError(
        `--region takes a region, such as eu-central-1, not "${printableText(region, 40)}"`,
      );
    }
  }
  if (!/^(?:[1-9]\d?|100)$/.test(values.concurrency)) {
    throw new UsageError('--concurrency takes a number from 1 to 100');
  }
  const target = readTrailTarget(operand.value);
  requireSame('--account', target.account, values.account);
  requireSame('--region', target.region, values.region);
  return {
    target,
    from,
    to,
    accounts: values.account,
    regions: values.region,
    keyFile: values['public-keys'],
    concurrency: Number(values.concurrency),
    quiet: values.quiet,
    json: values.json,
  };
}

/** What the path leads to and what is asked for beside it must not differ: one of them would be left out unsaid. */
function requireSame(option: string, ofPath: string | undefined, asked: readonly string[] = []): void {
  if (ofPath === undefined || asked.every(name => name === ofPath)) return;
  throw new UsageError(`${option} asks for another one than the path leads to, ${printableText(ofPath, 40)}`);
}

interface Asked {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly accounts: readonly string[] | undefined;
  readonly regions: readonly string[] | undefined;
  readonly now: string;
}

function requestOf(target: TrailTarget, { from, to, accounts, regions, now }: Asked): VerificationRequest {
  const isCopy = target.kind === 'folder';
  const until = to ?? (isCopy ? undefined : now);
  const ofAccounts = target.account === undefined ? accounts : [target.account];
  const ofRegions = target.region === undefined ? regions : [target.region];
  return {
    ...(target.kind === 'folder'
      ? { bucket: folderName(target.folder), prefix: '' }
      : { bucket: target.bucket, prefix: target.prefix }),
    isCopy,
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { to: until }),
    ...(ofAccounts === undefined ? {} : { accounts: ofAccounts }),
    ...(ofRegions === undefined ? {} : { regions: ofRegions }),
  };
}

function openFolder({ folder }: Extract<TrailTarget, { kind: 'folder' }>): TrailFilesSource {
  const objects = new FolderObjects({ folder: resolve(folder), bucket: folderName(folder) });
  return { listing: objects, files: objects, close: () => undefined };
}

/** The folder as it was given: so its files are spoken of. */
function folderName(folder: string): string {
  return folder.length > 1 && folder.endsWith('/') ? folder.slice(0, -1) : folder;
}

/** One that is mistyped is told as such, not as a trail of which nothing is proven. */
async function requireFolder(given: string): Promise<void> {
  const folder = folderName(given);
  const shown = printablePath(folder);
  const stats = await stat(folder).catch(({ code }: NodeJS.ErrnoException) => {
    const reason = code === 'ENOENT' ? 'it is not there' : String(code);
    throw new Error(`the folder ${shown} cannot be read: ${reason}`);
  });
  if (!stats.isDirectory()) throw new Error(`${shown} is no folder: give the one that holds AWSLogs`);
}

/** A file of keys that cannot be used is told before anything is read. */
async function requireKeys(keys: TrailPublicKeys): Promise<void> {
  try {
    await keys.ofRegion('us-east-1', '1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z');
  } catch (error) {
    throw isPortError(error) ? new Error(printableText(error.message, 4096), { cause: error }) : error;
  }
}
