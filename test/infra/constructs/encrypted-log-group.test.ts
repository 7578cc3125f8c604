import { describe, expect, test } from '@jest/globals';
import { render, resourcesOf, statementsOfServices, synthesizeAll } from '../synthesized-stack.ts';

const groups = synthesizeAll().flatMap(([id, stack]) =>
  resourcesOf(stack, 'AWS::Logs::LogGroup').map(
    ([logicalId, { Properties }]) =>
      [`${id}/${logicalId}`, stack, render(Properties) as Record<string, unknown>] as const,
  ),
);

describe('A9: every log group', () => {
  test('is seen here', () => {
    expect(groups.length).toBeGreaterThan(15);
  });

  test.each(groups)(
    '%s: keeps its lines for some days, under a key that lets it in',
    (_name, stack, group) => {
      expect(group['RetentionInDays']).toBeGreaterThan(0);
      const [, key = ''] = /^<(\w+)\.Arn>$/.exec(String(group['KmsKeyId'])) ?? [];
      const name = String(group['LogGroupName']);
      expect(statementsOfServices(stack, key)).toContainEqual(
        expect.objectContaining({
          principals: ['logs.<AWS::Region>.amazonaws.com'],
          conditions: {
            ArnEquals: {
              'kms:EncryptionContext:aws:logs:arn': `arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${name}`,
            },
          },
        }),
      );
    },
  );
});
