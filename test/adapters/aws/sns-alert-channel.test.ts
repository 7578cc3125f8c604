import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SnsAlertChannel } from '../../../src/adapters/aws/sns-alert-channel.ts';
import { alertChannelContract } from '../../../src/adapters/contracts/alert-channel-contract.ts';
import type { Alert } from '../../../src/ports/alert-channel.ts';
import { startCannedAnswers } from '../../emulators/canned-answers.ts';
import {
  type MessagingEndpoint,
  type ObservedTopic,
  snsClient,
  startMessaging,
} from '../../emulators/messaging.ts';
import fc from '../../seeded-properties.ts';

let messaging: MessagingEndpoint;
let topic: ObservedTopic;
let channel: SnsAlertChannel;

beforeAll(async () => {
  messaging = await startMessaging();
  topic = await messaging.createTopic('alerts');
  channel = new SnsAlertChannel({ client: messaging.sns, topicArn: topic.topicArn });
});
afterAll(() => messaging.close());

async function deliveries(id: string): Promise<readonly Alert[]> {
  const messages = await topic.received(message => JSON.parse(String(message.Body)).id === id);
  return messages.map(message => JSON.parse(String(message.Body)) as Alert);
}

describe(`the contract of ${alertChannelContract.port}`, () => {
  test.each(alertChannelContract.cases)('$name', ({ run }) =>
    run({ channel, deliveries, tooManyBytes: 262_144 }),
  );
});

const alert: Alert = {
  schemaVersion: 1,
  id: 'one',
  kind: 'upload.refused',
  severity: 'medium',
  title: 'Upload refused',
  text: 'The key leads out of its folder.',
  occurredAt: '2026-11-21T08:00:00.000Z',
  correlationId: 'correlation',
  details: { key: '../a' },
};

/** What a channel sends for an alert: the parameters of the Publish call, read back from the wire. */
async function published(...alerts: readonly Alert[]): Promise<readonly URLSearchParams[]> {
  const canned = await startCannedAnswers({
    status: 200,
    body: '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
  });
  const client = snsClient(canned.endpoint);
  try {
    for (const each of alerts) await new SnsAlertChannel({ client, topicArn: topic.topicArn }).publish(each);
  } finally {
    client.destroy();
    await canned.close();
  }
  return canned.requests.map(body => new URLSearchParams(body));
}

function parametersOf(request: URLSearchParams | undefined) {
  const variants = JSON.parse(String(request?.get('Message'))) as Record<
    'default' | 'email' | 'https',
    string
  >;
  return { subject: String(request?.get('Subject')), variants };
}

describe('a message', () => {
  test('has a variant for machines, one for people and one for their chats', async () => {
    const [request] = await published(alert);
    const { variants } = parametersOf(request);

    expect(request?.get('MessageStructure')).toBe('json');
    expect(Object.keys(variants).sort()).toEqual(['default', 'email', 'https']);
    expect(JSON.parse(variants.default)).toEqual(alert);
    expect(variants.email).toBe(
      [
        'Upload refused',
        '',
        'The key leads out of its folder.',
        '',
        'Severity: medium',
        'Time: 2026-11-21T08:00:00.000Z',
        'Correlation id: correlation',
      ].join('\n'),
    );
  });

  test('reaches a chat in the form that it shows, and a queue in its own', async () => {
    const [request] = await published(alert);
    expect(JSON.parse(parametersOf(request).variants.https)).toMatchObject({
      version: '1.0',
      source: 'custom',
      metadata: { threadId: 'correlation', eventType: 'upload.refused' },
    });
    const unique = { ...alert, id: crypto.randomUUID() };
    await channel.publish(unique);
    expect(await deliveries(unique.id)).toEqual([unique]);
  });

  test('names the account that it concerns, to people too', async () => {
    const [request] = await published({ ...alert, account: '111122223333' });

    expect(parametersOf(request).variants.email).toContain(
      '\nSeverity: medium\nAccount: 111122223333\nTime: ',
    );
  });

  async function attributesOf(fields: Partial<Alert>) {
    const unique = { ...alert, ...fields, id: crypto.randomUUID() };
    await channel.publish(unique);
    const [message] = await topic.received(({ Body }) => String(Body).includes(unique.id));
    const attributes = Object.entries(message?.MessageAttributes ?? {});
    return Object.fromEntries(attributes.map(([name, value]) => [name, [value.DataType, value.StringValue]]));
  }

  test('carries kind, severity and account as attributes', async () => {
    expect(await attributesOf({ account: '111122223333' })).toEqual({
      kind: ['String', 'upload.refused'],
      severity: ['String', 'medium'],
      account: ['String', '111122223333'],
    });
  });

  test('that concerns no account has no attribute of one', async () => {
    expect(Object.keys(await attributesOf({})).sort()).toEqual(['kind', 'severity']);
  });

  test('of any alert is JSON of whole characters, under a subject that SNS takes', async () => {
    const text = fc.string({ unit: fc.integer({ max: 0xffff }).map(unit => String.fromCharCode(unit)) });
    const alerts = fc.record({
      title: text,
      text,
      details: fc.record({ text, list: fc.array(text) }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(alerts, { minLength: 1, maxLength: 20 }), async samples => {
        const sent = samples.map(sample => ({ ...alert, ...sample }));
        const requests = await published(...sent);
        requests.forEach((request, index) => {
          const { subject, variants } = parametersOf(request);
          const expected = sent[index];
          const received = JSON.parse(variants.default) as Alert;
          expect(Object.values(variants).every(variant => variant.isWellFormed())).toBe(true);
          expect(received.title).toBe(expected?.title.toWellFormed());
          expect(received.text).toBe(expected?.text.toWellFormed());
          expect(received.details['text']).toBe(expected?.details.text.toWellFormed());
          expect(subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,99}$/);
        });
      }),
      { numRuns: 20 },
    );
  });
});

