import { createRequire } from 'node:module';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { type CliStreams, type ExitCode, UsageError, type Verb } from './verb.ts';
import { writeText } from './write-text.ts';

interface VerbEntry {
  /** The words that call it. */
  readonly words: readonly string[];
  readonly summary: string;
  /** Verbs are loaded when they are called, so that one does not pay for the others. */
  readonly load: () => Promise<Verb>;
}

const verbs: readonly VerbEntry[] = [
  {
    words: ['key', 'check'],
    summary: 'Tell whether object keys are safe to work with',
    load: async () => (await import('./check-keys.ts')).checkKeys,
  },
  {
    words: ['document', 'check'],
    summary: 'Tell whether documents are what they say and may be let in',
    load: async () => (await import('./check-documents.ts')).checkDocuments,
  },
  {
    words: ['document', 'scan'],
    summary: 'Search documents for card and social-security numbers',
    load: async () => (await import('./scan-documents.ts')).scanDocuments,
  },
  {
    words: ['records', 'check'],
    summary: 'Tell which records of JSON files are valid, and what is wrong with the others',
    load: async () => (await import('./check-records.ts')).checkRecords,
  },
  {
    words: ['compliance', 'report'],
    summary: 'Judge the resources of an inventory file: encryption, public access, and more',
    load: async () => (await import('./report-compliance.ts')).reportCompliance,
  },
  {
    words: ['compliance', 'scan'],
    summary: 'Judge the resources of AWS accounts, with the credentials at hand',
    load: async () => (await import('./scan-compliance.ts')).scanCompliance,
  },
  {
    words: ['trail', 'analyze'],
    summary: 'Find the records of CloudTrail log files that a rule matches',
    load: async () => (await import('./analyze-trail.ts')).analyzeTrail,
  },
  {
    words: ['trail', 'rules', 'check'],
    summary: 'Tell whether rules files can be used, and whether their examples hold',
    load: async () => (await import('./check-trail-rules.ts')).checkTrailRules,
  },
  {
    words: ['trail', 'backfill'],
    summary: 'Analyze the CloudTrail logs that a bucket holds already',
    load: async () => (await import('./backfill-trail.ts')).backfillTrail,
  },
  {
    words: ['trail', 'redrive'],
    summary: 'Send stored dead letters back to their queues, or dismiss them',
    load: async () => (await import('./redrive-letters.ts')).redriveLetters,
  },
  {
    words: ['trail', 'verify'],
    summary: 'Prove CloudTrail log files by the digests that CloudTrail signs',
    load: async () => (await import('./verify-trail.ts')).verifyTrail,
  },
  {
    words: ['finding', 'plan'],
    summary: 'Tell what would be done about GuardDuty findings, step by step',
    load: async () => (await import('./plan-findings.ts')).planFindings,
  },
  {
    words: ['finding', 'rollback'],
    summary: 'Undo what was done about a GuardDuty finding, or release it',
    load: async () => (await import('./rollback-finding.ts')).rollbackFinding,
  },
];

/** What a shell answers for a tool that SIGPIPE ended, as it ends most; Node.js does not let the signal through. */
const readerWentAway = 141;

/** Runs one command line and answers its exit code; never throws. */
export async function runCli(
  args: readonly string[],
  streams: CliStreams,
): Promise<ExitCode | typeof readerWentAway> {
  // A stream that breaks also fails the write that met it, which is where it is answered.
  streams.stdout.on('error', ignore);
  streams.stderr.on('error', ignore);
  const entry = verbs.find(verb => verb.words.every((word, index) => args[index] === word));
  try {
    return await (entry === undefined ? runProgram(args, streams) : runVerb(entry, args, streams));
  } catch (error) {
    if (isClosedPipe(error)) return readerWentAway;
    await complain(error, entry?.words ?? [], streams);
    return 2;
  }
}

async function runVerb(
  { words, load }: VerbEntry,
  args: readonly string[],
  streams: CliStreams,
): Promise<ExitCode> {
  const verb = await load();
  const rest = args.slice(words.length);
  return asksForHelp(rest) ? answer(verb.help, streams) : verb.run(rest, streams);
}

async function runProgram(args: readonly string[], streams: CliStreams): Promise<ExitCode> {
  if (args[0] === '--version') return answer(version(), streams);
  const words = leadingWords(args);
  if (asksForHelp(args) && verbsBelow(words).length > 0) return answer(programHelp(), streams);
  throw new UsageError(whatIsWrong(words, args[0]));
}

/** What stands before the first option. */
function leadingWords(args: readonly string[]): readonly string[] {
  const end = args.findIndex(arg => arg.startsWith('-'));
  return end === -1 ? args : args.slice(0, end);
}

function verbsBelow(words: readonly string[]): readonly VerbEntry[] {
  return verbs.filter(verb => words.every((word, index) => verb.words[index] === word));
}

/** Why the words are no command, and which commands they begin. */
function whatIsWrong(words: readonly string[], firstArgument: string | undefined): string {
  if (firstArgument === undefined) return 'no command given';
  if (words.length === 0) return `unknown option "${printableText(firstArgument)}"`;
  const begun = verbsBelow(words);
  if (begun.length > 0) return `"${words.join(' ')}" is the beginning of\n${listOf(begun)}`;
  const fitting = words.findIndex((_, index) => verbsBelow(words.slice(0, index + 1)).length === 0);
  const unknown = `unknown command "${printableText(words.slice(0, fitting + 1).join(' '))}"`;
  if (fitting === 0) return unknown;
  return `${unknown}; there is\n${listOf(verbsBelow(words.slice(0, fitting)))}`;
}

function asksForHelp(args: readonly string[]): boolean {
  const terminator = args.indexOf('--');
  const options = terminator === -1 ? args : args.slice(0, terminator);
  return options.includes('--help') || options.includes('-h');
}

async function answer(text: string, streams: CliStreams): Promise<ExitCode> {
  await writeText(streams.stdout, `${text}\n`);
  return 0;
}

function programHelp(): string {
  return `Usage: sallyport <command> [options]

Commands:
${listOf(verbs)}

Options:
  -h, --help   Show this text, or a command's own
  --version    Show the version

Exit codes: 0 all is fine, 1 something is wrong with what was given, 2 it could not be done,
141 whoever read the output has gone away (as head does), and the command ended there.`;
}

function listOf(entries: readonly VerbEntry[]): string {
  const width = Math.max(...entries.map(({ words }) => words.join(' ').length));
  return entries.map(({ words, summary }) => `  ${words.join(' ').padEnd(width)}  ${summary}`).join('\n');
}

function version(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../../package.json');
  return String((manifest as { version?: unknown }).version);
}

async function complain(error: unknown, words: readonly string[], { stderr }: CliStreams): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const text = error instanceof UsageError ? withHint(message, words) : message;
  await writeText(stderr, `sallyport: ${text}\n`).catch(ignore);
}

function withHint(message: string, words: readonly string[]): string {
  const place = words.length === 0 ? '' : `${words.join(' ')}: `;
  return `${place}${message}\nTry '${['sallyport', ...words, '--help'].join(' ')}'.`;
}

/** Whether the reader of our output has gone away, as `head` does. */
function isClosedPipe(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

function ignore(): void {}
