import { expect, test } from '@jest/globals';
import { clientConfiguration } from '../../../infra/local/aws-clients.ts';
import type { ScheduledRule } from '../../../infra/local/event-rules.ts';
import { pasteableCommands } from '../../../infra/local/pasteable-commands.ts';

const endpoint = 'http://127.0.0.1:4510';
const client = clientConfiguration(endpoint, 'eu-central-1', 'local');

const apis = [{ name: 'documents', url: 'http://127.0.0.1:4511/v1', apiKeys: ['the-key'] }];

const commandsFor = (outputs: Record<string, string>, scheduledRules: readonly ScheduledRule[] = []) =>
  pasteableCommands({
    endpoint,
    region: 'eu-central-1',
    accountId: '000000000000',
    client,
    outputs,
    apis,
    scheduledRules,
  }).flat();

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

test('a scan of what runs is made by our own command', () => {
  expect(commandsFor({ ComplianceStateMachineArn: 'arn:scan' }).slice(-2)).toEqual([
    'sallyport',
    expect.stringMatching(/^AWS_ENDPOINT_URL=\S+ .*main\.js compliance scan --region eu-central-1$/),
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

test('documents and records go in under the key that their buckets ask for, and are asked for by a signed call', () => {
  const commands = commandsFor({
    DocumentsBucketName: 'documents',
    DocumentsKeyArn: 'arn:d',
    RecordsBucketName: 'records',
    RecordsKeyArn: 'arn:r',
    ProcessedRecordsTableName: 'rows',
    QuarantineBucketName: 'quarantine',
    DocumentApiUrl: 'http://127.0.0.1:4511/v1/',
  });
  expect(commands).toEqual(
    expect.arrayContaining([
      `aws --endpoint-url ${endpoint} s3 cp ./offer.pdf s3://documents/ --sse aws:kms --sse-kms-key-id arn:d`,
      `aws --endpoint-url ${endpoint} s3 ls s3://quarantine --recursive`,
      `aws --endpoint-url ${endpoint} dynamodb scan --table-name rows`,
      "curl -T ./offer.pdf -H 'Content-Type: application/pdf' -H 'x-amz-server-side-encryption: aws:kms'" +
        ` -H 'x-amz-server-side-encryption-aws-kms-key-id: arn:d' ${endpoint}/documents/`,
      "curl -T ./records.json -H 'x-amz-server-side-encryption: aws:kms'" +
        ` -H 'x-amz-server-side-encryption-aws-kms-key-id: arn:r' ${endpoint}/records/`,
      'curl -s http://127.0.0.1:4511/v1/documents/scan --aws-sigv4 aws:amz:eu-central-1:execute-api --user local:local' +
        ` -H 'x-api-key: the-key' -H 'Content-Type: application/json' -d '{"document_key":"offer.pdf"}'`,
    ]),
  );
});

test('a schedule is fired by hand, by either tool', () => {
  const entry =
    '{"Source":"aws.events","DetailType":"Scheduled Event","Resources":["arn:daily"],"Detail":"{}"}';
  const rule = { name: 'daily', arn: 'arn:daily', schedule: 'rate(24 hours)' };
  expect(commandsFor({}, [rule]).slice(-3)).toEqual([
    'Schedules, which no clock fires here',
    `aws --endpoint-url ${endpoint} events put-events --entries '[${entry}]'`,
    `curl -s ${endpoint}/ -H 'X-Amz-Target: AWSEvents.PutEvents' -d '{"Entries":[${entry}]}'`,
  ]);
});

test('a finding is put on the bus by hand, and rolled back', () => {
  const commands = commandsFor({
    FindingRemediatorFunctionName: 'remediator',
    RemediationsTableName: 'remediations',
    UploadsBucketName: 'uploads',
  });
  expect(commands).toContain(`aws --endpoint-url ${endpoint} dynamodb scan --table-name remediations`);
  const [heading, ...lines] = commands.slice(-5);
  expect(heading).toBe('A finding of GuardDuty, and the way back');
  const entryOf = (line = '') => JSON.parse(/'([[{].*)'$/.exec(line)?.[1] ?? '');
  const [byCli] = entryOf(lines[0]);
  expect(entryOf(lines[1])).toEqual({ Entries: [byCli] });
  expect(byCli).toMatchObject({ Source: 'aws.guardduty', DetailType: 'GuardDuty Finding' });
  const finding = JSON.parse(byCli.Detail);
  expect(finding).toMatchObject({
    accountId: '000000000000',
    resource: { s3BucketDetails: [{ name: 'uploads' }] },
  });
  const request = `{"action":"rollback","findingId":"${finding.id}","by":"me","reason":"to try it"}`;
  expect(lines[2]).toContain(
    `--function-name remediator --cli-binary-format raw-in-base64-out --payload '${request}'`,
  );
  expect(lines[3]).toBe(`curl -s ${endpoint}/2015-03-31/functions/remediator/invocations -d '${request}'`);
});
