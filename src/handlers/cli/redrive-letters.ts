import type {
  DeadLetterRedriver,
  DismissSelection,
  RedriveSelection,
} from '../../domain/dead-letters/dead-letter-redriver.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { isPortError } from '../../ports/failure.ts';
import { explainPortError } from './explain-port-error.ts';
import { type LetterOutcome, letterAsJson, letterAsText } from './letter-line.ts';
import type { LetterOffice } from './letter-office.ts';
import { loadWithSdk } from './load-with-sdk.ts';
import { parseArguments } from './parse-arguments.ts';
import { type CliStreams, type ExitCode, UsageError, type Verb } from './verb.ts';
import { writeText } from './write-text.ts';

/** The verb `sallyport trail redrive`. */
export const redriveLetters: Verb = redriveLettersBy(openAwsOffice);

/** The verb, on ports of choice. */
export function redriveLettersBy(openOffice: (tableName: string) => Promise<LetterOffice>): Verb {
  return {
    help: `Usage: sallyport trail redrive --table <name> [options]
       sallyport trail redrive --table <name> --dismiss (--id <id> | --cause <code>)... [options]

Sends stored dead letters back to the queues that gave them up: do so once the cause is mended. A letter that has been
sent is marked, and not sent again. One that cannot be sent stays as it is and does not hold up the others.
With --dismiss closes letters without sending them: those that are obsolete, for instance since the log that they name
was put back in a new version, which S3 announces by itself. A dismissed letter is never sent.
Region, credentials and endpoint are those that the AWS SDK finds: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so on.
The bodies of the messages are never shown.

Options:
  --table <name>  The table of dead letters (output TrailDeadLettersTableName)
  --id <id>       Take this letter; may be given more than once. Without it: all that wait, that is,
                  that have been neither sent back nor dismissed
  --cause <code>  Of these only those with this cause; may be given more than once; not together with --id
  --dismiss       Dismiss the letters instead of sending them; only with --id or --cause
  --dry-run       Show what would be sent or dismissed, and do nothing
  --json          One line of JSON a letter:
                  {"outcome","id","queueArn","sentAt","firstSeenAt","lastSeenAt","receiveCount","cause"}
                  outcome is redriven (with --dismiss: dismissed; with --dry-run: waiting), already-redriven,
                  already-dismissed, failed or unknown.
                  cause is {"code","message"}. What is not known is null.
  -h, --help      Show this text

Examples:
  sallyport trail redrive --table sallyport-trail-dead-letters-dev --dry-run
  sallyport trail redrive --table sallyport-trail-dead-letters-dev --cause AccessDenied --cause ThrottlingException
  sallyport trail redrive --table sallyport-trail-dead-letters-dev --dismiss --cause damaged-gzip --dry-run
  AWS_ENDPOINT_URL=http://127.0.0.1:4510 sallyport trail redrive --table sallyport-trail-dead-letters-dev --id 3f0c...

Exit codes: 0 all were sent or dismissed, or there were none; 1 there is no letter of a given id; 2 wrong usage, or
something could not be sent, dismissed or read; 141 whoever read the output has gone away, and nothing more was done.`,

    async run(args, streams) {
      const request = readArguments(args);
      const office = await openOffice(request.table);
      try {
        return await report(carryOut(request, office.redriver), request, streams);
      } catch (error) {
        throw isPortError(error) ? new Error(reasonOf(error, request.table), { cause: error }) : error;
      } finally {
        office.close();
      }
    },
  };
}

interface Request {
  readonly table: string;
  readonly task: Task;
  readonly dryRun: boolean;
  readonly json: boolean;
}

type Task =
  | { readonly dismiss: false; readonly selection: RedriveSelection }
  | { readonly dismiss: true; readonly selection: DismissSelection };

