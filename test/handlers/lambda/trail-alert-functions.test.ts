import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DynamoDbAlertWindows } from '../../../src/adapters/aws/dynamodb-alert-windows.ts';
import { DynamoDbTrailEventStore } from '../../../src/adapters/aws/dynamodb-trail-event-store.ts';
import { suppressionDayOf } from '../../../src/domain/trail/alert-window-of.ts';
import type { Alert } from '../../../src/ports/alert-channel.ts';
import type { AlertWindow } from '../../../src/ports/alert-windows.ts';
import { eventId } from '../../domain/trail/trail-fixtures.ts';
import { type MessagingEndpoint, type ObservedTopic, startMessaging } from '../../emulators/messaging.ts';
import { startTables, type TablesEndpoint } from '../../emulators/tables.ts';
import { busDelivery } from './bus-fixtures.ts';
import { sqsEvent } from './notification-fixtures.ts';

const run = promisify(execFile);
const invoker = fileURLToPath(new URL('./fixtures/invoke-function.ts', import.meta.url));

let tables: TablesEndpoint;
let messaging: MessagingEndpoint;
let topic: ObservedTopic;
let environment: Record<string, string>;

beforeAll(async () => {
  [tables, messaging] = await Promise.all([startTables(), startMessaging()]);
  topic = await messaging.createTopic('trail-alerts');
  const addressOf = async (client: TablesEndpoint['client'] | MessagingEndpoint['sns']) => {
    const endpoint = await client.config.endpoint?.();
    return `http://${endpoint?.hostname}:${endpoint?.port}`;
  };
  const index = { sortKey: 'timeAndId', attributes: ['eventName'] };
  environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: await addressOf(tables.client),
    AWS_ENDPOINT_URL_SNS: await addressOf(messaging.sns),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    TRAIL_RULES: 'account-changes',
    TRAIL_EVENTS_TABLE_NAME: await tables.createTable('trail-events', 'eventId', undefined, [
      { ...index, name: 'ByEventName', partitionKey: 'eventNameShard' },
      { ...index, name: 'ByPrincipal', partitionKey: 'principalShard' },
    ]),
    TRAIL_EVENT_RETENTION_DAYS: '365',
    TRAIL_ALERT_WINDOWS_TABLE_NAME: await tables.createTable('windows', 'window', 'entry', [
      { name: 'ByDue', partitionKey: 'dueShard', sortKey: 'dueAt' },
    ]),
    TRAIL_ALERT_WINDOW_MINUTES: '15',
    AUDIT_TABLE_NAME: await tables.createTable('audit', 'requestId', 'timestamp'),
    ALERT_TOPIC_ARN: topic.topicArn,
  };
});
afterAll(() => Promise.all([tables.close(), messaging.close()]));

async function invoke(entry: string, event: object): Promise<unknown> {
  const { stdout } = await run(
    process.execPath,
    ['--no-warnings', invoker, entry, JSON.stringify(event), crypto.randomUUID()],
    { env: environment },
  );
  const answer = stdout.trim().split('\n').at(-1) ?? '';
  return answer === '' || answer === 'undefined' ? undefined : JSON.parse(answer);
}

async function told(text: string): Promise<readonly Alert[]> {
  const messages = await topic.received(({ Body }) => String(Body).includes(text));
  return messages.map(({ Body }) => JSON.parse(String(Body)) as Alert);
}

test('the analyzer takes an event of the bus, stores it and announces it', async () => {
  const { Records } = sqsEvent(JSON.stringify(busDelivery));
  expect(await invoke('trail-analyzer', { Records })).toEqual({ batchItemFailures: [] });

  const tableName = String(environment['TRAIL_EVENTS_TABLE_NAME']);
  const event = await new DynamoDbTrailEventStore({ client: tables.client, tableName }).find(eventId(1));
  expect(event).toMatchObject({ via: 'event-bus', announced: ['iam-users-and-keys'] });
  expect(await told(eventId(1))).toMatchObject([{ kind: 'trail.match', account: '111122223333' }]);
});

test('the summarizer tells of windows that are due, and of what was suppressed when its day is over', async () => {
  const tableName = String(environment['TRAIL_ALERT_WINDOWS_TABLE_NAME']);
  const windows = new DynamoDbAlertWindows({ client: tables.client, tableName });
  const window: AlertWindow = {
    schemaVersion: 1,
    id: crypto.randomUUID(),
    kind: 'matches',
    rule: 'users',
    title: 'A user changed',
    severity: 'high',
    account: '111122223333',
    group: {},
    start: '2026-11-20T08:00:00.000Z',
    end: '2026-11-20T08:15:00.000Z',
  };
  const quiet = { ...window, id: crypto.randomUUID(), rule: 'quiet' };
  const times = { count: 1, firstAt: window.start, lastAt: window.start, facts: {} };
  const dueAt = '2020-01-01T00:00:00.000Z';
  await windows.add({ window, entries: ['a', 'b'].map(id => ({ ...times, id })), first: 'a', dueAt });
  const suppressed = { owner: 'platform team', reason: 'the nightly run' };
  await windows.add({ window: quiet, entries: [{ ...times, id: 'a', suppressed }], dueAt });

  await invoke('trail-summarizer', { source: 'a schedule' });
  expect(await told(window.id)).toMatchObject([{ kind: 'trail.summary', details: { alerted: 2 } }]);
  expect(await windows.find(quiet.id)).toMatchObject({ told: { alerted: 0, suppressed: 1 } });
  expect(await windows.find(suppressionDayOf(quiet).id)).toMatchObject({ kind: 'suppressed' });
});
