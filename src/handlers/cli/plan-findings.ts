import { systemClock } from '../../adapters/node/system-clock.ts';
import {
  type ContainmentPolicy,
  defaultContainmentPolicy,
} from '../../domain/findings/containment-policy.ts';
import type { GuardDutyFinding } from '../../domain/findings/guard-duty-finding.ts';
import { planRemediation } from '../../domain/findings/plan-remediation.ts';
import { findingsIn, readFinding } from '../../domain/findings/read-finding.ts';
import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import { parseJson } from '../../domain/kernel/parse-json.ts';
import { utf8Text } from '../../domain/kernel/utf8-text.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  errorOf,
  type FindingLines,
  type FindingPlace,
  findingLinesAsJson,
  findingLinesAsText,
} from './finding-lines.ts';
import { assertFiles, type FileAnswer, type FileContent, judgeFiles } from './judge-files.ts';
import { parseArguments } from './parse-arguments.ts';
import { systemTimer, type Timer } from './timer.ts';
import { UsageError, type Verb } from './verb.ts';

/** `GetFindings` answers 50 findings at most, EventBridge events of 256 KB. */
const maximumBytes = 32 * 2 ** 20;

/** Name of the role that stands for the one that contains, where none is given. */
const standInRole = 'sallyport-finding-remediator';
const roleArn = /^(arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+)?$/;

/** The verb `sallyport finding plan`. */
export const planFindings: Verb = planFindingsBy(systemClock, systemTimer);

/** The verb, by clocks of choice. */
export function planFindingsBy(clock: Clock, timer: Timer): Verb {
  return {
    help: helpText(),

    async run(args, streams) {
      const { values, operands } = parseArguments(args, {
        json: { type: 'boolean', default: false },
        account: { type: 'string', default: '' },
        'minimum-severity': { type: 'string', default: String(defaultContainmentPolicy.minimumSeverity) },
        'remediation-role': { type: 'string', default: '' },
        responder: { type: 'string', multiple: true, default: [] },
        'protected-role': { type: 'string', multiple: true, default: [] },
      });
      assertFiles(operands);
      const policyFor = policyMaker(
        {
          account: checked('--account', 'an account of 12 digits', /^(\d{12})?$/, values.account),
          minimumSeverity: severity('--minimum-severity', values['minimum-severity']),
          role: checked('--remediation-role', 'the ARN of a role', roleArn, values['remediation-role']),
          responders: values.responder.map(it => checked('--responder', 'an ARN', /^arn:[\x21-\x7e]+$/, it)),
          protectedRoles: values['protected-role'].map(it =>
            checked('--protected-role', 'the name of a role', /^[\w+=,.@*-]{1,64}$/, it),
          ),
        },
        clock,
      );
      const lines = values.json ? findingLinesAsJson : findingLinesAsText;
      const judge = async (file: string, content: FileContent) => answerOf(file, content, lines, policyFor);
      return judgeFiles({ operands, streams, timer, maximumBytes, judge });
    },
  };
}

type PolicyFor = (finding: GuardDutyFinding) => ContainmentPolicy;

function answerOf(file: string, content: FileContent, lines: FindingLines, policyFor: PolicyFor): FileAnswer {
  const refused = (grade: FileAnswer['grade'], error: string) => ({
    grade,
    line: lines.refused({ file }, error),
  });
  if ('unreadable' in content) return refused(2, `the file could not be read: ${content.unreadable}`);
  if ('tooLarge' in content) return refused(1, 'the file is larger than 32 MB');
  const { text, isUtf8 } = utf8Text(Buffer.from(content.bytes));
  const document = isUtf8 ? parseJson(text.replace(/^\ufeff/, '')) : undefined;
  if (document === undefined) return refused(1, 'the file is no JSON');
  const findings = Array.isArray(document) ? document.flatMap(findingsIn) : findingsIn(document);
  if (findings.length === 0) return refused(1, 'the file holds no finding');
  const answers = findings.map((finding, index) =>
    lineOf(finding, findings.length === 1 ? { file } : { file, index }, lines, policyFor),
  );
  return {
    grade: answers.some(({ grade }) => grade === 1) ? 1 : 0,
    line: answers.map(({ line }) => line).join('\n'),
  };
}

