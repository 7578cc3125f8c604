import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);

interface Subsegment {
  readonly name: string;
  readonly trace_id: string;
  readonly aws?: { readonly operation: string };
}

/** Calls a bundle's handler as Lambda would, with one upload to admit, in a process of its own. */
const invoke = (bundle: string) => `
  const { handler } = await import(${JSON.stringify(pathToFileURL(bundle).href)});
  const body = JSON.stringify({ Records: [{ s3: { bucket: { name: 'b' }, object: { key: 'k', versionId: 'v' } } }] });
  const record = { messageId: 'm', body, attributes: { SentTimestamp: '1795248000000' } };
  const context = { functionName: 'f', awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 };
  await handler({ Records: [record] }, context).catch(() => undefined);`;

test('a traced invocation of the bundle sends its own subsegment and one for each AWS call to X-Ray', async () => {
  const daemon = createSocket('udp4');
  const sent: Subsegment[] = [];
  daemon.on('message', datagram => sent.push(JSON.parse(datagram.toString().split('\n')[1] ?? '{}')));
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
  try {
    await run(
      process.execPath,
      ['--input-type=module', '--eval', invoke('dist/lambda/intake-trigger/index.mjs')],
      {
        env: {
          AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
          AWS_LAMBDA_FUNCTION_NAME: 'f',
          LAMBDA_TASK_ROOT: '/var/task',
          AWS_REGION: 'eu-central-1',
          AWS_ACCESS_KEY_ID: 'id',
          AWS_SECRET_ACCESS_KEY: 'secret',
          AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
          _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
          // Nobody listens on the discard port: the call fails, and is traced all the same.
          AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
          AUDIT_TABLE_NAME: 'audit',
          STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:111122223333:stateMachine:intake',
          ALERT_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:alerts',
        },
      },
    );
    while (sent.length < 3) await once(daemon, 'message');
  } finally {
    daemon.close();
  }
  expect(sent.map(({ name, aws }) => aws?.operation ?? name).toSorted()).toEqual([
    '## handler',
    // The failure's cause is noted.
    'PutItem',
    'StartExecution',
  ]);
  expect(new Set(sent.map(({ trace_id }) => trace_id))).toEqual(
    new Set(['1-5759e988-bd862e3fe1be46a994272793']),
  );
});
