import type { Timestamp } from '../../ports/clock.ts';
import type { ContainmentMarks, ContainmentTarget, RoleState, UserState } from '../../ports/containment.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { Reading } from '../../ports/reading.ts';
import { policyDocument } from './facts.ts';
import { sameJson } from './json-equality.ts';
import { absent, before, call, equals, reversibleStep, type TargetPlan, unreadable } from './plan-step.ts';
import { containmentSid, isJsonObject, policyOf, statementsOf } from './policy-statement.ts';
import type { PlanNote, PlanStep } from './remediation-plan.ts';

type UserTarget = Extract<ContainmentTarget, { readonly kind: 'user' }>;
type RoleTarget = Extract<ContainmentTarget, { readonly kind: 'role' }>;
type PolicyReading = Reading<string | undefined>;

export interface CredentialsTimes {
  /** Sessions issued before are denied. */
  readonly now: Timestamp;
  /** When the credentials were last seen in use for what the finding is about. */
  readonly lastSeenAt: Timestamp;
}

const nothingThere: PolicyReading = { state: 'read', value: undefined };

/**
 * A long-term key is deactivated, and its user denied everything: the user's sessions, made with the key, outlive it. Those
 * of roles are not the user's: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access.html.
 * Without a long-term key, it is the user's sessions that are denied, those issued before now.
 *
 * @param state Absent where nothing was looked at: the key is then taken for active, and our policy for not there.
 */
export function planUser(
  target: UserTarget,
  state: UserState | undefined,
  marks: ContainmentMarks,
  times: CredentialsTimes,
): TargetPlan {
  const { userName, accessKeyId } = target;
  const holder = { kind: 'User', name: userName } as const;
  const policy = state?.policy ?? nothingThere;
  if (accessKeyId === undefined) {
    const denial = planDenial(holder, policy, marks, sessionsBefore(times));
    const explanation =
      'the session was denied; long-term keys of the user, by one of which it may have been made, work on';
    return { ...denial, notes: [...denial.notes, { code: 'long-term-keys', explanation }], manual: [] };
  }
  const key = planKey(userName, accessKeyId, state?.accessKey);
  const denial = planDenial(holder, policy, marks, everything);
  const explanation =
    "a session of a role that was taken on with the key is not the user's, and works on until it ends: deny the sessions of that role, too";
  const notes = [...key.notes, ...denial.notes, { code: 'assumed-roles', explanation }];
  const manual = [
    'Look in CloudTrail for AssumeRole with the key, and deny the sessions of those roles that were issued before now.',
  ];
  return { steps: [...key.steps, ...denial.steps], notes, manual };
}

/** Sessions of a role that were issued before now are denied; those issued later, to whoever uses it rightly, are not. */
export function planRole(
  target: RoleTarget,
  state: RoleState | undefined,
  marks: ContainmentMarks,
  times: CredentialsTimes,
): TargetPlan {
  const holder = { kind: 'Role', name: target.roleName } as const;
  const denial = planDenial(holder, state?.policy ?? nothingThere, marks, sessionsBefore(times));
  const explanation =
    'who can still take on the role gets new sessions that are not denied: find out how the credentials got out';
  return { ...denial, notes: [...denial.notes, { code: 'new-sessions', explanation }], manual: [] };
}

function planKey(
  userName: string,
  accessKeyId: string,
  status: UserState['accessKey'],
): Pick<TargetPlan, 'steps' | 'notes'> {
  if (status?.state === 'read' && status.value === 'Inactive') return { steps: [], notes: [] };
  if (status?.state === 'unreadable' && status.reason === 'gone') {
    return {
      steps: [],
      notes: [{ code: 'key-gone', explanation: 'the user has no such access key (any more)' }],
    };
  }
  const turn = (to: string, from: string) =>
    call('iam:UpdateAccessKey', { UserName: userName, AccessKeyId: accessKeyId, Status: to }, [
      equals('access-key.status', from),
    ]);
  const step = reversibleStep('deactivate-key', 'Deactivate the access key.', turn('Inactive', 'Active'), {
    effect: [equals('access-key.status', 'Inactive')],
    inverse: turn('Active', 'Inactive'),
  });
  return { steps: [step], notes: [] };
}

