import { systemClock } from '../../adapters/node/system-clock.ts';
import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { defaultTrailRulePack, trailRulePacks } from '../../domain/trail/rule-packs.ts';
import { compileTrailRules } from '../../domain/trail/trail-rules.ts';
import type { Clock } from '../../ports/clock.ts';
import { readTrailRules } from '../read-trail-rules.env.ts';
import { LogAnalysis } from './log-analysis.ts';
import { parseArguments } from './parse-arguments.ts';
import { systemTimer, type Timer } from './timer.ts';
import { matchAsJson, matchAsText } from './trail-match-line.ts';
import { renderReport } from './trail-report/render-report.ts';
import { ReportFile } from './trail-report/report-file.ts';
import { TrailReport } from './trail-report/trail-report.ts';
import { UsageError, type Verb } from './verb.ts';

/** The verb `sallyport trail analyze`. */
export const analyzeTrail: Verb = analyzeTrailBy(systemTimer);

/** The verb, by clocks of choice: `timer` for progress, `clock` for when the report is made. */
export function analyzeTrailBy(timer: Timer, clock: Clock = systemClock): Verb {
  return {
    get help() {
      return helpText();
    },

    async run(args, streams) {
      const { operands, rulesSource, json, reportPath } = readArguments(args);
      const rules = readTrailRules(rulesSource, process.cwd());
      const format = json ? matchAsJson : matchAsText(rules);
      if (reportPath === undefined) return new LogAnalysis({ rules, format, streams, timer }).run(operands);

      const file = new ReportFile(reportPath);
      await file.assertWritable();
      const report = new TrailReport({ rules, now: canonicalTime(clock.now()) });
      const analysis = new LogAnalysis({ rules, format, streams, timer, report });
      const code = await analysis.run(operands);
      await file.write(renderReport(report.data(analysis.counts)));
      return code;
    },
  };
}

function readArguments(args: readonly string[]) {
  const { values, operands } = parseArguments(args, {
    json: { type: 'boolean', default: false },
    report: { type: 'string' },
    rules: { type: 'string', default: defaultTrailRulePack },
  });
  if (operands.length === 0) throw new UsageError('give files or folders, or - to read stdin');
  if (operands.filter(({ isStdin }) => isStdin).length > 1) {
    throw new UsageError('- can be given once, for stdin can be read once');
  }
  if (operands.some(({ value }) => value === '')) {
    throw new UsageError('one of the files or folders given is "", which names none');
  }
  const bucket = operands.find(({ value }) => /^s3:/i.test(value));
  if (bucket !== undefined) {
    throw new UsageError(
      `"${printableText(bucket.value)}": logs are read from this machine alone. Copy them (aws s3 sync) and give the folder; ` +
        '"sallyport trail backfill" reads a bucket',
    );
  }
  if (values.rules === '') throw new UsageError('--rules names a file or a pack');
  if (values.report === '') throw new UsageError('--report names a file');
  return { operands, rulesSource: values.rules, json: values.json, reportPath: values.report };
}

function helpText(): string {
  return `Usage: sallyport trail analyze [options] <file|folder>...

Finds the records of CloudTrail logs that a rule matches. Works on local files; needs no account.
A log is read whatever its form: gzip or plain; {"Records":[...]}, a bare array, or a record a line.
Of a folder and those below it the files *.json, *.jsonl, *.ndjson, *.log and *.gz are read, in the order of their
names, and all others skipped. Where the folders are called as AWS calls them (AWSLogs/<account>/<service>/), all
files of CloudTrail are read, and those of other services skipped. Digest files are skipped.
A file that is named itself is always read.
- stands for a log on stdin. A file that begins with - goes after --.

Options:
  --rules <file|packs> The rules: a JSON file, or packs of those below with commas between them (./name for a file that
                       is called like a pack). A file holds {"monitoredEvents":["ConsoleLogin",...]}, where each name is
                       a rule of that id, or {"rules":[{"id","title","severity","pattern":{...}},...]}, and more, which
                       "sallyport trail rules check" checks. What a rule suppresses is listed all the same; the
                       report tells it apart.
                       Without it: ${defaultTrailRulePack}
  --json               One line of JSON for each record and rule:
                       {"rule","eventID","eventName","eventTime","principal","sourceIPAddress","file"}
                       principal is the ARN of who acted, else the service, else the type of the identity.
                       What a record does not say is null.
  --report <file>      Writes a page for a browser as well, with filters: who did what, when, from where, how it ended,
                       which rules matched, which files failed. One file that loads nothing; a file that is there is
                       replaced once all was read. It lists the first 50,000 matches and counts the others.
  -h, --help           Show this text

On stderr: what could not be read and why, progress every two seconds, and at the end how many files were found, how
many records they hold and how many of these matched, and how many of the files were skipped or failed.

${Object.entries(trailRulePacks)
  .map(([name, file]) => packText(name, compileTrailRules(file).rules))
  .join('\n\n')}

Examples:
  sallyport trail analyze AWSLogs/
  sallyport trail analyze --rules monitored_events.json --json today.json.gz | jq -r .principal
  sallyport trail analyze --report out.html AWSLogs/ > matches.txt
  aws s3 cp s3://my-trail-logs/one.json.gz - | sallyport trail analyze -

Exit codes: 0 all was read, whether or not a record matched; 2 wrong usage, unusable rules, a report that cannot be
written, or a file that could not be read, after all the others were; 141 whoever read the output has gone away, and
nothing more was read, nor a report written.`;
}

function packText(name: string, rules: readonly { readonly id: string; readonly title: string }[]): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return [`Rules of ${name}:`, ...rules.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`)].join('\n');
}
