import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { SavedQueries } from '../../../infra/constructs/saved-queries.ts';

const needed = [
  '/aws/lambda/sallyport-intake-trigger-dev',
  '/aws/vendedlogs/states/sallyport-intake-dev',
  '/aws/apigateway/sallyport-documents-dev',
];
const queriesOver = (logGroups: readonly string[]) => () =>
  new SavedQueries(new Stack(new App(), 'Stack'), 'Queries', { environmentName: 'dev', logGroups });

describe('saved queries', () => {
  test('stand over the log groups that there are', () => {
    expect(queriesOver(needed)).not.toThrow();
  });

  test.each(needed)('are refused without %s, which one of them names', missing => {
    expect(queriesOver(needed.filter(name => name !== missing))).toThrow(/looks into .*which is not there/);
  });

  test('are refused over more log groups than a query may search', () => {
    const many = Array.from({ length: 50 }, (_, place) => `/aws/lambda/f${place}`);
    expect(queriesOver([...needed, ...many])).toThrow(/50 are the most/);
  });
});
