import type { RequestAnalysis } from '@cloud-copilot/iam-simulate';
import { asWritten, isKnownConditionKey, withSimulatedKeys } from './condition-keys.ts';
import type { NamedPolicy } from './policy-store.ts';

/** One statement, and what it is called where a person looks for it. */
export interface SingleStatement {
  /** `statement "DenyPutWithoutKms" of arn:aws:s3:::files`, or by its position, from 1. */
  readonly label: string;
  readonly statement: Readonly<Record<string, unknown>>;
  /** The statement alone in a policy: the simulator then names it where it decides. */
  readonly policy: object;
  /** A condition key of which nothing is known here. */
  readonly unknownKey: string | undefined;
}

type Statement = Readonly<Record<string, unknown>>;

/** By document, since what policies are called is asked of the same ones over and over. */
const compiled = new WeakMap<object, Map<string, readonly SingleStatement[]>>();

/** The statements of a policy that can say anything of an action's service. */
export function compilePolicy({ name, document }: NamedPolicy, action: string): readonly SingleStatement[] {
  const [service = ''] = action.split(':', 1);
  const byService = compiled.get(document) ?? new Map<string, readonly SingleStatement[]>();
  compiled.set(document, byService);
  const key = `${service} ${name}`;
  const known = byService.get(key);
  if (known !== undefined) return known;
  const given: unknown = Reflect.get(document, 'Statement');
  const statements = [given].flat().flatMap((statement, index) => {
    if (typeof statement !== 'object' || statement === null || !speaksOf(statement, service)) return [];
    return [single({ ...statement }, `statement ${labelOf(statement, index)} of ${name}`)];
  });
  byService.set(key, statements);
  return statements;
}

function single(given: Statement, label: string): SingleStatement {
  const { Sid: _, ...rest } = given;
  const statement = withSimulatedKeys(rest);
  const keys = Object.values(given['Condition'] ?? {}).flatMap(tests => Object.keys(tests ?? {}));
  return {
    label,
    statement,
    policy: { Version: '2012-10-17', Statement: [statement] },
    unknownKey: keys.find(key => !isKnownConditionKey(key)),
  };
}

function labelOf(statement: object, index: number): string {
  const sid: unknown = Reflect.get(statement, 'Sid');
  return typeof sid === 'string' ? `"${sid}"` : String(index + 1);
}

function speaksOf(statement: object, service: string): boolean {
  const actions: unknown = Reflect.get(statement, 'Action');
  if (actions === undefined) return true;
  return [actions].flat().some(action => {
    const [prefix = ''] = String(action).toLowerCase().split(':', 1);
    return prefix === service || prefix === '*';
  });
}

/** What the simulator found of one statement. */
export type StatementAnalysis = NonNullable<
  RequestAnalysis['identityAnalysis']
>['unmatchedStatements'][number];

/** Whether all but the conditions of a statement fits the call. */
export function isAbout({ actionMatch, resourceMatch, principalMatch }: StatementAnalysis): boolean {
  return actionMatch && resourceMatch && principalMatch !== 'NoMatch';
}

/** What keeps a statement from allowing a call that is its action: nothing of one that is about something else. */
export function whyUnmatched(analysis: StatementAnalysis, label: string): readonly string[] {
  const { statement, actionMatch, resourceMatch, principalMatch, explain } = analysis;
  if (!statement.isAllow() || !actionMatch || principalMatch === 'NoMatch') return [];
  if (!resourceMatch) return [`${label} is about other resources`];
  const failing = (explain.conditions ?? [])
    .filter(({ matches }) => !matches)
    .map(({ operator, conditionKeyValue }) => `${operator} ${asWritten(conditionKeyValue)}`);
  return [`${label} asks for ${failing.join(', ')}`];
}
