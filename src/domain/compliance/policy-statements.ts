import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { parseJson } from '../kernel/parse-json.ts';

/**
 * Statements of a resource policy; `undefined` where the text is no policy that is understood whole. An element of another
 * name, or of a name in another case, could be the one that changes what a statement means.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function policyStatementsOf(document: string): readonly JsonObject[] | undefined {
  const policy = parseJson(document);
  if (!isObject(policy) || !Object.keys(policy).every(name => policyElements.has(name))) return undefined;
  const { Statement: given = [] } = policy;
  const statements: readonly JsonValue[] = isList(given) ? given : [given];
  return statements.every(isStatement) ? statements : undefined;
}

const policyElements: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);

const statementElements: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

function isStatement(value: JsonValue): value is JsonObject {
  return (
    isObject(value) &&
    Object.keys(value).every(name => statementElements.has(name)) &&
    (value['Effect'] === 'Allow' || value['Effect'] === 'Deny')
  );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** One text or a list of texts, as a policy may write either; numbers and booleans as IAM reads them. */
export function textsOf(value: JsonValue | undefined): readonly string[] {
  const values = value === undefined ? [] : isList(value) ? value : [value];
  return values.flatMap(each => (typeof each === 'object' ? [] : [String(each)]));
}

/**
 * Whether a statement surely means everybody, with or without an identity: `"*"`, or `"*"` among the AWS principals. What
 * is to be counted on, a denial, must say no less.
 */
export function isEveryone(principal: JsonValue | undefined): boolean {
  return textsOf(isObject(principal) ? principal['AWS'] : principal).includes('*');
}

/**
 * Whom an `Allow` lets in: `everyone` also by a `*` under another type of principal, or to all but some; `unclear` where it
 * names nobody, names a type that IAM does not know, or hides a wildcard where IAM takes none.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function allowedOf({
  Principal: principal,
  NotPrincipal: except,
}: JsonObject): 'everyone' | 'named' | 'unclear' {
  if (except !== undefined || isEveryone(principal)) return 'everyone';
  if (!isObject(principal)) return 'unclear';
  const types = Object.entries(principal);
  if (types.some(([, names]) => textsOf(names).includes('*'))) return 'everyone';
  const isClear =
    types.length > 0 && types.every(([type, names]) => principalTypes.has(type) && isNamed(names));
  return isClear ? 'named' : 'unclear';
}

const principalTypes: ReadonlySet<string> = new Set(['AWS', 'CanonicalUser', 'Federated', 'Service']);

function isNamed(names: JsonValue): boolean {
  const list: readonly JsonValue[] = isList(names) ? names : [names];
  return (
    list.length > 0 && list.every(name => typeof name === 'string' && name !== '' && !/[*?]|\$\{/.test(name))
  );
}

/** One test of a statement's condition; all of them must hold. */
export interface PolicyCondition {
  /** In small letters, as the key: IAM tells neither by its case. */
  readonly operator: string;
  readonly key: string;
  /** Of which one must fit. */
  readonly values: readonly string[];
}

/** Empty also where there is a condition that holds no test. */
export function conditionsOf({ Condition: block }: JsonObject): readonly PolicyCondition[] {
  if (!isObject(block)) return [];
  return Object.entries(block).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) => ({
          operator: operator.toLowerCase(),
          key: key.toLowerCase(),
          values: textsOf(values),
        }))
      : [{ operator: operator.toLowerCase(), key: '', values: [] }],
  );
}
