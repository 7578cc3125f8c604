import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { pipelineResources } from '../../../infra/constructs/pipeline-resources.ts';
import { propertiesOf, render, synthesizeTrail } from '../synthesized-stack.ts';

interface FieldSelector {
  readonly Field: string;
  readonly Equals?: readonly string[];
  readonly StartsWith?: readonly string[];
}

interface Selector {
  readonly Name: string;
  readonly FieldSelectors: readonly FieldSelector[];
}

const stack = synthesizeTrail();

/** As CloudTrail has them once the template is deployed. */
function deployed(context: Record<string, unknown> = {}): Selector[] {
  const text = JSON.stringify(
    render(propertiesOf(synthesizeTrail(context), 'Trail')['AdvancedEventSelectors']),
  )
    .replaceAll('<AWS::Partition>', 'aws')
    .replaceAll('<AWS::Region>', 'eu-central-1')
    .replaceAll('<AWS::AccountId>', '111122223333');
  return JSON.parse(text) as Selector[];
}

const selectors = deployed();

/** Operators that select are alternatives, fields are not (CloudTrail User Guide, "Filtering data events"). */
function holds(field: FieldSelector, value: string | undefined): boolean {
  const { Field: _field, Equals = [], StartsWith = [], ...unknown } = field;
  // An operator that this test does not know would be passed over.
  expect(unknown).toEqual({});
  return value !== undefined && (Equals.includes(value) || StartsWith.some(start => value.startsWith(start)));
}

/** The names of the selectors that an event matches. */
function matching(event: Readonly<Record<string, string>>): string[] {
  return selectors
    .filter(({ FieldSelectors }) => FieldSelectors.every(field => holds(field, event[field.Field])))
    .map(({ Name }) => Name);
}

const types = { s3: 'AWS::S3::Object', lambda: 'AWS::Lambda::Function', dynamodb: 'AWS::DynamoDB::Table' };

function ofData(arn: string): string[] {
  const service = arn.split(':')[2] as keyof typeof types;
  return matching({ eventCategory: 'Data', 'resources.type': types[service], 'resources.ARN': arn });
}

const object = (bucket: string, key = 'a/b.pdf') => `arn:aws:s3:::sallyport-${bucket}-111122223333/${key}`;
const regional = (service: string) => `arn:aws:${service}:eu-central-1:111122223333`;
const functionArn = (name: string) => `${regional('lambda')}:function:sallyport-${name}`;
const tableArn = (name: string) => `${regional('dynamodb')}:table/sallyport-${name}`;

describe('B4, E4: what the trail records', () => {
  test('is every management event, read or write, of every service', () => {
    expect(
      matching({ eventCategory: 'Management', eventSource: 'kms.amazonaws.com', readOnly: 'true' }),
    ).toEqual(['Management']);
    expect(matching({ eventCategory: 'NetworkActivity' })).toEqual([]);
  });

  test.each(pipelineResources.documentBuckets)('is what happens to objects in the bucket %s', bucket => {
    expect(ofData(object(`${bucket}-dev`))).toEqual(['Objects']);
    // A listing's resource is the bucket's prefix.
    expect(ofData(object(`${bucket}-dev`, ''))).toEqual(['Objects']);
  });

  test.each(pipelineResources.functions)('is each invocation of %s', name => {
    expect(ofData(functionArn(`${name}-dev`))).toEqual(['Functions']);
  });

  test.each(Object.keys(pipelineResources.tables))('is what happens to rows of %s', name => {
    expect(ofData(tableArn(`${name}-dev`))).toEqual(['Tables']);
  });

  test.each([
    ...[...pipelineResources.accountLogBuckets, ...pipelineResources.accessLogBuckets].map(
      bucket => [object(`${bucket}-dev`)] as const,
    ),
    ...pipelineResources.trailFunctions.map(name => [functionArn(`${name}-dev`)] as const),
    ...Object.keys(pipelineResources.trailTables).map(name => [tableArn(`${name}-dev`)] as const),
    [object('uploads-prod')],
    ['arn:aws:s3:::sallyport-uploads-dev-1111222233334/a.pdf'],
    ['arn:aws:s3:::sallyport-uploads-dev-111122223333-copy/a.pdf'],
    ['arn:aws:s3:::somebody-elses/a.pdf'],
    [functionArn('upload-writer-prod')],
    [functionArn('upload-writer-development')],
    [tableArn('uploads-prod')],
  ])('is nothing of %s', arn => {
    expect(ofData(arn)).toEqual([]);
  });

  test('names no wildcard, and fewer values than a trail takes', () => {
    const values = selectors.flatMap(({ FieldSelectors }) =>
      FieldSelectors.flatMap(({ Equals = [], StartsWith = [] }) => [...Equals, ...StartsWith]),
    );
    expect(values.filter(value => /[*?<]/.test(value))).toEqual([]);
    expect(values.length).toBeLessThanOrEqual(500);
  });

  test('takes nothing of another stack into the template', () => {
    expect(JSON.stringify(propertiesOf(stack, 'Trail'))).not.toContain('Fn::ImportValue');
  });

  test('is management events alone where that is asked for', () => {
    const quiet = synthesizeTrail({ trailDataEvents: 'false', trailLogObjectLock: 'true' });
    expect(propertiesOf(quiet, 'Trail')).not.toHaveProperty('AdvancedEventSelectors');
  });
});

describe('Object Lock of the logs', () => {
  test('is off by default', () => {
    expect(propertiesOf(stack, 'TrailLogBucket')).not.toHaveProperty('ObjectLockEnabled');
  });

  test('holds each log in governance mode for as long as it is kept', () => {
    const locked = synthesizeTrail({ trailDataEvents: 'false', trailLogObjectLock: 'true' });
    expect(propertiesOf(locked, 'TrailLogBucket')).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 365 } },
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: expect.arrayContaining([expect.objectContaining({ ExpirationInDays: 365 })]),
      },
    });
    // A target of access logs cannot be locked.
    locked.template.resourcePropertiesCountIs('AWS::S3::Bucket', { ObjectLockEnabled: Match.anyValue() }, 1);
  });
});
