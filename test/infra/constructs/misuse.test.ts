import { describe, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AlertTopic } from '../../../infra/constructs/alert-topic.ts';
import { CustomerManagedKey } from '../../../infra/constructs/customer-managed-key.ts';
import { LambdaService } from '../../../infra/constructs/lambda-service.ts';
import { pinLogicalId } from '../../../infra/constructs/pin-logical-id.ts';

describe('constructs say what is wrong and what to do', () => {
  const stack = new Stack(new App(), 'Stack');
  const encryptionKey = new CustomerManagedKey(stack, 'Key', {
    purpose: 'alerts',
    environmentName: 'dev',
    logicalId: 'AlertsKey',
  });

  test('a function without its bundle', () => {
    const alertTopic = new AlertTopic(stack, 'Alerts', { environmentName: 'dev', encryptionKey });
    const props = {
      serviceName: 'nothing',
      environmentName: 'dev',
      description: 'Nothing.',
      bundle: '/nowhere/nothing',
      logsKey: encryptionKey,
      environment: {},
      timeout: Duration.seconds(1),
      alertTopic,
    };
    expect(() => new LambdaService(stack, 'Nothing', props)).toThrow(
      '/nowhere/nothing holds no index.mjs: run "npm run build" first.',
    );
  });

  test('a pinned logical id of what is no resource', () => {
    expect(() => pinLogicalId(encryptionKey, 'Elsewhere')).toThrow(
      /Stack\/Key is no CloudFormation resource/,
    );
  });
});
