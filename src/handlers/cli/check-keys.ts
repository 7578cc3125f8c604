import { type ObjectKeyOutcome, parseObjectKey } from '../../domain/kernel/object-key.ts';
import {
  defaultObjectKeyPolicy,
  type ObjectKeyPolicy,
  strictObjectKeyPolicy,
  wideObjectKeyPolicy,
} from '../../domain/kernel/object-key-policy.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { parseArguments } from './parse-arguments.ts';
import { printableJson } from './printable-json.ts';
import { splitLines } from './split-lines.ts';
import { type CliStreams, type ExitCode, UsageError, type Verb } from './verb.ts';
import { writeText } from './write-text.ts';

const policies: ReadonlyMap<string, ObjectKeyPolicy> = new Map([
  ['default', defaultObjectKeyPolicy],
  ['strict', strictObjectKeyPolicy],
  ['wide', wideObjectKeyPolicy],
]);

/** Kept of a line on stdin: what is given comes back whole, unless it could not be held in memory. */
const maxLineBytes = 16 * 2 ** 20;

/** The verb `sallyport key check`. */
export const checkKeys: Verb = {
  help: `Usage: sallyport key check [options] <key>...
       sallyport key check [options] -

Tells of each object key whether it is a plain relative name to every later reader, and if not, why.
With - the keys are read from stdin, one a line; lines end at LF, a CR belongs to the key.
A key that begins with - goes after --.

Options:
  --json           One line of JSON a key: {"key","verdict","violations":[{"code","position","explanation"}]}
  --policy <name>  default, strict or wide
  -h, --help       Show this text

Exit codes: 0 all keys are accepted, 1 any is refused, 2 wrong usage or unreadable input,
141 whoever read the output has gone away.`,

  async run(args, streams) {
    const { keys, policy, format } = readArguments(args);
    const batches = keys === 'stdin' ? splitLines(streams.stdin, maxLineBytes) : [keys];
    return checkAll(batches, key => parseObjectKey(key, policy), format, streams);
  },
};

type Key = string | Uint8Array;
type Format = (key: string, outcome: ObjectKeyOutcome) => string;

interface Request {
  readonly keys: readonly string[] | 'stdin';
  readonly policy: ObjectKeyPolicy;
  readonly format: Format;
}

function readArguments(args: readonly string[]): Request {
  const { values, operands } = parseArguments(args, {
    json: { type: 'boolean', default: false },
    policy: { type: 'string', default: 'default' },
  });
  const policy = policies.get(values.policy);
  if (policy === undefined) {
    throw new UsageError(`--policy is one of ${[...policies.keys()].join(', ')}`);
  }
  const fromStdin = operands.some(({ isStdin }) => isStdin);
  if (operands.length === 0) throw new UsageError('give keys, or - to read them from stdin');
  if (fromStdin && operands.length > 1) throw new UsageError('- stands alone');
  return {
    keys: fromStdin ? 'stdin' : operands.map(({ value }) => value),
    policy,
    format: values.json ? asJson : asText,
  };
}

/** Answers a batch at a time: no more input is read before the output is taken. */
async function checkAll(
  batches: AsyncIterable<readonly Key[]> | Iterable<readonly Key[]>,
  check: (key: Key) => ObjectKeyOutcome,
  format: Format,
  { stdout }: CliStreams,
): Promise<ExitCode> {
  let refused = false;
  for await (const batch of batches) {
    let lines = '';
    for (const key of batch) {
      const outcome = check(key);
      if (outcome.outcome === 'refused') refused = true;
      lines += `${format(textOf(key), outcome)}\n`;
    }
    await writeText(stdout, lines);
  }
  return refused ? 1 : 0;
}

function textOf(key: Key): string {
  return typeof key === 'string' ? key : new TextDecoder('utf-8', { ignoreBOM: true }).decode(key);
}

function asJson(key: string, result: ObjectKeyOutcome): string {
  const violations = result.outcome === 'refused' ? result.violations : [];
  return printableJson({ key, verdict: result.outcome, violations });
}

function asText(key: string, result: ObjectKeyOutcome): string {
  const line = `${result.outcome.padEnd(10)}${printableText(key)}`;
  if (result.outcome === 'accepted') return line;
  const reasons = result.violations.map(
    ({ code, position, explanation }) => `            ${code} at ${position}: ${explanation}`,
  );
  return [line, ...reasons].join('\n');
}
