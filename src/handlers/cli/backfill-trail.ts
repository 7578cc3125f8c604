import { createHash } from 'node:crypto';
import { printableText } from '../../domain/kernel/printable-text.ts';
import {
  type BackfillSelection,
  BackfillSelectionError,
  requireDays,
} from '../../domain/trail/backfill/backfill-selection.ts';
import { defaultTrailRulePack } from '../../domain/trail/rule-packs.ts';
import { isPortError } from '../../ports/failure.ts';
import { readTrailRules } from '../read-trail-rules.env.ts';
import type { BackfillDeskRequest, BackfillDesks } from './backfill-desk.ts';
import { BackfillRun } from './backfill-run.ts';
import { explainPortError } from './explain-port-error.ts';
import { loadWithSdk } from './load-with-sdk.ts';
import { parseArguments } from './parse-arguments.ts';
import { systemTimer, type Timer } from './timer.ts';
import { type CliStreams, UsageError, type Verb } from './verb.ts';
import { writeText } from './write-text.ts';

const clients = ['client-s3', 'client-dynamodb', 'lib-dynamodb', 'client-sns'];

/** The verb `sallyport trail backfill`. The packages of the AWS SDK are loaded when it runs. */
export const backfillTrail: Verb = {
  get help() {
    return helpText();
  },
  async run(args, streams) {
    const { awsBackfillDesks } = await loadWithSdk(
      'trail backfill',
      clients,
      () => import('./aws-backfill-desks.ts'),
    );
    return backfillTrailBy(awsBackfillDesks, systemTimer).run(args, streams);
  },
};

/** The verb, on ports and by a clock of choice. */
export function backfillTrailBy(desks: BackfillDesks, timer: Timer): Verb {
  return {
    get help() {
      return helpText();
    },

    async run(args, streams) {
      const request = readArguments(args);
      const rules = readTrailRules(request.rulesSource, process.cwd());
      const stdin: CliStreams['stdin'] & { readonly isTTY?: boolean } = streams.stdin;
      if (!request.yes && request.desk !== undefined && stdin.isTTY !== true) {
        throw new UsageError('there is nobody to be asked whether to go on: give --yes, or --estimate');
      }
      try {
        const opened = await desks.openListing();
        try {
          const run = new BackfillRun({ ...request, rules }, opened.listing, streams, timer);
          if (request.desk === undefined) {
            const { objects } = await run.estimate('stdout');
            return objects === 0 ? 1 : 0;
          }
          const estimate = await run.estimate('stderr');
          if (!request.yes && !(await agrees(streams))) return 2;
          const desk = await desks.openDesk(request.desk);
          try {
            return await run.run(desk, estimate);
          } finally {
            await desk.close();
          }
        } finally {
          opened.close();
        }
      } catch (error) {
        throw isPortError(error) ? new Error(explainPortError(error), { cause: error }) : error;
      }
    },
  };
}

interface Request {
  readonly selection: BackfillSelection;
  readonly backfill: string;
  readonly rulesSource: string;
  readonly concurrency: number;
  readonly objectsPerSecond: number | undefined;
  readonly windowMinutes: number;
  readonly ledger: 'file' | 'table';
  readonly json: boolean;
  readonly yes: boolean;
  /** Absent where only the estimate is asked for. */
  readonly desk: BackfillDeskRequest | undefined;
}

function readArguments(args: readonly string[]): Request {
  const { values, operands } = parseArguments(args, {
    from: { type: 'string' },
    to: { type: 'string' },
    rules: { type: 'string', default: defaultTrailRulePack },
    'events-table': { type: 'string' },
    'event-days': { type: 'string', default: '365' },
    run: { type: 'string' },
    ledger: { type: 'string' },
    'ledger-table': { type: 'string' },
    'alert-topic': { type: 'string' },
    'alert-windows-table': { type: 'string' },
    'alert-window-minutes': { type: 'string', default: '15' },
    concurrency: { type: 'string', default: '8' },
    rate: { type: 'string' },
    estimate: { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const [target, ...others] = operands;
  if (target === undefined || others.length > 0) {
    throw new UsageError('give one bucket, as s3://bucket or s3://bucket/prefix');
  }
  const selection: BackfillSelection = {
    ...readTarget(target.value),
    from: given('--from', values.from),
    to: given('--to', values.to),
  };
  try {
    requireDays(selection);
  } catch (error) {
    throw error instanceof BackfillSelectionError ? new UsageError(error.message) : error;
  }
  if (values.rules === '') throw new UsageError('--rules names a file or a pack');
  if (values.ledger !== undefined && values['ledger-table'] !== undefined) {
    throw new UsageError('--ledger and --ledger-table do not go together');
  }
  const backfill = values.run ?? runOf(selection);
  if (!/^[\w.-]{1,80}$/.test(backfill)) throw new UsageError('--run takes 1 to 80 letters, digits and . _ -');
  const table = values['ledger-table'];
  const ledger =
    table === undefined
      ? { file: given('--ledger', values.ledger ?? `sallyport-backfill-${backfill}.jsonl`) }
      : { table: given('--ledger-table', table) };
  const alerts = readAlerts(values['alert-topic'], values['alert-windows-table']);
  return {
    ...{ selection, backfill, rulesSource: values.rules, json: values.json, yes: values.yes },
    ledger: table === undefined ? 'file' : 'table',
    concurrency: wholeNumber('--concurrency', values.concurrency, 100),
    objectsPerSecond: values.rate === undefined ? undefined : wholeNumber('--rate', values.rate, 10_000),
    windowMinutes: wholeNumber('--alert-window-minutes', values['alert-window-minutes'], 1440),
    desk: values.estimate
      ? undefined
      : {
          eventsTable: given('--events-table', values['events-table']),
          eventDays: wholeNumber('--event-days', values['event-days'], 36_500),
          ledger,
          ...(alerts === undefined ? {} : { alerts }),
        },
  };
}

function readTarget(text: string): Pick<BackfillSelection, 'bucket' | 'prefix'> {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) {
    throw new UsageError(`"${printableText(text)}" is no s3://bucket or s3://bucket/prefix`);
  }
  return { bucket, prefix };
}

/** The same for the same question, so that the same command goes on with it. */
function runOf({ bucket, prefix, from, to }: BackfillSelection): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([bucket, prefix]), 'utf8')
    .digest('hex');
  return `${from}_${to}_${hash.slice(0, 8)}`;
}

