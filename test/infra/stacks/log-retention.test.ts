import { expect, test } from '@jest/globals';
import { render, resourcesOf, synthesizeAll } from '../synthesized-stack.ts';
import { wholePipeline } from '../whole-pipeline.ts';

/** Groups that an option of their own keeps: changes of the API, and flow logs. */
const kept: Readonly<Record<string, number>> = {
  '/aws/events/sallyport-documents-api-calls': 30,
  '/sallyport/network-flow': 90,
};

test.each([
  ['dev', {}, 7],
  ['prod', { env: 'prod', alertEmails: 'security@example.com' }, 7],
  [
    'prod, by configuration',
    { env: 'prod', alertEmails: 'security@example.com', logRetentionDays: '14' },
    14,
  ],
] as const)(
  'A9: every log group of every stack of %s keeps its lines as long as configured',
  (_name, context, days) => {
    const groups = synthesizeAll({ ...wholePipeline, ...context }).flatMap(([, stack]) =>
      resourcesOf(stack, 'AWS::Logs::LogGroup').map(([, { Properties }]) => {
        const name = String(render(Properties['LogGroupName'])).replace(/-(?:dev|prod)$/, '');
        return [name, Properties['RetentionInDays']] as const;
      }),
    );
    expect(groups.length).toBeGreaterThan(15);
    expect(groups.filter(([name, retention]) => retention !== (kept[name] ?? days))).toEqual([]);
  },
);
