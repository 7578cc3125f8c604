import { createRequire } from 'node:module';
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
    words: ['trail', 'analyze'],
    summary: 'Find the records of CloudTrail log files that a rule matches',
    load: async () => (await import('./analyze-trail.ts')).analyzeTrail,
  },
  {
    words: ['trail', 'redrive'],
    summary: 'Send stored dead letters back to their queues',
    load: async () => (await import('./redrive-letters.ts')).redriveLetters,
  },
];

/** Runs one command line and answers its exit code; never throws. */
export async function runCli(args: readonly string[], streams: CliStreams): Promise<ExitCode> {
  // A stream that breaks also fails the write that met it, which is where it is answered.
  streams.stdout.on('error', ignore);
  streams.stderr.on('error', ignore);
  try {
    return await dispatch(args, streams);
  } catch (error) {
    if (!isClosedPipe(error)) await complain(error, streams);
    return 2;
  }
}

async function dispatch(args: readonly string[], streams: CliStreams): Promise<ExitCode> {
  const entry = verbs.find(verb => verb.words.every((word, index) => args[index] === word));
  if (entry !== undefined) {
    const verb = await entry.load();
    const rest = args.slice(entry.words.length);
    return asksForHelp(rest) ? answer(verb.help, streams) : verb.run(rest, streams);
  }
  if (args[0] === '--version') return answer(version(), streams);
  if (asksForHelp(args) && beginsVerb(args)) return answer(programHelp(), streams);
  throw new UsageError(args.length === 0 ? 'no command given' : 'unknown command');
}

function asksForHelp(args: readonly string[]): boolean {
  const terminator = args.indexOf('--');
  const options = terminator === -1 ? args : args.slice(0, terminator);
  return options.includes('--help') || options.includes('-h');
}

/** Whether what stands before the first option could go on to a verb. */
function beginsVerb(args: readonly string[]): boolean {
  const given = args.slice(
    0,
    args.findIndex(arg => arg.startsWith('-')),
  );
  return verbs.some(({ words }) => given.every((word, index) => words[index] === word));
}

async function answer(text: string, streams: CliStreams): Promise<ExitCode> {
  await writeText(streams.stdout, `${text}\n`);
  return 0;
}

function programHelp(): string {
  const width = Math.max(...verbs.map(({ words }) => words.join(' ').length));
  const lines = verbs.map(({ words, summary }) => `  ${words.join(' ').padEnd(width)}  ${summary}`);
  return `Usage: sallyport <command> [options]

Commands:
${lines.join('\n')}

Options:
  -h, --help   Show this text, or a command's own
  --version    Show the version

Exit codes: 0 all is fine, 1 something is wrong with what was given, 2 it could not be done.`;
}

function version(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../../package.json');
  return String((manifest as { version?: unknown }).version);
}

async function complain(error: unknown, { stderr }: CliStreams): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof UsageError ? "\nTry 'sallyport --help'." : '';
  await writeText(stderr, `sallyport: ${message}${hint}\n`).catch(ignore);
}

/** Whether the reader of our output has gone away, as `head` does. */
function isClosedPipe(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}

function ignore(): void {}
