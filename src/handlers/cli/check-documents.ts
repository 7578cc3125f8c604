import { WorkerDocumentInspector } from '../../adapters/node/worker-document-inspector.ts';
import { type DocumentPolicy, defaultDocumentPolicy } from '../../domain/documents/document-policy.ts';
import { documentTypes, extensionOf } from '../../domain/documents/document-types.ts';
import {
  type DocumentReason,
  judgeDeclaration,
  judgeDocument,
} from '../../domain/documents/judge-document.ts';
import type { DocumentFacts, DocumentInspector } from '../../ports/document-inspector.ts';
import { assertFiles, type FileAnswer, type FileContent, judgeFiles } from './judge-files.ts';
import { parseArguments } from './parse-arguments.ts';
import { printableJson } from './printable-json.ts';
import { printablePath } from './printable-path.ts';
import { systemTimer, type Timer } from './timer.ts';
import { UsageError, type Verb } from './verb.ts';
import { wholeMegabytes } from './whole-megabytes.ts';

const openXml = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** The verb `sallyport document check`. */
export const checkDocuments: Verb = checkDocumentsBy(systemTimer);

/** The verb, by a clock of choice. */
export function checkDocumentsBy(timer: Timer): Verb {
  return {
    get help() {
      return helpText();
    },

    async run(args, streams) {
      const { values, operands } = parseArguments(args, {
        json: { type: 'boolean', default: false },
        docx: { type: 'boolean', default: false },
        type: { type: 'string', default: '' },
        'max-megabytes': { type: 'string', default: '10' },
      });
      assertFiles(operands);
      if (values.type !== '' && !/^[\w.+-]+\/[\w.+-]+/.test(values.type)) {
        throw new UsageError('--type is a media type, such as application/pdf');
      }
      const policy: DocumentPolicy = {
        allowedTypes: [...defaultDocumentPolicy.allowedTypes, ...(values.docx ? [openXml] : [])],
        maximumBytes: wholeMegabytes('--max-megabytes', values['max-megabytes']),
      };
      const inspector = new WorkerDocumentInspector();
      const check = async (file: string, content: FileContent): Promise<FileAnswer> => {
        const contentType = values.type === '' ? typeOfName(file) : values.type;
        const report = await reportOn({ file, content, contentType, policy, inspector });
        const grade = 'unreadable' in content ? 2 : report.verdict === 'valid' ? 0 : 1;
        return { grade, line: values.json ? printableJson(report) : textOf(report) };
      };
      try {
        const { maximumBytes } = policy;
        return await judgeFiles({ operands, streams, timer, maximumBytes, judge: check });
      } finally {
        await inspector.close();
      }
    },
  };
}

interface Report {
  readonly file: string;
  readonly verdict: 'valid' | 'invalid';
  /** What its structure is that of; null where that was not seen. */
  readonly type: string | null;
  readonly size: number | null;
  readonly pages?: number;
  readonly reasons: readonly DocumentReason[];
  readonly notes: readonly DocumentReason[];
}

interface Check {
  readonly file: string;
  readonly content: FileContent;
  readonly contentType: string | undefined;
  readonly policy: DocumentPolicy;
  readonly inspector: DocumentInspector;
}

async function reportOn({ file, content, contentType, policy, inspector }: Check): Promise<Report> {
  const refused = (size: number | null, reasons: readonly DocumentReason[]): Report => ({
    file,
    verdict: 'invalid',
    type: null,
    size,
    reasons,
    notes: [],
  });
  if ('unreadable' in content) {
    const explanation = `the file could not be read: ${content.unreadable}`;
    return refused(null, [{ code: 'unreadable', explanation }]);
  }
  const declared = { key: file, ...(contentType === undefined ? {} : { contentType }) };
  if ('tooLarge' in content) {
    const size = content.size ?? policy.maximumBytes + 1;
    return refused(content.size ?? null, judgeDeclaration({ ...declared, size }, policy));
  }
  const { size } = content;
  const facts = await inspector.inspect(content.bytes);
  const { reasons, notes } = judgeDocument({ ...declared, size }, facts, policy);
  return {
    file,
    verdict: reasons.length === 0 ? 'valid' : 'invalid',
    type: facts.structure.state === 'unrecognised' ? null : (facts.structure.type ?? null),
    size,
    ...pagesOf(facts),
    reasons,
    notes,
  };
}

function pagesOf({ structure }: DocumentFacts): Pick<Report, 'pages'> {
  return structure.state === 'sound' && structure.pages !== undefined ? { pages: structure.pages } : {};
}

/** What a client would declare of a file of that name. */
function typeOfName(file: string): string | undefined {
  const extension = extensionOf(file);
  return documentTypes.find(({ extensions }) => extensions.includes(extension ?? ''))?.mediaType;
}

function textOf({ file, verdict, reasons, notes }: Report): string {
  return [
    `${verdict.padEnd(9)}${printablePath(file)}`,
    ...reasons.map(({ code, explanation }) => `         ${code}: ${explanation}`),
    ...notes.map(({ code, explanation }) => `         (${code}: ${explanation})`),
  ].join('\n');
}

const extensionsText = documentTypes
  .map(
    ({ mediaType, extensions }) =>
      `  ${extensions
        .map(it => `.${it}`)
        .join(' ')
        .padEnd(32)}  ${mediaType}`,
  )
  .join('\n');

function helpText(): string {
  return `Usage: sallyport document check [options] <file>...

Tells of each document whether the pipeline would let it in: declared type, extension, first bytes and structure agree;
it is neither empty nor too large; and nothing in it is encrypted, runs or is fetched from elsewhere. All that speaks
against it is listed. Works on local files; needs no account.
- stands for a document on stdin. A file that begins with - goes after --.

Options:
  --type <media type>  The declared type. Without it, that of the file's extension:
${extensionsText.replaceAll(/^/gm, '                     ')}
  --docx               Let in Word documents in Open XML too
  --max-megabytes <n>  Larger files are refused. Without it: 10
  --json               One line of JSON for each file:
                       {"file","verdict":"valid"|"invalid","type","size","pages?","reasons":[{"code","explanation"}],
                        "notes":[{"code","explanation"}]}
                       type and size are null where they were not seen, as of a file that could not be read.
  -h, --help           Show this text

Progress goes to stderr, every two seconds.

Exit codes: 0 all are valid, 1 any is not, 2 wrong usage or a file that could not be read, after all the others were;
141 whoever read the output has gone away.`;
}
