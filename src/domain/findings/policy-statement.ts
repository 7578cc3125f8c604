import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { parseJson } from '../kernel/parse-json.ts';

/** By which our statement is known in a policy. */
export const containmentSid = 'SallyportContainment';

const version = '2012-10-17';

/** The statements of a policy; `undefined` where the text is no policy. */
export function statementsOf(text: string): readonly JsonObject[] | undefined {
  const policy = parseJson(text);
  if (!isJsonObject(policy)) return undefined;
  const statements = policy['Statement'];
  const list = Array.isArray(statements) ? statements : [statements];
  return list.every(isJsonObject) ? list : undefined;
}

/** The text of a policy of these statements. */
export function policyOf(statements: readonly JsonObject[]): string {
  return JSON.stringify({ Version: version, Statement: statements });
}

/** The policy with a statement more, in place of the one that has its `Sid`; `undefined` where the text is no policy. */
export function policyWith(text: string | undefined, statement: JsonObject): string | undefined {
  if (text === undefined) return policyOf([statement]);
  const statements = statementsOf(text);
  if (statements === undefined) return undefined;
  const others = statements.filter(({ Sid }) => Sid !== statement['Sid']);
  return JSON.stringify({ ...(parseJson(text) as JsonObject), Statement: [...others, statement] });
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
