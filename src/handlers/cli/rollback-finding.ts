import { closedBucketRule, isShutOut } from '../../domain/findings/closed-bucket.ts';
import type { ReleaseResult, RollbackResult } from '../../domain/findings/containment-rollback.ts';
import type { RollbackRequest } from '../../domain/findings/rollback-report.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { isPortError } from '../../ports/failure.ts';
import type { ContainmentDesk, DeskRequest, OpenDesk } from './containment-desk.ts';
import { explainPortError } from './explain-port-error.ts';
import { loadWithSdk } from './load-with-sdk.ts';
import { parseArguments } from './parse-arguments.ts';
import { printableJson } from './printable-json.ts';
import { type ExitCode, UsageError, type Verb } from './verb.ts';
import { writeText } from './write-text.ts';

/** The verb `sallyport finding rollback`. */
export const rollbackFinding: Verb = rollbackFindingBy(openAwsDesk);

/** The verb, on ports of choice. */
export function rollbackFindingBy(openDesk: OpenDesk): Verb {
  return {
    help: `Usage: sallyport finding rollback <finding-id> --by <who> --reason <why> --table <name> --audit-table <name>
       --topic <ARN> [options]

Undoes what was done about a GuardDuty finding, step by step in reverse order, each step only where what it did still
stands; snapshots are kept. The finding is held first: nothing more is done about it until it is released. What another
finding on the same target needs stays, is told with the finding's id, and is undone with the rollback of the last finding
that needs it: findings are rolled back in any order. What could not be undone is told with its reason; to roll back again
tries it again. Where nothing was done for the finding, it is held all the same. Every request is audited with who asked, and
what was done announced.
Region, credentials and endpoint are those that the AWS SDK finds: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL and so on.
The credentials must be of the account that the finding is about, and may make the calls. The deployed function does the
same, invoked with {"action":"rollback","findingId":"...","by":"...","reason":"..."}. A contained bucket lets in only the role
of that function and the principals that responderArns names, no other administrator: let the function roll it back, or be
one of them. Else the root user of the account can delete the bucket policy.

Options:
  --by <who>            Who asks for it, for the audit log
  --reason <why>        Why, for the audit log
  --table <name>        The table of remediations (output RemediationsTableName)
  --audit-table <name>  The audit table (output FindingsAuditTableName)
  --topic <ARN>         The topic that announces (output FindingAlertTopicArn)
  --release             Lift the hold instead: the finding is contained again when GuardDuty reports it again
  --force               Undo also what other findings need of the same target
  --json                One line of JSON: {"outcome","findingId",
                        "steps":[{"findingId","generation","stepId","api","status","reason"}]}
                        outcome is rolled-back, partially-rolled-back, nothing-to-undo, unknown, released or not-held;
                        status is undone, kept or undo-failed
  -h, --help            Show this text

Examples:
  sallyport finding rollback 5ab0ea2f --by kim --reason "penetration test" --table sallyport-remediations-dev \\
    --audit-table sallyport-findings-audit-dev --topic arn:aws:sns:eu-central-1:111122223333:sallyport-findings-dev
  sallyport finding rollback 5ab0ea2f --release --by kim --reason "test is over" --table ... --audit-table ... --topic ...

Exit codes: 0 rolled back, nothing to undo, or released; 1 not, or not wholly; 2 wrong usage, or something failed; 141 whoever read the
output has gone away.`,

    async run(args, { stdout }) {
      const { desk: request, ...task } = readArguments(args);
      const desk = await openDesk(request);
      try {
        const result = await carryOut(task, desk);
        await writeText(
          stdout,
          `${task.json ? asJson(task.rollback, result) : asText(task.rollback, result)}\n`,
        );
        return exitCodes[result.outcome];
      } catch (error) {
        throw isPortError(error) ? new Error(explainPortError(error), { cause: error }) : error;
      } finally {
        desk.close();
      }
    },
  };
}