interface Denial {
  readonly does: string;
  readonly text: string;
  /** Whether what stands denies as much. */
  readonly isMetBy: (standing: string) => boolean;
}

const everything: Denial = {
  does: 'Deny the user everything, by its keys, its password and its own sessions; not by roles that it has taken on.',
  text: policyOf([denial()]),
  isMetBy: standing => deniedBefore(standing) === 'always',
};

/**
 * What was denied at a time after the credentials were last seen in use is denied enough: a finding that is reported again
 * without anything new must not cut off new sessions each time.
 */
function sessionsBefore({ now, lastSeenAt }: CredentialsTimes): Denial {
  return {
    does: `Deny sessions issued before ${now}.`,
    // Requests by long-term keys bear no such key, and are not denied.
    text: policyOf([denial({ DateLessThan: { 'aws:TokenIssueTime': now } })]),
    isMetBy: standing => {
      const time = deniedBefore(standing);
      return time === 'always' || (time !== undefined && Date.parse(time) >= Date.parse(lastSeenAt));
    },
  };
}

function denial(condition?: JsonObject): JsonObject {
  return {
    Sid: containmentSid,
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

/** From when on a policy of ours lets through; `undefined` where the policy is none of ours. */
function deniedBefore(text: string): Timestamp | 'always' | undefined {
  const [statement, ...others] = statementsOf(text) ?? [];
  if (statement === undefined || others.length > 0) return undefined;
  const { Condition: condition, ...rest } = statement;
  if (!sameJson(rest, denial())) return undefined;
  if (condition === undefined) return 'always';
  const dates = isJsonObject(condition) ? condition['DateLessThan'] : undefined;
  const time = isJsonObject(dates) ? dates['aws:TokenIssueTime'] : undefined;
  const isOurs =
    typeof time === 'string' && sameJson(statement, denial({ DateLessThan: { 'aws:TokenIssueTime': time } }));
  return isOurs ? time : undefined;
}

function planDenial(
  { kind, name }: { readonly kind: 'User' | 'Role'; readonly name: string },
  reading: PolicyReading,
  { policyName }: ContainmentMarks,
  { does, text, isMetBy }: Denial,
): Pick<TargetPlan, 'steps' | 'notes'> {
  const holder = { [`${kind}Name`]: name, PolicyName: policyName };
  const put = (document: string | JsonObject) => ({ ...holder, PolicyDocument: document });
  const putApi = kind === 'User' ? 'iam:PutUserPolicy' : 'iam:PutRolePolicy';
  const deleteApi = kind === 'User' ? 'iam:DeleteUserPolicy' : 'iam:DeleteRolePolicy';
  const effect = [equals('policy.document', policyDocument(text))];
  const id = kind === 'User' ? 'deny-user' : 'deny-role-sessions';
  const step = (untouched: PlanStep['precondition'], inverse: NonNullable<PlanStep['inverse']>) =>
    reversibleStep(id, does, call(putApi, put(text), untouched), { effect, inverse });
  if (reading.state === 'unreadable') {
    const inverse = call(putApi, put(before('policy.text')), effect);
    const note: PlanNote = {
      code: 'policy-unreadable',
      explanation: `the policy that may stand under our name cannot be read (${reading.code}): without it there is no way back, so it is not replaced`,
    };
    return { steps: [step([unreadable('policy')], inverse)], notes: [note] };
  }
  const earlier = reading.value;
  if (earlier === undefined) {
    return { steps: [step([absent('policy.document')], call(deleteApi, holder, effect))], notes: [] };
  }
  if (isMetBy(earlier)) return { steps: [], notes: [] };
  const untouched = [equals('policy.document', policyDocument(earlier))];
  return { steps: [step(untouched, call(putApi, put(earlier), effect))], notes: [] };
}