describe('a subject', () => {
  test.each([
    ['Upload refused', 'Upload refused'],
    ['Überweisung abgelehnt – Straße', 'Uberweisung abgelehnt ? Stra?e'],
    ['two\r\nlines\tand \u0007 bell', 'two lines and bell'],
    ['📄 one document', '? one document'],
    ['発注書', 'medium: upload.refused'],
    ['', 'medium: upload.refused'],
    [' \n', 'medium: upload.refused'],
    ['x'.repeat(101), 'x'.repeat(100)],
    [`${'x'.repeat(99)} y`, 'x'.repeat(99)],
  ])('of %j is %j', async (title, expected) => {
    const [request] = await published({ ...alert, title });

    expect(parametersOf(request).subject).toBe(expected);
  });
});

describe('the limit', () => {
  // Details stand in one variant only, so that each character counts once.
  const account = '111122223333';
  const withDetails = (length: number): Alert => ({
    ...alert,
    account,
    details: { fill: 'x'.repeat(length) },
  });

  test('counts every variant, the subject and the attributes, to the byte', async () => {
    const [request] = await published(withDetails(0));
    const rest = ['Message', 'Subject'].map(name => Buffer.byteLength(String(request?.get(name))));
    const attributes = ['kindStringupload.refused', 'severityStringmedium', `accountString${account}`];
    const room = 262_144 - attributes.join('').length - rest.reduce((sum, bytes) => sum + bytes);

    await expect(published(withDetails(room))).resolves.toHaveLength(1);
    await expect(published(withDetails(room + 1))).rejects.toMatchObject({
      kind: 'permanent',
      operation: 'AlertChannel.publish',
      code: 'AlertTooLarge',
    });
  });

  test('is checked before any call', async () => {
    const canned = await startCannedAnswers({ status: 500, body: '' });
    const client = snsClient(canned.endpoint);

    const sent = new SnsAlertChannel({ client, topicArn: topic.topicArn }).publish(withDetails(262_144));

    await expect(sent).rejects.toMatchObject({ code: 'AlertTooLarge' });
    expect(canned.requests).toEqual([]);
    client.destroy();
    await canned.close();
  });
});

describe('failures', () => {
  test('an absent topic is not-found', async () => {
    const absent = new SnsAlertChannel({ client: messaging.sns, topicArn: `${topic.topicArn}-absent` });

    await expect(absent.publish(alert)).rejects.toMatchObject({
      kind: 'not-found',
      operation: 'AlertChannel.publish',
    });
  });

  test.each([
    ['Throttling', 400, 'throttled'],
    ['AuthorizationError', 403, 'denied'],
    ['KMSThrottling', 400, 'throttled'],
    ['KMSDisabled', 400, 'conflict'],
    ['InvalidParameter', 400, 'permanent'],
    ['InternalError', 500, 'retryable'],
  ])('%s is %s', async (code, status, kind) => {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>x</Message></Error>`;
    const canned = await startCannedAnswers({
      status,
      body: `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>`,
    });
    const client = snsClient(canned.endpoint);

    const sent = new SnsAlertChannel({ client, topicArn: topic.topicArn }).publish(alert);

    await expect(sent).rejects.toMatchObject({ kind, operation: 'AlertChannel.publish' });
    client.destroy();
    await canned.close();
  });

  test('an answer that names no message is not taken for success', async () => {
    const canned = await startCannedAnswers({
      status: 200,
      body: '<PublishResponse><PublishResult></PublishResult></PublishResponse>',
    });
    const client = snsClient(canned.endpoint);

    const sent = new SnsAlertChannel({ client, topicArn: topic.topicArn }).publish(alert);

    await expect(sent).rejects.toMatchObject({ kind: 'retryable', code: 'NoMessageId' });
    client.destroy();
    await canned.close();
  });
});
