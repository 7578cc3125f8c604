import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a deployment alone knows, in the words of cdk-nag: `<AWS::AccountId>`, `<UploadsBucket.Arn>`. */
function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1) {
    if (name === 'Ref') return `<${String(argument)}>`;
    if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`;
    if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1])) {
      return argument[1].map(part => String(named(part))).join(String(argument[0]));
    }
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, named(inner)]));
}

/** A value of a template as people read it, and as cdk-nag names it: text as it is, anything else as JSON. */
export function readableTokens(scope: IConstruct, value: unknown): string {
  const text = named(Stack.of(scope).resolve(value));
  return typeof text === 'string' ? text : JSON.stringify(text);
}
