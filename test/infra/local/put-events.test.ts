import { describe, expect, test } from '@jest/globals';
import type { BusEvent } from '../../../infra/local/event-rules.ts';
import { createPutEventsService } from '../../../infra/local/put-events.ts';

async function put(body: unknown, action = 'PutEvents') {
  const published: BusEvent[] = [];
  const service = createPutEventsService({
    accountId: '000000000000',
    now: () => new Date('2026-11-21T08:00:00.123Z'),
    publish: async event => {
      published.push(event);
    },
  });
  const answer = await service({
    method: 'POST',
    url: '/',
    headers: { 'x-amz-target': `AWSEvents.${action}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    region: 'eu-central-1',
  });
  return { status: answer.status, body: JSON.parse(answer.body), published };
}

const entry = { Source: 'aws.guardduty', DetailType: 'GuardDuty Finding', Detail: '{"severity":8}' };

describe('PutEvents', () => {
  test('puts each event on the bus as EventBridge delivers it', async () => {
    const later = { ...entry, Source: 'own', Resources: ['arn:r'], Time: 1_795_248_000.5 };
    const { status, body, published } = await put({ Entries: [entry, later] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ FailedEntryCount: 0 });
    expect(published).toEqual([
      {
        version: '0',
        id: body.Entries[0].EventId,
        'detail-type': 'GuardDuty Finding',
        source: 'aws.guardduty',
        account: '000000000000',
        time: '2026-11-21T08:00:00Z',
        region: 'eu-central-1',
        resources: [],
        detail: { severity: 8 },
      },
      expect.objectContaining({ source: 'own', resources: ['arn:r'], time: '2026-11-21T08:00:00Z' }),
    ]);
    expect(new Set(published.map(event => Reflect.get(event, 'id'))).size).toBe(2);
  });

  test.each<[string, object, string]>([
    ['without a source', { Source: undefined }, 'InvalidArgument'],
    ['with an empty type', { DetailType: '' }, 'InvalidArgument'],
    ['without a detail', { Detail: undefined }, 'InvalidArgument'],
    ['on another bus', { EventBusName: 'other' }, 'InvalidArgument'],
    ['whose detail is no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['whose detail is a list', { Detail: '[]' }, 'MalformedDetail'],
  ])('refuses an event %s, and not its neighbour', async (_name, change, code) => {
    const { body, published } = await put({ Entries: [{ ...entry, ...change }, entry] });
    expect(body.FailedEntryCount).toBe(1);
    expect(body.Entries.map((one: { ErrorCode?: string }) => one.ErrorCode)).toEqual([code, undefined]);
    expect(published).toHaveLength(1);
  });

  test.each(['default', 'arn:aws:events:eu-central-1:000000000000:event-bus/default'])(
    'knows the default bus as %s',
    async EventBusName => {
      expect((await put({ Entries: [{ ...entry, EventBusName }] })).published).toHaveLength(1);
    },
  );

  test.each<[string, unknown]>([
    ['none', { Entries: [] }],
    ['eleven', { Entries: Array(11).fill(entry) }],
    ['no list', {}],
    ['no JSON', '{'],
  ])('refuses a request of %s', async (_name, body) => {
    const { status, body: answer, published } = await put(body);
    expect([status, answer.__type, published.length]).toEqual([400, 'ValidationException', 0]);
  });

  test('is the only action', async () => {
    expect((await put({}, 'ListRules')).status).toBe(501);
  });
});
