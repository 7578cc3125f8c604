import type {
  BucketState,
  ContainmentState,
  InstanceState,
  RoleState,
  SecurityGroupFacts,
  UserState,
} from '../../ports/containment.ts';
import type { JsonObject, JsonValue } from '../../ports/json.ts';
import type { Reading } from '../../ports/reading.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { canonicalPolicy, sameJson } from './json-equality.ts';
import { isJsonObject, policyWith, statementsOf } from './policy-statement.ts';
import type { Condition } from './remediation-plan.ts';

/**
 * The facts of a state, by name. What stands before the first dot is the part that was read; it is itself a fact, `true`. So
 * a name that is not among the facts is of something that is not there if its part is, and of something that nobody could
 * read if its part is not. Of what is gone everything is read, and nothing is there.
 */
export type StateFacts = Readonly<Record<string, JsonValue>>;

type Members = Readonly<Record<string, JsonValue | undefined>>;

/** The facts of a state, as conditions and inputs of plans name them. */
export function factsOf(state: ContainmentState): StateFacts {
  switch (state.kind) {
    case 'instance':
      return instanceFacts(state);
    case 'user':
      return userFacts(state);
    case 'role':
      return roleFacts(state);
    case 'bucket':
      return bucketFacts(state);
  }
}

/** Whether a condition holds; `unknown` where the part that it is about could not be read. */
export function conditionHolds(condition: Condition, facts: StateFacts): 'holds' | 'does-not' | 'unknown' {
  const { fact, holds, value } = condition;
  const [part = ''] = fact.split('.', 1);
  if (!Object.hasOwn(facts, part)) return 'unknown';
  const actual = Object.hasOwn(facts, fact) ? facts[fact] : undefined;
  const isThere = actual !== undefined;
  const isSame = isThere && value !== undefined && sameJson(actual, value);
  const isMet = { present: isThere, absent: !isThere, equals: isSame, differs: !isSame }[holds];
  return isMet ? 'holds' : 'does-not';
}

/**
 * The input with facts in place of `{ "$fact": "<name>" }`, and policies in place of `{ "$policy": … }`.
 *
 * @throws {TypeError} for a fact that is not there, and for what stood before a step: a plan says in its preconditions
 * which facts it takes, and one that does not know what stood before is not carried out.
 */
export function resolveInput(input: JsonObject, facts: StateFacts): JsonObject {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, resolved(value, facts)]));
}

function resolved(value: JsonValue, facts: StateFacts): JsonValue {
  if (Array.isArray(value)) return value.map(item => resolved(item, facts));
  if (!isJsonObject(value)) return value;
  if ('$before' in value) throw new TypeError('what stood before a step is not known afterwards');
  if ('$fact' in value) return factNamed(value['$fact'], facts);
  const policy = value['$policy'];
  if (isJsonObject(policy)) {
    const { of, and } = policy;
    const text = facts[String(of)];
    const added = isJsonObject(and)
      ? policyWith(typeof text === 'string' ? text : undefined, and)
      : undefined;
    if (added === undefined) throw new TypeError(`fact ${String(of)} is no policy`);
    return added;
  }
  return resolveInput(value, facts);
}

function factNamed(name: JsonValue | undefined, facts: StateFacts): JsonValue {
  const value = typeof name === 'string' && Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (value === undefined) throw new TypeError(`there is no fact ${String(name)}`);
  return value;
}

function instanceFacts(state: InstanceState): StateFacts {
  const { instance, groups, snapshots } = state;
  return {
    ...part('instance', instance, ({ status, vpcId }) => ({ status, vpc: vpcId })),
    ...part('tag', instance, ({ tags }) => tags),
    ...part('interface', instance, ({ interfaces }) =>
      Object.fromEntries(interfaces.map(it => [`${it.id}.groups`, it.groups])),
    ),
    ...part('stands-in', both(instance, groups), ([{ interfaces }, { open, closed }]) =>
      Object.fromEntries(interfaces.map(it => [it.id, standsIn(it.groups, open, closed)])),
    ),
    ...part('home', both(instance, groups), ([{ interfaces }, { open, closed }]) =>
      Object.fromEntries(
        interfaces.map(it => [it.id, it.groups.filter(group => group !== open?.id && group !== closed?.id)]),
      ),
    ),
    ...part('interfaces', both(instance, groups), ([{ interfaces }, { open, closed }]) => ({
      elsewhere: interfaces.some(it => it.groups.some(group => group !== open?.id && group !== closed?.id)),
      'in-open': open !== undefined && interfaces.some(it => it.groups.includes(open.id)),
      'in-closed': closed !== undefined && interfaces.some(it => it.groups.includes(closed.id)),
    })),
    ...part('termination-protection', state.terminationProtection, enabled => ({ enabled })),
    ...part('snapshots', both(instance, snapshots), ([{ volumes }, taken]) => ({
      complete: volumes.every(volume => taken.some(({ volumeId }) => volumeId === volume)),
      ids: taken.map(({ id }) => id).toSorted(),
    })),
    ...part('auto-scaling', state.autoScaling, membership =>
      // One that is on its way out is not replaced or terminated any more.
      membership === undefined || membership.lifecycle.startsWith('Detach')
        ? {}
        : {
            group: membership.group,
            'may-decrement': membership.desired > membership.minimum,
          },
    ),
    ...part('target', state.targetGroups, registrations =>
      Object.fromEntries(registrations.map(it => [`${it.arn}:${it.target}:${it.port}`, true])),
    ),
    ...part('target-groups', state.targetGroups, registrations => ({ registered: registrations.length > 0 })),
    ...part('group', groups, ({ open, closed }) => ({
      'open.id': open?.id,
      'open.is-open': open?.isOpen,
      'open.allows-ingress': open?.allowsIngress,
      'open.allows-egress': open?.allowsEgress,
      'open.ingress': open?.ingress,
      'open.egress': open?.egress,
      'open.ingress-to-add': open && missing(open.ingress),
      'open.egress-to-add': open && missing(open.egress),
      'open.lets-all-in': open && missing(open.ingress).length === 0,
      'open.lets-all-out': open && missing(open.egress).length === 0,
      'closed.id': closed?.id,
      'closed.allows-ingress': closed?.allowsIngress,
      'closed.allows-egress': closed?.allowsEgress,
      'closed.ingress': closed?.ingress,
      'closed.egress': closed?.egress,
    })),
  };
}