function readAlerts(
  topic: string | undefined,
  windowsTable: string | undefined,
): BackfillDeskRequest['alerts'] {
  if (topic === undefined && windowsTable === undefined) return undefined;
  const alertTopic = given('--alert-topic', topic);
  if (!/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/.test(alertTopic)) {
    throw new UsageError('--alert-topic takes the ARN of a topic');
  }
  return { topic: alertTopic, windowsTable: given('--alert-windows-table', windowsTable) };
}

function given(option: string, value: string | undefined): string {
  if (value === undefined || value.trim() === '') throw new UsageError(`${option} is needed`);
  return value;
}

/** @throws {UsageError} unless it is a whole number from 1 up to `most`. */
function wholeNumber(option: string, value: string, most: number): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= most) return number;
  throw new UsageError(`${option} takes a whole number from 1 to ${most}`);
}

/** Asks whoever sits before the terminal. */
async function agrees({ stdin, stderr }: CliStreams): Promise<boolean> {
  await writeText(stderr, 'Go on? [y/N] ');
  let answer = '';
  for await (const chunk of stdin) {
    answer += Buffer.from(chunk).toString('utf8');
    if (answer.includes('\n')) break;
  }
  return /^y(?:es)?$/i.test(answer.trim());
}

function helpText(): string {
  return `Usage: sallyport trail backfill s3://<bucket>[/<prefix>] --from <day> --to <day> --events-table <name> [options]
       sallyport trail backfill s3://<bucket>[/<prefix>] --from <day> --to <day> --estimate

Analyzes the CloudTrail logs that a bucket holds already, as the deployed analyzer does: each record that a rule matches is
stored once. Nobody is told, unless --alert-topic is given. First it says how many logs there are and what that costs, and
asks whether to go on; then it tells how far it has come.
The same command goes on where the last one was left, at whatever point that ended: what is done is left alone, what failed is
tried again, what was added is taken in. With other rules, or another table of events, all is done again.
The prefix may end anywhere: before AWSLogs/, or at an account, a region or a day. It is a prefix as S3 takes it: end it with /
to mean a folder. The days are those of the keys, in UTC, both included. CloudTrail delivers late: a log of one day may hold
events of the day before; take a day more where the hour matters. Logs outside of AWSLogs/<account>/CloudTrail/<region>/ are
not taken in: see trail analyze. Only current versions are read: trail verify tells what was deleted or replaced.
Region, credentials and endpoint are those that the AWS SDK finds: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so on.

Options:
  --from <day>                  The first day, as 2026-11-01
  --to <day>                    The last day
  --rules <file|pack>           The rules, as for trail analyze. Without it: ${defaultTrailRulePack}
  --events-table <name>         The table of matched events (output TrailEventsTableName)
  --event-days <n>              Days for which an event is kept. Without it: 365
  --run <id>                    What the backfill is called. Without it: a name made of bucket, prefix and days
  --ledger <file>               Where it is kept what is done. Without it: sallyport-backfill-<id>.jsonl in this folder
  --ledger-table <name>         The same in a table (output TrailBackfillsTableName), for millions of logs
  --alert-topic <ARN>           Tell people of matches, as the analyzer does; needs --alert-windows-table
  --alert-windows-table <name>  The table of alert windows (output TrailAlertWindowsTableName)
  --alert-window-minutes <n>    Length of the windows. Without it: 15
  --concurrency <n>             Logs at one time, from 1 to 100. Without it: 8
  --rate <n>                    Logs begun in a second, at most. Without it: as many as there are
  --estimate                    Say what there is and what it costs, and do nothing
  --yes                         Do not ask. Needed where stdin is no terminal
  --json                        One line of JSON for each log: {"type":"log","outcome","before","bucket","key","etag","fault",
                                "bytes","records","matches","stored","alerts","at"}, and at the end {"type":"summary",...};
                                with --estimate one {"type":"estimate",...}. Without it: a line for each log that was not read
                                outcome is analyzed, skipped, unreadable, missing (gone since it was listed) or failed;
                                before is true for what an earlier run did.
  -h, --help                    Show this text

Examples:
  sallyport trail backfill s3://my-trail --from 2026-11-01 --to 2026-11-21 --estimate
  sallyport trail backfill s3://my-trail/AWSLogs/111122223333/ --from 2026-11-01 --to 2026-11-21 \\
    --events-table sallyport-trail-events-dev --rules cis-aws-foundations --rate 50 --yes

Exit codes: 0 every log was read; 1 a log is unreadable or missing, or there is none; 2 wrong usage, not agreed to, or
something failed: the same command goes on; 141 whoever read the output has gone away.`;
}
