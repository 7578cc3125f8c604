import type { LeafTest } from './event-pattern/leaf-test.ts';
import type { PatternAlternative } from './event-pattern/parse-event-pattern.ts';
import type { ReadTrailRule } from './read-trail-rules-file.ts';
import { requiredTexts } from './required-texts.ts';

/**
 * What a record must have to match any rule of a set: its `eventName` is one of `eventNames`, or its text contains one
 * of `literals`; `any` where no such thing is known. A record that meets it need not match.
 *
 * `eventNames` speaks of the value of `eventName` in the record itself, no deeper. A value that is no string (a list of
 * names) is not excluded by it. `literals` are three or more ASCII letters and digits: where a text has no `\u` escape,
 * JSON can write them in one way only.
 */
export type RecordConditions =
  | 'any'
  | { readonly eventNames: ReadonlySet<string>; readonly literals: readonly string[] };

/** A text is searched for each of them, which costs more than parsing it when there are many. */
const mostLiterals = 64;

/** What a record must have to match any of the rules. */
export function recordConditionsOf(rules: readonly ReadTrailRule[]): RecordConditions {
  const eventNames = new Set(rules.flatMap(({ rule }) => rule.monitoredEvents ?? []));
  const literals = new Set<string>();
  for (const alternative of rules.flatMap(({ alternatives }) => alternatives)) {
    const names = requiredTexts([alternative], 'eventName');
    const needed = names ?? literalsOf(alternative);
    if (needed === undefined) return 'any';
    for (const text of needed) (names === undefined ? literals : eventNames).add(text);
    if (literals.size > mostLiterals) return 'any';
  }
  return { eventNames, literals: withoutLonger([...literals]) };
}

/** Literals of one field, any of which a matching text contains. */
interface Candidate {
  readonly literals: readonly string[];
  /** The higher, the fewer records are likely to contain any of them. */
  readonly worth: number;
}

/** Of the best of the fields; every field must match, so any would do. */
function literalsOf(alternative: PatternAlternative): readonly string[] | undefined {
  const candidates = [...alternative].flatMap(([path, tests]) => candidatesOf(path, tests));
  return candidates.toSorted(byWorth)[0]?.literals;
}

function byWorth(a: Candidate, b: Candidate): number {
  return b.worth - a.worth || a.literals.length - b.literals.length;
}

function candidatesOf(path: string, tests: readonly LeafTest[]): readonly Candidate[] {
  // The field may be absent.
  if (tests.some(test => test.kind === 'exists' && !test.exists)) return [];
  const values = tests.map(test => longestRun(...textsWithin(test)));
  const key = longestRun(...path.split('.'));
  return [
    ...(values.every(value => value !== undefined) ? [candidate(values, 1000)] : []),
    ...(key === undefined ? [] : [candidate([key], 0)]),
  ];
}

/** @param bonus A value tells more than the name of a field, which stands in every record of its kind. */
function candidate(literals: readonly string[], bonus: number): Candidate {
  return { literals, worth: bonus + Math.min(...literals.map(({ length }) => length)) };
}

/** Texts that a value holds in the very same letters where the test is met. */
function textsWithin(test: LeafTest): readonly string[] {
  if (test.kind === 'equals') return typeof test.value === 'string' ? [test.value] : [];
  if (test.kind === 'prefix' || test.kind === 'suffix') return test.ignoreCase ? [] : [test.text];
  return test.kind === 'wildcard' ? test.pieces : [];
}

/** The longest literal within the texts that does not stand in most records anyway. */
function longestRun(...texts: readonly string[]): string | undefined {
  const runs = texts.flatMap(text => text.match(/[A-Za-z0-9]{3,}/g) ?? []);
  return runs.filter(run => !commonTexts.has(run)).toSorted((a, b) => b.length - a.length)[0];
}

/** A text that contains the longer contains the shorter. */
function withoutLonger(literals: readonly string[]): readonly string[] {
  return literals.filter(one => !literals.some(other => other !== one && one.includes(other)));
}

/** What stands in most records of CloudTrail: names of fields, and parts of ARNs and host names. */
export const commonTexts: ReadonlySet<string> = new Set(
  [
    'accessKeyId accountId additionalEventData amazonaws arn assumed attributes AssumedRole AwsApiCall aws awsRegion',
    'cipherSuite clientProvidedHostHeader com creationDate east eventCategory eventID eventName eventSource eventTime',
    'eventType eventVersion false https iam Management managementEvent mfaAuthenticated null principalId readOnly',
    'recipientAccountId requestID requestParameters resources responseElements role Role sessionContext sessionIssuer',
    'sourceIPAddress sts tlsDetails tlsVersion true type user userAgent userIdentity userName webIdFederationData west',
  ].flatMap(line => line.split(' ')),
);
