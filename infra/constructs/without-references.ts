import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

type Conditions = Readonly<Record<string, Record<string, string>>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function loosened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(loosened);
  if (!isRecord(value)) return value;
  if ('Fn::GetAtt' in value) return '*';
  const { Ref: reference } = value;
  if (typeof reference === 'string' && !reference.startsWith('AWS::')) return '*';
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, loosened(inner)]));
}

/**
 * Conditions with `*` in place of what is made in the stack, for a policy that cannot wait for it. `ArnEquals` and
 * `ArnLike` both take it as a wildcard (IAM User Guide, "IAM JSON policy elements: Condition operators").
 */
export function withoutReferences(scope: IConstruct, conditions: Conditions): Conditions {
  return loosened(Stack.of(scope).resolve(conditions)) as Conditions;
}
