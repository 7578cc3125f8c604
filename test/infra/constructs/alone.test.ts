import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { ComplianceLogs, FindingResponse } from '../../../infra/index.ts';
import { type Resource, render, resourcesOf } from '../synthesized-stack.ts';
import { type FlowName, flowNames, makeFlow, plainStack, synthesized } from './flows.ts';

/** Properties that are the name of the resource itself, unique to its type in an account. */
const naming = [
  'AlarmName',
  'AliasName',
  'BucketName',
  'FunctionName',
  'LogGroupName',
  'Name',
  'QueueName',
  'RoleName',
  'StateMachineName',
  'TableName',
  'TopicName',
  'TrailName',
];

/** What CloudFormation would call the resources, whatever their type; not what hangs on another resource. */
function physicalNames(resources: readonly Resource[]): string[] {
  return resources
    .filter(({ Type }) => !['AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Permission'].includes(Type))
    .flatMap(({ Type, Properties = {} }) =>
      naming
        .filter(property => Properties[property] !== undefined)
        .map(property => `${Type} ${String(render(Properties[property]))}`),
    )
    .filter(name => !/<(?!AWS::)/.test(name));
}

/** One app with each flow in a stack of its own, in both environments. */
const app = new App();
const stacks = (['dev', 'prod'] as const).flatMap(environment =>
  flowNames.map(name => {
    const stack = plainStack(`${name}-${environment}`, {}, app);
    makeFlow(stack, name, { configuration: { environment } });
    return { name, environment, stack };
  }),
);
const templates = stacks.map(({ name, environment, stack }) => ({
  name,
  environment,
  ...synthesized(stack),
}));

const templateOf = (name: FlowName) => {
  const found = templates.find(template => template.name === name && template.environment === 'dev');
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
};

describe('each flow alone, with nothing but scope and id', () => {
  test.each(flowNames)('%s makes all that it needs, and takes nothing of another stack', name => {
    const template = templateOf(name);
    expect(resourcesOf(template, 'AWS::Lambda::Function').length).toBeGreaterThan(0);
    expect(resourcesOf(template, 'AWS::SNS::Topic')).toHaveLength(1);
    expect(JSON.stringify(template.json)).not.toMatch(/Fn::(ImportValue|GetStackOutput)/);
  });

  test('two environments live in one app, and all flows in one account: no name stands twice', () => {
    const all = templates.flatMap(({ json }) => physicalNames(Object.values(json.Resources)));
    expect(all.length).toBeGreaterThan(200);
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  test('bucket names keep within 63 characters', () => {
    const lengths = templates
      .flatMap(template => resourcesOf(template, 'AWS::S3::Bucket'))
      .map(([, { Properties }]) => String(render(Properties['BucketName'])))
      .map(name => name.replace('<AWS::AccountId>', '111122223333').length);
    expect(lengths.length).toBeGreaterThan(20);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(63);
  });

  test('all in one stack, each with compliance logs of its own: no logical id stands twice', () => {
    const stack = plainStack('All');
    for (const name of flowNames) makeFlow(stack, name);
    const together = Object.keys(synthesized(stack).json.Resources);
    const apart = flowNames.reduce(
      (sum, name) => sum + Object.keys(templateOf(name).json.Resources).length,
      0,
    );
    expect(together).toHaveLength(apart);
  });

  test('flows that are given the same compliance logs make none', () => {
    const stack = plainStack('Shared');
    const { logs: complianceLogs } = new ComplianceLogs(stack, 'ComplianceLogs');
    for (const name of ['DocumentProcessing', 'RecordIngestion', 'ComplianceMonitor'] as const) {
      makeFlow(stack, name, { complianceLogs });
    }
    const buckets = resourcesOf(synthesized(stack), 'AWS::S3::Bucket').map(([id]) => id);
    expect(buckets.filter(id => id.includes('ComplianceLogBucket'))).toEqual(['ComplianceLogBucket']);
  });
});

describe('a second of the same kind', () => {
  test.each(flowNames)('%s in one stack is refused at once', name => {
    const stack = plainStack();
    makeFlow(stack, name);
    expect(() => makeFlow(stack, name, { configuration: { environment: 'prod' } }, 'Second')).toThrow(
      `Own/Second: the stack has Own/${name} already, a ${name} as well: give each a stack of its own`,
    );
  });

  const env = { account: '111122223333', region: 'eu-central-1' };

  test.each([
    ['of one account and region', env, env],
    ['of which only the deployment knows', {}, {}],
  ])('in two stacks of one app %s is refused at once', (_where, one, other) => {
    const app = new App();
    makeFlow(plainStack('First', { env: one }, app), 'TrailAnalysis');
    expect(() => makeFlow(plainStack('Second', { env: other }, app), 'TrailAnalysis')).toThrow(
      'Second/TrailAnalysis: First/TrailAnalysis has the same names, a TrailAnalysis of dev as well, in the same account and region: give each a stack of its own, in an environment or account of its own.',
    );
  });

  test('in two stacks of one app is taken in another environment, account or region', () => {
    const app = new App();
    const place = (id: string, differing: object) => plainStack(id, { env: { ...env, ...differing } }, app);
    makeFlow(place('First', {}), 'FindingResponse');
    makeFlow(place('Prod', {}), 'FindingResponse', { configuration: { environment: 'prod' } });
    makeFlow(place('Account', { account: '444455556666' }), 'FindingResponse');
    makeFlow(place('Region', { region: 'eu-west-1' }), 'FindingResponse');
    expect(app.node.findAll().filter(found => found instanceof FindingResponse)).toHaveLength(4);
  });
});
