import { expect, test } from '@jest/globals';
import { describeHappening } from '../../../infra/local/describe-happening.ts';
import type { Happening } from '../../../infra/local/local-pipeline.ts';

type Of<Kind extends Happening['kind']> = Extract<Happening, { kind: Kind }>;

const uploaded = (key: string, accessKeyId = 'local'): Happening => ({
  kind: 'uploaded',
  event: { bucket: 'b', key, size: 3, accessKeyId } as Of<'uploaded'>['event'],
});

const execution = (detail: Partial<Of<'execution'>['detail']>): Happening => ({
  kind: 'execution',
  detail: {
    stateMachineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:scan',
    name: 'run',
    input: '{"key":"a.txt"}',
    error: null,
    ...detail,
  } as Of<'execution'>['detail'],
});

const published = (message: Partial<Of<'published'>['message']>): Happening => ({
  kind: 'published',
  message: {
    topicArn: 'arn:aws:sns:eu-central-1:000000000000:alerts',
    messageId: '1',
    subject: 'Title',
    message: 'text',
    email: 'text',
    attributes: {},
    ...message,
  },
});

test.each<[Happening, string]>([
  [uploaded('a/b ü.txt'), 'uploaded      s3://b/a/b ü.txt (3 bytes)'],
  [uploaded('a.txt', 's3.amazonaws.com'), 'replicated    s3://b/a.txt (3 bytes)'],
  [
    uploaded('x\u001b[2J\u202e\u2028\n'),
    'uploaded      s3://b/x\\u{1b}[2J\\u{202e}\\u{2028}\\u{a} (3 bytes)',
  ],
  [execution({ status: 'RUNNING' }), 'admitted      a.txt as execution run'],
  [execution({ status: 'SUCCEEDED' }), 'recorded      a.txt'],
  [execution({ status: 'FAILED', error: 'Boom' }), 'failed        a.txt: FAILED (Boom)'],
  [execution({ status: 'TIMED_OUT' }), 'failed        a.txt: TIMED_OUT'],
  [execution({ status: 'RUNNING', input: '{}' }), 'began         scan as execution run'],
  [execution({ status: 'SUCCEEDED', input: null }), 'ended         scan as execution run'],
  [execution({ status: 'SUCCEEDED', input: '{"key":7}' }), 'ended         scan as execution run'],
  [execution({ status: 'ABORTED', input: 'no JSON' }), 'failed        scan as execution run: ABORTED'],
  [published({ attributes: { kind: 'upload.refused' } }), 'refused       Title [upload.refused, alerts]'],
  [published({ attributes: { kind: 'upload.failed' } }), 'announced     Title [upload.failed, alerts]'],
  [
    published({ subject: undefined, message: '{"kind":"upload.abandoned","title":"Given up"}' }),
    'announced     Given up [upload.abandoned, alerts]',
  ],
  [
    published({ message: '{"kind":"upload.refused","details":{"key":"../x\\u202e"}}' }),
    'refused       ../x\\u{202e}: Title [upload.refused, alerts]',
  ],
  [
    published({
      attributes: { kind: 'trail.match' },
      subject: 'What CloudTrail records changed: 1 event by user/somebody in 111122223333',
      message: '{"details":{"rule":"trail-changes"}}',
    }),
    'announced     What CloudTrail records changed: 1 event by user/somebody in 111122223333 [trail.match, alerts]',
  ],
  [
    published({
      attributes: { kind: 'dead-letter.kept' },
      subject: 'A message of trail could not be handled: not-json',
    }),
    'announced     A message of trail could not be handled: not-json [dead-letter.kept, alerts]',
  ],
  [published({ subject: undefined }), 'announced     text [no kind, alerts]'],
  [
    {
      kind: 'called',
      call: {
        api: 'documents',
        method: 'POST',
        resourcePath: '/documents/scan',
        status: 200,
        requestId: 'r',
      },
    },
    'called        POST /documents/scan: 200 [documents]',
  ],
  [
    {
      kind: 'called',
      call: { api: 'documents', method: 'GET', resourcePath: undefined, status: 403, requestId: 'r' },
    },
    'called        GET (no operation): 403 [documents]',
  ],
  [
    {
      kind: 'denied',
      denial: {
        principal: 'arn:aws:sts::000000000000:assumed-role/worker/writer',
        action: 'dynamodb:PutItem',
        resource: 'arn:runs',
        message: 'User: …',
        explanation: 'no statement allows it',
      },
    },
    'denied        writer: dynamodb:PutItem on arn:runs: no statement allows it',
  ],
  [{ kind: 'dead-lettered', queue: 'dead', depth: 2 }, 'dead-lettered dead holds 2'],
  [{ kind: 'fault', text: 'polling failed' }, 'fault         polling failed'],
])('%#: a happening is one line', (happening, line) => {
  expect(describeHappening(happening)).toBe(line);
});