function readArguments(args: readonly string[]): Request {
  const { values, operands } = parseArguments(args, {
    table: { type: 'string' },
    id: { type: 'string', multiple: true },
    cause: { type: 'string', multiple: true },
    dismiss: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const { table, id: ids, cause: causes, dismiss, json } = values;
  if (table === undefined || table === '') throw new UsageError('--table names the table of dead letters');
  if (operands.length > 0) throw new UsageError('a letter is named by --id');
  // An empty variable of a shell script, most likely: not to be taken for a selection.
  if (ids?.includes('')) throw new UsageError('the value of --id is empty');
  if (causes?.includes('')) throw new UsageError('the value of --cause is empty');
  return { table, task: taskOf(dismiss, ids, causes), dryRun: values['dry-run'], json };
}

function taskOf(
  dismiss: boolean,
  ids: readonly string[] | undefined,
  causes: readonly string[] | undefined,
): Task {
  if (ids !== undefined && causes !== undefined) throw new UsageError('--id and --cause do not go together');
  if (ids !== undefined) return { dismiss, selection: { ids } };
  if (causes !== undefined) return { dismiss, selection: { causes } };
  if (dismiss) throw new UsageError('--dismiss takes letters by --id or --cause, never all');
  return { dismiss, selection: {} };
}

function carryOut({ task, dryRun }: Request, redriver: DeadLetterRedriver): AsyncIterable<LetterOutcome> {
  if (dryRun) return redriver.preview(task.selection);
  return task.dismiss ? redriver.dismiss(task.selection) : redriver.redrive(task.selection);
}

/** Tells of each letter as soon as it is done with, and sums up, also where the letters end in a fault. */
async function report(
  outcomes: AsyncIterable<LetterOutcome>,
  request: Request,
  { stdout, stderr }: CliStreams,
): Promise<ExitCode> {
  const counts: Counts = {
    redriven: 0,
    dismissed: 0,
    waiting: 0,
    'already-redriven': 0,
    'already-dismissed': 0,
    unknown: 0,
    failed: 0,
  };
  const { selection } = request.task;
  const causesUnmet = new Set('causes' in selection ? selection.causes : []);
  // Nobody may be there to read it: no reason to leave the other letters as they are.
  const say = (line: string) => writeText(stderr, `${line}\n`).catch(() => undefined);
  try {
    for await (const outcome of outcomes) {
      counts[outcome.outcome]++;
      if (outcome.outcome !== 'unknown') causesUnmet.delete(outcome.letter.cause?.code ?? '');
      await writeText(stdout, `${request.json ? letterAsJson(outcome) : letterAsText(outcome)}\n`);
      if (outcome.outcome !== 'failed') continue;
      await say(`sallyport: ${printableText(outcome.letter.id)}: ${reasonOf(outcome.error, request.table)}`);
    }
    for (const cause of causesUnmet) {
      await say(`sallyport: no letter waits that has the cause "${printableText(cause)}"`);
    }
  } finally {
    await say(summaryOf(counts, request));
  }
  if (counts.failed > 0) return 2;
  return counts.unknown > 0 ? 1 : 0;
}

type Counts = Record<LetterOutcome['outcome'], number>;

function summaryOf(counts: Counts, { dryRun, task: { dismiss } }: Request): string {
  const verb = dismiss ? 'dismissed' : 'sent';
  const done = dismiss ? counts.dismissed : counts.redriven;
  return [
    dryRun ? `${counts.waiting} would be ${verb}` : `${done} ${verb}`,
    `${counts['already-redriven']} sent before`,
    `${counts['already-dismissed']} dismissed before`,
    `${counts.unknown} unknown`,
    `${counts.failed} failed`,
  ].join(', ');
}

function reasonOf(error: unknown, table: string): string {
  if (isPortError(error) && error.code === 'UnreadableItem') {
    return `${printableText(table)} holds an item that is no dead letter: is it the table of dead letters (output TrailDeadLettersTableName)?`;
  }
  return isPortError(error) ? explainPortError(error) : printableText((error as Error).message, 1000);
}

/** The packages of the AWS SDK are loaded here, so that nothing else of the command line needs them. */
async function openAwsOffice(tableName: string): Promise<LetterOffice> {
  const { openAwsLetterOffice } = await loadWithSdk(
    'trail redrive',
    ['client-dynamodb', 'lib-dynamodb', 'client-sqs'],
    () => import('./aws-letter-office.ts'),
  );
  return openAwsLetterOffice(tableName);
}
