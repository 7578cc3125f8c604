import type { ContainmentMarks, ContainmentState, ContainmentTarget } from '../../ports/containment.ts';
import type { Reading } from '../../ports/reading.ts';
import { aimOf, type ContainmentAim, partOf, serviceLinkedRole } from './containment-aim.ts';
import { type ContainmentPolicy, marksOf } from './containment-policy.ts';
import type { GuardDutyFinding } from './guard-duty-finding.ts';
import type { InterfaceHomes } from './interface-homes.ts';
import { type ManualTopic, manualSteps } from './manual-steps.ts';
import { planBucket } from './plan-bucket.ts';
import { planRole, planUser } from './plan-credentials.ts';
import { planInstance } from './plan-instance.ts';
import type { TargetPlan } from './plan-step.ts';
import type { PlanNote, RemediationPlan } from './remediation-plan.ts';
import { type RoutedType, routeFinding } from './route-finding.ts';

/** What is to be looked at before a plan is made, and the names under which our own parts of it are looked for. */
export interface ContainmentSubject {
  readonly target: ContainmentTarget;
  readonly marks: ContainmentMarks;
}

/** What a finding's plan must know of the account; `undefined` where nothing is contained, whatever stands there. */
export function containmentTargetOf(
  finding: GuardDutyFinding,
  policy: ContainmentPolicy,
): ContainmentSubject | undefined {
  const { target, decided } = decide(finding, routeFinding(finding.type), policy);
  if (target === undefined || decided !== undefined) return undefined;
  return { target, marks: marksOf(target, finding.id) };
}

/**
 * What is to be done about a finding. Pure; defined for every finding, and the same for the same.
 *
 * Every step but those that only keep evidence has a way back. What cannot be undone (terminating, deleting what is not
 * ours) is in no plan. What is in place already is not planned again.
 *
 * @param state What stands at the target that `containmentTargetOf` names. Absent, the plan is made of what the finding
 * says; to contain, it has to be looked at first.
 * @param homes Where network interfaces came from that an earlier remediation has put into our own groups
 * (`interfaceHomes`).
 *
 * @example
 * const subject = containmentTargetOf(finding, policy);
 * const state = subject && (await containment.observe(subject.target, subject.marks));
 * const plan = planRemediation(finding, state, policy);
 */
export function planRemediation(
  finding: GuardDutyFinding,
  state: ContainmentState | undefined,
  policy: ContainmentPolicy,
  homes: InterfaceHomes = {},
): RemediationPlan {
  const route = routeFinding(finding.type);
  const aim = decide(finding, route, policy);
  // A sample is about nothing that exists: there is nothing to do for people, either.
  const manual = finding.sample ? [] : [...aim.manual, ...manualSteps(topicOf(finding, route))];
  const unknown: PlanNote = {
    code: 'unknown-type',
    explanation: 'the type is none that is documented: it is routed by its purpose and resource',
  };
  const plan = (
    outcome: RemediationPlan['outcome'],
    notes: readonly PlanNote[],
    rest: Partial<RemediationPlan> = {},
  ): RemediationPlan => ({
    schemaVersion: 1,
    disposition: aim.disposition,
    outcome,
    steps: [],
    notes: [...(route.unknown ? [unknown] : []), ...notes],
    manual,
    unknownType: route.unknown,
    ...rest,
  });
  const { target, decided } = aim;
  if (target === undefined || decided !== undefined) return plan(decided ?? 'notify-only', aim.notes);
  const marks = marksOf(target, finding.id);
  const subject = { target, marks };

  const exemption = exemptionOf(finding, state, policy);
  if (exemption !== undefined) return plan('exempt', [...aim.notes, exemption], subject);
  const obstacle = state === undefined ? undefined : obstacleOf(state);
  if (obstacle !== undefined) {
    return plan('notify-only', [...aim.notes, obstacle], { ...subject, disposition: 'notify' });
  }
  const planned = planTarget(subject, state, finding, policy, homes);
  const notes = [...aim.notes, ...planned.notes, ...overall(state, planned)];
  return plan('planned', notes, { ...subject, steps: planned.steps, manual: [...planned.manual, ...manual] });
}

interface Decision extends ContainmentAim {
  /** How it ends whatever stands at the target. */
  readonly decided?: 'notify-only' | 'exempt';
}

