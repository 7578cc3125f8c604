import type {
  RedriveOutcome,
  RedrivePreview,
  RedriveSelection,
} from '../../domain/dead-letters/dead-letter-redriver.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { isPortError } from '../../ports/failure.ts';
import { letterAsJson, letterAsText } from './letter-line.ts';
import type { LetterOffice } from './letter-office.ts';
import { parseArguments } from './parse-arguments.ts';
import { type CliStreams, type ExitCode, UsageError, type Verb } from './verb.ts';
import { writeText } from './write-text.ts';

/** The verb `sallyport trail redrive`. */
export const redriveLetters: Verb = redriveLettersBy(openAwsOffice);

/** The verb, on ports of choice. */
export function redriveLettersBy(openOffice: (tableName: string) => Promise<LetterOffice>): Verb {
  return {
    help: `Usage: sallyport trail redrive --table <name> [options]

Sends stored dead letters back to the queues that gave them up: do so once the cause is mended. A letter that has been
sent is marked, and not sent again. One that cannot be sent stays as it is and does not hold up the others.
Region, credentials and endpoint are those that the AWS SDK finds: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so on.
The bodies of the messages are never shown.

Options:
  --table <name>  The table of dead letters
  --id <id>       Send this letter; may be given more than once. Without it: all that have not been sent back
  --cause <code>  Of these only those with this cause; may be given more than once; not together with --id
  --dry-run       Show what would be sent, and send nothing
  --json          One line of JSON a letter:
                  {"outcome","id","queueArn","sentAt","firstSeenAt","lastSeenAt","receiveCount","cause"}
                  outcome is redriven, already-redriven, failed or unknown; with --dry-run waiting instead of the first.
                  cause is {"code","message"}. What is not known is null.
  -h, --help      Show this text

Examples:
  sallyport trail redrive --table sallyport-dead-letters-dev --dry-run
  sallyport trail redrive --table sallyport-dead-letters-dev --cause AccessDenied --cause ThrottlingException
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 sallyport trail redrive --table sallyport-dead-letters-dev --id 3f0c...

Exit codes: 0 all were sent, or there were none; 1 there is no letter of a given id; 2 wrong usage, or something could
not be sent or read.`,

    async run(args, streams) {
      const { table, dryRun, json, selection } = readArguments(args);
      const office = await openOffice(table);
      try {
        const { redriver } = office;
        const outcomes = dryRun ? redriver.preview(selection) : redriver.redrive(selection);
        return await report(outcomes, { json, dryRun, streams });
      } catch (error) {
        throw isPortError(error) ? new Error(reasonOf(error), { cause: error }) : error;
      } finally {
        office.close();
      }
    },
  };
}

function readArguments(args: readonly string[]) {
  const { values, operands } = parseArguments('trail redrive', args, {
    table: { type: 'string' },
    id: { type: 'string', multiple: true },
    cause: { type: 'string', multiple: true },
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const { table, id: ids, cause: causes } = values;
  if (table === undefined || table === '')
    throw new UsageError('trail redrive: --table names the table of dead letters');
  if (operands.length > 0) throw new UsageError('trail redrive: a letter is named by --id');
  if (ids !== undefined && causes !== undefined) {
    throw new UsageError('trail redrive: --id and --cause do not go together');
  }
  const selection: RedriveSelection = ids !== undefined ? { ids } : causes !== undefined ? { causes } : {};
  return { table, dryRun: values['dry-run'], json: values.json, selection };
}

interface ReportOptions {
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly streams: CliStreams;
}

/** Tells of each letter as soon as it is done with, and sums up, also where the letters end in a fault. */
async function report(
  outcomes: AsyncIterable<RedriveOutcome | RedrivePreview>,
  { json, dryRun, streams: { stdout, stderr } }: ReportOptions,
): Promise<ExitCode> {
  const counts = { redriven: 0, waiting: 0, 'already-redriven': 0, unknown: 0, failed: 0 };
  try {
    for await (const outcome of outcomes) {
      counts[outcome.outcome]++;
      await writeText(stdout, `${json ? letterAsJson(outcome) : letterAsText(outcome)}\n`);
      if (outcome.outcome !== 'failed') continue;
      const line = `sallyport: ${printableText(outcome.letter.id)}: ${reasonOf(outcome.error)}\n`;
      // Nobody may be there to read it: no reason to leave the others unsent.
      await writeText(stderr, line).catch(() => undefined);
    }
  } finally {
    const done = dryRun ? `${counts.waiting} would be sent` : `${counts.redriven} sent`;
    const sentBefore = counts['already-redriven'];
    const summary = `${done}, ${sentBefore} sent before, ${counts.unknown} unknown, ${counts.failed} failed\n`;
    await writeText(stderr, summary).catch(() => undefined);
  }
  if (counts.failed > 0) return 2;
  return counts.unknown > 0 ? 1 : 0;
}

/** A port says which call failed, its cause often what to do about it: which permission or setting is missing. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const detail = isPortError(error) && cause !== undefined ? ` (${(cause as Partial<Error>).message})` : '';
  return printableText(`${message}${detail}`, 1000);
}

/** The packages of the AWS SDK are loaded here, so that nothing else of the command line needs them. */
async function openAwsOffice(tableName: string): Promise<LetterOffice> {
  const { openAwsLetterOffice } = await import('./aws-letter-office.ts').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      throw new Error(
        'trail redrive needs the AWS SDK: npm install @aws-sdk/client-dynamodb @aws-sdk/lib-dynamodb @aws-sdk/client-sqs',
        { cause: error },
      );
    },
  );
  return openAwsLetterOffice(tableName);
}
