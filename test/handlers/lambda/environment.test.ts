import { describe, expect, test } from '@jest/globals';
import { EnvironmentError, readEnvironment } from '../../../src/handlers/lambda/environment.ts';
import { intakeTriggerEnvironment } from '../../../src/handlers/lambda/intake-trigger.env.ts';
import { uploadWriterEnvironment } from '../../../src/handlers/lambda/upload-writer.env.ts';

const trigger = {
  STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:111122223333:stateMachine:intake-dev',
  AUDIT_TABLE_NAME: 'audit-dev',
  ALERT_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:alerts-dev',
};

describe('the environment of a function', () => {
  test('is read as its schema names it, and no more', () => {
    expect(readEnvironment(intakeTriggerEnvironment, { ...trigger, PATH: '/bin' })).toEqual(trigger);
    expect(readEnvironment(uploadWriterEnvironment, { UPLOADS_TABLE_NAME: 'uploads' })).toEqual({
      UPLOADS_TABLE_NAME: 'uploads',
    });
  });

  test('names every missing variable at once', () => {
    expect(() => readEnvironment(intakeTriggerEnvironment, {})).toThrow(EnvironmentError);
    expect(() => readEnvironment(intakeTriggerEnvironment, {})).toThrow(
      /STATE_MACHINE_ARN is missing\n.*AUDIT_TABLE_NAME is missing\n.*ALERT_TOPIC_ARN is missing/,
    );
  });

  test('names a malformed variable, never its value', () => {
    const variables = { ...trigger, ALERT_TOPIC_ARN: 'top-secret' };
    expect(() => readEnvironment(intakeTriggerEnvironment, variables)).toThrow(/- ALERT_TOPIC_ARN: /);
    expect(() => readEnvironment(intakeTriggerEnvironment, variables)).not.toThrow(/top-secret/);
  });
});
