import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { featureFlags } from '../../../infra/config/feature-flags.ts';

const recommended: unknown = JSON.parse(
  readFileSync(
    new URL('../../../node_modules/aws-cdk-lib/recommended-feature-flags.json', import.meta.url),
    'utf8',
  ),
);

describe('feature flags', () => {
  test('are those that the installed CDK recommends, none forgotten after an upgrade', () => {
    expect(featureFlags()).toEqual(recommended);
  });
});