interface Task {
  readonly rollback: RollbackRequest;
  readonly release: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

type Result = RollbackResult | ReleaseResult;

function readArguments(args: readonly string[]): Task & { readonly desk: DeskRequest } {
  const { values, operands } = parseArguments(args, {
    by: { type: 'string' },
    reason: { type: 'string' },
    table: { type: 'string' },
    'audit-table': { type: 'string' },
    topic: { type: 'string' },
    release: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const [finding, ...others] = operands;
  if (finding === undefined) throw new UsageError('name the finding by its id');
  if (others.length > 0) throw new UsageError('one finding is rolled back at a time');
  if (!/^[\w.:-]{1,128}$/.test(finding.value)) {
    throw new UsageError(`"${printableText(finding.value)}" is no id of a finding`);
  }
  const { release, force, json } = values;
  if (release && force) throw new UsageError('--release and --force do not go together');
  return {
    rollback: {
      findingId: finding.value,
      by: given('--by', values.by),
      reason: given('--reason', values.reason),
    },
    desk: {
      table: given('--table', values.table),
      auditTable: given('--audit-table', values['audit-table']),
      topic: given('--topic', values.topic),
    },
    ...{ release, force, json },
  };
}

function given(option: string, value: string | undefined): string {
  if (value === undefined || value.trim() === '') throw new UsageError(`${option} is needed`);
  return value;
}

function carryOut({ rollback, release, force }: Task, desk: ContainmentDesk): Promise<Result> {
  return release ? desk.rollback.release(rollback) : desk.rollback.rollBack(rollback, { force });
}

const exitCodes = {
  'rolled-back': 0,
  'partially-rolled-back': 1,
  'nothing-to-undo': 0,
  unknown: 1,
  released: 0,
  'not-held': 1,
} as const satisfies Record<Result['outcome'], ExitCode>;

function asJson({ findingId }: RollbackRequest, result: Result): string {
  const { outcome } = result;
  const steps = 'steps' in result ? result.steps : [];
  return printableJson({
    outcome,
    findingId,
    steps: steps.map(({ findingId: whose, generation, stepId, api, status, reason }) => ({
      ...{ findingId: whose, generation, stepId, api, status },
      reason: reason ?? null,
    })),
  });
}

function asText({ findingId }: RollbackRequest, result: Result): string {
  switch (result.outcome) {
    case 'unknown':
      return `unknown: nothing is known of finding ${findingId}: is it the right table, and region?`;
    case 'not-held':
      return `not-held: finding ${findingId} is not held`;
    case 'released':
      return `released: finding ${findingId} is contained again when GuardDuty reports it again`;
    default: {
      const lines = result.steps.map(({ stepId, status, api, reason }) => {
        const why = reason === undefined ? '' : ` (${reason.code}: ${reason.message})`;
        return `${status.padEnd('undo-failed'.length)}  ${printableText(`${stepId}  ${api}${why}`, 1000)}`;
      });
      const held = `finding ${findingId} is held until it is released`;
      const end =
        result.outcome === 'nothing-to-undo'
          ? `nothing-to-undo: nothing was contained for it; ${held}`
          : `${result.outcome}: ${held}`;
      const rule = result.steps.some(isShutOut) ? [closedBucketRule] : [];
      return [...lines, ...rule, end].join('\n');
    }
  }
}

const clients = [
  ...['auto-scaling', 'dynamodb', 'ec2', 'elastic-load-balancing-v2', 'iam', 's3', 'sns', 'sts'].map(
    name => `client-${name}`,
  ),
  'lib-dynamodb',
];

async function openAwsDesk(request: DeskRequest): Promise<ContainmentDesk> {
  const { openAwsContainmentDesk } = await loadWithSdk(
    'finding rollback',
    clients,
    () => import('./aws-containment-desk.ts'),
  );
  return openAwsContainmentDesk(request);
}
