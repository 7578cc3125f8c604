import { expect, test } from '@jest/globals';
import { clientConfiguration } from '../../../infra/local/aws-clients.ts';
import { pasteableCommands } from '../../../infra/local/pasteable-commands.ts';

const endpoint = 'http://127.0.0.1:4510';
const client = clientConfiguration(endpoint, 'eu-central-1', 'local');

const commandsFor = (outputs: Record<string, string>) =>
  pasteableCommands({ endpoint, region: 'eu-central-1', client, outputs }).flat();

test('a stack that is not there has no commands', () => {
  expect(commandsFor({})).toEqual(['AWS CLI', expect.stringMatching(/^export AWS_ACCESS_KEY_ID=/), 'curl']);
});

test('dead letters are shown by our own command, alone in its line', () => {
  expect(commandsFor({ TrailDeadLettersTableName: 'letters' }).slice(-2)).toEqual([
    'sallyport',
    `AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=${client.credentials.accessKeyId} ` +
      `AWS_SECRET_ACCESS_KEY=${client.credentials.secretAccessKey} AWS_REGION=eu-central-1 ` +
      'node dist/handlers/cli/main.js trail redrive --table letters --dry-run',
  ]);
});

test('the trail stack takes a log, by either tool, and shows what matched', () => {
  const commands = commandsFor({ TrailLogBucketName: 'logs', TrailEventsTableName: 'events' });
  expect(commands).toEqual(
    expect.arrayContaining([
      `aws --endpoint-url ${endpoint} s3 cp ./log.json.gz s3://logs/`,
      `aws --endpoint-url ${endpoint} dynamodb scan --table-name events`,
      `curl -T ./log.json.gz ${endpoint}/logs/`,
      expect.stringMatching(/^curl -s .*DynamoDB_20120810\.Scan.* -d '\{"TableName":"events"\}'$/),
    ]),
  );
});
