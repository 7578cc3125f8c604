import { describe, expect, test } from '@jest/globals';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import type { JsonObject } from '../../../src/ports/json.ts';
import { eventId, logKey, trailLog, trailRecord } from './trail-fixtures.ts';
import { announcements, busEvent, gathered, trailWorld } from './trail-world.ts';

const rules = compileTrailRules({
  rules: [
    {
      id: 'users',
      title: 'A user changed',
      severity: 'high',
      monitoredEvents: ['CreateUser', 'StopLogging'],
    },
    // Matches the one form alone: the bus leaves this out.
    { id: 'in-logs', title: 'In logs', pattern: { managementEvent: [true] } },
    { id: 'on-the-bus', title: 'On the bus', pattern: { managementEvent: [{ exists: false }] } },
  ],
});
const world = () => trailWorld({ rules });

const inLog = trailRecord({ eventID: eventId(1) });
const { managementEvent: _, tlsDetails: __, ...onBus } = inLog;

describe('an event that comes by the bus', () => {
  test('is stored and announced at once, and completed by its log, which announces nothing again', async () => {
    const { analyzer, put, events, alerts, windows } = world();
    expect(await analyzer.analyzeEvent(busEvent(onBus))).toEqual({
      ...{ matches: 1, stored: 1, suppressed: 0, alerts: 2 },
    });
    expect(events.events[0]).toMatchObject({ via: 'event-bus', record: JSON.stringify(onBus) });
    expect(events.events[0]).not.toHaveProperty('source');
    const log = await put(trailLog(inLog));
    expect(await analyzer.analyze(log)).toMatchObject({ matches: 1, stored: 0, alerts: 1 });
    expect(events.events).toHaveLength(1);
    expect(events.events[0]).toMatchObject({
      ...{ via: 'log', record: JSON.stringify(inLog), source: { ...log, index: 0 } },
      rules: expect.arrayContaining(['users', 'in-logs', 'on-the-bus']),
      announced: expect.arrayContaining(['users', 'in-logs', 'on-the-bus']),
    });
    // Rules that match one form alone have announced it once as well.
    const all = ['in-logs', 'on-the-bus', 'users'].map(rule => `${rule} ${eventId(1)}`);
    expect([announcements(alerts.published), await gathered(windows)]).toEqual([all, all]);
  });

  test('after its log is known already', async () => {
    const { analyzer, put, events, alerts } = world();
    await analyzer.analyze(await put(trailLog(inLog)));
    const before = events.events[0];
    expect(await analyzer.analyzeEvent(busEvent(onBus))).toMatchObject({ stored: 0, alerts: 1 });
    expect(events.events).toHaveLength(1);
    expect(events.events[0]).toMatchObject({ via: 'log', record: before?.record });
    expect(announcements(alerts.published)).toHaveLength(3);
  });

  test('again, or beside its log at the same time, is one event', async () => {
    const { analyzer, put, events, windows } = world();
    const log = await put(trailLog(inLog));
    await Promise.all([
      analyzer.analyzeEvent(busEvent(onBus)),
      analyzer.analyze(log),
      analyzer.analyzeEvent(busEvent(onBus)),
    ]);
    expect(events.events.map(({ via }) => via)).toEqual(['log']);
    expect(await gathered(windows)).toHaveLength(3);
  });

  test('that matches nothing is neither stored nor told of', async () => {
    const { analyzer, events, faults } = world();
    const listed = { ...onBus, eventName: 'ListUsers', managementEvent: false };
    expect(await analyzer.analyzeEvent(busEvent(listed))).toEqual({
      ...{ matches: 0, stored: 0, suppressed: 0, alerts: 0 },
    });
    expect([events.events, faults.calls]).toEqual([[], []]);
  });

  test('says by its envelope what its record does not', async () => {
    const { analyzer, put, events } = world();
    const { recipientAccountId: _, awsRegion: __, eventTime: ___, userIdentity: ____, ...bare } = onBus;
    await analyzer.analyzeEvent(busEvent({ ...bare, userIdentity: { type: 'Root' } }));
    expect(events.events[0]).toMatchObject({
      ...{ account: '111122223333', region: 'us-east-1', eventTime: '2026-11-21T08:01:02.000Z' },
      principal: 'Root',
    });
    // The log says the same by its key and record.
    const logged = { ...inLog, userIdentity: { type: 'Root' } };
    await analyzer.analyze(await put(trailLog(logged)));
    expect(events.events.map(({ via }) => via)).toEqual(['log']);
  });

  test('of a caller of another account is told once, to the account of the bus, which its log names', async () => {
    const { analyzer, put, events, alerts } = trailWorld({
      rules: compileTrailRules({ monitoredEvents: ['CreateUser'] }),
    });
    const called = { ...inLog, recipientAccountId: '444455556666' };
    // As in the examples of the EventBridge User Guide.
    const { recipientAccountId: _, ...delivered } = called;
    await analyzer.analyzeEvent({ ...busEvent(delivered), account: '444455556666' });
    await analyzer.analyze(await put(trailLog(called)));
    expect(events.events.map(({ account, via }) => [account, via])).toEqual([['444455556666', 'log']]);
    expect(alerts.published.map(({ account }) => account)).toEqual(['444455556666']);
  });

  test.each<[string, JsonObject]>([
    ['who acted', { userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bob' } }],
    ['what was done', { eventName: 'StopLogging' }],
    ['when', { eventTime: '2026-11-21T08:01:03Z' }],
    ['where from', { sourceIPAddress: '198.51.100.9' }],
    ['how it ended', { errorCode: 'AccessDenied' }],
    ['the request', { requestID: 'another' }],
    ['the account', { recipientAccountId: '444455556666' }],
    ['the region', { awsRegion: 'eu-central-1' }],
  ])('is not the event of a log that bears its id and differs in %s: both are kept', async (_, change) => {
    const { analyzer, put, events, windows } = world();
    await analyzer.analyzeEvent(busEvent(onBus));
    await analyzer.analyze(await put(trailLog({ ...inLog, ...change })));
    expect(events.events.map(({ via }) => via)).toEqual(['event-bus', 'log']);
    // And the true log finds its event, whatever holds the id.
    await analyzer.analyze(await put(trailLog(inLog), `true/${logKey}`));
    expect(events.events.map(({ via }) => via)).toEqual(['log', 'log']);
    expect((await gathered(windows)).length).toBe(new Set(await gathered(windows)).size);
  });

  test('whose id a forged log has taken is united with its own log', async () => {
    const { analyzer, put, events } = world();
    await analyzer.analyze(await put(trailLog({ ...inLog, sourceIPAddress: '198.51.100.9' })));
    await analyzer.analyzeEvent(busEvent(onBus));
    await analyzer.analyze(await put(trailLog(inLog), `true/${logKey}`));
    expect(events.events.map(({ via, sourceIPAddress }) => [via, sourceIPAddress])).toEqual([
      ['log', '198.51.100.9'],
      ['log', '203.0.113.7'],
    ]);
  });
});

describe('an Insights event', () => {
  const insight: JsonObject = {
    eventVersion: '1.09',
    eventTime: '2026-11-21T08:01:00Z',
    awsRegion: 'eu-central-1',
    eventID: eventId(7),
    eventType: 'AwsCloudTrailInsight',
    recipientAccountId: '111122223333',
    sharedEventID: eventId(8),
    insightDetails: {
      state: 'Start',
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      insightType: 'ApiCallRateInsight',
      insightContext: {
        statistics: {
          baseline: { average: 0.0020833333 },
          insight: { average: 12.5 },
          insightDuration: 1,
          baselineDuration: 10_080,
        },
      },
    },
    eventCategory: 'Insight',
  };
  const ofInsights = compileTrailRules({
    rules: [{ id: 'insights', title: 'Unusual', pattern: { eventType: ['AwsCloudTrailInsight'] } }],
  });

  test('is matched, stored and told of in words, in a log and by the bus', async () => {
    const { analyzer, put, events, alerts } = trailWorld({ rules: ofInsights });
    const key = logKey.replaceAll('CloudTrail/', 'CloudTrail-Insight/');
    const { eventCategory: _, ...byBus } = insight;
    await analyzer.analyzeEvent(busEvent(byBus));
    expect(await analyzer.analyze(await put(trailLog(insight), key))).toMatchObject({
      matches: 1,
      alerts: 0,
    });
    expect(events.events).toMatchObject([
      {
        ...{ eventName: 'CreateUser', eventSource: 'iam.amazonaws.com', region: 'eu-central-1' },
        principal: 'CloudTrail Insights',
        via: 'log',
      },
    ]);
    expect(alerts.published[0]?.text).toContain(
      'What:    CreateUser (iam.amazonaws.com): ApiCallRateInsight, Start: 12.5 a minute, where 0.00208 are usual',
    );
  });

  test('names the error whose rate is unusual, and tolerates that everything is missing', async () => {
    const { analyzer, alerts } = trailWorld({ rules: ofInsights });
    const insightDetails = { insightType: 'ApiErrorRateInsight', state: 'End', errorCode: 'AccessDenied' };
    await analyzer.analyzeEvent(busEvent({ ...insight, insightDetails }));
    await analyzer.analyzeEvent(
      busEvent({ eventType: 'AwsCloudTrailInsight', recipientAccountId: '444455556666' }),
    );
    expect(alerts.published.map(({ text }) => /What: +(.*)/.exec(text)?.[1])).toEqual([
      'unknown (unknown): ApiErrorRateInsight, End: an unknown number a minute, where an unknown number are usual, of the error AccessDenied',
      'unknown (unknown): Insight, unknown state: an unknown number a minute, where an unknown number are usual',
    ]);
  });
});

describe('the trail of an organization', () => {
  test('tells of the account that a record was delivered to, else of the one in its key', async () => {
    const { analyzer, put, events, alerts } = world();
    // Who acts may be of another account.
    const { recipientAccountId: _, ...bare } = inLog;
    const key = `AWSLogs/o-abc1234567/444455556666/CloudTrail/eu-central-1/2026/11/21/x.json.gz`;
    const log = trailLog({ ...inLog, recipientAccountId: '777788889999' }, { ...bare, eventID: eventId(2) });
    await analyzer.analyze(await put(log, key));
    expect(events.events.map(({ account }) => account)).toEqual(['777788889999', '444455556666']);
    expect(new Set(alerts.published.map(({ account }) => account))).toEqual(
      new Set(['777788889999', '444455556666']),
    );
    for (const { account, text } of alerts.published)
      expect(text).toContain(`\nAccount: ${account}\nRegion:  us-east-1\n`);
  });
});

describe('what tells groups of matches apart', () => {
  test('are the paths that the rule names, beside the account', async () => {
    const grouped = compileTrailRules({
      rules: [
        {
          id: 'by-user',
          title: 'By user',
          monitoredEvents: ['CreateUser'],
          groupBy: ['requestParameters.userName', 'resources.ARN'],
        },
      ],
    });
    const { analyzer, put, windows } = trailWorld({ rules: grouped });
    const of = (number: number, requestParameters: JsonObject | null, ...arns: readonly string[]) =>
      trailRecord({ eventID: eventId(number), requestParameters, resources: arns.map(ARN => ({ ARN })) });
    await analyzer.analyze(
      await put(
        trailLog(
          of(1, { userName: 'a' }, 'x', 'y', 'x'),
          of(2, { userName: 'a' }, 'x', 'y'),
          of(3, { userName: ['a', { b: 1 }, 7] }),
          of(4, null),
          of(5, { userName: null }),
        ),
      ),
    );
    expect(windows.windows.map(({ group }) => group)).toEqual([
      { 'requestParameters.userName': 'a', 'resources.ARN': 'x, y' },
      { 'requestParameters.userName': 'a, 7', 'resources.ARN': '' },
      { 'requestParameters.userName': '', 'resources.ARN': '' },
    ]);
  });
});