function standsIn(
  groups: readonly string[],
  open: SecurityGroupFacts | undefined,
  closed: SecurityGroupFacts | undefined,
): 'open' | 'closed' | 'elsewhere' {
  const [only] = groups;
  if (groups.length !== 1) return 'elsewhere';
  if (only === closed?.id) return 'closed';
  return only === open?.id ? 'open' : 'elsewhere';
}

/** What rules, each of one peer, lack to let everything through, by IPv4 and by IPv6. */
function missing(rules: readonly JsonObject[]): readonly JsonObject[] {
  const everything: readonly JsonObject[] = [
    { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
  ];
  return everything.filter(whole => !rules.some(rule => sameJson(rule, whole)));
}

function userFacts(state: UserState): StateFacts {
  return {
    ...part('tag', state.tags, tags => tags),
    ...policyPart('policy', state.policy),
    ...(state.accessKey === undefined ? {} : part('access-key', state.accessKey, status => ({ status }))),
  };
}

function roleFacts(state: RoleState): StateFacts {
  return {
    ...part('tag', state.role, ({ tags }) => tags),
    ...policyPart('policy', state.policy),
  };
}

function bucketFacts(state: BucketState): StateFacts {
  return {
    ...part('tag', state.tags, tags => tags),
    ...part('public-access-block', state.publicAccessBlock, block => ({
      configuration: block === undefined ? undefined : blockConfiguration(block),
    })),
    ...policyPart('bucket-policy', state.policy),
  };
}

/** As `PutPublicAccessBlock` takes it. */
export function blockConfiguration(
  block: Extract<BucketState['publicAccessBlock'], { readonly state: 'read' }>['value'] & object,
): JsonObject {
  return {
    BlockPublicAcls: block.blockPublicAcls,
    IgnorePublicAcls: block.ignorePublicAcls,
    BlockPublicPolicy: block.blockPublicPolicy,
    RestrictPublicBuckets: block.restrictPublicBuckets,
  };
}

/** What a policy says, in one form: its text may come back spelled in another way. */
export function policyDocument(text: string): JsonValue {
  const document = parseJson(text);
  return document === undefined ? text : canonicalPolicy(document);
}

function policyPart(name: string, reading: Reading<string | undefined>): StateFacts {
  return part(name, reading, text => {
    if (text === undefined) return {};
    const named = (statementsOf(text) ?? []).flatMap(statement =>
      typeof statement['Sid'] === 'string'
        ? [[`statement.${statement['Sid']}`, canonicalPolicy(statement)] as const]
        : [],
    );
    return { text, document: policyDocument(text), ...Object.fromEntries(named) };
  });
}

/** The facts of one part: its own, and its members' that are there. */
function part<Value>(
  name: string,
  reading: Reading<Value>,
  membersOf: (value: Value) => Members,
): StateFacts {
  if (reading.state === 'unreadable') return reading.reason === 'gone' ? { [name]: true } : {};
  const members = Object.entries(membersOf(reading.value)).flatMap(([member, value]) =>
    value === undefined ? [] : [[`${name}.${member}`, value] as const],
  );
  return { [name]: true, ...Object.fromEntries(members) };
}

function both<A, B>(a: Reading<A>, b: Reading<B>): Reading<readonly [A, B]> {
  if (a.state === 'unreadable') return a;
  return b.state === 'unreadable' ? b : { state: 'read', value: [a.value, b.value] };
}
