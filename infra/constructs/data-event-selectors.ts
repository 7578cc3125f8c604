import { Aws } from 'aws-cdk-lib';
import type { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { pipelineResources } from './pipeline-resources.ts';

type Selector = CfnTrail.AdvancedEventSelectorProperty;

const ofThisRegion = (service: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}`;

/**
 * What a trail records of the pipeline: all management events, and the data events of its document buckets, functions
 * and tables. Not those of the trail's own analysis: each log file would tell of the reading of the one before, of the
 * invocation for it and of the rows that came of it. Not those of access logs either, which S3 itself writes.
 *
 * A prefix of a bucket's objects ends in a slash: without it, it would take in every bucket whose name goes on, and with
 * an asterisk nothing, since selectors know no wildcards (CloudTrail API Reference, AdvancedFieldSelector).
 *
 * @param hasRulesBucket Record who puts rules as well; not who reads them, which is the analyzer, every minute.
 */
export function dataEventSelectors(environmentName: string, hasRulesBucket = false): Selector[] {
  const { documentBuckets, functions, tables, rulesBucket } = pipelineResources;
  const nameOf = (purpose: string) => `sallyport-${purpose}-${environmentName}`;
  const objectsOf = (purpose: string) => `arn:${Aws.PARTITION}:s3:::${nameOf(purpose)}-${Aws.ACCOUNT_ID}/`;
  return [
    { name: 'Management', fieldSelectors: [{ field: 'eventCategory', equalTo: ['Management'] }] },
    dataEvents('Objects', 'AWS::S3::Object', {
      startsWith: documentBuckets.map(objectsOf),
    }),
    dataEvents('Functions', 'AWS::Lambda::Function', {
      equalTo: functions.map(purpose => `${ofThisRegion('lambda')}:function:${nameOf(purpose)}`),
    }),
    dataEvents('Tables', 'AWS::DynamoDB::Table', {
      equalTo: Object.keys(tables).map(purpose => `${ofThisRegion('dynamodb')}:table/${nameOf(purpose)}`),
    }),
    ...(hasRulesBucket
      ? [dataEvents('Rules', 'AWS::S3::Object', { startsWith: [objectsOf(rulesBucket)] }, ['false'])]
      : []),
  ];
}

function dataEvents(
  name: string,
  resourceType: string,
  arns: Pick<CfnTrail.AdvancedFieldSelectorProperty, 'equalTo' | 'startsWith'>,
  readOnly?: readonly ('true' | 'false')[],
): Selector {
  return {
    name,
    fieldSelectors: [
      { field: 'eventCategory', equalTo: ['Data'] },
      { field: 'resources.type', equalTo: [resourceType] },
      { field: 'resources.ARN', ...arns },
      ...(readOnly === undefined ? [] : [{ field: 'readOnly', equalTo: [...readOnly] }]),
    ],
  };
}
