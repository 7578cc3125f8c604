import { checkRuleExamples } from '../../domain/trail/check-rule-examples.ts';
import { type ReadTrailRule, readTrailRulesFile } from '../../domain/trail/read-trail-rules-file.ts';
import { trailRulePacks } from '../../domain/trail/rule-packs.ts';
import { mostRulesBytes } from '../../domain/trail/rules-content.ts';
import { TrailRulesError } from '../../domain/trail/trail-rules-error.ts';
import { isTrailRulePack, packsIn, whyNoPack } from '../read-trail-rules.env.ts';
import { doubtsAbout } from './doubtful-rules.ts';
import { assertFiles, type FileAnswer, type FileContent, judgeFiles } from './judge-files.ts';
import { parseArguments } from './parse-arguments.ts';
import { printableJson } from './printable-json.ts';
import { printablePath } from './printable-path.ts';
import { systemTimer, type Timer } from './timer.ts';
import type { Verb } from './verb.ts';

/** The verb `sallyport trail rules check`. */
export const checkTrailRules: Verb = checkTrailRulesBy(systemTimer);

/** The verb, by a clock of choice. */
export function checkTrailRulesBy(timer: Timer, now: () => Date = () => new Date()): Verb {
  return {
    get help() {
      return helpText();
    },

    run(args, streams) {
      const { values, operands } = parseArguments(args, { json: { type: 'boolean', default: false } });
      assertFiles(operands);
      const judge = async (file: string, content: FileContent): Promise<FileAnswer> => {
        const report = reportOn(file, content, now());
        const grade = report.verdict === 'valid' ? 0 : report.verdict === 'unreadable' ? 2 : 1;
        return { grade, line: values.json ? printableJson(report) : textOf(report) };
      };
      return judgeFiles({ operands, streams, timer, maximumBytes: mostRulesBytes, judge });
    },
  };
}

interface Report {
  readonly file: string;
  readonly verdict: 'valid' | 'invalid' | 'unreadable';
  readonly rules: number;
  readonly examples: number;
  /** What is wrong, a line each. */
  readonly faults: readonly string[];
  /** What is not wrong, but may not be meant. */
  readonly notes: readonly string[];
}

function reportOn(file: string, content: FileContent, now: Date): Report {
  const report = { file, rules: 0, examples: 0, notes: [] };
  const isPack = isTrailRulePack(file);
  if (!isPack && 'unreadable' in content) {
    const faults = mayBePacks(file) ? [content.unreadable, whyNoPack(file)] : [content.unreadable];
    return { ...report, verdict: 'unreadable', faults };
  }
  if (!isPack && 'tooLarge' in content) {
    return { ...report, verdict: 'invalid', faults: [`has more than ${mostRulesBytes} bytes`] };
  }
  try {
    const isFile = !isPack && 'bytes' in content;
    const rules = readTrailRulesFile(isFile ? content.bytes : { packs: packsIn(file) });
    const faults = faultsOfExamples(rules);
    return {
      file,
      verdict: faults.length === 0 ? 'valid' : 'invalid',
      rules: rules.length,
      examples: rules.reduce((sum, { examples }) => sum + examples.match.length + examples.noMatch.length, 0),
      faults,
      notes: [...expiredSuppressions(rules, now), ...rules.flatMap(doubtsAbout)],
    };
  } catch (error) {
    if (!(error instanceof TrailRulesError)) throw error;
    return { ...report, verdict: 'invalid', faults: error.faults };
  }
}

/** Whether a name, or names parted by commas, could be meant for packs: paths have slashes or dots. */
function mayBePacks(file: string): boolean {
  return !/[/\\.]/.test(file);
}

function faultsOfExamples(rules: readonly ReadTrailRule[]): readonly string[] {
  return checkRuleExamples(rules).map(({ rule, list, index }) => {
    const outcome = list === 'match' ? 'is not matched' : 'is matched';
    return `rule ${rule}: examples.${list}[${index}] ${outcome}`;
  });
}

function expiredSuppressions(rules: readonly ReadTrailRule[], now: Date): readonly string[] {
  return rules.flatMap(({ rule: { id, suppress } }) =>
    suppress.flatMap(({ expires }, index) =>
      now.getTime() < Date.parse(expires)
        ? []
        : [`rule ${id}: suppress[${index}] has expired (${expires}), and counts as none`],
    ),
  );
}

function textOf({ file, verdict, rules, examples, faults, notes }: Report): string {
  const counts = rules === 0 ? '' : `: ${counted(rules, 'rule')}, ${counted(examples, 'example')}`;
  return [
    `${verdict.padEnd(10)}  ${printablePath(file)}${counts}`,
    ...faults.map(fault => `            ${fault}`),
    ...notes.map(note => `            note: ${note}`),
  ].join('\n');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function helpText(): string {
  return `Usage: sallyport trail rules check [options] <file|pack[,pack...]>...

Tells whether rules files can be used, and whether the examples of each rule come out as they say: records under
examples.match must match it, those under examples.noMatch must not. Needs no account. A file that passes is one that
sallyport trail analyze --rules takes, and a deployment; its schema is docs/trail-rules.schema.json.
The name of a pack stands for its rules, the names of several, parted by commas, for theirs together, as elsewhere:
${Object.keys(trailRulePacks).join(', ')}. Write ./name for a file of that name.
- stands for a file on stdin. A file that begins with - goes after --.

Options:
  --json      One line of JSON a file: {"file","verdict","rules","examples","faults":[...],"notes":[...]}
              The verdict is valid, invalid or unreadable. Notes tell of suppressions that have expired, and of rules that
              most likely match nothing: names of events or fields that no record has. They leave a file valid.
  -h, --help  Show this text

Exit codes: 0 all files are valid, 1 any is not, or an example of it comes out otherwise, 2 wrong usage or a file that
could not be read, after all the others were; 141 whoever read the output has gone away.`;
}