/** What can be decided by the finding alone. */
function decide(finding: GuardDutyFinding, route: RoutedType, policy: ContainmentPolicy): Decision {
  const { accountId, severity } = finding;
  const note = (code: string, explanation: string): readonly PlanNote[] => [{ code, explanation }];
  if (finding.sample) {
    const notes = note('sample', 'a sample: it is about nothing that exists');
    return { disposition: route.disposition, notes, manual: [], decided: 'notify-only' };
  }
  const aim = aimOf(finding, route, policy);
  const end = (decided: Decision['decided'] & string, notes: readonly PlanNote[]): Decision => ({
    ...aim,
    notes: [...aim.notes, ...notes],
    decided,
  });
  if (policy.exempt.accounts.includes(accountId)) {
    return end('exempt', note('exempt-account', 'the account is exempt'));
  }
  if (accountId !== policy.ownAccount) {
    return end(
      'notify-only',
      note('other-account', 'the finding is of another account, where nothing is done'),
    );
  }
  if (finding.archived) {
    return end('notify-only', note('archived', 'the finding is archived: people have dealt with it'));
  }
  if (severity < policy.minimumSeverity) {
    const explanation = `severity ${severity} is below ${policy.minimumSeverity}`;
    return end('notify-only', note('below-minimum-severity', explanation));
  }
  const name = aim.target === undefined ? undefined : nameOf(aim.target);
  if (name !== undefined && policy.exempt.ids.includes(name)) {
    return end('exempt', note('exempt-id', 'it is named as exempt'));
  }
  return aim;
}

/** Who is attacked has other things to do than who is taken. */
function topicOf(finding: GuardDutyFinding, route: RoutedType): ManualTopic {
  return partOf(finding, route) === 'TARGET' ? 'target' : route.topic;
}

function nameOf(target: ContainmentTarget): string {
  switch (target.kind) {
    case 'instance':
      return target.instanceId;
    case 'user':
      return target.userName;
    case 'role':
      return target.roleName;
    case 'bucket':
      return target.bucket;
  }
}

/** An exemption that cannot be read counts as one, loudly: containing what must not be is the greater harm. */
function exemptionOf(
  { instance }: GuardDutyFinding,
  state: ContainmentState | undefined,
  { exempt, mode }: ContainmentPolicy,
): PlanNote | undefined {
  const code = 'exemption-unreadable';
  if (state === undefined && mode === 'contain') {
    const explanation = 'nothing was looked at, so nobody can tell whether it is exempt: it counts as exempt';
    return { code, explanation };
  }
  const reading = state === undefined ? undefined : tagsOf(state);
  if (reading?.state === 'unreadable') {
    if (reading.reason === 'gone') return undefined;
    const why = `${reading.api}: ${reading.code}`;
    const explanation = `its tags cannot be read (${why}), so nobody can tell whether it is exempt: it counts as exempt, and nothing is contained`;
    return { code, explanation };
  }
  const { key, value } = exempt.tag;
  const tags = reading?.value ?? instance?.tags ?? {};
  if (!Object.hasOwn(tags, key) || tags[key] !== value) return undefined;
  return { code: 'exempt-tag', explanation: `it bears the tag ${key}=${value}` };
}

function tagsOf(state: ContainmentState): Reading<Readonly<Record<string, string>>> {
  if (state.kind === 'user' || state.kind === 'bucket') return state.tags;
  const holder: Reading<{ readonly tags: Readonly<Record<string, string>> }> =
    state.kind === 'instance' ? state.instance : state.role;
  return holder.state === 'read' ? { state: 'read', value: holder.value.tags } : holder;
}

/** What of the state leaves nothing to contain, or nothing that may be. */
function obstacleOf(state: ContainmentState): PlanNote | undefined {
  const tags = tagsOf(state);
  const gone: PlanNote = { code: 'gone', explanation: 'there is no such thing (any more)' };
  if (tags.state === 'unreadable') return gone;
  if (state.kind === 'instance' && state.instance.state === 'read') {
    return ['terminated', 'shutting-down'].includes(state.instance.value.status) ? gone : undefined;
  }
  if (state.kind !== 'role' || state.role.state !== 'read') return undefined;
  return state.role.value.path.startsWith('/aws-service-role/') ? serviceLinkedRole.notes[0] : undefined;
}

function planTarget(
  { target, marks }: ContainmentSubject,
  state: ContainmentState | undefined,
  finding: GuardDutyFinding,
  policy: ContainmentPolicy,
  homes: InterfaceHomes,
): TargetPlan {
  const times = { now: policy.now, lastSeenAt: finding.lastSeenAt ?? finding.updatedAt };
  switch (target.kind) {
    case 'instance':
      return planInstance(target, state?.kind === 'instance' ? state : undefined, marks, finding, homes);
    case 'user':
      return planUser(target, state?.kind === 'user' ? state : undefined, marks, times);
    case 'role':
      return planRole(target, state?.kind === 'role' ? state : undefined, marks, times);
    case 'bucket':
      return planBucket(target, state?.kind === 'bucket' ? state : undefined, policy, finding.partition);
  }
}

function overall(state: ContainmentState | undefined, { steps }: TargetPlan): readonly PlanNote[] {
  if (state === undefined) {
    const explanation =
      'made without looking at the account: what stands there may leave steps out, add some, or make the target exempt';
    return [{ code: 'account-unseen', explanation }];
  }
  return steps.length === 0
    ? [{ code: 'contained-before', explanation: 'everything that would be done is in place already' }]
    : [];
}
