import { WorkerTextExtractor } from '../../adapters/node/worker-text-extractor.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { sensitiveKinds } from '../../domain/sensitive-data/find-sensitive-data.ts';
import {
  defaultBlockingKinds,
  judgeText,
  type TextJudgement,
} from '../../domain/sensitive-data/judge-text.ts';
import type { TextExtractor } from '../../ports/text-extractor.ts';
import { assertFiles, type FileAnswer, type FileContent, judgeFiles } from './judge-files.ts';
import { parseArguments } from './parse-arguments.ts';
import { printableJson } from './printable-json.ts';
import { printablePath } from './printable-path.ts';
import { systemTimer, type Timer } from './timer.ts';
import { UsageError, type Verb } from './verb.ts';
import { wholeMegabytes } from './whole-megabytes.ts';

/** The verb `sallyport document scan`. */
export const scanDocuments: Verb = scanDocumentsBy(systemTimer);

/** The verb, by a clock of choice. */
export function scanDocumentsBy(timer: Timer): Verb {
  return {
    get help() {
      return helpText();
    },

    async run(args, streams) {
      const { values, operands } = parseArguments(args, {
        json: { type: 'boolean', default: false },
        'max-megabytes': { type: 'string', default: '100' },
        blocking: { type: 'string', default: defaultBlockingKinds.join(',') },
        'ignore-test-numbers': { type: 'boolean', default: false },
      });
      assertFiles(operands);
      const blockingKinds = values.blocking.split(',').map(kind => kind.trim());
      const unknown = blockingKinds.find(kind => !knownKinds.includes(kind));
      if (unknown !== undefined) {
        throw new UsageError(`--blocking: "${printableText(unknown)}" is none of ${knownKinds.join(', ')}`);
      }
      const maximumBytes = wholeMegabytes('--max-megabytes', values['max-megabytes']);
      const policy = {
        blockingKinds,
        testNumbers: !values['ignore-test-numbers'],
        mostFindings: Number.POSITIVE_INFINITY,
      };
      const extractor = new WorkerTextExtractor();
      try {
        return await judgeFiles({
          operands,
          streams,
          timer,
          maximumBytes,
          judge: async (file, content) => {
            const scan = await scanContent(content, extractor, policy, maximumBytes);
            return answerOf(file, scan, 'unreadable' in content, values.json);
          },
        });
      } finally {
        await extractor.close();
      }
    },
  };
}

const knownKinds = sensitiveKinds.map(({ name }) => name);

type Scan = TextJudgement & { readonly type?: string };

async function scanContent(
  content: FileContent,
  extractor: TextExtractor,
  policy: Parameters<typeof judgeText>[1],
  maximumBytes: number,
): Promise<Scan> {
  if ('unreadable' in content)
    return notRead('unreadable', `the file could not be read: ${content.unreadable}`);
  if ('tooLarge' in content) {
    return notRead('unscannable-too-large', `the file has more than the ${maximumBytes} bytes that are read`);
  }
  const text = await extractor.extract(content.bytes);
  return { ...(text.type === undefined ? {} : { type: text.type }), ...judgeText(text, policy) };
}

function notRead(code: string, explanation: string): Scan {
  return { verdict: 'indeterminate', reasons: [{ code, explanation }], findings: [], counts: {} };
}

function answerOf(file: string, scan: Scan, isUnreadable: boolean, asJson: boolean): FileAnswer {
  const grade = isUnreadable ? 2 : scan.verdict === 'compliant' ? 0 : 1;
  return { grade, line: asJson ? jsonOf(file, scan) : textOf(file, scan) };
}

function jsonOf(file: string, { verdict, type, reasons, findings }: Scan): string {
  return printableJson({
    file,
    verdict,
    type: type ?? null,
    reasons,
    findings: findings.map(({ kind, start, end, masked, page, part, confidence, reason }) => ({
      kind,
      start,
      end,
      masked,
      ...(page === undefined ? {} : { page }),
      ...(part === undefined ? {} : { part }),
      confidence,
      reason,
    })),
  });
}

function textOf(file: string, { verdict, reasons, findings }: Scan): string {
  return [
    `${verdict.padEnd(15)}${printablePath(file)}`,
    ...reasons.map(({ code, explanation }) => `               ${code}: ${explanation}`),
    ...findings.map(({ kind, masked, start, page, part, reason }) => {
      const place = page === undefined ? (part === undefined ? '' : `, ${part}`) : `, page ${page}`;
      return `               ${kind} ${masked} at ${start}${place} (${reason})`;
    }),
  ].join('\n');
}

function helpText(): string {
  return `Usage: sallyport document scan [options] <file>...

Searches documents (PDF, Word, plain text) for card and social-security numbers, IBANs and AWS keys.
Works on local files; needs no account. What a document is, its bytes tell, not its name.
- stands for a document on stdin. A file that begins with - goes after --.

The verdict is compliant; non-compliant, where a blocking kind was found; or indeterminate, where none was and a part
of the text could not be read (encrypted, broken, an image, over a bound): what was not seen is not clean.

Options:
  --json                 One line of JSON for each file:
                         {"file","verdict","type","reasons":[{"code","explanation"}],
                          "findings":[{"kind","start","end","masked","page?","part?","confidence","reason"}]}
                         A finding is text.slice(start, end) of the extracted text; values are shown masked only.
  --blocking <kinds>     Kinds that make a document non-compliant, separated by commas, of
                         ${knownKinds.join(', ')}; others are reported.
                         Without it: ${defaultBlockingKinds.join(',')}
  --ignore-test-numbers  Published test numbers do not count
  --max-megabytes <n>    Larger files are indeterminate, unread. Without it: 100
  -h, --help             Show this text

Progress goes to stderr, every two seconds.

Examples:
  sallyport document scan letter.pdf offer.docx
  sallyport document scan --json inbox/* | jq -r 'select(.verdict != "compliant") | .file'

Exit codes: 0 all are compliant, 1 any is not, 2 wrong usage or a file that could not be read, after all the others
were; 141 whoever read the output has gone away.`;
}
