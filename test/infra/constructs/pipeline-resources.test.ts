import { describe, expect, test } from '@jest/globals';
import { pipelineResources } from '../../../infra/constructs/pipeline-resources.ts';
import { render, resourcesOf, synthesizeAll } from '../synthesized-stack.ts';

type Stacks = ReturnType<typeof synthesizeAll>;

const namesIn = (some: Stacks, type: string, property: string): string[] =>
  some
    .flatMap(([, stack]) => resourcesOf(stack, type))
    .map(([, { Properties }]) => String(render(Properties[property])))
    .sort();

/** Functions that stand where `createNetwork` is on; a trail may name one that is not there. */
const ofNetwork: readonly string[] = ['default-group-closer'];

describe.each([
  ['dev', {}],
  ['prod', { env: 'prod', alertEmails: 'security@example.com' }],
])('%s: the names by which trail and backup know what the stacks create', (environment, context) => {
  const stacks = synthesizeAll(context);
  const others = stacks.filter(([id]) => id !== 'TrailStack');
  const trail = stacks.filter(([id]) => id === 'TrailStack');
  const named = (purposes: readonly string[], suffix = '') =>
    purposes.map(purpose => `sallyport-${purpose}-${environment}${suffix}`).sort();

  test.each([
    [
      'functions',
      others,
      pipelineResources.functions.filter(name => environment === 'prod' || !ofNetwork.includes(name)),
    ],
    ["the trail's functions", trail, pipelineResources.trailFunctions],
  ])('%s', (_name, some, purposes) => {
    expect(namesIn(some, 'AWS::Lambda::Function', 'FunctionName')).toEqual(named(purposes));
  });

  test.each([
    ['tables', others, pipelineResources.tables],
    ["the trail's tables", trail, pipelineResources.trailTables],
  ])('%s, each with the alias of its key', (_name, some, keys) => {
    const found = some.flatMap(([, stack]) => {
      const aliases = new Map(
        resourcesOf(stack, 'AWS::KMS::Alias').map(([, { Properties }]) => [
          String(render(Properties['TargetKeyId'])),
          String(Properties['AliasName']),
        ]),
      );
      return resourcesOf(stack, 'AWS::DynamoDB::Table').map(([, { Properties }]) => {
        const { KMSMasterKeyId } = render(Properties['SSESpecification']) as { KMSMasterKeyId: string };
        return `${String(Properties['TableName'])} under ${aliases.get(KMSMasterKeyId)}`;
      });
    });
    expect(found.sort()).toEqual(
      Object.entries(keys)
        .map(
          ([purpose, key]) =>
            `sallyport-${purpose}-${environment} under alias/sallyport-${key}-${environment}`,
        )
        .sort(),
    );
  });

  test('buckets', () => {
    const { documentBuckets, accountLogBuckets, accessLogBuckets } = pipelineResources;
    expect(namesIn(stacks, 'AWS::S3::Bucket', 'BucketName')).toEqual(
      named([...documentBuckets, ...accountLogBuckets, ...accessLogBuckets], '-<AWS::AccountId>'),
    );
  });

  test('buckets of access logs are those that S3 delivers to, and those alone are under SSE-S3', () => {
    const algorithms = stacks
      .flatMap(([, stack]) => resourcesOf(stack, 'AWS::S3::Bucket'))
      .map(([, { Properties }]) => [
        String(render(Properties['BucketName'])),
        /"SSEAlgorithm":"AES256"/.test(JSON.stringify(Properties['BucketEncryption'])),
      ]);
    const underS3 = algorithms.filter(([, isS3]) => isS3).map(([name]) => String(name));
    expect(underS3.sort()).toEqual(named(pipelineResources.accessLogBuckets, '-<AWS::AccountId>'));
  });
});