function lineOf(value: unknown, place: FindingPlace, lines: FindingLines, policyFor: PolicyFor): FileAnswer {
  const reading = readFinding(value);
  if (reading.outcome === 'refused') return { grade: 1, line: lines.refused(place, errorOf(reading.faults)) };
  const { finding } = reading;
  const plan = planRemediation(finding, undefined, policyFor(finding));
  return { grade: 0, line: lines.planned(place, finding, plan) };
}

interface PolicyOptions {
  /** Empty for that of each finding. */
  readonly account: string;
  readonly minimumSeverity: number;
  /** Empty for a role of the finding's account. */
  readonly role: string;
  readonly responders: readonly string[];
  readonly protectedRoles: readonly string[];
}

function policyMaker(options: PolicyOptions, clock: Clock): PolicyFor {
  const { account, minimumSeverity, role, responders, protectedRoles } = options;
  const now = canonicalTime(clock.now());
  return ({ accountId, partition }) => ({
    ...defaultContainmentPolicy,
    minimumSeverity,
    ownAccount: account === '' ? accountId : account,
    remediationRoleArn: role === '' ? `arn:${partition}:iam::${accountId}:role/${standInRole}` : role,
    responders,
    protectedRoles: [...defaultContainmentPolicy.protectedRoles, ...protectedRoles],
    now,
  });
}

function checked(option: string, what: string, pattern: RegExp, value: string): string {
  if (pattern.test(value)) return value;
  throw new UsageError(`${option} takes ${what}`);
}

function severity(option: string, value: string): number {
  const number = /^\d{1,2}(\.\d{1,2})?$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= 10) return number;
  throw new UsageError(`${option} takes a number from 1 to 10`);
}

function helpText(): string {
  return `Usage: sallyport finding plan [options] <file>...

Tells of GuardDuty findings what would be done about them: the steps of containment in order, each with its API call,
what must hold for it, and its way back; or that people are told, and why. Nothing is done. Works on local files; needs
no account. What stands only in the account is written as { "$fact": "<name>" }; what stood there before a step, as
{ "$before": "<name>" }; a policy with a statement added, as { "$policy": { "of", "and" } }. The way back of a bucket depends
on what stood there: with it, it is put back (s3:PutBucketPolicy, s3:PutPublicAccessBlock, with { "$before": … }, as shown);
where nothing stood there, it is deleted (s3:DeleteBucketPolicy, s3:DeletePublicAccessBlock).
A file is an event from EventBridge, an answer of GetFindings, a finding alone, or an array of these.
- stands for a file on stdin. A file that begins with - goes after --.

Options:
  --account <id>            The account that is contained in: findings of others are only told of. Without it: each
                            finding's own
  --minimum-severity <n>    Findings below it are only told of, 1 to 10. Without it: ${defaultContainmentPolicy.minimumSeverity}
  --responder <arn>         A principal that keeps access to a contained bucket; may be given again
  --protected-role <name>   A role that is never contained, beside ${defaultContainmentPolicy.protectedRoles.join(', ')}; * stands for any run of
                            characters; may be given again
  --remediation-role <arn>  The role that contains. Without it, one named ${standInRole}
                            stands for it
  --json                    One line of JSON for each finding:
                            {"file","index?","id","type","severity","disposition":"contain-instance"|
                             "contain-credentials"|"contain-bucket"|"notify",
                             "outcome":"planned"|"notify-only"|"exempt","sample",
                             "steps":[{"id","api","input","precondition","inverse","reversible"}],
                             "notes":[{"code","explanation"}],"manual":[]}
                            index counts the findings of a file of several, from 0; id is the finding's. inverse is
                            null where a step only keeps evidence. Of what is refused: {"file","index?","outcome":"failed","error"}
  -h, --help                Show this text

A sample is recognised, and nothing is planned for it. An instance that the finding shows with the tag
${defaultContainmentPolicy.exempt.tag.key}=${defaultContainmentPolicy.exempt.tag.value} is exempt. Progress goes to stderr, every two seconds.

Exit codes: 0 all findings could be read, 1 any is refused, 2 wrong usage or a file that could not be read, after all the
others were; 141 whoever read the output has gone away.`;
}
